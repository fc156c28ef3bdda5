// Ranking against machine-learning runtimes in the browser, and the hot module with SIMD instructions against without.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withPage } from '../measure/page.mjs';
import { binary, inTemporaryFolder, ROOT, run } from '../measure/programs.mjs';
import { ratio, table } from '../measure/report.mjs';
import { takeTurns } from '../measure/turns.mjs';

const SLICE_US = 20_000;
const SAMPLES = 4;
const WARM_UP = 100;
const NAMES = {
  simd: 'Homebody, compiled with SIMD',
  js: 'the same in plain JavaScript',
  onnx: 'ONNX Runtime Web (Wasm, SIMD)',
  tfWasm: 'TensorFlow.js (Wasm, SIMD)',
  tfCpu: 'TensorFlow.js (JavaScript)',
};

export const heading = 'Ranking against machine-learning runtimes';

/** The table of this part. */
export async function measure({ rounds }) {
  const modules = join(ROOT, 'benches/node_modules');
  if (!existsSync(join(modules, 'onnxruntime-web'))) {
    console.log('  installing the runtimes that are compared with (some 200 MB, once)');
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: join(ROOT, 'benches') });
  }
  const simd = process.env.WASM_SIMD ?? join(ROOT, 'target/bench/wasm-simd');
  if (!existsSync(join(simd, 'rank.wasm'))) throw new Error('the module with SIMD is missing: run `cargo xtask bench`');
  return inTemporaryFolder(async (folder) => {
    await run(binary('fixture'), [folder]);
    return withPage(folder, (page) => contest(page, rounds), { name: 'peers.html', folders: { '/modules/': modules, '/wasm-simd/': simd } });
  });
}

async function contest(page, rounds) {
  const cases = await page.evaluate(() => bench.cases);
  const rows = [];
  for (const [index, { name }] of cases.entries()) {
    await sameAnswers(page, index);
    const speeds = await speed(page, index, rounds);
    for (const [who, label] of Object.entries(NAMES)) {
      rows.push([name, label, ratio(speeds[who].min / speeds.wasm.min), ratio(speeds[who].median / speeds.wasm.median)]);
    }
    console.log(`  ${name}: µs min / median: ${Object.entries(speeds).map(([who, { min, median }]) => `${who} ${min.toFixed(0)} / ${median.toFixed(0)}`).join(', ')}`);
  }
  return [
    table('Time ÷ that of the shipped module', ['candidates', 'contestant', 'min', 'median'], rows, [
      'The runtimes score the same lists, popularity and trend as one graph and take the best twenty: the run fails when',
      'their scores differ. They give no reasons, keep no profile, know no diversity; Homebody does all of that in its time.',
    ]),
  ];
}

/** All contestants must find the same scores; equal scores may change places. */
async function sameAnswers(page, index) {
  const answer = (who) => page.evaluate(([each, at]) => bench.answer(each, at), [who, index]);
  const wasm = await answer('wasm');
  for (const who of Object.keys(NAMES)) {
    const other = await answer(who);
    assert.equal(other.ids.length, wasm.ids.length, `${who} lists another number of items`);
    const far = wasm.scores.findIndex((score, place) => Math.abs(score - other.scores[place]) > 1e-3 * Math.max(1, Math.abs(score)));
    assert.equal(far, -1, `${who} scores place ${far} ${other.scores[far]}, Homebody ${wasm.scores[far]}`);
  }
}

async function speed(page, index, rounds) {
  const slices = {};
  for (const who of ['wasm', ...Object.keys(NAMES)]) {
    const slice = (batch, samples) => page.evaluate((call) => bench.time(...call), [who, index, batch, samples]);
    await slice(WARM_UP, 1);
    const batch = Math.max(1, Math.round(SLICE_US / SAMPLES / (await slice(20, 1))[0]));
    slices[who] = () => slice(batch, SAMPLES);
  }
  return takeTurns(slices, rounds);
}
