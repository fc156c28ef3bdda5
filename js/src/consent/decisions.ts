import type { ConsentConfig } from '../generated/ConsentConfig.js';
import { jsonOf } from '../json.js';
import type { Settings } from '../options.js';
import { isSignalled } from './gpc.js';
import type { ConsentControl, ConsentState, ConsentVia } from './types.js';

/** What a visitor did with the notice; the server counts how often, and learns nothing else. */
export type Action = 'accept' | 'partial' | 'refuse' | 'later' | 'withdraw' | 'noticed' | 'object';

const OWN: readonly (ConsentVia | undefined)[] = ['banner', 'preferences', 'panel', 'api'];

/** Calls back with every decision that is made on this page. */
export function onDecision(consent: ConsentControl, decided: (action: Action) => void): () => void {
  let before = consent.state();
  return consent.subscribe((now) => {
    const action = actionOf(before, now);
    before = now;
    if (action) decided(action);
  });
}

/** Adds every decision to the server's counts: the notice, the language, the variant, the action; nobody's name. */
export function countDecisions(
  consent: ConsentControl,
  notice: string,
  variant: string | undefined,
  config: ConsentConfig,
  { server, language }: Settings,
): void {
  const shown = shownLanguage(config, language || document.documentElement.lang || navigator.language);
  onDecision(consent, (action) => {
    if (isSignalled()) return;
    const sent = fetch(`${server}/v1/decisions`, {
      method: 'POST',
      body: jsonOf({ notice, language: shown, variant, action }),
      headers: { 'content-type': 'application/json' },
      keepalive: true,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
    // A count that is lost is a count that is lost.
    sent.catch(() => undefined);
  });
}

function actionOf(before: ConsentState, now: ConsentState): Action | undefined {
  const changed = now.asked.filter((id) => now.purposes[id]?.status !== before.purposes[id]?.status);
  const statuses = changed.map((id) => now.purposes[id]?.status);
  if (statuses.includes('deferred')) return 'later';
  if (!changed.some((id) => OWN.includes(now.purposes[id]?.via))) return undefined;
  if (statuses.includes('noticed')) return 'noticed';
  if (statuses.includes('withdrawn')) return 'withdraw';
  // Beside a purpose that was asked for, a no is a no, also to what was on after notice.
  if (changed.every((id) => before.purposes[id]?.status === 'noticed') && statuses.includes('refused')) return 'object';
  const yes = now.asked.filter((id) => now.purposes[id]?.effective).length;
  if (yes === 0) return statuses.includes('refused') ? 'refuse' : undefined;
  return yes === now.asked.length ? 'accept' : 'partial';
}

/** The entry of the configuration's languages that the notice is shown in. */
function shownLanguage({ languages }: ConsentConfig, tag: string): string {
  const main = (each: string): string => each.toLowerCase().split('-')[0] ?? '';
  return languages?.available.find((each) => main(each) === main(tag)) ?? languages?.default ?? 'en';
}
