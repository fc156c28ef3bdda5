import type { Purpose } from '../types.js';

/** Where the choice is kept. */
export const CHOICE_KEY = 'hb.c';
/** A yes is asked again after this many days. */
export const EXPIRY_DAYS = 365;
/** A no is not asked again before this many days. */
export const REFUSAL_DAYS = 180;
/** A profile whose consent ended without an answer is deleted after this many more days. */
export const GRACE_DAYS = 30;

/** The purposes in the order of the record, each with its letter and its bit in the Wasm module. */
export const PURPOSES = [
  ['personalize', 'p', 1],
  ['contribute', 'c', 2],
  ['share', 's', 4],
  ['measure', 'm', 8],
] as const satisfies readonly (readonly [Purpose, string, number])[];

/** A decision as it is kept: no identifier, the same text for all who chose alike on one day. */
export interface ChoiceRecord {
  /** Eight hexadecimal digits that name the notice. */
  readonly revision: string;
  /** The answers. */
  readonly granted: Readonly<Record<Purpose, boolean>>;
  /** Day of the decision, in days since 1970. */
  readonly day: number;
}

/** How an old decision counts today. */
export type Verdict = 'given' | 'refused' | 'unknown';

/** Writes `1.<revision>.<p1c0s0m0>.<yymmdd>`. */
export function formatChoice({ revision, granted, day }: ChoiceRecord): string {
  const bits = PURPOSES.map(([purpose, letter]) => letter + (granted[purpose] ? '1' : '0')).join('');
  return `1.${revision}.${bits}.${dateOf(day).slice(2).replaceAll('-', '')}`;
}

/** Reads a record; anything that is not exactly one is null, so a damaged choice is asked again. */
export function parseChoice(text: string | null): ChoiceRecord | null {
  const match = /^1\.([0-9a-f]{8})\.p([01])c([01])s([01])m([01])\.(\d\d)(\d\d)(\d\d)$/.exec(text ?? '');
  if (!match) return null;
  const [, revision = '', p, c, s, m, yy, mm, dd] = match;
  const time = Date.parse(`20${yy}-${mm}-${dd}T00:00:00Z`);
  if (Number.isNaN(time)) return null;
  const granted = { personalize: p === '1', contribute: c === '1', share: s === '1', measure: m === '1' };
  return { revision, granted, day: dayOf(time) };
}

/** How the record counts for one purpose today. */
export function judge(record: ChoiceRecord | null, purpose: Purpose, revision: string, today: number): Verdict {
  if (!record || record.revision !== revision) return 'unknown';
  const age = today - record.day;
  if (record.granted[purpose]) return age <= EXPIRY_DAYS ? 'given' : 'unknown';
  return age <= REFUSAL_DAYS ? 'refused' : 'unknown';
}

/** Whether a yes ended so long ago that what was kept under it has to go. */
export function isOverdue(record: ChoiceRecord | null, today: number): boolean {
  return record !== null && record.granted.personalize && today - record.day > EXPIRY_DAYS + GRACE_DAYS;
}

/** Day number of a moment. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / 86_400_000);
}

/** `YYYY-MM-DD` of a day number. */
export function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
