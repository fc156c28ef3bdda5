// Publications that no honest server makes: signed with the data folder's real key, so that only what is wrong on
// purpose is wrong.
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plain } from './front.mjs';

/** Everything before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Reads the publication of a running server and makes forged variants of it for its front. */
export async function forger(shop) {
  const seed = Buffer.from((await readFile(join(shop.data, 'signing.key'), 'utf8')).trim(), 'base64');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const envelope = JSON.parse(await plain(shop.server.origin, '/v1/manifest.json'));
  const manifest = JSON.parse(envelope.payload);
  const pool = await plain(shop.server.origin, `/v1/blobs/${manifest.placements.home.sha256}`);
  const sealed = (payload) => JSON.stringify({ ...envelope, payload, signature: sign(null, Buffer.from(payload), key).toString('base64') });

  /** An envelope around a changed manifest, rightly signed. */
  const signed = (change) => sealed(JSON.stringify({ ...manifest, ...change }));

  /** A front's fault that offers `bytes` as the pool of a rightly signed manifest. */
  const offering = (bytes, change = {}) => {
    const sha256 = sha256Of(bytes);
    const version = manifest.version + 1;
    const text = signed({ version, placements: { home: { sha256, bytes: bytes.length } }, ...change });
    return serving({ '/v1/manifest.json': json(text), [`/v1/blobs/${sha256}`]: { body: bytes } });
  };

  return { envelope, manifest, pool, sealed, signed, offering };
}

/** A front's fault that answers some paths by itself. */
export function serving(answers) {
  return async ({ url }) => answers[new URL(url, 'http://front').pathname];
}

/** An answer with JSON. */
export function json(text, rest = {}) {
  return { headers: { 'content-type': 'application/json' }, body: text, ...rest };
}

/** A copy with a field of the header changed and the checksum made right again. */
export function withHeader(table, change) {
  const bytes = Buffer.from(table);
  change(bytes);
  return withChecksum(bytes);
}

/** Makes the checksum of a table right: FNV-1a over its words, with its own word as 0. */
export function withChecksum(bytes) {
  let hash = 0x811c9dc5;
  for (let at = 0; at + 4 <= bytes.length; at += 4) hash = Math.imul(hash ^ (at === 28 ? 0 : bytes.readUInt32LE(at)), 0x01000193);
  bytes.writeUInt32LE(hash >>> 0, 28);
  return bytes;
}

/** A copy with one bit changed. */
export function flipped(bytes, at = bytes.length >> 1) {
  const copy = Buffer.from(bytes);
  copy[at] ^= 0x10;
  return copy;
}

function sha256Of(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
