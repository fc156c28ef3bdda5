import { HomebodyError } from './errors.js';
import type { Display } from './types.js';

const MAGIC = 0x42544248; // "HBTB"
const VERSION = 1;
const HEADER_BYTES = 32;
const CHECKSUM_WORD = 7;
const MAX_BYTES = 64 << 20;
const MAX_ROWS = 1_000_000;
const MAX_SECTIONS = 64;
const OUT_OF_STOCK = 1;

/**
 * Reads what neutral order needs of a table: ids and display data, in row order. The scores are the Wasm module's
 * business. Everything is checked once, here; the accessors then only cut strings.
 */
export class Table {
  /** Number of items; they are in neutral order, best first. */
  readonly rows: number;
  /** Seed of the keys in this table. */
  readonly idSeed: number;
  /** Key of every row. */
  readonly keys: Uint32Array;
  /** The file itself, for the Wasm module. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array;
  readonly #sections = new Map<string, { at: number; end: number }>();
  #rowOfId: Map<string, number> | undefined;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    const size = checkedSize(bytes);
    // Words are read in place, so the file has to start on a word.
    this.bytes = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    this.#words = new Uint32Array(this.bytes.buffer, this.bytes.byteOffset, size / 4);
    this.rows = this.#word(3);
    this.idSeed = this.#word(4);
    if (checksum(this.#words) !== this.#word(CHECKSUM_WORD)) {
      throw new HomebodyError('table_checksum');
    }
    this.#readDirectory(size);
    this.keys = this.#rowWords('KEYS', this.rows);
    this.#checkText('IDS ');
    this.#checkText('DISP');
  }

  /** Whether the file has a section. */
  has(tag: string): boolean {
    return this.#sections.has(tag);
  }

  /** The id of a row. */
  id(row: number): string {
    return this.#text('IDS ', row);
  }

  /** The published display data of a row; empty when there is none. */
  display(row: number): Display {
    if (!this.#sections.has('DISP')) return {};
    try {
      const value: unknown = JSON.parse(this.#text('DISP', row) || '{}');
      return typeof value === 'object' && value !== null ? (value as Display) : {};
    } catch {
      return {}; // One unreadable title is no reason to lose the list.
    }
  }

  /** Whether the item of a row can be had. */
  inStock(row: number): boolean {
    const flags = this.#sections.get('FLAG');
    return !flags || flags.at + row >= flags.end || ((this.bytes[flags.at + row] ?? 0) & OUT_OF_STOCK) === 0;
  }

  /** The row of an id, or undefined. */
  rowOf(id: string): number | undefined {
    if (!this.#rowOfId) {
      this.#rowOfId = new Map();
      for (let row = 0; row < this.rows; row++) this.#rowOfId.set(this.id(row), row);
    }
    return this.#rowOfId.get(id);
  }

  #readDirectory(size: number): void {
    const count = this.#word(6) & 0xffff;
    if (count > MAX_SECTIONS) throw new HomebodyError('table_malformed');
    if (HEADER_BYTES + count * 12 > size) throw new HomebodyError('table_malformed');
    for (let index = 0; index < count; index++) {
      const entry = HEADER_BYTES / 4 + index * 3;
      const tag = decode(this.bytes.subarray(entry * 4, entry * 4 + 4));
      const at = this.#word(entry + 1);
      const end = at + this.#word(entry + 2);
      if (at % 4 !== 0 || end > size) throw new HomebodyError('table_malformed', tag);
      if (!this.#sections.has(tag)) this.#sections.set(tag, { at, end });
    }
  }

  #rowWords(tag: string, count: number): Uint32Array {
    const section = this.#sections.get(tag);
    if (!section || section.end - section.at < count * 4) {
      throw new HomebodyError(section ? 'table_malformed' : 'table_missing_section', tag);
    }
    return this.#words.subarray(section.at / 4, section.at / 4 + count);
  }

  #checkText(tag: string): void {
    const section = this.#sections.get(tag);
    if (!section && tag !== 'IDS ') return;
    const offsets = this.#rowWords(tag, this.rows + 1);
    const room = (section?.end ?? 0) - (section?.at ?? 0) - offsets.byteLength;
    let last = 0;
    for (const offset of offsets) {
      if (offset < last || offset > room) throw new HomebodyError('table_malformed', tag);
      last = offset;
    }
  }

  #text(tag: string, row: number): string {
    const section = this.#sections.get(tag);
    if (!section || row >= this.rows) return '';
    const base = section.at + (this.rows + 1) * 4;
    const word = section.at / 4 + row;
    return decode(this.bytes.subarray(base + this.#word(word), base + this.#word(word + 1)));
  }

  #word(index: number): number {
    return this.#words[index] ?? 0;
  }
}

/** Length of the file, when its header is right; the order of the checks is the order of `protocol::table`. */
function checkedSize(bytes: Uint8Array): number {
  const head = bytes.length >= 4 ? new DataView(bytes.buffer, bytes.byteOffset, bytes.length) : undefined;
  if (head?.getUint32(0, true) !== MAGIC) throw new HomebodyError('table_magic');
  if (bytes.length < HEADER_BYTES) throw new HomebodyError('table_length');
  const version = head.getUint16(4, true);
  if (version !== VERSION) throw new HomebodyError('table_version', `version ${version}`);
  const size = head.getUint32(8, true);
  const rows = head.getUint32(12, true);
  if (Math.max(size, bytes.length) > MAX_BYTES || rows > MAX_ROWS) {
    throw new HomebodyError('table_too_large', `${size} bytes, ${rows} rows`);
  }
  if (size !== bytes.length || size % 4 !== 0) {
    throw new HomebodyError('table_length', `${bytes.length} bytes, ${size} announced`);
  }
  return size;
}

/** FNV-1a over the words, the checksum's own word taken as 0. */
function checksum(words: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < words.length; index++) {
    hash = Math.imul(hash ^ (index === CHECKSUM_WORD ? 0 : (words[index] ?? 0)), 0x01000193);
  }
  return hash >>> 0;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
