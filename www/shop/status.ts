import type { Personalizer } from 'homebody';
import { byId } from './dom.js';

/** What the strip over the shelf says; it never claims more than is so. */
export type Mode = 'waiting' | 'refused' | 'shared' | 'learning' | 'personal' | 'neutral' | 'offline';

const WORDS: Readonly<Record<Mode, string>> = {
  waiting: 'Fetching today’s shelf',
  shared: 'Same list for everybody, nothing stored',
  refused: 'Same list for everybody; only your “no” is stored',
  learning: 'Personal order is on: open a few films',
  personal: 'Personal, computed on this device',
  neutral: 'Neutral: same order as everybody',
  offline: 'Printed shelf: the suggestions are out of reach',
};

const HEADINGS: Partial<Record<Mode, string>> = { learning: 'For you, soon', personal: 'For you' };

/** The mode a ranking was made in. */
export function modeOf(me: Personalizer, personalized: boolean, served: boolean): Mode {
  if (!served) return 'offline';
  const { status, since, effective } = me.consent.state().purposes.personalize;
  if (effective) return me.neutral ? 'neutral' : personalized ? 'personal' : 'learning';
  // Only a decision on record has a day; after an erasure there is none, and nothing is stored.
  return since && (status === 'refused' || status === 'withdrawn') ? 'refused' : 'shared';
}

/** Shows the mode, and how many films moved. */
export function showMode(mode: Mode, moved: number): void {
  const strip = byId('status');
  const text = moved > 0 ? `${WORDS[mode]} · ${moved === 1 ? '1 film' : `${moved} films`} moved` : WORDS[mode];
  const line = byId('status-text');
  if (line.textContent !== text) line.textContent = text;
  strip.dataset['mode'] = mode;
  byId('for-you-title').textContent = HEADINGS[mode] ?? 'For everybody';
}

/** Offers what makes sense now: a personal order, or everybody's. */
export function showControls(me: Personalizer): void {
  const { effective } = me.consent.state().purposes.personalize;
  const ask = byId('ask');
  const neutral = byId('neutral');
  // Whoever had the focus on a control that goes away continues on the one that takes its place.
  const focused = document.activeElement === ask || document.activeElement === neutral;
  ask.hidden = effective;
  neutral.hidden = !effective;
  neutral.ariaChecked = String(me.neutral);
  if (focused) (effective ? neutral : ask).focus();
}
