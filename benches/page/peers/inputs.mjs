// A pool and a visitor as dense tensors.
import { Side } from '/page/typed-arrays/side.mjs';

/** What cannot be listed is this bad. */
const EXCLUDED = -1e9;
const POPULARITY = 1;

/**
 * For each list set the vocabulary indices and weights of every row, [rows × width] (scaled so that a set adds
 * Σ weight × history × evidence to the score), the visitor's histories, and what is the same for every visitor.
 */
export function denseInputs(table, profile, nowMs) {
  const side = new Side(table);
  side.lean(profile, profile.history(nowMs), nowMs);
  const width = Math.max(...table.lists.map(longest));
  return {
    rows: table.rows,
    width,
    vocabulary: table.vocabulary.length,
    sets: table.lists.map((list) => denseSet(list, table.rows, width)),
    histories: side.histories,
    evidence: side.trust,
    base: baseOf(table, side),
  };
}

function longest({ starts }) {
  let length = 0;
  for (let row = 1; row < starts.length; row++) length = Math.max(length, starts[row] - starts[row - 1]);
  return length;
}

function denseSet(list, rows, width) {
  const indices = new Int32Array(rows * width);
  const weights = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let entry = list.starts[row]; entry < list.starts[row + 1]; entry++) {
      const at = row * width + entry - list.starts[row];
      indices[at] = list.indices[entry];
      weights[at] = (list.weights[entry] * list.scales[row] * list.weight) / list.sd;
    }
  }
  return { indices, weights };
}

/** Popularity, trend, the means of the lists, and what this visitor is not shown. */
function baseOf(table, { trust, excluded }) {
  const base = new Float32Array(table.rows);
  const means = table.lists.reduce((sum, list) => sum - (trust * list.weight * list.mean) / list.sd, 0);
  for (let row = 0; row < table.rows; row++) {
    const features = table.blend.features.map(({ code, weight, mean, sd }) => {
      const value = code === POPULARITY ? table.popularity[row] : table.trend[row];
      return (weight * (value - mean)) / sd;
    });
    base[row] = excluded[row] ? EXCLUDED : features.reduce((sum, value) => sum + value, means);
  }
  return base;
}
