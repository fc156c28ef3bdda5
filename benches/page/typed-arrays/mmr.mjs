// Maximal marginal relevance in plain JavaScript; the twin of `core/device/src/rank/diversify` without caps.
// JavaScript has no 64-bit integers that are fast, so a signature is four 32-bit words.

const WORDS = 4;

export class Diversity {
  constructor(capacity) {
    /** λ · relevance */
    this.attraction = new Float32Array(capacity);
    /** Largest similarity to the first `compared` of the page. */
    this.nearest = new Float32Array(capacity);
    this.compared = new Uint32Array(capacity);
    this.inverseRoot = new Float32Array(capacity);
    this.words = new Int32Array(capacity * WORDS);
    this.isPlaced = new Uint8Array(capacity);
    /** Where on `order` what is on the page stood. */
    this.page = new Uint32Array(capacity);
  }

  /** Writes the list over the first `limit` places of `order`, whose first `count` entries are the best, best first. */
  reorder(order, count, limit, lambda, candidates, sides) {
    if (lambda >= 1 || Math.min(limit, count) < 2) return;
    const places = Math.min(limit, count);
    this.#prepare(order, count, lambda, candidates, sides);
    for (let place = 0, first = 0; place < places; place++) {
      const best = place === 0 ? 0 : this.#bestFrom(first, count, place, 1 - lambda);
      this.page[place] = best;
      this.isPlaced[best] = 1;
      while (this.isPlaced[first] && first < count) first++;
    }
    for (let place = 0; place < places; place++) this.page[place] = order[this.page[place]];
    order.set(this.page.subarray(0, places));
  }

  #prepare(order, count, lambda, { score, row, sideOf }, sides) {
    const worst = score[order[count - 1]];
    const span = score[order[0]] > worst ? score[order[0]] - worst : 1;
    this.words.fill(0, 0, count * WORDS);
    this.nearest.fill(0, 0, count);
    this.compared.fill(0, 0, count);
    this.isPlaced.fill(0, 0, count);
    for (let index = 0; index < count; index++) {
      const candidate = order[index];
      this.attraction[index] = (lambda * (score[candidate] - worst)) / span;
      this.#sign(index, sides[sideOf(candidate)].table, row[candidate]);
    }
  }

  #sign(index, { rowFacetStarts, rowFacets, facetKeys }, row) {
    const { words } = this;
    for (let entry = rowFacetStarts[row]; entry < rowFacetStarts[row + 1]; entry++) {
      const bit = facetKeys[rowFacets[entry]] & 127;
      words[index * WORDS + (bit >>> 5)] |= 1 << (bit & 31);
    }
    let size = 0;
    for (let word = 0; word < WORDS; word++) size += ones(words[index * WORDS + word]);
    this.inverseRoot[index] = size === 0 ? 0 : 1 / Math.sqrt(size);
  }

  /** Similarity only grows, so what loses by what was found so far need not be compared anew: most never are. */
  #bestFrom(first, count, listed, weight) {
    const { attraction, nearest, isPlaced } = this;
    let best = first;
    let bestValue = -Infinity;
    for (let index = first; index < count; index++) {
      if (isPlaced[index] || attraction[index] - weight * nearest[index] <= bestValue) continue;
      this.#compare(index, listed);
      const value = attraction[index] - weight * nearest[index];
      if (value > bestValue) {
        best = index;
        bestValue = value;
      }
    }
    return best;
  }

  /** Brings a candidate up to date with the page. */
  #compare(index, listed) {
    const { words, inverseRoot, page } = this;
    const at = index * WORDS;
    const [w0, w1, w2, w3] = [words[at], words[at + 1], words[at + 2], words[at + 3]];
    let nearest = this.nearest[index];
    for (let place = this.compared[index]; place < listed; place++) {
      const other = page[place] * WORDS;
      const common = ones(words[other] & w0) + ones(words[other + 1] & w1) + ones(words[other + 2] & w2) + ones(words[other + 3] & w3);
      const similarity = common * inverseRoot[page[place]] * inverseRoot[index];
      if (similarity > nearest) nearest = similarity;
    }
    this.nearest[index] = nearest;
    this.compared[index] = listed;
  }
}

/** Number of set bits. */
function ones(word) {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
