// The ranking of `core/device` written anew in plain JavaScript over typed arrays: the same stages, lists, history,
// blend and reasons, with columns that are reused from call to call. What a good JavaScript programmer would ship.
import { explain } from './explain.mjs';
import { Diversity } from './mmr.mjs';
import { isWantedAgain, Profile, strengthAt } from './profile.mjs';
import { finish } from './table.mjs';

const MAX_LISTS = 8;
const FEATURES = 6;
const BREADTH = 4;
const SMOOTHING = 3;
const FRESH_HALF_LIFE_DAYS = 30;
const DAY_S = 86_400;
const OUT_OF_STOCK = 1;
const REBUYABLE = 2;

const partOfFeature = (code) => MAX_LISTS + code - 1;

export class TypedArrayDevice {
  constructor(pool, catalogue) {
    this.tables = catalogue ? [pool, catalogue] : [pool];
    const capacity = this.tables.reduce((sum, table) => sum + table.rows, 0);
    this.profile = new Profile();
    this.candidates = {
      side: new Uint8Array(capacity),
      row: new Uint32Array(capacity),
      key: new Uint32Array(capacity),
      score: new Float32Array(capacity),
      parts: Array.from({ length: MAX_LISTS + FEATURES }, () => new Float32Array(capacity)),
    };
    this.heap = new Uint32Array(capacity);
    this.turns = new Uint32Array(capacity);
    this.diversity = new Diversity(capacity);
  }

  record(deed) {
    this.profile.record(deed, this.tables[0].idSeed, (key) => this.#facetsOf(key));
  }

  /** Rows, scores and reasons of the best `limit` candidates. */
  rank(limit, seed, lambda, nowMs) {
    const { candidates, heap } = this;
    const history = this.profile.history(nowMs);
    const sides = this.tables.map((table) => sideOf(table, this.profile, history, nowMs));
    const count = this.#gather(sides);
    for (let candidate = 0; candidate < count; candidate++) this.#score(candidate, sides, nowMs);
    const kept = this.#keepBest(count, limit * BREADTH, seed);
    this.diversity.reorder(heap, kept, limit, lambda, candidates, sides);
    const length = Math.min(limit, kept);
    const rows = new Uint32Array(length);
    const scores = new Float32Array(length);
    for (let place = 0; place < length; place++) {
      const candidate = heap[place];
      rows[place] = (candidates.row[candidate] | (candidates.side[candidate] << 31)) >>> 0;
      scores[place] = candidates.score[candidate];
    }
    return { rows, scores, ...explain(heap, length, sides, candidates, partOfFeature) };
  }

  #facetsOf(key) {
    for (const table of this.tables) {
      const row = table.rowOf.get(key);
      if (row === undefined) continue;
      const facets = Array.from(table.rowFacets.subarray(table.rowFacetStarts[row], table.rowFacetStarts[row + 1]));
      return facets.map((facet) => ({ kind: table.facetKinds[facet], key: table.facetKeys[facet] }));
    }
    return [];
  }

  /** Every row that may be shown; a catalogue row only where the pool does not have the item. */
  #gather(sides) {
    const { side, row, key } = this.candidates;
    let count = 0;
    for (let index = 0; index < (this.tables[0].open ? sides.length : 1); index++) {
      const { table, excluded } = sides[index];
      for (let at = 0; at < table.rows; at++) {
        if (excluded[at] || table.flags[at] & OUT_OF_STOCK) continue;
        if (index > 0 && this.tables[0].rowOf.has(table.keys[at])) continue;
        side[count] = index;
        row[count] = at;
        key[count] = table.keys[at];
        count++;
      }
    }
    return count;
  }

  #score(candidate, sides, nowMs) {
    const { candidates } = this;
    const { table, alpha, histories, tastes, tasteSums, tasteCounts } = sides[candidates.side[candidate]];
    const row = candidates.row[candidate];
    let score = 0;
    for (let index = 0; index < table.lists.length; index++) {
      const list = table.lists[index];
      const part = (alpha * list.weight * (dot(list, row, histories[index]) - list.mean)) / list.sd;
      candidates.parts[index][candidate] = part;
      score += part;
    }
    tasteSums.fill(0);
    tasteCounts.fill(0);
    for (let at = table.rowFacetStarts[row]; at < table.rowFacetStarts[row + 1]; at++) {
      const facet = table.rowFacets[at];
      tasteSums[table.facetKinds[facet]] += tastes[facet];
      tasteCounts[table.facetKinds[facet]]++;
    }
    for (const { code, weight, mean, sd } of table.blend.features) {
      const part = (weight * (featureOf(table, row, code, tasteSums, tasteCounts, nowMs) - mean)) / sd;
      candidates.parts[partOfFeature(code)][candidate] = part;
      score += part;
    }
    candidates.score[candidate] = score;
  }

  /** Puts the best candidates, best first, at the front of `heap`: a bounded heap with the worst on top. */
  #keepBest(count, breadth, seed) {
    const { heap, turns } = this;
    const { score, key } = this.candidates;
    const isWorse = (a, b) => score[a] < score[b] || (score[a] === score[b] && turns[a] > turns[b]);
    let size = 0;
    for (let candidate = 0; candidate < count; candidate++) {
      turns[candidate] = finish(0x811c9dc5 ^ seed ^ key[candidate]);
      if (size < breadth) rise(heap, size++, candidate, isWorse);
      else if (isWorse(heap[0], candidate)) sink(heap, size, candidate, isWorse);
    }
    heap.subarray(0, size).sort((a, b) => (isWorse(a, b) ? 1 : isWorse(b, a) ? -1 : 0));
    return size;
  }
}

