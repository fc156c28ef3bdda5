import { HomebodyError, toHomebodyError } from './errors.js';
import { fetchBytes } from './fetch.js';
import { type BlobRef, type Manifest, readManifest, type Trust, verifyBlob } from './manifest.js';
import { Table } from './table.js';
import type { Display } from './types.js';

const MAX_MANIFEST_BYTES = 1 << 20;
const MAX_BLOB_BYTES = 64 << 20;
const RETRY_AFTER_MS = 30_000;
const ENVELOPE = 'manifest';

/** Keeps verified files between page loads; exists only after consent. */
export interface BlobCache {
  get(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Drops everything not named. */
  keep(names: readonly string[]): Promise<void>;
}

/** Where to fetch, whom to trust, whom to tell. */
export interface SyncOptions extends Trust {
  readonly server: string;
  readonly timeoutMs: number;
  readonly report: (error: HomebodyError) => void;
  /** Newer tables are in use. */
  readonly changed: () => void;
}

/**
 * Brings the manifest and the tables it names: verified, each once. With a cache they come from there first and are
 * checked for news afterwards, so a page also starts offline.
 */
export class Sync {
  readonly #options: SyncOptions;
  readonly #tables = new Map<string, Promise<Table>>();
  readonly #ready = new Map<string, Table>();
  #cache: BlobCache | undefined;
  #envelope: Uint8Array<ArrayBuffer> | undefined;
  #manifest: Manifest | undefined;
  #loading: Promise<Manifest> | undefined;
  #retryAt = Infinity;
  readonly #tablesRetryAt = new Map<string, number>();

  constructor(options: SyncOptions) {
    this.#options = options;
  }

  /** The table of a placement. */
  async pool(placement: string): Promise<Table> {
    const manifest = await this.#current();
    const ref = Object.hasOwn(manifest.placements, placement) ? manifest.placements[placement] : undefined;
    if (ref) return this.#table(ref);
    const error = new HomebodyError('placement_unknown', `\`${placement}\` is not in the manifest`);
    this.#options.report(error);
    throw error;
  }

  /** The catalogue's table, or null when none is published. */
  async catalog(): Promise<Table | null> {
    const { catalog } = await this.#current();
    return catalog ? this.#table(catalog) : null;
  }

  /** Published display data of an item in a table that is here already. */
  display(id: string): Display | undefined {
    for (const table of this.#ready.values()) {
      const row = table.rowOf(id);
      if (row !== undefined) return table.display(row);
    }
    return undefined;
  }

  /**
   * Uses a cache from now on. Before anything was fetched its files are used at once and checked for news; later it
   * takes over what is there, unless it has seen a newer manifest.
   */
  async useCache(cache: BlobCache): Promise<void> {
    this.#cache = cache;
    const known = this.#loading ? await this.#loading.catch(() => undefined) : undefined;
    const stored = await this.#stored(cache);
    if (!stored) {
      if (known) await this.#save();
      return;
    }
    if (known && known.version >= stored.manifest.version) return this.#save();
    if (known) this.#options.report(older(known, stored.manifest));
    this.#take(stored.manifest, stored.envelope);
    if (known) this.#options.changed();
    else void this.#revalidate();
  }

  /** Forgets the cache; what is in memory stays, it is the same for everybody. */
  dropCache(): void {
    this.#cache = undefined;
  }

