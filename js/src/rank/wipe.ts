import { HomebodyError, toHomebodyError } from '../errors.js';
import type { Erased } from '../types.js';
import { DEBITS_KEY } from './drawer.js';
import { destroyShard } from './shard.js';
import { settled, Store } from './store.js';
import { alone } from './tabs.js';

/** What was deleted, and the epoch from which writes count again. */
export interface Wiped {
  readonly wiped: Erased['wiped'];
  readonly epoch: number;
}

/**
 * Deletes everything stored. First the epoch moves on, so that no late write of another tab is taken; then the shard
 * goes, which makes every sealed byte left on the disk unreadable; then the database. A part that fails is reported and
 * the others are still deleted.
 */
export function wipe(report: (error: HomebodyError) => void): Promise<Wiped> {
  const attempt = <T>(work: Promise<T>, otherwise: T): Promise<T> =>
    work.catch((thrown: unknown) => {
      report(toHomebodyError(thrown, 'storage_unavailable'));
      return otherwise;
    });
  return alone(async () => {
    const wiped: Erased['wiped'] = [];
    await attempt(forgetNumbers(), undefined);
    const epoch = typeof indexedDB === 'object' ? await attempt(closeEpoch(), 0) : null;
    if (typeof navigator.storage?.getDirectory === 'function' && (await attempt(destroyShard(), false))) {
      wiped.push('shard');
    }
    if (epoch !== null) {
      if (await attempt(Store.remove(), false)) wiped.push('database');
      else report(new HomebodyError('storage_blocked', 'another tab has the database open'));
    }
    return { wiped, epoch: epoch ?? 0 };
  });
}

/** The ledger goes with the database, so its witness must, too; and the seed of lists, on pages that have none. */
async function forgetNumbers(): Promise<void> {
  localStorage.removeItem(DEBITS_KEY);
  sessionStorage.removeItem('hb.seed');
}

/** Empties the database under a new epoch; null when there is no database. */
async function closeEpoch(): Promise<number | null> {
  const store = await Store.open(false);
  if (!store) return null;
  const next = await store.transact(['vault', 'profile', 'blobs'], 'readwrite', async (open) => {
    const epoch = (((await settled(open('vault').get('epoch'))) as number | undefined) ?? 0) + 1;
    for (const name of ['vault', 'profile', 'blobs'] as const) open(name).clear();
    await settled(open('vault').put(epoch, 'epoch'));
    return epoch;
  });
  store.close();
  return next;
}