/** What is computed once a ranking for each table. */
export function sideOf(table, profile, history, nowMs) {
  const excluded = new Uint8Array(table.rows);
  for (const item of profile.items) {
    const row = table.rowOf.get(item.key);
    if (row !== undefined) excluded[row] = isWantedAgain(item, (table.flags[row] & REBUYABLE) !== 0) ? 0 : 1;
  }
  return {
    table,
    excluded,
    alpha: history.length === 0 ? 0 : history.length / (history.length + table.blend.evidenceK),
    histories: table.lists.map((list) => spread(table, history, list)),
    tastes: tastesOf(table, profile, nowMs),
    tasteSums: new Float32Array(3),
    tasteCounts: new Uint8Array(3),
  };
}

/** The decayed history, of unit length, over the table's vocabulary. */
function spread(table, history, { inDays, decay }) {
  const factor = (age, position) => (inDays ? 2 ** (-age / decay) : decay ** position);
  const weights = history.map((entry, position) => entry.weight * factor(entry.ageDays, position));
  const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
  const dense = new Float32Array(table.vocabulary.length);
  history.forEach((entry, position) => {
    const index = table.vocabularyIndex.get(entry.key);
    if (index !== undefined && length > 0) dense[index] += weights[position] / length;
  });
  return dense;
}

function tastesOf(table, profile, nowMs) {
  const totals = new Float32Array(3).fill(SMOOTHING);
  for (const facet of profile.facets.values()) totals[facet.kind] += Math.abs(strengthAt(facet, nowMs));
  const tastes = new Float32Array(table.facetCount);
  for (let facet = 0; facet < tastes.length; facet++) {
    const known = profile.facets.get(table.facetKeys[facet]);
    if (known) tastes[facet] = strengthAt(known, nowMs) / totals[table.facetKinds[facet]];
  }
  return tastes;
}

function dot({ starts, indices, weights, scales }, row, history) {
  let sum = 0;
  for (let entry = starts[row], end = starts[row + 1]; entry < end; entry++) sum += weights[entry] * history[indices[entry]];
  return scales[row] * sum;
}

function featureOf(table, row, code, tasteSums, tasteCounts, nowMs) {
  if (code === 1) return table.popularity[row];
  if (code === 2) return table.trend[row];
  if (code === 3) {
    const addedAt = table.addedAt[row];
    return addedAt === 0 ? 0 : 2 ** (-Math.max(Math.floor(nowMs / 1000) - addedAt, 0) / DAY_S / FRESH_HALF_LIFE_DAYS);
  }
  const count = tasteCounts[code - 4];
  return count === 0 ? 0 : tasteSums[code - 4] / Math.sqrt(count);
}

function rise(heap, at, candidate, isWorse) {
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isWorse(candidate, heap[parent])) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = candidate;
}

function sink(heap, size, candidate, isWorse) {
  let at = 0;
  for (let child = 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && isWorse(heap[child + 1], heap[child])) child++;
    if (!isWorse(heap[child], candidate)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = candidate;
}
