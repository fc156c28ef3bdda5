import { CHOICE_KEY } from './choice.js';

let inMemory: string | null = null;

/** The kept choice, or null. */
export function loadChoice(): string | null {
  try {
    return localStorage.getItem(CHOICE_KEY) ?? inMemory;
  } catch {
    return inMemory; // Storage refused (or no browser): the choice lives as long as the page.
  }
}

/** Keeps the choice; null removes it. */
export function storeChoice(record: string | null): void {
  inMemory = record;
  try {
    if (record === null) localStorage.removeItem(CHOICE_KEY);
    else localStorage.setItem(CHOICE_KEY, record);
  } catch {
    // As above.
  }
}