  #current(): Promise<Manifest> {
    if (this.#loading && Date.now() < this.#retryAt) return this.#loading;
    this.#retryAt = Infinity;
    this.#loading = this.#fetchManifest().then(({ manifest, envelope }) => {
      this.#take(manifest, envelope);
      void this.#save();
      return manifest;
    });
    this.#loading.catch((thrown: unknown) => {
      this.#retryAt = Date.now() + RETRY_AFTER_MS;
      this.#options.report(toHomebodyError(thrown));
    });
    return this.#loading;
  }

  #take(manifest: Manifest, envelope: Uint8Array<ArrayBuffer>): void {
    this.#manifest = manifest;
    this.#envelope = envelope;
    this.#loading = Promise.resolve(manifest);
  }

  async #fetchManifest(): Promise<{ manifest: Manifest; envelope: Uint8Array<ArrayBuffer> }> {
    const { server, timeoutMs } = this.#options;
    const envelope = await fetchBytes(`${server}/v1/manifest.json`, timeoutMs, MAX_MANIFEST_BYTES);
    return { envelope, manifest: await readManifest(new TextDecoder().decode(envelope), this.#options) };
  }

  async #revalidate(): Promise<void> {
    const before = this.#manifest;
    try {
      const { manifest, envelope } = await this.#fetchManifest();
      if (!before || manifest.version === before.version) return;
      if (manifest.version < before.version) throw older(manifest, before);
      // Fetched before the switch, so that nobody waits for a table that is only announced.
      const used = Object.entries(manifest.placements).filter(([name]) => {
        const old = before.placements[name];
        return old && this.#tables.has(old.sha256);
      });
      await Promise.all(used.map(([, ref]) => this.#table(ref)));
      this.#take(manifest, envelope);
      await this.#save();
      this.#options.changed();
    } catch (thrown) {
      this.#options.report(toHomebodyError(thrown));
    }
  }

  async #stored(cache: BlobCache): Promise<{ manifest: Manifest; envelope: Uint8Array<ArrayBuffer> } | undefined> {
    try {
      const envelope = await cache.get(ENVELOPE);
      if (!envelope) return undefined;
      return { envelope, manifest: await readManifest(new TextDecoder().decode(envelope), this.#options) };
    } catch {
      return undefined; // Signed by another key or damaged: as good as none.
    }
  }

  #table(ref: BlobRef): Promise<Table> {
    const known = this.#tables.get(ref.sha256);
    if (known && Date.now() < (this.#tablesRetryAt.get(ref.sha256) ?? Infinity)) return known;
    const loading = this.#load(ref);
    this.#tables.set(ref.sha256, loading);
    this.#tablesRetryAt.delete(ref.sha256);
    loading.then((table) => this.#ready.set(ref.sha256, table)).catch((thrown: unknown) => {
      this.#tablesRetryAt.set(ref.sha256, Date.now() + RETRY_AFTER_MS);
      this.#options.report(toHomebodyError(thrown));
    });
    return loading;
  }

  async #load(ref: BlobRef): Promise<Table> {
    const cached = await this.#cache?.get(ref.sha256).catch(() => undefined);
    if (cached) {
      try {
        await verifyBlob(cached, ref);
        return new Table(cached);
      } catch {
        // Damaged on disk: fetched again.
      }
    }
    const { server, timeoutMs } = this.#options;
    const bytes = await fetchBytes(`${server}/v1/blobs/${ref.sha256}`, timeoutMs, MAX_BLOB_BYTES);
    await verifyBlob(bytes, ref);
    const table = new Table(bytes);
    void this.#cache?.put(ref.sha256, bytes).catch(() => undefined);
    return table;
  }

  /** Stores the manifest and the tables in memory, and drops the ones it no longer names. */
  async #save(): Promise<void> {
    const cache = this.#cache;
    const manifest = this.#manifest;
    if (!cache || !manifest || !this.#envelope) return;
    const refs = [...Object.values(manifest.placements), ...(manifest.catalog ? [manifest.catalog] : [])];
    try {
      for (const { sha256 } of refs) {
        const table = await this.#tables.get(sha256)?.catch(() => undefined);
        if (table) await cache.put(sha256, table.bytes as Uint8Array<ArrayBuffer>);
      }
      await cache.put(ENVELOPE, this.#envelope);
      await cache.keep([ENVELOPE, ...refs.map(({ sha256 }) => sha256)]);
    } catch (thrown) {
      this.#options.report(toHomebodyError(thrown, 'storage_unavailable'));
    }
  }
}

function older(offered: Manifest, seen: Manifest): HomebodyError {
  return new HomebodyError('manifest_version', `version ${offered.version} offered, ${seen.version} seen`);
}
