// Maximal marginal relevance in plain JavaScript; the twin of `core/device/src/rank/diversify.rs`.
// JavaScript has no 64-bit integers that are fast, so a signature is four 32-bit words.

const WORDS = 4;

export class Diversity {
  constructor(capacity) {
    this.relevance = new Float32Array(capacity);
    this.nearest = new Float32Array(capacity);
    this.inverseRoot = new Float32Array(capacity);
    this.words = new Int32Array(capacity * WORDS);
  }

  /** Reorders the first `limit` places of `order`, whose first `count` entries are the best, best first. */
  reorder(order, count, limit, lambda, candidates, sides) {
    limit = Math.min(limit, count);
    if (lambda >= 1 || limit < 2) return;
    this.#prepare(order, count, candidates, sides);
    for (let place = 0; place < limit; place++) {
      const best = this.#bestFrom(place, count, lambda);
      this.#swap(place, best);
      [order[place], order[best]] = [order[best], order[place]];
      this.#place(place, count);
    }
  }

  #prepare(order, count, { score, row, side }, sides) {
    const worst = score[order[count - 1]];
    const span = score[order[0]] > worst ? score[order[0]] - worst : 1;
    this.words.fill(0, 0, count * WORDS);
    for (let index = 0; index < count; index++) {
      const candidate = order[index];
      const { table } = sides[side[candidate]];
      this.relevance[index] = (score[candidate] - worst) / span;
      this.nearest[index] = 0;
      const at = row[candidate];
      for (let entry = table.rowFacetStarts[at]; entry < table.rowFacetStarts[at + 1]; entry++) {
        const bit = table.facetKeys[table.rowFacets[entry]] & 127;
        this.words[index * WORDS + (bit >>> 5)] |= 1 << (bit & 31);
      }
      let size = 0;
      for (let word = 0; word < WORDS; word++) size += ones(this.words[index * WORDS + word]);
      this.inverseRoot[index] = size === 0 ? 0 : 1 / Math.sqrt(size);
    }
  }

  #bestFrom(place, count, lambda) {
    const { relevance, nearest } = this;
    let best = place;
    let bestValue = -Infinity;
    for (let index = place; index < count; index++) {
      const value = lambda * relevance[index] - (1 - lambda) * nearest[index];
      if (value > bestValue) {
        best = index;
        bestValue = value;
      }
    }
    return best;
  }

  #swap(a, b) {
    for (const column of [this.relevance, this.nearest, this.inverseRoot]) [column[a], column[b]] = [column[b], column[a]];
    const { words } = this;
    for (let word = 0; word < WORDS; word++) {
      const kept = words[a * WORDS + word];
      words[a * WORDS + word] = words[b * WORDS + word];
      words[b * WORDS + word] = kept;
    }
  }

  #place(place, count) {
    const { words, inverseRoot, nearest } = this;
    const first = place * WORDS;
    const [w0, w1, w2, w3] = [words[first], words[first + 1], words[first + 2], words[first + 3]];
    const root = inverseRoot[place];
    for (let index = place + 1; index < count; index++) {
      const at = index * WORDS;
      const common = ones(words[at] & w0) + ones(words[at + 1] & w1) + ones(words[at + 2] & w2) + ones(words[at + 3] & w3);
      const similarity = common * root * inverseRoot[index];
      if (similarity > nearest[index]) nearest[index] = similarity;
    }
  }
}

/** Number of set bits. */
function ones(word) {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
