// A profile in the terms of one table; the twin of `core/device/src/rank/leaning.rs` and `eligibility.rs`.
import { isWantedAgain, liftOf, strengthAt } from './profile.mjs';

const SMOOTHING = 3;
const OUT_OF_STOCK = 1;
const REBUYABLE = 2;

/** A table and what is worked out for it once a ranking, in columns that are reused. */
export class Side {
  #places = [];
  #weights = [];
  #strengths = [];
  #totals = new Float32Array(3);

  constructor(table) {
    this.table = table;
    /** For each row, whether it must not be shown. */
    this.excluded = new Uint8Array(table.rows);
    /** How far neighbour lists are trusted. */
    this.trust = 0;
    /** For each list set, the decayed history over the vocabulary. */
    this.histories = table.lists.map(() => new Float32Array(table.vocabulary.length));
    this.tastes = new Float32Array(table.facetCount);
    this.commonFeatures = table.blend.features.filter(({ code }) => code <= 3);
    this.tasteFeatures = table.blend.features.filter(({ code }) => code > 3);
  }

  /** Works out what a profile says. */
  lean(profile, history, nowMs) {
    const { table } = this;
    this.trust = history.count === 0 ? 0 : history.count / (history.count + table.blend.evidenceK);
    this.#exclude(profile, nowMs);
    for (let entry = 0; entry < history.count; entry++) this.#places[entry] = table.vocabularyIndex.get(history.keys[entry]) ?? -1;
    table.lists.forEach((list, index) => this.#spread(history, list, this.histories[index]));
    if (this.tasteFeatures.length > 0) this.#taste(profile, nowMs);
  }

  #exclude(profile, nowMs) {
    const { table, excluded } = this;
    for (let row = 0; row < excluded.length; row++) excluded[row] = table.flags[row] & OUT_OF_STOCK;
    for (const item of profile.items) {
      const row = table.rowOf.get(item.key);
      if (row !== undefined && !isWantedAgain(item, (table.flags[row] & REBUYABLE) !== 0, nowMs)) excluded[row] = 1;
    }
  }

  /** The decayed history, of unit length. */
  #spread(history, { inDays, decay }, dense) {
    const weights = this.#weights;
    let squares = 0;
    for (let entry = 0; entry < history.count; entry++) {
      weights[entry] = history.weights[entry] * (inDays ? 2 ** (-history.ageDays[entry] / decay) : power(decay, entry));
      squares += weights[entry] * weights[entry];
    }
    dense.fill(0);
    if (squares === 0) return;
    const scale = 1 / Math.sqrt(squares);
    for (let entry = 0; entry < history.count; entry++) {
      if (this.#places[entry] >= 0) dense[this.#places[entry]] += weights[entry] * scale;
    }
  }

  /** A like is the stronger, a dislike the weaker, the more of what was shown of a facet was opened. */
  #taste(profile, nowMs) {
    const { table, tastes } = this;
    const [strengths, totals] = [this.#strengths, this.#totals];
    totals.fill(SMOOTHING);
    let known = 0;
    for (const facet of profile.facets.values()) {
      strengths[known] = strengthAt(facet, nowMs);
      totals[facet.kind] += Math.abs(strengths[known++]);
    }
    const expected = profile.clickRate();
    tastes.fill(0);
    known = 0;
    for (const facet of profile.facets.values()) {
      const strength = strengths[known++];
      const place = table.facetIndex.get(facet.key);
      if (place === undefined) continue;
      const lift = liftOf(facet, expected);
      const taste = (strength < 0 ? strength / lift : strength * lift) / totals[facet.kind];
      tastes[place] = Math.min(Math.max(taste, -1), 1);
    }
  }
}

/** `base ** exponent` by repeated squaring in single precision, as `core/protocol/src/history.rs` has it. */
function power(base, exponent) {
  let product = 1;
  for (; exponent > 0; exponent >>>= 1) {
    if (exponent & 1) product = Math.fround(product * base);
    base = Math.fround(base * base);
  }
  return product;
}
