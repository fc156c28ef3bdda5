import { HomebodyError } from '../errors.js';

/** A public key as an aggregator publishes it, X25519, 32 bytes. */
export type PublicKey = Uint8Array<ArrayBuffer>;

/** A message that only the holder of the key can read. */
export interface SealedMessage {
  /** The sender's one-time public key. */
  readonly enc: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

/** The one suite we speak, by its registered numbers: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. */
export const SUITE = { kem: 0x0020, kdf: 0x0001, aead: 0x0001 } as const;

const KEM_ID = bytesOf('KEM', [0, 0x20]);
const SUITE_ID = bytesOf('HPKE', [0, 0x20, 0, 1, 0, 1]);
const NOTHING = new Uint8Array();
const HASH_BYTES = 32;

/**
 * Seals one message in HPKE's base mode (RFC 9180), with the browser's own X25519, HMAC and AES-GCM: a library for it in
 * WebAssembly weighs 26 KB. `info` and `aad` have to be the same where it is opened.
 *
 * Rejects with `crypto_unavailable` where the browser has no X25519: then nothing is sent.
 */
export async function seal(
  to: PublicKey,
  info: Uint8Array<ArrayBuffer>,
  aad: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<SealedMessage> {
  try {
    const oneTime = (await crypto.subtle.generateKey('X25519', false, ['deriveBits'])) as CryptoKeyPair;
    return await sealWith(oneTime, to, info, aad, message);
  } catch (cause) {
    throw new HomebodyError('crypto_unavailable', 'X25519', cause);
  }
}

/** The same with a given one-time key, which must never be used twice. */
export async function sealWith(
  oneTime: CryptoKeyPair,
  to: PublicKey,
  info: Uint8Array<ArrayBuffer>,
  aad: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<SealedMessage> {
  const { subtle } = crypto;
  const receiver = await subtle.importKey('raw', to, 'X25519', false, []);
  const shared = await subtle.deriveBits({ name: 'X25519', public: receiver }, oneTime.privateKey, 256);
  const enc = new Uint8Array(await subtle.exportKey('raw', oneTime.publicKey));
  const { key, nonce } = await schedule(await encapsulated(new Uint8Array(shared), enc, to), info);
  const aes = await subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  const ciphertext = await subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad }, aes, message);
  return { enc, ciphertext: new Uint8Array(ciphertext) };
}

/** The shared secret that both ends have (RFC 9180, section 4.1). */
async function encapsulated(shared: Uint8Array, enc: Uint8Array, to: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const prk = await extract(KEM_ID, NOTHING, 'eae_prk', shared);
  return expand(KEM_ID, prk, 'shared_secret', bytesOf(enc, to), HASH_BYTES);
}

/** Key and nonce of the first message (RFC 9180, section 5.1). */
async function schedule(
  secret: Uint8Array<ArrayBuffer>,
  info: Uint8Array,
): Promise<{ key: Uint8Array<ArrayBuffer>; nonce: Uint8Array<ArrayBuffer> }> {
  const pskId = await extract(SUITE_ID, NOTHING, 'psk_id_hash', NOTHING);
  const context = bytesOf([0], pskId, await extract(SUITE_ID, NOTHING, 'info_hash', info));
  const prk = await extract(SUITE_ID, secret, 'secret', NOTHING);
  return {
    key: await expand(SUITE_ID, prk, 'key', context, 16),
    nonce: await expand(SUITE_ID, prk, 'base_nonce', context, 12),
  };
}

function extract(suite: Uint8Array, salt: Uint8Array<ArrayBuffer>, label: string, input: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  // WebCrypto takes no empty key; HMAC fills a short one with zeros anyway.
  return hmac(salt.length > 0 ? salt : new Uint8Array(HASH_BYTES), bytesOf('HPKE-v1', suite, label, input));
}

/** HKDF-Expand of at most one block, which is all there is. */
async function expand(
  suite: Uint8Array,
  prk: Uint8Array<ArrayBuffer>,
  label: string,
  context: Uint8Array,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return (await hmac(prk, bytesOf([0, length], 'HPKE-v1', suite, label, context, [1]))).slice(0, length);
}

async function hmac(secret: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, data));
}

/** All parts, one after the other; text in ASCII. */
function bytesOf(...parts: (string | Iterable<number>)[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((char) => char.charCodeAt(0)) : [...part])));
}
