import { CHOICE_KEY, parseChoice } from './record.js';

/** The newest choice this page made or heard of; undefined before. */
let newest: string | null | undefined;

/** The kept choice, or null. */
export function loadChoice(): string | null {
  return newest === undefined ? stored() : newest;
}

/** Whether a yes to a profile is kept; whether it still counts is for the terms to say. */
export function isYesKept(): boolean {
  return !!parseChoice(loadChoice())?.entries.some(({ letter, answer }) => letter === 'p' && answer !== '0');
}

/** Keeps the choice; null removes it. */
export function storeChoice(record: string | null): void {
  newest = record;
  try {
    if (record === null) localStorage.removeItem(CHOICE_KEY);
    else localStorage.setItem(CHOICE_KEY, record);
  } catch {
    // Storage refused (or no browser): the choice lives as long as the page.
  }
}

/** Another tab made this choice and has stored it. */
export function hearChoice(record: string | null): void {
  newest = record;
}

/** The page was asleep: what is stored counts, where it can be read. */
export function rereadChoice(): void {
  newest = stored();
}

function stored(): string | null {
  try {
    return localStorage.getItem(CHOICE_KEY);
  } catch {
    return newest ?? null;
  }
}
