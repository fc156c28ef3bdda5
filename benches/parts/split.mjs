// Contributions in two halves: a report built in Chromium, and what aggregators pay for it.
import { join } from 'node:path';
import { withPage } from '../measure/page.mjs';
import { binary, inTemporaryFolder, ROOT, run } from '../measure/programs.mjs';
import { ratio, table, within } from '../measure/report.mjs';
import { summary } from '../measure/turns.mjs';

/** The bars for a report of 1,024 cells. */
const BUILD_MS = 20;
const REPORT_BYTES = 20_000;
const WARM_UP = 10;
const SAMPLES = 5;

/** As `benches/src/bin/split.rs` names them. */
const KINDS = {
  'one of 256': { bound: 'one_hot', length: 256, ones: 1 },
  'one of 1,024': { bound: 'one_hot', length: 1_024, ones: 1 },
  '8 of 1,024': { bound: { multi_hot: { ones: 8 } }, length: 1_024, ones: 8 },
  '256 numbers to 255': { bound: { integers: { max: 255, l1: 255 * 256 } }, length: 256, ones: 8 },
};

export const heading = 'Contributions in two halves';

/** The tables of this part. */
export function measure({ rounds }) {
  return inTemporaryFolder(async (folder) => {
    const { stdout } = await run(binary('split'), []);
    const aggregated = stdout.trim().split('\n').map((line) => JSON.parse(line));
    const folders = { '/dist/': join(ROOT, 'js/dist') };
    const built = await withPage(folder, (page) => inChromium(page, rounds), { name: 'split.html', folders });
    return [devices(built, aggregated), aggregators(aggregated)];
  });
}

async function inChromium(page, rounds) {
  const slice = (kind, count) => page.evaluate((call) => bench.time(...call), [kind, count]);
  const found = {};
  for (const kind of Object.values(KINDS)) await slice(kind, WARM_UP);
  for (let round = 0; round < rounds; round++) {
    for (const [name, kind] of Object.entries(KINDS)) {
      const { samples, size } = await slice(kind, SAMPLES);
      found[name] ??= { samples: [], size };
      found[name].samples.push(...samples);
    }
  }
  return Object.fromEntries(Object.entries(found).map(([name, { samples, size }]) => [name, { size, ...summary(samples) }]));
}

function devices(built, aggregated) {
  const rows = Object.entries(built).map(([name, { size, min, median }]) => {
    const native = aggregated.find(({ sum }) => sum === name);
    const isKept = within(size, REPORT_BYTES) === 'kept' && within(min, BUILD_MS) === 'kept';
    const bar = name.includes('1,024') ? (isKept ? 'kept' : 'missed') : '–';
    return [name, `${size.toLocaleString('en')} bytes`, `${min.toFixed(1)} ms`, ratio(median / min), ratio(min / native.seal_ms), bar];
  });
  return table('A report built by a device, in Chromium: proved, in two halves, both sealed', ['vector', 'report', 'fastest', 'median ÷ fastest', 'fastest ÷ native', `1,024 cells: ≤ ${BUILD_MS} ms, ≤ ${REPORT_BYTES / 1000} KB`], rows);
}

function aggregators(aggregated) {
  const rows = aggregated.map((each) => [
    each.sum,
    ratio(each.leader_us / each.helper_us),
    Math.round(each.reports_a_second_and_core).toLocaleString('en'),
    each.core_hours_a_million.toFixed(2),
    `${each.gigabytes_a_million.toFixed(1)} GB`,
  ]);
  return table('What a report costs the aggregators: opened, proved, added', ['vector', 'leader ÷ helper', 'reports a second and core, at the slower one', 'core hours a million reports, both', 'taken in a million reports'], rows, [
    'A million devices that answer once a day make a million reports a day, twelve a second.',
  ]);
}
