// The ranking of `core/device` written anew in plain JavaScript over typed arrays: the same profile, stages and reasons,
// with columns that are reused from call to call. What a good JavaScript programmer would ship. The placements measured
// leave the cart alone, explore nothing, have no rules, caps or near duplicates: those stages have nothing to do in the
// module either, and are not written here.
import { Best } from './best.mjs';
import { Reasons } from './explain.mjs';
import { Diversity } from './mmr.mjs';
import { Profile } from './profile.mjs';
import { scoreCommon, scoreLists, scoreTastes } from './score.mjs';
import { Side } from './side.mjs';
import { FEATURES } from './table.mjs';

/** Candidates looked at for each place of the list: what stands lower cannot win on variety alone. */
const BREADTH = 4;
/** Candidates kept at least: the module has them ready for the pages that follow, so its twin finds them too. */
const KEPT = 200;
const CATALOGUE_ROW = 0x8000_0000;

export class TypedArrayDevice {
  constructor(pool, catalogue) {
    this.profile = new Profile();
    this.sides = [pool, catalogue].filter(Boolean).map((table) => new Side(table));
    /** A closed pool is ranked by itself. */
    this.ranked = pool.open ? this.sides : this.sides.slice(0, 1);
    this.candidates = new Candidates(this.ranked);
    this.best = new Best(this.candidates.score, (candidate) => this.#keyOf(candidate));
    this.diversity = new Diversity(this.candidates.score.length);
    this.reasons = new Reasons();
  }

  record(deed) {
    this.profile.record(deed, this.sides[0].table.idSeed, (key) => this.#facetsOf(key));
  }

  /** Rows, scores and reasons of the best `limit` candidates. */
  rank(limit, seed, lambda, nowMs) {
    const { candidates, ranked } = this;
    const history = this.profile.history(nowMs);
    for (const side of ranked) side.lean(this.profile, history, nowMs);
    candidates.gather(ranked);
    for (let index = 0; index < ranked.length; index++) {
      const [from, to] = [candidates.starts[index], candidates.starts[index + 1]];
      scoreLists(ranked[index], candidates, from, to);
      scoreCommon(ranked[index], candidates, from, to, nowMs);
      scoreTastes(ranked[index], candidates, from, to);
    }
    const { heap } = this.best;
    const kept = this.best.keep(candidates.count, Math.max(limit * BREADTH, KEPT), seed);
    this.diversity.reorder(heap, Math.min(kept, limit * BREADTH), limit, lambda, candidates, ranked);
    return this.#answer(heap, Math.min(limit, kept));
  }

  #answer(order, length) {
    const { candidates, ranked } = this;
    const rows = new Uint32Array(length);
    const scores = new Float32Array(length);
    for (let place = 0; place < length; place++) {
      const candidate = order[place];
      rows[place] = candidates.row[candidate] + candidates.sideOf(candidate) * CATALOGUE_ROW;
      scores[place] = candidates.score[candidate];
    }
    return { rows, scores, ...this.reasons.explain(order, length, ranked, candidates) };
  }

  #keyOf(candidate) {
    return this.ranked[this.candidates.sideOf(candidate)].table.keys[this.candidates.row[candidate]];
  }

  #facetsOf(key) {
    for (const { table } of this.sides) {
      const row = table.rowOf.get(key);
      if (row === undefined) continue;
      const facets = Array.from(table.rowFacets.subarray(table.rowFacetStarts[row], table.rowFacetStarts[row + 1]));
      return facets.map((facet) => ({ kind: table.facetKinds[facet], key: table.facetKeys[facet] }));
    }
    return [];
  }
}

/** What is ranked: those of the pool first, then those of the catalogue. */
class Candidates {
  constructor(sides) {
    const capacity = sides.reduce((sum, { table }) => sum + table.rows, 0);
    this.count = 0;
    /** Where each side begins and ends. */
    this.starts = new Uint32Array(sides.length + 1);
    this.row = new Uint32Array(capacity);
    this.score = new Float32Array(capacity);
    /** What each feature adds to the score, by its wire code. */
    this.parts = FEATURES.map(() => new Float32Array(capacity));
    this.sideOf = (candidate) => (candidate < this.starts[1] ? 0 : 1);
  }

  /** Every row that may be shown; a catalogue row only where the pool does not have the item. */
  gather(sides) {
    if (sides.length > 1) excludeCommon(sides[0].table, sides[1]);
    let count = 0;
    sides.forEach(({ excluded }, index) => {
      for (let row = 0; row < excluded.length; row++) if (!excluded[row]) this.row[count++] = row;
      this.starts[index + 1] = count;
    });
    this.score.fill(0, 0, count);
    this.count = count;
  }
}

/** The pool is the smaller one, so its items are looked up in the catalogue and not the other way round. */
function excludeCommon(pool, { table, excluded }) {
  for (let row = 0; row < pool.rows; row++) {
    const common = table.rowOf.get(pool.keys[row]);
    if (common !== undefined) excluded[common] = 1;
  }
}
