// Ranking end to end, in Chromium through the shipped Wasm, against plain JavaScript and against native Rust.
import assert from 'node:assert/strict';
import { withPage } from '../measure/page.mjs';
import { binary, conversation, inTemporaryFolder, run, start, stop } from '../measure/programs.mjs';
import { ratio, table, within } from '../measure/report.mjs';
import { takeTurns } from '../measure/turns.mjs';

const NATIVE_LIMIT = 1.7;
const FRAME_US = 16_000;
const RECORD_LIMIT_US = 50;
const THROTTLE = 4;
const SLICE_US = 20_000;
const SAMPLES = 4;
const WARM_UP = 300;

export const heading = 'Ranking';

/** The tables of this part. */
export function measure({ rounds }) {
  return inTemporaryFolder(async (folder) => {
    await run(binary('fixture'), [folder]);
    const native = start(binary('native'), [folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      return await withPage(folder, (page) => contest(page, conversation(native), rounds));
    } finally {
      await stop(native);
    }
  });
}

async function contest(page, ask, rounds) {
  const { cases, stages, isolated } = await page.evaluate(() => ({ cases: bench.cases, stages: bench.stages, isolated: bench.crossOriginIsolated }));
  assert.ok(isolated, 'the page is not isolated: its timer is too coarse');
  for (const index of cases.keys()) await sameAnswers(page, ask, index);
  const speeds = [];
  for (const [index, { name }] of cases.entries()) speeds.push({ name, ...(await speed(page, ask, index, rounds)) });
  const costs = await stageCosts(page, ask, stages, cases.length, rounds);
  const slow = await throttled(page, cases, rounds);
  return [speedTable(speeds), costs, slowTable(slow)];
}

/** All contestants must give the same list for the same reasons: otherwise they did not do the same work. */
async function sameAnswers(page, ask, index) {
  const answer = (who) => page.evaluate(([each, at]) => bench.answer(each, at), [who, index]);
  const [wasm, js, native] = [await answer('wasm'), await answer('js'), await ask(`list ${index}`)];
  assert.deepEqual(wasm.ids, native, 'Wasm and native give different lists');
  assert.deepEqual(js.ids, wasm.ids, 'JavaScript and Wasm give different lists');
  assert.deepEqual(js.kinds, wasm.kinds, 'JavaScript and Wasm give different reasons');
  assert.deepEqual(js.keys, wasm.keys, 'JavaScript and Wasm give different reasons');
  for (const column of ['scores', 'shares']) {
    const far = wasm[column].findIndex((value, at) => Math.abs(value - js[column][at]) > 1e-4 * Math.max(1, Math.abs(value)));
    assert.equal(far, -1, `JavaScript and Wasm differ in ${column}`);
  }
}

async function speed(page, ask, index, rounds) {
  const inPage = (who, batch, samples) => page.evaluate((call) => bench.time(...call), [who, index, batch, samples]);
  const contestants = {
    wasm: (batch, samples) => inPage('wasm', batch, samples),
    js: (batch, samples) => inPage('js', batch, samples),
    native: (batch, samples) => ask(`time ${index} ${batch} ${samples}`),
  };
  const slices = {};
  for (const [who, slice] of Object.entries(contestants)) {
    await slice(WARM_UP, 1);
    const batch = Math.max(1, Math.round(SLICE_US / SAMPLES / (await slice(20, 1))[0]));
    slices[who] = () => slice(batch, SAMPLES);
  }
  return takeTurns(slices, rounds);
}

function speedTable(speeds) {
  const rows = speeds.map(({ name, wasm, js, native }) => [
    name,
    ratio(wasm.min / native.min),
    ratio(wasm.median / native.median),
    ratio(js.min / wasm.min),
    ratio(js.median / wasm.median),
    within(wasm.min / native.min, NATIVE_LIMIT),
  ]);
  for (const { name, wasm, js, native } of speeds) {
    const us = (each) => `${each.min.toFixed(0)} / ${each.median.toFixed(0)}`;
    console.log(`  ${name}: µs min / median: wasm ${us(wasm)}, js ${us(js)}, native ${us(native)}`);
  }
  const columns = ['candidates', 'Wasm ÷ native, min', 'median', 'JavaScript ÷ Wasm, min', 'median', `≤ ${NATIVE_LIMIT} × native`];
  return table('The whole pipeline with reasons, MMR over the list, ids read by the page', columns, rows, [
    'Each contestant gives the same list with the same reasons; the run fails if not. "JavaScript" is the same',
    'algorithm over typed arrays (`benches/page/typed-arrays`), "native" the same Rust in release. Neighbour lists are',
    'sparse: there is no dense kernel in which Wasm could be ten times as fast as typed arrays.',
  ]);
}

/** What each stage costs: the time of a pool in which it has something to do, less that of the barest. */
async function stageCosts(page, ask, stages, first, rounds) {
  const batch = 50;
  const slices = {};
  for (const [index, { name }] of stages.entries()) {
    slices[`${name} wasm`] = () => page.evaluate((call) => bench.time(...call), ['wasm', first + index, batch, SAMPLES]);
    slices[`${name} native`] = () => ask(`time ${first + index} ${batch} ${SAMPLES}`);
  }
  for (const slice of Object.values(slices)) await slice();
  const found = await takeTurns(slices, rounds);
  const time = (name, who) => found[`${name} ${who}`].min;
  const [bare, whole] = [stages[0].name, stages.at(-1).name];
  const share = (name, who) => {
    const cost = name === bare || name === whole ? time(name, who) : time(name, who) - time(bare, who);
    return `${((100 * Math.max(cost, 0)) / time(whole, who)).toFixed(0)} %`;
  };
  console.log(`  ${whole}: µs wasm ${time(whole, 'wasm').toFixed(0)}, native ${time(whole, 'native').toFixed(0)}`);
  const rows = stages.map(({ name }) => [name, share(name, 'wasm'), share(name, 'native'), ratio(time(name, 'wasm') / time(name, 'native'))]);
  return table('Stage by stage: 500 rows, 20 places; share of everything at once', ['besides the barest ranking', 'Wasm', 'native', 'Wasm ÷ native'], rows, [
    '"Barest" is popularity, the best twenty and their reasons. The shares need not sum to 100 %: stages that follow others',
    'work on another list.',
  ]);
}

/** The same on a processor four times slower, and what a click costs. */
async function throttled(page, cases, rounds) {
  const session = await slowDown(page);
  const single = (index) => () => page.evaluate((call) => bench.time(...call), ['wasm', index, 1, 10]);
  const warm = await takeTurns(Object.fromEntries(cases.map(({ name }, index) => [name, single(index)])), rounds);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  const click = (button) => () => page.evaluate((call) => bench.click(...call), [button, 50, 5]);
  const clicks = await takeTurns({ plain: click('plain'), recording: click('recording') }, rounds);
  const small = cases.findIndex(({ limit }) => limit === 20);
  const { first } = await takeTurns({ first: () => firstRank(page, small) }, Math.ceil(rounds / 3));
  const frames = cases.map(({ name, catalogue }) => ({ name, time: warm[name], limited: !catalogue }));
  return { frames: [{ name: `${cases[small].name}, the first list of a page`, time: first, limited: false }, ...frames], clicks };
}

async function slowDown(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
  return session;
}

/** What the first ranking of a fresh page takes, before the browser has optimised anything. */
async function firstRank(page, index) {
  const fresh = await page.context().browser().newPage();
  try {
    await slowDown(fresh);
    await fresh.goto(page.url());
    await fresh.waitForFunction(() => globalThis.bench !== undefined, undefined, { timeout: 30_000 });
    return await fresh.evaluate((call) => bench.time(...call), ['wasm', index, 1, 1]);
  } finally {
    await fresh.close();
  }
}

function slowTable({ frames, clicks }) {
  const share = (value, limit) => `${((100 * value) / limit).toFixed(1)} %`;
  const frame = ({ name, time: { min, median, p99 }, limited }) => {
    const shares = [min, median, p99].map((value) => share(value, FRAME_US));
    // A budget is for the candidates of a placement, once the page is warm.
    return [`${name}: share of a 16 ms frame`, ...shares, limited ? within(p99, FRAME_US) : '—'];
  };
  const added = clicks.recording.median - clicks.plain.median;
  console.log(`  record µs: median ${added.toFixed(1)}`);
  const times = ['min', 'median', 'p99'].map((at) => ratio(clicks.recording[at] / clicks.plain[at]));
  const shares = ['min', 'median', 'p99'].map((at) => share(clicks.recording[at] - clicks.plain[at], RECORD_LIMIT_US));
  return table(`What a visitor could notice; lists on a processor throttled ${THROTTLE}×`, ['what', 'min', 'median', '99th percentile', 'budget'], [
    ...frames.map(frame),
    ['recording an interaction: share of 50 µs', ...shares, within(added, RECORD_LIMIT_US)],
    ['a click with a recording listener ÷ with a no-op listener', ...times, '—'],
  ], ['The browser has optimised nothing yet when a page makes its first list; the package makes one in idle time, so that', 'no visitor waits for it. The 99th percentile of 10 first lists is the slowest of them.']);
}
