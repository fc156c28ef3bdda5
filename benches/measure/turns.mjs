// Taking turns: contestants run short slices in alternation, so that whatever else the machine does hits all of them.

/**
 * Runs every contestant once a round, each round beginning with the next one, and collects their samples.
 * `contestants` maps a name to a function that runs one slice and returns its samples.
 */
export async function takeTurns(contestants, rounds) {
  const names = Object.keys(contestants);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      samples[name].push(...(await contestants[name]()));
    }
  }
  return Object.fromEntries(names.map((name) => [name, summary(samples[name])]));
}

/** Smallest, middle and 99th-percentile sample. */
export function summary(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { min: sorted[0], median: at(0.5), p99: at(0.99) };
}
