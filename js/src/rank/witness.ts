import { DEBITS_KEY } from './drawer.js';

/** Where the number of debits is kept, away from the ledger: a ledger that was put back has fewer. */
export interface Witness {
  /** What is written there, if anything. */
  read(): string | null | Promise<string | null>;
  write(debits: string): void | Promise<void>;
}

/** On a page. */
export const pageWitness: Witness = {
  read: () => localStorage.getItem(DEBITS_KEY),
  write: (debits) => localStorage.setItem(DEBITS_KEY, debits),
};
