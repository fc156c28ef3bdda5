import { HomebodyError } from '../errors.js';
import type { BlobCache } from '../sync.js';
import type { SessionContext } from './context.js';
import type { Shelf, Stored } from './journal.js';
import { type Drawer, openDrawer } from './drawer.js';
import { isCurrent, settled, Store, storageError } from './store.js';
import { alone } from './tabs.js';
import { type Sealed, Vault } from './vault.js';

interface Kept extends Sealed {
  readonly revision: number;
}

/** Where this page keeps things: on disk, or in memory when the browser gives no storage. */
export interface Home extends Shelf {
  /** Fences writes; goes to the device with consent. */
  readonly epoch: number;
  /** Verified files between page loads; none in memory, where the network's own cache does as well. */
  readonly cache: BlobCache | undefined;
  /** Sealed entries beside the profile; none in memory. */
  readonly drawer: Drawer | undefined;
  /** What this device draws by; none in memory. It never leaves the device. */
  readonly secret: number | undefined;
  /** Whether the visitor wants everybody's order. */
  readonly neutral: boolean;
  keepNeutral(on: boolean): Promise<void>;
  close(): void;
}

/**
 * Opens the storage, or memory when there is none; that is reported once. Consent is looked at again under the lock that
 * erasing takes too: a storage is never made after it was taken back.
 */
export async function openHome(report: (error: HomebodyError) => void, isAllowed: SessionContext['isAllowed']): Promise<Home> {
  try {
    return await alone(async () => {
      if (!(await isAllowed())) throw new HomebodyError('consent_required');
      const store = await Store.open(true);
      if (!store) throw new Error('the database was not made');
      try {
        // Seconds since 1970: larger than any epoch before, also when the database that held it is gone.
        const vault = await Vault.open(store, Math.floor(Date.now() / 1000));
        if (vault.replaced) report(new HomebodyError('profile_unreadable', 'a part of its key is gone'));
        const neutral = (await store.get<boolean>('vault', 'neutral')) ?? false;
        return new DiskHome(store, vault, neutral, await secretOf(store), report);
      } catch (thrown) {
        store.close();
        throw thrown;
      }
    });
  } catch (thrown) {
    const error = storageError(thrown);
    if (error.code === 'consent_required') throw error;
    report(error);
    return memoryHome();
  }
}

/** Encrypted, in IndexedDB. Every write checks the epoch, and a save the revision too, inside its own transaction. */
class DiskHome implements Home {
  readonly epoch: number;
  readonly secret: number;
  readonly neutral: boolean;
  readonly cache: BlobCache = {
    // Everybody's files, sealed all the same: a raw look at the disk finds no item, and need not ask whose it is.
    get: async (name) => this.#vault.open((await this.#store.get<Sealed>('blobs', name))!),
    put: async (name, bytes) => {
      const sealed = await this.#vault.seal(bytes);
      return this.#write('blobs', (blobs) => settled(blobs.put(sealed, name)));
    },
    keep: (names) => this.#write('blobs', (blobs) => dropOthers(blobs, names)),
  };
  readonly drawer: Drawer;
  readonly #store: Store;
  readonly #vault: Vault;
  readonly #report: (error: HomebodyError) => void;

  constructor(
    store: Store,
    vault: Vault,
    neutral: boolean,
    secret: number,
    report: (error: HomebodyError) => void,
  ) {
    this.#report = report;
    this.#store = store;
    this.#vault = vault;
    this.drawer = openDrawer(store, vault);
    this.epoch = vault.epoch;
    this.secret = secret;
    this.neutral = neutral;
  }

  async load(): Promise<Stored> {
    const kept = await this.#store.get<Kept>('profile', 'profile');
    if (!kept) return { bytes: null, revision: 0 };
    try {
      return { bytes: await this.#vault.open(kept), revision: kept.revision };
    } catch (thrown) {
      this.#report(thrown as HomebodyError);
      return { bytes: null, revision: kept.revision }; // The next save replaces what nobody can read.
    }
  }

  async save(bytes: Uint8Array<ArrayBuffer>, base: number): Promise<'saved' | 'stale' | 'erased'> {
    const sealed = await this.#vault.seal(bytes);
    return this.#store.transact(['vault', 'profile'], 'readwrite', async (open) => {
      const profile = open('profile');
      // Asked together: a page that is about to go has no time for one after the other.
      const [current, kept] = await Promise.all([
        isCurrent(open('vault'), this.epoch),
        settled(profile.get('profile')) as Promise<Kept | undefined>,
      ]);
      if (!current) return 'erased';
      if ((kept?.revision ?? 0) !== base) return 'stale';
      profile.put({ ...sealed, revision: base + 1 } satisfies Kept, 'profile');
      return 'saved';
    });
  }

  keepNeutral(on: boolean): Promise<void> {
    return this.#write('vault', (vault) => settled(vault.put(on, 'neutral')));
  }

  close(): void {
    this.#store.close();
  }

  #write(name: 'vault' | 'blobs', work: (store: IDBObjectStore) => Promise<unknown>): Promise<void> {
    return this.#store.transact(['vault', name], 'readwrite', async (open) => {
      if (await isCurrent(open('vault'), this.epoch)) await work(open(name));
    });
  }
}

/** Goes with the database; drawn when there is none. */
async function secretOf(store: Store): Promise<number> {
  const known = await store.get<number>('vault', 'secret');
  const secret = known ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
  if (known === undefined) {
    await store.transact(['vault'], 'readwrite', (open) => settled(open('vault').put(secret, 'secret')));
  }
  return secret;
}

async function dropOthers(store: IDBObjectStore, names: readonly string[]): Promise<void> {
  for (const name of await settled(store.getAllKeys())) {
    if (!names.includes(String(name))) await settled(store.delete(name));
  }
}

/** Lives until the page closes. */
export function memoryHome(): Home {
  return {
    epoch: Math.floor(Date.now() / 1000),
    cache: undefined,
    drawer: undefined,
    secret: undefined,
    neutral: false,
    load: () => Promise.resolve({ bytes: null, revision: 0 }),
    save: () => Promise.resolve('saved'),
    keepNeutral: () => Promise.resolve(),
    close: () => undefined,
  };
}
