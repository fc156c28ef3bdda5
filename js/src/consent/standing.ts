import type { ConsentStatus } from '../generated/ConsentStatus.js';
import { after, isEffective, isOver, type Step } from './machine.js';
import { type Answer, type ChoiceRecord, dateOf, type Entry, entryFor, GRACE_DAYS } from './record.js';
import type { Term, Terms } from './terms.js';
import type { ConsentVia, PurposeState } from './types.js';

/** Where one purpose stands, who brought it there, and the answer that is kept. */
export interface Standing {
  readonly status: ConsentStatus;
  readonly via?: ConsentVia | undefined;
  readonly entry?: Entry | undefined;
}

const STATUS_OF = { 0: 'refused', 1: 'given', 2: 'given', 3: 'noticed', 4: 'noticed' } as const satisfies Record<Answer, ConsentStatus>;

/** What the kept answer to a purpose means today; `legacy` is the revision that records of the first form had. */
export function standingOf(record: ChoiceRecord | null, term: Term, terms: Terms, today: number, legacy = ''): Standing {
  const entry = entryFor(record, term);
  let status: ConsentStatus = 'unknown';
  let via: ConsentVia | undefined;
  const take = (step: Step, by?: ConsentVia): void => {
    const next = after(status, step, term.mode, term.signal);
    if (next !== status) [status, via] = [next, by];
  };
  if (entry) {
    [status, via] = [STATUS_OF[entry.answer], 'record'];
    if (entry.digest !== term.digest && entry.digest !== legacy) take('change');
    // A notice is enough only where, and as long as, the mode says so.
    else if (status === 'noticed' && term.mode !== 'notice') take('change');
    else if (ageOf(entry, today) > lifeOf(entry, terms)) take(entry.answer === '0' ? 'reask' : 'expire', 'expiry');
  }
  // A yes in the presence of the signal outweighs it.
  if (entry?.answer !== '2') take('signal', 'gpc');
  return { status, via, entry };
}

/** Whether the device may hold something that was kept under this standing. */
export function mayHold({ status, entry }: Standing): boolean {
  return isEffective(status) || (entry?.answer ?? '0') !== '0';
}

/** Whether a yes ended so long ago that what was kept under it has to go. */
export function isOverdue(entry: Entry | undefined, terms: Terms, today: number): boolean {
  return entry !== undefined && entry.answer !== '0' && ageOf(entry, today) > terms.expireAfterDays + GRACE_DAYS;
}

/** Whether the notice has to be shown for a purpose. */
export function isAsked({ status, entry }: Standing, { mode, signal }: Term): boolean {
  if (mode === 'off' || signal === 'deny') return false;
  return status === 'noticed' ? entry?.answer !== '4' : !isEffective(status) && !isOver(status) && status !== 'deferred';
}

/** A standing as the page sees it. */
export function describe(standing: Standing, term: Term, terms: Terms, isHeld: boolean): PurposeState {
  const { status, via, entry } = standing;
  const isKept = entry && (isEffective(status) || isOver(status)) && via !== 'gpc';
  return {
    status,
    effective: isHeld && isEffective(status) && term.mode !== 'off',
    mode: term.mode,
    ...(via && { via }),
    ...(isKept && { since: dateOf(entry.day), expires: dateOf(entry.day + lifeOf(entry, terms)) }),
    ...(isKept && entry.answer === '2' && { despiteGpc: true }),
  };
}

/** How old an answer is; one from the future is as old as can be, because a clock was wrong. */
function ageOf({ day }: Entry, today: number): number {
  return day > today + 1 ? Infinity : today - day;
}

function lifeOf({ answer }: Entry, terms: Terms): number {
  return answer === '0' ? terms.reaskAfterDays : terms.expireAfterDays;
}
