// Reasons of the final list in plain JavaScript; the twin of `core/device/src/rank/explain.rs`.

const KIND_OF_SOURCE = [1, 2];
/** Reason kind of a feature by its wire code. */
const KIND_OF_FEATURE = [0, 6, 7, 8, 3, 4, 5];
const FIRST_TASTE = 4;
const REASONS = 3;

/** What speaks for one candidate at a time, in columns that are reused. */
export class Reasons {
  #count = 0;
  #kinds = [];
  #keys = [];
  #amounts = [];

  /** Kinds, keys and shares of the reasons of the first `length` candidates of `order`. */
  explain(order, length, sides, candidates) {
    const kinds = new Uint8Array(length * REASONS);
    const keys = new Uint32Array(length * REASONS);
    const shares = new Float32Array(length * REASONS);
    for (let place = 0; place < length; place++) {
      this.#find(order[place], sides[candidates.sideOf(order[place])], candidates);
      this.#write(place * REASONS, kinds, keys, shares);
    }
    return { kinds, keys, shares };
  }

  #find(candidate, side, { row, parts }) {
    this.#count = 0;
    const at = row[candidate];
    for (let index = 0; index < side.histories.length; index++) this.#addList(side, index, at);
    for (const { code } of side.commonFeatures) this.#add(KIND_OF_FEATURE[code], 0, parts[code][candidate]);
    for (const { code } of side.tasteFeatures) this.#addFacets(side, code, parts[code][candidate], at);
  }

  /** A list's part is due to the history items on it, each by its own term of the sum. */
  #addList({ table, trust, histories }, index, row) {
    const { source, starts, indices, weights, scales, weight, sd } = table.lists[index];
    const history = histories[index];
    const unit = (trust * weight * scales[row]) / sd;
    for (let entry = starts[row], end = starts[row + 1]; entry < end; entry++) {
      const amount = unit * weights[entry] * history[indices[entry]];
      if (amount > 0) this.#add(KIND_OF_SOURCE[source], table.vocabulary[indices[entry]], amount);
    }
  }

  /** A taste's part is shared among the liked facets of its kind. */
  #addFacets({ table, tastes }, code, part, row) {
    const { rowFacets, facetKinds, facetKeys } = table;
    const [start, end] = [table.rowFacetStarts[row], table.rowFacetStarts[row + 1]];
    const kind = code - FIRST_TASTE;
    let total = 0;
    for (let at = start; at < end; at++) if (facetKinds[rowFacets[at]] === kind) total += Math.max(tastes[rowFacets[at]], 0);
    for (let at = start; at < end; at++) {
      const facet = rowFacets[at];
      if (facetKinds[facet] === kind && tastes[facet] > 0) this.#add(KIND_OF_FEATURE[code], facetKeys[facet], (part * tastes[facet]) / total);
    }
  }

  #add(kind, key, amount) {
    if (!(amount > 0)) return;
    const [kinds, keys, amounts] = [this.#kinds, this.#keys, this.#amounts];
    let place = 0;
    while (place < this.#count && (keys[place] !== key || kinds[place] !== kind)) place++;
    if (place < this.#count) {
      amounts[place] += amount;
      return;
    }
    kinds[place] = kind;
    keys[place] = key;
    amounts[place] = amount;
    this.#count++;
  }

  /** The largest as shares of everything; the first found of equals. */
  #write(at, kinds, keys, shares) {
    const amounts = this.#amounts;
    let total = 0;
    for (let place = 0; place < this.#count; place++) total += amounts[place];
    for (let reason = 0; reason < Math.min(REASONS, this.#count); reason++) {
      let best = 0;
      for (let other = 1; other < this.#count; other++) if (amounts[other] > amounts[best]) best = other;
      kinds[at + reason] = this.#kinds[best];
      keys[at + reason] = this.#keys[best];
      shares[at + reason] = amounts[best] / total;
      amounts[best] = 0;
    }
  }
}
