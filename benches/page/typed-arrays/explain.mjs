// Reasons of the final list in plain JavaScript; the twin of `core/device/src/rank/explain.rs`.

const KIND_OF_SOURCE = [1, 2];
/** Reason kind of a feature by its wire code. */
const KIND_OF_FEATURE = [0, 6, 7, 8, 3, 4, 5];
const FIRST_FACET_FEATURE = 4;
const REASONS = 3;

/** Kinds, keys and shares of the reasons of `count` candidates in `order`. */
export function explain(order, count, sides, candidates, partOfFeature) {
  const kinds = new Uint8Array(count * REASONS);
  const keys = new Uint32Array(count * REASONS);
  const shares = new Float32Array(count * REASONS);
  for (let place = 0; place < count; place++) {
    const candidate = order[place];
    const side = sides[candidates.side[candidate]];
    const found = contributions(candidate, side, candidates, partOfFeature);
    write(found, place, kinds, keys, shares);
  }
  return { kinds, keys, shares };
}

function contributions(candidate, side, candidates, partOfFeature) {
  const found = [];
  const row = candidates.row[candidate];
  const { table } = side;
  table.lists.forEach((list, index) => {
    const history = side.histories[index];
    const unit = (side.alpha * list.weight * list.scales[row]) / list.sd;
    for (let entry = list.starts[row]; entry < list.starts[row + 1]; entry++) {
      const amount = unit * list.weights[entry] * history[list.indices[entry]];
      if (amount > 0) add(found, KIND_OF_SOURCE[list.source], table.vocabulary[list.indices[entry]], amount);
    }
  });
  for (let code = 1; code < KIND_OF_FEATURE.length; code++) {
    const part = candidates.parts[partOfFeature(code)][candidate];
    if (code < FIRST_FACET_FEATURE) add(found, KIND_OF_FEATURE[code], 0, part);
    else addFacets(found, code, part, side, row);
  }
  return found;
}

function addFacets(found, code, part, { table, tastes }, row) {
  const [start, end] = [table.rowFacetStarts[row], table.rowFacetStarts[row + 1]];
  const liked = (facet) => table.facetKinds[facet] === code - FIRST_FACET_FEATURE && tastes[facet] > 0;
  let total = 0;
  for (let at = start; at < end; at++) if (liked(table.rowFacets[at])) total += tastes[table.rowFacets[at]];
  for (let at = start; at < end; at++) {
    const facet = table.rowFacets[at];
    if (liked(facet)) add(found, KIND_OF_FEATURE[code], table.facetKeys[facet], (part * tastes[facet]) / total);
  }
}

function add(found, kind, key, amount) {
  if (!(amount > 0)) return;
  for (const known of found) {
    if (known.kind === kind && known.key === key) {
      known.amount += amount;
      return;
    }
  }
  found.push({ kind, key, amount });
}

function write(found, place, kinds, keys, shares) {
  let total = 0;
  for (const { amount } of found) total += amount;
  for (let index = 0; index < REASONS && found.length > 0; index++) {
    let best = 0;
    for (let other = 1; other < found.length; other++) if (found[other].amount > found[best].amount) best = other;
    const [largest] = found.splice(best, 1);
    kinds[place * REASONS + index] = largest.kind;
    keys[place * REASONS + index] = largest.key;
    shares[place * REASONS + index] = largest.amount / total;
  }
}
