import { HomebodyError, toHomebodyError } from './errors.js';
import { fetchBytes } from './fetch.js';
import { type BlobRef, type Manifest, readManifest, type Trust, verifyBlob } from './manifest.js';
import { Table } from './table.js';
import type { Display } from './types.js';

const MAX_MANIFEST_BYTES = 1 << 20;
const MAX_BLOB_BYTES = 64 << 20;
const RETRY_AFTER_MS = 30_000;

/** Keeps verified files between page loads; exists only after consent. */
export interface BlobCache {
  /** Undefined, or rejects, when it is not there. */
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
}

/** A manifest and the signed text it came in. */
export interface Verified {
  readonly manifest: Manifest;
  readonly envelope: Uint8Array<ArrayBuffer>;
}

/**
 * Brings the manifest and the tables it names: verified, each once. After consent `rank/offline.ts` puts a cache
 * behind it.
 */
export class Sync {
  /** Asked before the network. */
  cache: BlobCache | undefined;
  /** Told about every manifest taken from the network. */
  fetched: (() => void) | undefined;
  /** Chooses among a manifest's tables after consent; before, everybody uses the same. */
  turn: ((manifest: Manifest) => Manifest) | undefined;
  /** The manifest in use, once there is one. */
  current: Verified | undefined;
  readonly #options: SyncOptions;
  readonly #tables = new Map<string, Attempt<Table>>();
  readonly #ready = new Map<string, Table>();
  readonly #unknown = new Set<string>();
  #manifest: Attempt<Verified> | undefined;

  constructor(options: SyncOptions) {
    this.#options = options;
  }

  /** The table of a placement. */
  async pool(placement: string): Promise<Table> {
    const { placements } = await this.used();
    const ref = Object.hasOwn(placements, placement) ? placements[placement] : undefined;
    if (ref) return this.table(ref);
    const error = new HomebodyError('placement_unknown', placement);
    // Lists ask again and again; that it is not there is said once.
    if (!this.#unknown.has(placement)) this.#options.report(error);
    this.#unknown.add(placement);
    throw error;
  }

  /** The catalogue's table, or null when none is published. */
  async catalog(): Promise<Table | null> {
    const { catalog } = await this.used();
    return catalog ? this.table(catalog) : null;
  }

  /** Published display data of an item in a table that is here already. */
  display(id: string): Display | undefined {
    for (const table of this.#ready.values()) {
      const row = table.rowOf(id);
      if (row !== undefined) return table.display(row);
    }
    return undefined;
  }

  /** The manifest in use, or the first one; undefined when nobody has asked for one. */
  get asked(): Promise<Verified> | undefined {
    return this.#manifest?.result;
  }

  /** The manifest in use, fetched when there is none. */
  manifest(): Promise<Verified> {
    this.#manifest = this.#tried(this.#manifest, async () => {
      this.current = await this.fetchManifest();
      this.fetched?.();
      return this.current;
    });
    return this.#manifest.result;
  }

  /** The manifest as this device uses it. */
  async used(): Promise<Manifest> {
    const { manifest } = await this.manifest();
    return this.turn?.(manifest) ?? manifest;
  }

  /** Consent is over: nothing is kept, and the tables are everybody's. */
  detach(): void {
    this.cache = this.fetched = this.turn = undefined;
  }

  /** Uses a verified manifest from now on. */
  take(verified: Verified): void {
    this.current = verified;
    this.#manifest = { result: Promise.resolve(verified), failedAt: Infinity };
  }

  /** Fetches the manifest from the server; does not use it. */
  async fetchManifest(): Promise<Verified> {
    const { server, timeoutMs } = this.#options;
    return this.verified(await fetchBytes(`${server}/v1/manifest.json`, timeoutMs, MAX_MANIFEST_BYTES));
  }

  /** Verifies a manifest's envelope. */
  async verified(envelope: Uint8Array<ArrayBuffer>): Promise<Verified> {
    return { envelope, manifest: await readManifest(new TextDecoder().decode(envelope), this.#options) };
  }

  /** A table, by the hash in the manifest. */
  table(ref: BlobRef): Promise<Table> {
    const attempt = this.#tried(this.#tables.get(ref.sha256), async () => {
      const table = await this.#load(ref);
      this.#ready.set(ref.sha256, table);
      return table;
    });
    this.#tables.set(ref.sha256, attempt);
    return attempt.result;
  }

  /** A table that is here already. */
  ready(ref: BlobRef): Table | undefined {
    return this.#ready.get(ref.sha256);
  }

  /** The attempt so far, unless it failed a while ago; a failure is reported once. */
  #tried<T>(attempt: Attempt<T> | undefined, work: () => Promise<T>): Attempt<T> {
    if (attempt && Date.now() < attempt.failedAt + RETRY_AFTER_MS) return attempt;
    const fresh: Attempt<T> = { result: work(), failedAt: Infinity };
    fresh.result.catch((thrown: unknown) => {
      fresh.failedAt = Date.now();
      this.#options.report(toHomebodyError(thrown));
    });
    return fresh;
  }

  async #load(ref: BlobRef): Promise<Table> {
    const cached = await this.cache?.get(ref.sha256).catch(() => undefined);
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
    this.cache?.put(ref.sha256, bytes).catch(() => undefined); // A cache that is full only costs the next page.
    return table;
  }
}

interface Attempt<T> {
  readonly result: Promise<T>;
  /** When it failed; Infinity while it has not. */
  failedAt: number;
}
