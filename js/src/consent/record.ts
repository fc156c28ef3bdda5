import type { Purpose } from '../types.js';
import type { Term } from './terms.js';

/** Where the choice is kept. */
export const CHOICE_KEY = 'hb.c';
/** What was kept under a yes that ran out is deleted after this many more days. */
export const GRACE_DAYS = 30;

/** The built-in purposes, each with its letter in the record and its bit in the Wasm module. */
export const PURPOSES = [
  ['personalize', 'p', 1],
  ['contribute', 'c', 2],
  ['share', 's', 4],
  ['measure', 'm', 8],
] as const satisfies readonly (readonly [Purpose, string, number])[];

/** `0` no, `1` yes, `2` yes in the presence of Global Privacy Control, `3` on after notice, `4` the same, notice read. */
export type Answer = '0' | '1' | '2' | '3' | '4';

/** The answer to one purpose. */
export interface Entry {
  /** Letter of a built-in purpose, `x` for one of the site's own. */
  readonly letter: string;
  readonly answer: Answer;
  /** What the answer is an answer to; six hexadecimal digits. */
  readonly digest: string;
  /** Day of the answer, in days since 1970. */
  readonly day: number;
  /** Who gave it; read from a record the last letter of that, and nothing from records of before. */
  readonly by: string;
}

/** A decision as it is kept: no identifier, the same text for all who chose alike on the same days. */
export interface ChoiceRecord {
  /** Names the notice; eight hexadecimal digits. */
  readonly revision: string;
  readonly entries: readonly Entry[];
  /** Whether the visitor paused the use of what is kept. */
  readonly paused: boolean;
}

const DAY_MS = 86_400_000;
const REVISION = /^[0-9a-f]{8}$/;

/** Writes `2.<revision>.<letter><answer><digest><yymmdd><by>…`, and `.z` behind it while paused. */
export function formatChoice({ revision, entries, paused }: ChoiceRecord): string {
  const words = entries.map(({ letter, answer, digest, day, by }) => letter + answer + digest + dateOf(day).slice(2).replaceAll('-', '') + by.slice(-1));
  return ['2', revision, ...words, ...(paused ? ['z'] : [])].join('.');
}

/** Reads a record; anything that is not exactly one is null, so a damaged choice is asked again. */
export function parseChoice(text: string | null): ChoiceRecord | null {
  const words = (text ?? '').split('.');
  if (words[0] === '1') return parseFirst(words);
  const paused = words.at(-1) === 'z' && !!words.pop();
  const [version, revision = '', ...rest] = words;
  const entries = rest.map(parseEntry);
  const isWhole = version === '2' && REVISION.test(revision) && entries.length > 0 && entries.every((entry) => entry);
  return isWhole ? { revision, entries: entries as Entry[], paused } : null;
}

/** Letter of a purpose. */
export function letterOf(id: string): string {
  return PURPOSES.find(([purpose]) => purpose === id)?.[1] ?? 'x';
}

/** The entry for a purpose: by its letter, those of the site by what they answer. */
export function entryFor(record: ChoiceRecord | null, { id, digest }: Term): Entry | undefined {
  const letter = letterOf(id);
  return record?.entries.find((entry) => entry.letter === letter && (letter !== 'x' || entry.digest === digest));
}

/** Days since 1970. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

/** `YYYY-MM-DD`. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function parseEntry(word: string): Entry | null {
  const [, letter, answer, digest, date = '', by] = /^([pcsmx])([0-4])([0-9a-f]{6})(\d{6})(.?)$/.exec(word) ?? [];
  const day = parseDate(date);
  return day >= 0 ? ({ letter, answer, digest, day, by } as Entry) : null;
}

/**
 * The first form, `1.<revision>.p1c0s0m0.<yymmdd>`, told one revision for all purposes: it becomes the digest of each, and
 * `Terms` that have the same revision take it for an answer to what they ask.
 */
function parseFirst([, revision = '', bits = '', date = '', ...rest]: string[]): ChoiceRecord | null {
  const day = parseDate(date);
  if (!REVISION.test(revision) || !/^p[01]c[01]s[01]m[01]$/.test(bits) || !(day >= 0) || rest.length > 0) return null;
  const entries = PURPOSES.map(([, letter], index) => ({ letter, answer: bits[2 * index + 1] as Answer, digest: revision, day, by: '' }));
  return { revision, entries, paused: false };
}

/** Days since 1970 of `yymmdd`; NaN when it is none. */
function parseDate(date: string): number {
  const [, yy, mm, dd] = /^(\d\d)(\d\d)(\d\d)$/.exec(date) ?? [];
  return dayOf(Date.parse(`20${yy}-${mm}-${dd}`));
}
