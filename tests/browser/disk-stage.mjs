// What a browser's profile folder holds: texts in every spelling, and the parts of the key, taken from the page's WebCrypto.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Chromium keeps what an origin stores, by the folder's place in the profile. */
const STORAGE = /^\/Default\/(IndexedDB|File System|Local Storage|Session Storage|Service Worker|WebStorage|blob_storage|shared_proto_db)\//;

/** Every file under `folder` that holds one of the needles: `{ name, file }`. */
export async function scan(folder, needles) {
  const hits = [];
  for (const file of await filesUnder(folder)) {
    // A file may go while it is read; then it is not left.
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    for (const [name, needle] of Object.entries(needles)) if (bytes.includes(needle)) hits.push({ name, file: file.slice(folder.length) });
  }
  return hits;
}

/** Whether a file belongs to what origins store, not to the browser itself. */
export const isStorage = ({ file }) => STORAGE.test(file);

/** The names of what was found. */
export const names = (hits) => [...new Set(hits.map(({ name }) => name))].sort();

/** Texts as UTF-8 and as UTF-16, which is how browsers keep strings. */
export function spellings(texts) {
  return Object.fromEntries(texts.flatMap((text) => [[`${text} (utf8)`, Buffer.from(text)], [`${text} (utf16)`, Buffer.from(text, 'utf16le')]]));
}

/**
 * For `addInitScript`: writes down what goes into the key and what comes out of it. `window.keys` has the halves as arrays
 * of bytes (`base`, `shard`) and the derived key; `window.sealed` is what was sealed last of all that is longer than 200
 * bytes, with what it is bound to.
 */
export function watchKeys() {
  window.keys = { base: [], shard: [], derived: [] };
  const { importKey, deriveKey, encrypt, exportKey } = SubtleCrypto.prototype;
  const bytes = (given) => [...new Uint8Array(given.buffer ?? given, given.byteOffset ?? 0, given.byteLength)];
  SubtleCrypto.prototype.importKey = function (format, raw, algorithm, ...rest) {
    if (algorithm === 'HKDF') keys.base.push(bytes(raw));
    return importKey.call(this, format, raw, algorithm, ...rest);
  };
  SubtleCrypto.prototype.deriveKey = async function (algorithm, base, target, extractable, uses) {
    const shown = await deriveKey.call(this, algorithm, base, target, true, uses);
    keys.shard.push(bytes(algorithm.salt));
    keys.derived.push(bytes(await exportKey.call(this, 'raw', shown)));
    return deriveKey.call(this, algorithm, base, target, extractable, uses);
  };
  SubtleCrypto.prototype.encrypt = async function (algorithm, key, data) {
    const result = await encrypt.call(this, algorithm, key, data);
    if (data.byteLength > 200) window.sealed = { iv: bytes(algorithm.iv), bound: bytes(algorithm.additionalData), data: bytes(result) };
    return result;
  };
}

async function filesUnder(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
