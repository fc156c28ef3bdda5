import { HomebodyError, toHomebodyError } from '../errors.js';
import type { BlobRef, Manifest } from '../manifest.js';
import type { BlobCache, Sync, Verified } from '../sync.js';
import { turned } from './ramp.js';

const ENVELOPE = 'manifest';

/** Who is told. */
export interface OfflineHooks {
  readonly report: (error: HomebodyError) => void;
  /** Newer tables are in use. */
  readonly changed: () => void;
  /** Whether anything may be kept now. */
  readonly isAllowed: () => boolean;
}

/**
 * Puts a cache behind the sync. When nothing was fetched yet, what it holds is used at once and checked for news
 * afterwards; so a page also starts offline. What was fetched already is kept, unless the cache has seen a newer
 * manifest: a server that goes back is not followed. `secret`: see {@link turned}. Nothing is done when consent ended
 * meanwhile: nobody would take the cache away again.
 */
export async function useCache(sync: Sync, cache: BlobCache, hooks: OfflineHooks, secret?: number): Promise<void> {
  if (!hooks.isAllowed()) return;
  sync.cache = cache;
  sync.turn = (manifest) => turned(manifest, secret);
  sync.fetched = () => void keep(sync, cache, hooks);
  const asked = await sync.asked?.catch(() => undefined);
  const stored = await readStored(sync, cache);
  if (!stored) return asked && keep(sync, cache, hooks);
  if (!asked) {
    sync.take(stored);
    void revalidate(sync, cache, hooks);
    return;
  }
  if (asked.manifest.version < stored.manifest.version) hooks.report(older(asked.manifest, stored.manifest));
  else if (await fetchAll(sync, cache, asked.manifest, stored.manifest)) return keep(sync, cache, hooks);
  sync.take(stored);
  hooks.changed();
}

async function revalidate(sync: Sync, cache: BlobCache, hooks: OfflineHooks): Promise<void> {
  const before = sync.current?.manifest;
  try {
    const news = await sync.fetchManifest();
    if (!before || news.manifest.version === before.version) return;
    if (news.manifest.version < before.version) throw older(news.manifest, before);
    if (!(await fetchAll(sync, cache, news.manifest, before))) return;
    sync.take(news);
    await keep(sync, cache, hooks);
    hooks.changed();
  } catch (thrown) {
    hooks.report(toHomebodyError(thrown));
  }
}

/**
 * Fetches the tables that take the place of those this device has, so that nobody waits for one that is only announced
 * or loses a good one to a damaged one. What cannot be had is reported by the sync.
 */
async function fetchAll(sync: Sync, cache: BlobCache, news: Manifest, before: Manifest): Promise<boolean> {
  const old = turn(sync, before).placements;
  const has = async (ref?: BlobRef): Promise<unknown> => ref && (sync.ready(ref) ?? (await cache.get(ref.sha256)));
  const fetched = Object.entries(turn(sync, news).placements).map(async ([name, ref]) => (await has(old[name])) && sync.table(ref));
  return Promise.all(fetched).then(() => true, () => false);
}

/** What the cache holds; signed by another key or damaged is as good as none. */
async function readStored(sync: Sync, cache: BlobCache): Promise<Verified | undefined> {
  try {
    const envelope = await cache.get(ENVELOPE);
    return envelope && (await sync.verified(envelope));
  } catch {
    return undefined;
  }
}

/** Stores the manifest and the tables in memory, and drops the ones it no longer names. */
async function keep(sync: Sync, cache: BlobCache, { report }: OfflineHooks): Promise<void> {
  if (sync.cache !== cache || !sync.current) return;
  const { manifest, envelope } = sync.current;
  const refs = blobsOf(turn(sync, manifest));
  try {
    for (const ref of refs) {
      const table = sync.ready(ref);
      if (table) await cache.put(ref.sha256, table.bytes);
    }
    await cache.put(ENVELOPE, envelope);
    await cache.keep([ENVELOPE, ...refs.map(({ sha256 }) => sha256)]);
  } catch (thrown) {
    if (sync.cache === cache) report(toHomebodyError(thrown, 'storage_unavailable'));
  }
}

function turn(sync: Sync, manifest: Manifest): Manifest {
  return sync.turn?.(manifest) ?? manifest;
}

function blobsOf({ placements, catalog }: Manifest): BlobRef[] {
  return [...Object.values(placements), ...(catalog ? [catalog] : [])];
}

function older(offered: Manifest, seen: Manifest): HomebodyError {
  return new HomebodyError('manifest_version', `version ${offered.version} offered, ${seen.version} seen`);
}
