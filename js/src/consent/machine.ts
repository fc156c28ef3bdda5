import type { ConsentGpcEffect } from '../generated/ConsentGpcEffect.js';
import type { ConsentMode } from '../generated/ConsentMode.js';
import type { ConsentStatus } from '../generated/ConsentStatus.js';

/** What happens to a purpose: the notice shows, the visitor answers, time passes, the notice changes, a signal comes. */
export type Step = 'shown' | 'accept' | 'refuse' | 'later' | 'expire' | 'reask' | 'change' | 'signal' | 'invalidate';

/** Compares: a page may have made `includes` say yes to everything. */
function isOneOf(status: ConsentStatus, ...some: ConsentStatus[]): boolean {
  for (const one of some) if (one === status) return true;
  return false;
}
// Asked with every interaction: no list for it.
const isYes = (status: ConsentStatus): boolean => status === 'given' || status === 'renewed';
/** Whether nobody has answered. */
export const isOpen = (status: ConsentStatus): boolean => isOneOf(status, 'unknown', 'requested', 'deferred');

/** Whether data may be used. */
export const isEffective = (status: ConsentStatus): boolean => status === 'noticed' || isYes(status);

/** Whether what was kept has to go. Neither this nor effective: it stays, and nobody touches it. */
export const isOver = (status: ConsentStatus): boolean => isOneOf(status, 'refused', 'withdrawn', 'invalidated');

/**
 * Where a purpose stands after a step, under its mode and, when the browser sends Global Privacy Control, the signal's
 * effect on it. A step that means nothing here changes nothing. Twin of `protocol::consent::Status::after`; the table
 * `machine.json` holds every cell of both.
 */
export function after(status: ConsentStatus, step: Step, mode: ConsentMode, signal?: ConsentGpcEffect): ConsentStatus {
  const isHad = isYes(status) || status === 'expired';
  switch (step) {
    case 'shown':
      if (mode === 'off' || signal === 'deny') return status;
      if (isOpen(status) && mode === 'notice' && !signal) return 'noticed';
      return isOneOf(status, 'unknown', 'deferred', 'withdrawn', 'expired') ? 'requested' : status;
    case 'accept':
      if (mode === 'off') return status;
      return isHad ? 'renewed' : 'given';
    case 'refuse':
      return isHad || status === 'withdrawn' ? 'withdrawn' : 'refused';
    case 'later':
      return isOpen(status) ? 'deferred' : status;
    case 'expire':
      if (status === 'noticed') return 'unknown';
      return isYes(status) ? 'expired' : status;
    case 'reask':
      return isOneOf(status, 'refused', 'withdrawn') ? 'unknown' : status;
    case 'change':
      if (isHad) return 'requested';
      return isOneOf(status, 'requested', 'invalidated') ? status : 'unknown';
    case 'signal':
      if (signal === 'deny') return isOneOf(status, 'withdrawn', 'invalidated') ? status : 'refused';
      return signal && status === 'noticed' ? 'requested' : status;
    case 'invalidate':
      return 'invalidated';
  }
}
