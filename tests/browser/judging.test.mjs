// Devices judge models: reports become a candidate by the real commands, its tables are fetched, and each visitor's last step
// lands in the cell that it is.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { deriveKey } from '../../js/dist/ids.js';
import { codes, homebody, launchBrowser, until } from './harness.mjs';
import { ask, DAY_S, listed, LONGEST_DELAY_S, begin, offered, posts, putForward, startEmptyShop, task, trusted, visit } from './contribution-stage.mjs';

const ITEMS = 40;
const REPORTS = 60;
const HOUR_S = 3_600;
const TOP = 10;

let shop;
let browser;
/** SHA-256 of the candidate's table. */
let candidate;

before(async () => {
  // Of one category: what the profile learned of it from the held-out thing helps all alike.
  [shop, browser] = [await startEmptyShop('judging', { items: ITEMS, category: () => 'things' }), await launchBrowser()];
  await contributePairs();
  await homebody(shop.data, ['batches', 'release'], shop);
  assert.equal((await homebody(shop.data, ['train'], shop)).outcome, 'asked');
  candidate = await until('the candidate is served', async () => {
    const { payload } = await (await fetch(`${shop.server.origin}/v1/manifest.json`)).json();
    return JSON.parse(payload).placements['.candidate']?.sha256;
  });
  await until('devices are asked', async () => (await offered(shop)).some(({ payload }) => JSON.parse(payload).name.startsWith('gate-')));
  const votes = { votes: { model: candidate, settings: [{ alpha: 0, diversity: 1, calibration: 0 }, { alpha: 0.25, diversity: 1, calibration: 0 }], top: 1 } };
  const evaluation = { evaluation: { model: candidate, ranks: [1, 2, 5, 10] } };
  // As a first round asks. With weights, a pair that they explain already has next to nothing to say, and the pair is drawn.
  const blend = { blend: { model: candidate, weights: Array(14).fill(0), levels: 30 } };
  const gaussian = (milli_sigma) => ({ mode: { trusted: { noise: { gaussian: { milli_sigma } } } } });
  const asked = (name, measurement, more) => ask(shop, task(name, { purpose: 'measure', measurement, windowS: 7 * DAY_S, ...more }));
  await asked('votes', votes, { length: 2, bound: { multi_hot: { ones: 2 } }, ...gaussian(20_000) });
  await asked('evaluation', evaluation, { length: 5, ...gaussian(15_000) });
  await asked('blend', blend, { length: 119, bound: { integers: { max: 30, l1: 3_570 } }, ...gaussian(2_000_000) });
});

/** What the model in use, which knows no pairs, makes of somebody who likes one thing. */
async function rankedFor(first) {
  const context = await browser.newContext();
  const page = await visit(context, shop, { choice: { personalize: true } });
  const found = await page.evaluate(async ([first, limit]) => {
    me.like(first);
    return ids(undefined, { limit, policy: { diversity: 1, exploration: 'none' } });
  }, [first, ITEMS]);
  await context.close();
  return found;
}

/** Somebody whose two things are a couple, the second of which the model in use has in front, or has not. */
async function couple(inFront) {
  const ranked = await rankedFor('i0');
  for (const last of inFront ? ranked : ranked.toReversed()) {
    const found = (await rankedFor(partner(last))).indexOf(last) < TOP;
    if (found === inFront) return [partner(last), last];
  }
  return assert.fail(`no couple is ${inFront}`);
}

/** Has sixty devices say that items 2k and 2k + 1 are wanted together, in a window that is over. */
async function contributePairs() {
  const draft = await homebody(shop.data, ['tasks', 'draft', 'pairs'], shop);
  const wanted = task('pairs', { ...draft, windowS: 6 * HOUR_S, mode: trusted(), micro_rho: 2 ** 32 - 1, min_batch_size: 20 });
  const startsAt = Math.floor(Date.now() / 3_600_000) * HOUR_S - 17 * HOUR_S;
  Object.assign(wanted, { name: 'pairs', window_s: 6 * HOUR_S, starts_at: startsAt, ends_at: startsAt + 24 * HOUR_S });
  wanted.mode.trusted.noise.gaussian.milli_sigma = 100;
  const id = await ask(shop, wanted);
  const { id_seed: seed, keys } = wanted.measurement.co_occurrence.head;
  const slot = (item) => keys.indexOf(deriveKey(seed, `i${item}`));
  const cells = Array.from({ length: ITEMS / 2 }, (_, couple) => cellOf(slot(2 * couple), slot(2 * couple + 1), keys.length));
  for (let device = 0; device < REPORTS; device++) {
    const response = await fetch(`${shop.server.origin}/v1/reports/${id}`, { method: 'POST', body: reportOf(id, cells, wanted.bound.multi_hot.ones) });
    assert.equal(response.status, 204, await response.text());
  }
}

