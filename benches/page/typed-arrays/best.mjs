// The best of the candidates in plain JavaScript; the twin of `keep_best` in `core/device/src/rank/blend.rs`.
import { finish } from './table.mjs';

/** A bounded heap over numbers of candidates, with the worst on top. */
export class Best {
  #score;
  #keyOf;
  #seed = 0;

  /** `keyOf(candidate)` gives the key that decides, with the seed, between equals. */
  constructor(score, keyOf) {
    this.#score = score;
    this.#keyOf = keyOf;
    this.heap = new Uint32Array(score.length);
  }

  /** Puts the best `breadth` of `count` candidates, best first, at the front of `heap`; returns how many they are. */
  keep(count, breadth, seed) {
    const { heap } = this;
    this.#seed = seed;
    let size = 0;
    for (let candidate = 0; candidate < count; candidate++) {
      if (size < breadth) this.#rise(size++, candidate);
      else if (this.#isWorse(heap[0], candidate)) this.#sink(size, candidate);
    }
    for (let end = size - 1; end > 0; end--) {
      const [worst, last] = [heap[0], heap[end]];
      this.#sink(end, last);
      heap[end] = worst;
    }
    return size;
  }

  #isWorse(a, b) {
    const difference = this.#score[a] - this.#score[b];
    return difference < 0 || (difference === 0 && this.#turn(a) > this.#turn(b));
  }

  /** Equals are rare: their turn is worked out when it is asked for. */
  #turn(candidate) {
    return finish(0x811c9dc5 ^ this.#seed ^ this.#keyOf(candidate));
  }

  #rise(at, candidate) {
    const { heap } = this;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorse(candidate, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = candidate;
  }

  #sink(size, candidate) {
    const { heap } = this;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#isWorse(heap[child + 1], heap[child])) child++;
      if (!this.#isWorse(heap[child], candidate)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = candidate;
  }
}
