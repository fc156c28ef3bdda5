import { HomebodyError } from '../errors.js';
import { toHomebodyError } from '../errors.js';

/** Name of the one database. */
export const DATABASE = 'homebody';
const SCHEMA = 1;
const STORES = ['vault', 'profile', 'blobs'] as const;
const CLOSE_PATIENCE_MS = 3000;

/** The object stores: key and epoch, sealed profile, verified files. */
export type StoreName = (typeof STORES)[number];

/** What the `vault` store holds under `'epoch'`; every write checks it inside its own transaction. */
export interface Fence {
  readonly epoch: number;
}

/** A request's result as a promise. */
export function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** IndexedDB with promises: transactions that settle, also when they are aborted. */
export class Store {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
    // Another tab deletes the database: let it.
    database.onversionchange = () => database.close();
  }

  /**
   * Opens the database. With `create` false a database that does not exist is not made: then null. Fails when another
   * tab sleeps on a database that is to be deleted: opening waits for that tab, and nobody may have to.
   */
  static open(create: boolean): Promise<Store | null> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, SCHEMA);
      let absent = false;
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(new HomebodyError('storage_blocked', 'another tab has the database open'));
      }, CLOSE_PATIENCE_MS);
      request.onupgradeneeded = (event) => {
        absent = event.oldVersion === 0 && (late || !create);
        if (absent) request.transaction?.abort();
        else for (const name of STORES) request.result.createObjectStore(name);
      };
      request.onsuccess = () => {
        clearTimeout(timer);
        if (late) request.result.close();
        else resolve(new Store(request.result));
      };
      request.onerror = () => {
        clearTimeout(timer);
        if (absent) resolve(null);
        else reject(storageError(request.error));
      };
      request.onblocked = () => reject(new HomebodyError('storage_blocked', 'another tab has the database open'));
    });
  }

  /** Deletes the database; false when another tab still holds it open after a while (then it goes with that tab). */
  static remove(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(DATABASE);
      const timer = setTimeout(() => resolve(false), CLOSE_PATIENCE_MS);
      const done = (then: () => void) => () => {
        clearTimeout(timer);
        then();
      };
      request.onsuccess = done(() => resolve(true));
      request.onerror = done(() => reject(storageError(request.error)));
    });
  }

  /**
   * Runs `work` in one transaction and resolves with its result once the transaction has committed. `work` may only
   * await requests of this transaction. With `strict` it is on disk then, not only on its way there.
   */
  async transact<T>(
    names: StoreName | StoreName[],
    mode: 'readonly' | 'readwrite',
    work: (open: (name: StoreName) => IDBObjectStore) => Promise<T>,
    durability: IDBTransactionDurability = 'relaxed',
  ): Promise<T> {
    try {
      const transaction = this.#database.transaction(names, mode, { durability });
      const committed = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new DOMException('aborted', 'AbortError'));
      });
      committed.catch(() => undefined); // `work` may fail first; its error is the better one.
      const result = await work((name) => transaction.objectStore(name)).catch((thrown: unknown) => {
        abort(transaction);
        throw thrown;
      });
      // Said, not waited for: a page that is about to go may not be there for the answers to its last requests.
      hurry(transaction);
      await committed;
      return result;
    } catch (thrown) {
      throw storageError(thrown);
    }
  }

  /** Reads one value. */
  get<T>(name: StoreName, key: string): Promise<T | undefined> {
    return this.transact(name, 'readonly', (open) => settled<T | undefined>(open(name).get(key)));
  }

  /** Closes the connection. */
  close(): void {
    this.#database.close();
  }
}

/** Whether the fence in the database is still ours. */
export async function isCurrent(vault: IDBObjectStore, epoch: number): Promise<boolean> {
  return ((await settled(vault.get('epoch'))) as number | undefined) === epoch;
}

/** Gives a failure of the storage its code. */
export function storageError(thrown: unknown): HomebodyError {
  const name = (thrown as { name?: string } | null)?.name;
  return toHomebodyError(thrown, name === 'QuotaExceededError' ? 'storage_full' : 'storage_unavailable');
}

function hurry(transaction: IDBTransaction): void {
  try {
    transaction.commit();
  } catch {
    // Committed by itself already.
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // Already finished.
  }
}
