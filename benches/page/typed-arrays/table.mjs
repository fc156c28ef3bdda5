// The table format in plain JavaScript: every column a typed array over the file, nothing copied.

const decoder = new TextDecoder();

/** Features by their wire code; 0 is unused. */
export const FEATURES = ['', 'popularity', 'trend', 'freshness', 'category', 'brand', 'tag'];

export class Table {
  constructor(buffer) {
    this.buffer = buffer;
    this.view = new DataView(buffer);
    this.rows = this.view.getUint32(12, true);
    this.idSeed = this.view.getUint32(16, true);
    this.open = (this.view.getUint16(26, true) & 1) === 1;
    this.sections = readDirectory(buffer, this.view);
    const { rows } = this;
    this.keys = this.#words('KEYS', 0, rows);
    this.popularity = this.#floats('POPU', 0, rows);
    this.trend = this.#floats('TRND', 0, rows);
    this.addedAt = this.#words('DATE', 0, rows);
    this.flags = new Uint8Array(buffer, this.sections.get('FLAG').at, rows);
    this.ids = this.#texts(this.sections.get('IDS ').at, rows);
    this.#readFacets();
    const vocabulary = this.sections.get('VOCB');
    this.vocabulary = new Uint32Array(buffer, vocabulary.at, vocabulary.length / 4);
    this.vocabularyIndex = placesOf(this.vocabulary);
    this.rowOf = placesOf(this.keys);
    this.lists = this.#readLists();
    this.blend = this.#readBlend();
  }

  #words(tag, skip, count) {
    return new Uint32Array(this.buffer, this.sections.get(tag).at + skip, count);
  }

  #floats(tag, skip, count) {
    return new Float32Array(this.buffer, this.sections.get(tag).at + skip, count);
  }

  #texts(at, count) {
    const offsets = new Uint32Array(this.buffer, at, count + 1);
    const text = at + (count + 1) * 4;
    return Array.from({ length: count }, (_, index) =>
      decoder.decode(new Uint8Array(this.buffer, text + offsets[index], offsets[index + 1] - offsets[index])),
    );
  }

  #readFacets() {
    const { at } = this.sections.get('FACT');
    this.facetCount = this.view.getUint32(at, true);
    this.facetKinds = new Uint8Array(this.buffer, at + 4, this.facetCount);
    const keys = at + 4 + padded(this.facetCount);
    this.facetKeys = new Uint32Array(this.buffer, keys, this.facetCount);
    this.facetIndex = placesOf(this.facetKeys);
    this.facetNames = this.#texts(keys + this.facetCount * 4, this.facetCount);
    this.rowFacetStarts = this.#words('FROW', 0, this.rows + 1);
    const entries = this.sections.get('FROW').at + (this.rows + 1) * 4;
    this.rowFacets = new Uint16Array(this.buffer, entries, this.rowFacetStarts[this.rows]);
  }

  #readLists() {
    const found = [];
    for (let index = 0; this.sections.has(`LST${index}`); index++) {
      const { at } = this.sections.get(`LST${index}`);
      const { view, buffer, rows } = this;
      const wide = view.getUint8(at + 2) === 4;
      const entries = view.getUint32(at + 20, true);
      const starts = at + 24;
      const scales = starts + (rows + 1) * 4;
      const indices = scales + rows * 4;
      found.push({
        source: view.getUint8(at),
        inDays: view.getUint8(at + 1) === 1,
        decay: view.getFloat32(at + 4, true),
        weight: view.getFloat32(at + 8, true),
        mean: view.getFloat32(at + 12, true),
        sd: view.getFloat32(at + 16, true),
        starts: new Uint32Array(buffer, starts, rows + 1),
        scales: new Float32Array(buffer, scales, rows),
        indices: wide ? new Uint32Array(buffer, indices, entries) : new Uint16Array(buffer, indices, entries),
        weights: new Int8Array(buffer, indices + padded(entries * (wide ? 4 : 2)), entries),
      });
    }
    return found;
  }

  #readBlend() {
    const { at } = this.sections.get('BLND');
    const features = Array.from({ length: this.view.getUint32(at + 4, true) }, (_, index) => {
      const entry = at + 8 + index * 16;
      const number = (skip) => this.view.getFloat32(entry + skip, true);
      return { code: this.view.getUint32(entry, true), weight: number(4), mean: number(8), sd: number(12) };
    });
    return { evidenceK: this.view.getFloat32(at, true), features };
  }
}

/** Seeded hash of a site's string, as in `protocol::derive_key`. */
export function deriveKey(seed, text) {
  let hash = 0x811c9dc5 ^ seed;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return finish(hash);
}

/** The last steps of {@link deriveKey}. */
export function finish(hash) {
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0 || 1;
}

function readDirectory(buffer, view) {
  const sections = new Map();
  for (let index = 0; index < view.getUint16(24, true); index++) {
    const entry = 32 + index * 12;
    const tag = decoder.decode(new Uint8Array(buffer, entry, 4));
    sections.set(tag, { at: view.getUint32(entry + 4, true), length: view.getUint32(entry + 8, true) });
  }
  return sections;
}

function placesOf(keys) {
  const places = new Map();
  keys.forEach((key, place) => places.set(key, place));
  return places;
}

function padded(length) {
  return Math.ceil(length / 4) * 4;
}