/** Where a pair is counted: row by row above the diagonal. */
function cellOf(one, other, count) {
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  return (low * (2 * count - low - 1)) / 2 + high - low - 1;
}

/** A report of cells that are 1; `core/protocol/src/report/mod.rs`. */
function reportOf(id, cells, ones) {
  const marker = Buffer.from('homebody part 1\0');
  const part = createHash('sha256').update(Buffer.concat([marker, Buffer.from(id, 'hex'), Buffer.alloc(4)])).digest();
  const numbers = [...cells].sort((a, b) => a - b).concat(Array(ones - cells.length).fill(0xffff));
  return Buffer.concat([Buffer.from('HBRP'), Buffer.from([1, 0, 2, 0]), part, Buffer.alloc(4), randomBytes(16), Buffer.from(Uint16Array.from(numbers).buffer)]);
}

const number = (id) => Number(id.slice(1));
const partner = (id) => `i${number(id) ^ 1}`;

/** Somebody who wants one thing and then the other, and then allows to be asked: their reports by the name of the task. */
async function answers(context, first, last) {
  const page = await visit(context, shop, { choice: { personalize: true } });
  await page.evaluate(async ([first, last]) => {
    me.like(first);
    await new Promise((resolve) => setTimeout(resolve, 50));
    me.like(last);
    await me.rank();
  }, [first, last]);
  await page.evaluate(() => me.consent.set({ personalize: true, measure: true }));
  const reports = await until('all four are answered', async () => {
    const all = await listed(page);
    return all.length === 4 && all;
  });
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  return { page, reports: Object.fromEntries(reports.map((report) => [report.name.replace(/-\d+$/, ''), report])) };
}

test('what only the candidate has in front lands in its cell, is told by votes, rank and gradient, and is sent so', { timeout: 120_000 }, async () => {
  const context = await browser.newContext();
  const [first, last] = await couple(false);
  shop.front.clear();
  const { page, reports } = await answers(context, first, last);
  assert.deepEqual(reports.gate.vector, [0, 0, 1, 0], 'the candidate alone');
  assert.deepEqual(reports.votes.vector, [0, 1], 'first of all under the second setting alone');
  assert.deepEqual(reports.evaluation.vector, [1, 0, 0, 0, 0], 'first of all');
  assert.ok(reports.blend.vector.some((level) => level !== 15), 'the parts of its score spoke for it');
  assert.ok(shop.front.requests.some(({ url }) => url.endsWith(`/v1/blobs/${candidate}`)), 'the table was fetched, as by everybody');
  assert.ok(shop.front.requests.some(({ url }) => url.endsWith('/wasm/judge.wasm')));

  const [gate] = (await offered(shop)).map(({ payload }) => payload).filter((payload) => JSON.parse(payload).name.startsWith('gate-'));
  assert.equal(reports.gate.task, createHash('sha256').update(gate).digest('hex'));
  // One cell, behind 60 bytes: the third.
  assert.deepEqual(reports.gate.bytes.slice(60), [2, 0]);
  await putForward(page, shop, LONGEST_DELAY_S);
  await begin(page);
  await until('it is sent', async () => (await listed(page)).every(({ state }) => state === 'sent'));
  assert.equal(posts(shop).filter(({ url }) => url.endsWith(reports.gate.task)).length, 1);
  await context.close();
});

test('what both models have in front, and what neither has, land in theirs', { timeout: 120_000 }, async () => {
  const [both, neither] = [await browser.newContext(), await browser.newContext()];
  const [first, last] = await couple(true);
  assert.deepEqual((await answers(both, first, last)).reports.gate.vector, [0, 0, 0, 1]);
  const stranger = (await rankedFor(first)).findLast((id) => id !== first && id !== last);
  const { reports } = await answers(neither, first, stranger);
  assert.deepEqual(reports.gate.vector, [1, 0, 0, 0]);
  assert.deepEqual(reports.votes.vector, [0, 0], 'no setting puts it first');
  assert.deepEqual(reports.evaluation.vector, [0, 0, 0, 0, 1], 'beyond the last rank');
  await Promise.all([both.close(), neither.close()]);
});
