import { HomebodyError } from '../errors.js';
import { readShard, SHARD_BYTES, writeShard } from './shard.js';
import { type Store, settled } from './store.js';

/** Version of what is sealed; part of what every seal is bound to. */
export const SCHEMA = 1;
const IV_BYTES = 12;

/** Encrypted bytes at rest. */
export interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

/**
 * Seals the profile with AES-256-GCM. The key is derived from two parts kept in two places: a key that cannot be
 * exported (IndexedDB) and a random shard (private file system). A deleted database leaves its bytes on disk for a
 * while, a deleted file does not: without the shard those bytes are dead.
 */
export class Vault {
  /** Fences every write: a tab that slept through an erasure has an older one. */
  readonly epoch: number;
  /** Whether there was a vault before that could not be opened any more. */
  readonly replaced: boolean;
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey, epoch: number, replaced: boolean) {
    this.#key = key;
    this.epoch = epoch;
    this.replaced = replaced;
  }

  /**
   * Opens the vault or makes a new one; the caller holds the exclusive lock. A vault with a part missing cannot be
   * opened by anybody, so it is replaced and what it sealed is dropped.
   */
  static async open(store: Store, lowestEpoch: number): Promise<Vault> {
    const base = await store.get<CryptoKey>('vault', 'key');
    const epoch = await store.get<number>('vault', 'epoch');
    const shard = await readShard();
    if (base && epoch !== undefined && shard) return new Vault(await derive(base, shard), epoch, false);
    return Vault.#make(store, Math.max(lowestEpoch, (epoch ?? 0) + 1), base !== undefined);
  }

  static async #make(store: Store, epoch: number, replaced: boolean): Promise<Vault> {
    const shard = crypto.getRandomValues(new Uint8Array(SHARD_BYTES));
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
    secret.fill(0);
    await writeShard(shard);
    await store.transact(['vault', 'profile'], 'readwrite', async (open) => {
      open('profile').clear();
      open('vault').put(base, 'key');
      await settled(open('vault').put(epoch, 'epoch'));
    });
    return new Vault(await derive(base, shard), epoch, replaced);
  }

  /** Encrypts. */
  async seal(bytes: Uint8Array<ArrayBuffer>): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    return { iv, data: await crypto.subtle.encrypt(this.#algorithm(iv), this.#key, bytes) };
  }

  /** Decrypts; fails when one bit, the origin, the schema or the epoch differs. */
  async open(sealed: Sealed): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return new Uint8Array(await crypto.subtle.decrypt(this.#algorithm(sealed.iv), this.#key, sealed.data));
    } catch (cause) {
      throw new HomebodyError('profile_unreadable', 'the seal is broken', cause);
    }
  }

  #algorithm(iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    const bound = `${globalThis.location?.origin ?? ''}|${SCHEMA}|${this.epoch}`;
    return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(bound) };
  }
}

function derive(base: CryptoKey, shard: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: shard, info: new TextEncoder().encode('homebody profile') };
  return crypto.subtle.deriveKey(hkdf, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
