// The parts of the score in plain JavaScript, a column at a time; the twin of `core/device/src/rank/lists.rs`,
// `popularity.rs` and `affinity.rs`. All candidates from `from` to `to` are of one side.

const POPULARITY = 1;
const TREND = 2;
const FIRST_TASTE = 4;
const FRESH_HALF_LIFE_S = 30 * 86_400;

const sums = new Float64Array(3);
const counts = new Uint8Array(3);

/** Adds what the neighbour lists say. Reasons look at their entries one by one, so their parts are not kept. */
export function scoreLists(side, { row, score }, from, to) {
  side.table.lists.forEach(({ starts, indices, weights, scales, weight, mean, sd }, index) => {
    const history = side.histories[index];
    const unit = (side.trust * weight) / sd;
    for (let candidate = from; candidate < to; candidate++) {
      const at = row[candidate];
      let sum = 0;
      for (let entry = starts[at], end = starts[at + 1]; entry < end; entry++) sum += weights[entry] * history[indices[entry]];
      score[candidate] += unit * (scales[at] * sum - mean);
    }
  });
}

/** Adds what is the same for everybody. */
export function scoreCommon(side, candidates, from, to, nowMs) {
  const { table } = side;
  for (const feature of side.commonFeatures) {
    if (feature.code === POPULARITY) addColumn(table.popularity, feature, candidates, from, to);
    else if (feature.code === TREND) addColumn(table.trend, feature, candidates, from, to);
    else addFreshness(table.addedAt, feature, candidates, from, to, Math.floor(nowMs / 1000));
  }
}

function addColumn(values, { code, weight, mean, sd }, { row, score, parts }, from, to) {
  const column = parts[code];
  for (let candidate = from; candidate < to; candidate++) {
    const part = (weight * (values[row[candidate]] - mean)) / sd;
    column[candidate] = part;
    score[candidate] += part;
  }
}

/** `Math.exp` takes half the time of a power. */
function addFreshness(addedAt, { code, weight, mean, sd }, { row, score, parts }, from, to, nowS) {
  const column = parts[code];
  const rate = -Math.LN2 / FRESH_HALF_LIFE_S;
  for (let candidate = from; candidate < to; candidate++) {
    const added = addedAt[row[candidate]];
    const value = added === 0 ? 0 : Math.exp(rate * Math.max(nowS - added, 0));
    const part = (weight * (value - mean)) / sd;
    column[candidate] = part;
    score[candidate] += part;
  }
}

/** Adds the tastes for the facets of each kind, divided by the root of their number. */
export function scoreTastes({ table, tastes, tasteFeatures }, { row, score, parts }, from, to) {
  if (tasteFeatures.length === 0) return;
  const { rowFacetStarts: starts, rowFacets, facetKinds } = table;
  for (let candidate = from; candidate < to; candidate++) {
    sums.fill(0);
    counts.fill(0);
    for (let at = starts[row[candidate]], end = starts[row[candidate] + 1]; at < end; at++) {
      const facet = rowFacets[at];
      sums[facetKinds[facet]] += tastes[facet];
      counts[facetKinds[facet]]++;
    }
    for (const { code, weight, mean, sd } of tasteFeatures) {
      const count = counts[code - FIRST_TASTE];
      const value = count === 0 ? 0 : sums[code - FIRST_TASTE] / Math.sqrt(count);
      const part = (weight * (value - mean)) / sd;
      parts[code][candidate] = part;
      score[candidate] += part;
    }
  }
}
