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

/** A copy with small sections in place of its own (`{ QUES: bytes, INTN: null }`), as a site of another kind would publish. */
export function withSections(table, sections) {
  const added = Object.entries(sections).flatMap(([tag, bytes]) => (bytes ? [[tag, padded(bytes)]] : []));
  const shift = 12 * added.length;
  const count = table.readUInt16LE(24);
  const directory = Buffer.from(table.subarray(32, 32 + 12 * count));
  for (let at = 0; at < directory.length; at += 12) {
    directory.writeUInt32LE(directory.readUInt32LE(at + 4) + shift, at + 4);
    // A section that no reader knows is skipped.
    if (directory.toString('latin1', at, at + 4) in sections) directory.write('____', at, 'latin1');
  }
  let end = table.length + shift;
  const entries = added.map(([tag, bytes]) => {
    const entry = Buffer.alloc(12);
    entry.write(tag, 'latin1');
    entry.writeUInt32LE(end, 4);
    entry.writeUInt32LE(bytes.length, 8);
    end += bytes.length;
    return entry;
  });
  const head = Buffer.from(table.subarray(0, 32));
  head.writeUInt16LE(count + added.length, 24);
  head.writeUInt32LE(end, 8);
  return withChecksum(Buffer.concat([head, directory, ...entries, table.subarray(32 + 12 * count), ...added.map(([, bytes]) => bytes)]));
}

function padded(bytes) {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

/** The bytes of a questionnaire; see `core/protocol/src/models/questions.rs`. */
export function questionnaire({ shares, tastes, questions }) {
  const out = [u16(shares.length), u16(questions.length), f32(...shares)];
  for (const cluster of tastes) out.push(u16(cluster.length), ...cluster.flatMap(([facet, taste]) => [u32(facet), f32(taste)]));
  for (const { facet, yes, text } of questions) out.push(u32(facet), f32(...yes), words(text));
  return Buffer.concat(out);
}

/** The bytes of segments with unit variances; see `core/protocol/src/models/segments.rs`. */
export function segments({ features, hysteresis, all }) {
  const same = (value) => f32(...Array(features).fill(value));
  const out = [u16(all.length), u16(features), f32(hysteresis), same(0), same(1)];
  for (const { name, mean } of all) out.push(f32(1 / all.length), f32(...mean), same(1), words(name));
  return Buffer.concat(out);
}

function u16(value) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function f32(...values) {
  return Buffer.from(Float32Array.from(values).buffer);
}

function words(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([u16(bytes.length), bytes]);
}
