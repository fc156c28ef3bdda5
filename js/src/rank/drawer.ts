import { isCurrent, settled, type Store } from './store.js';
import type { Sealed, Vault } from './vault.js';

/** Where the number of debits is kept, away from the ledger; see `contribute/books.ts`. */
export const DEBITS_KEY = 'homebody.debits';

/** Sealed entries beside the profile, by name. */
export interface Drawer {
  /** An entry, or null when there is none; rejects with `profile_unreadable` when its seal is broken. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /**
   * Writes all of these, or none; null removes an entry. Resolves once they are on disk; false when the epoch has passed,
   * and nothing was written.
   */
  write(entries: Readonly<Record<string, Uint8Array<ArrayBuffer> | null>>): Promise<boolean>;
}

/** A drawer on disk. */
export function openDrawer(store: Store, vault: Vault): Drawer {
  return {
    async read(name) {
      const kept = await store.get<Sealed>('profile', name);
      return kept ? vault.open(kept) : null;
    },
    async write(entries) {
      const seal = async ([name, bytes]: [string, Uint8Array<ArrayBuffer> | null]) => [name, bytes && (await vault.seal(bytes))] as const;
      const sealed = await Promise.all(Object.entries(entries).map(seal));
      const write = async (open: (name: 'vault' | 'profile') => IDBObjectStore): Promise<boolean> => {
        if (!(await isCurrent(open('vault'), vault.epoch))) return false;
        const profile = open('profile');
        await Promise.all(sealed.map(([name, entry]) => entry ? settled(profile.put(entry, name)) : settled(profile.delete(name))));
        return true;
      };
      // What was debited must be on disk before it is sent, whatever happens to the machine.
      return store.transact(['vault', 'profile'], 'readwrite', write, 'strict');
    },
  };
}
