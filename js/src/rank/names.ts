import { deriveKey } from '../ids.js';
import { REASON_KINDS } from '../kinds.js';
import type { Table } from '../table.js';
import type { Reason } from '../types.js';

/** Turns the keys of reasons back into names, by the published tables and by what was recorded on this page. */
export class Names {
  readonly #items = new Map<number, string>();
  readonly #titles = new Map<number, string>();
  readonly #facets = new Map<number, string>();
  readonly #known = new WeakSet<Table>();

  /** Learns the names of a table, once. */
  learn(table: Table): void {
    if (this.#known.has(table)) return;
    this.#known.add(table);
    for (let row = 0; row < table.rows; row++) this.#items.set(table.keys[row] ?? 0, table.id(row));
    for (const [key, name] of readFacets(table.section('FACT'))) this.#facets.set(key, name);
  }

  /** Learns the id of an item the visitor met. */
  meet(idSeed: number, id: string): void {
    this.#items.set(deriveKey(idSeed, id), id);
  }

  /** A reason in words; null for "none". */
  reason(kind: number, key: number, share: number, titleOf: (id: string) => unknown): Reason | null {
    const name = REASON_KINDS[kind];
    if (!name || name === 'none' || !(share > 0)) return null;
    if (name === 'collaborative' || name === 'content') {
      const item = this.#items.get(key);
      if (item === undefined) return { kind: name, share };
      const title = this.#titles.get(key) ?? String(titleOf(item) ?? item);
      this.#titles.set(key, title);
      return { kind: name, share, item, name: title };
    }
    const facet = this.#facets.get(key);
    return facet === undefined ? { kind: name, share } : { kind: name, share, name: facet };
  }

}

/** Reads `FACT`: count, kinds, keys, offsets, names. A section that does not add up has no names. */
function readFacets(section: Uint8Array | undefined): [number, string][] {
  if (!section || section.length < 4) return [];
  const view = new DataView(section.buffer, section.byteOffset, section.length);
  const count = view.getUint32(0, true);
  const keys = 4 + Math.ceil(count / 4) * 4;
  const offsets = keys + count * 4;
  const names = offsets + (count + 1) * 4;
  if (names > section.length) return [];
  return Array.from({ length: count }, (_, index): [number, string] => {
    const from = names + view.getUint32(offsets + index * 4, true);
    const to = names + view.getUint32(offsets + index * 4 + 4, true);
    return [view.getUint32(keys + index * 4, true), new TextDecoder().decode(section.subarray(from, to))];
  });
}
