import type { Choice, ConsentVia, NoticeContext, PurposeId } from '../consent/types.js';

/** Whether data of a special category needs a sentence of consent of its own (GDPR Art. 9(2)(a)). */
export function isExplicit({ config }: NoticeContext, purpose: PurposeId): boolean {
  return config.purposes[purpose]?.explicit !== undefined;
}

/**
 * One yes to everything, as far as one yes goes. Consent to data of a special category has to be explicit, which a button
 * for all is not: it stays as it is, or off, until somebody ticks it beside its sentence. What Global Privacy Control has
 * turned off stays off for the same reason: a yes against the signal has to be meant.
 */
export function yesToAll(context: NoticeContext): Choice {
  const { asked, purposes } = context.consent.state();
  const choice: Choice = {};
  for (const purpose of asked) {
    const { effective, via } = purposes[purpose] ?? {};
    if (!isExplicit(context, purpose) && via !== 'gpc') choice[purpose] = true;
    else if (!effective && via !== 'gpc') choice[purpose] = false;
  }
  return choice;
}

/** Whether one yes covers anything that is asked for. */
export function canYesToAll(context: NoticeContext): boolean {
  return Object.values(yesToAll(context)).includes(true);
}

/** Passes an answer on; null says no to everything. */
export function answer({ consent, report }: NoticeContext, choice: Choice | null, via: ConsentVia): void {
  (choice ? consent.set(choice, via) : consent.refuseAll(via)).catch(report);
}
