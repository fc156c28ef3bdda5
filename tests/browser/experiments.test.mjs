// Experiments: drawn and kept on the device, the same on all its pages, counted once a visitor, told in sums alone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, beforeEach, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { codes, equip, homebody, keptNeutral, launchBrowser, ROOT, stored, until } from './harness.mjs';
import { ask, begin, DAY_S, idle, putForward, startCollector, task, visit } from './contribution-stage.mjs';
import { NAME, repeat, sealed, shown, takePart, untilKept, VARIANTS } from './experiment-stage.mjs';

const YES = { personalize: true, measure: true };
let shop;
let browser;
let context;

before(async () => {
  [shop, browser] = [await startCollector(), await launchBrowser()];
});

beforeEach(async () => {
  shop.front.clear();
  context = await browser.newContext();
});

const events = (page) => page.evaluate(() => (window.views ??= [], me.on('experiment', (view) => views.push(view)), undefined));

test('one visitor has one variant on all pages, is exposed once, and no request says which', async () => {
  const [a, b] = [await visit(context, shop, { choice: YES }), await visit(context, shop)];
  const all = await Promise.all([a, b].flatMap((page) => [shown(page), shown(page), shown(page)]));
  assert.ok(VARIANTS.includes(all[0]), all[0]);
  assert.deepEqual(all, Array(6).fill(all[0]));
  const first = await untilKept(a);
  const before = Buffer.from(first);
  for (const word of [NAME, ...VARIANTS]) assert.ok(!before.includes(word), 'it is encrypted');
  await putForward(b, shop, 0);
  await begin(b);
  for (const page of [a, b, a]) assert.equal(await shown(page), all[0]);
  // Other shares move nobody.
  for (const weights of [[0, 1], [1, 0]]) assert.equal(await shown(b, NAME, VARIANTS, { weights }), all[0]);
  await idle();
  assert.deepEqual(await sealed(a), first, 'the first exposure was not written anew');
  assert.ok(shop.front.requests.length > 0);
  const told = JSON.stringify(shop.front.requests.map(({ method, url, headers, body }) => [method, url, headers, body]));
  for (const word of [NAME, ...VARIANTS]) assert.ok(!told.includes(word), word);
  assert.deepEqual([await codes(a), await codes(b), a.failures, b.failures], [[], [], [], []]);
  await context.close();
});

test('with a worker the same; and the page hears what is shown', async () => {
  const page = await visit(context, shop, { choice: YES });
  const variant = await shown(page);
  await untilKept(page);
  await page.reload();
  await equip(page, shop);
  await begin(page, { worker: true });
  assert.equal(page.workers().length, 1);
  await events(page);
  assert.equal(await shown(page), variant);
  assert.deepEqual(await page.evaluate(() => views), [{ experiment: NAME, variant }]);
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await context.close();
});

test('without consent, paused, or in everybody’s order there is the first variant and no exposure', async () => {
  const page = await visit(context, shop);
  await events(page);
  const second = { weights: [0, 1] };
  assert.equal(await shown(page, NAME, VARIANTS, second), VARIANTS[0]);
  assert.deepEqual((await stored(page)).databases, []);
  assert.ok(!shop.front.requests.some(({ url }) => url.includes('/experiment')), 'nothing is loaded for it');
  await page.evaluate((choice) => me.consent.set(choice), YES);
  await page.evaluate(() => me.profile().then(() => (me.neutral = true)));
  assert.equal(await shown(page, NAME, VARIANTS, second), VARIANTS[0]);
  // Chosen on an earlier page, too.
  await until('the choice is kept', () => page.evaluate(keptNeutral));
  await page.reload();
  await equip(page, shop);
  await begin(page);
  await events(page);
  assert.equal(await shown(page, NAME, VARIANTS, second), VARIANTS[0]);
  await page.evaluate(() => ((me.neutral = false), me.consent.pause()));
  assert.equal(await shown(page, NAME, VARIANTS, second), VARIANTS[0]);
  await page.evaluate(() => me.consent.resume());
  assert.equal(await sealed(page), undefined);
  assert.deepEqual(await page.evaluate(() => views), []);
  assert.equal(await shown(page, NAME, VARIANTS, second), VARIANTS[1]);
  await untilKept(page);
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await context.close();
});

test('what is no experiment ends in the first variant, and is reported', async () => {
  const page = await visit(context, shop, { choice: YES });
  assert.deepEqual([await shown(page, 'No name'), await shown(page, 'a', ['only'])], [VARIANTS[0], 'only']);
  await until('it is reported', async () => (await codes(page)).length > 1);
  assert.deepEqual(await codes(page), ['options', 'options']);
  assert.equal(await sealed(page), undefined);
  await context.close();
});

test('erased is erased, and a new visitor is drawn for anew', async () => {
  const page = await visit(context, shop, { choice: YES });
  const many = Array.from({ length: 16 }, (_, index) => `v${index}`);
  const draw = () => page.evaluate((many) => Promise.all(Array.from({ length: 12 }, (_, at) => me.experiment(`e-${at}`, many))), many);
  const before = await draw();
  await untilKept(page);
  await page.evaluate(() => me.erase());
  assert.deepEqual((await stored(page)).databases, []);
  await page.evaluate((choice) => me.consent.set(choice), YES);
  const after = await draw();
  const same = after.filter((variant, at) => variant === before[at]).length;
  assert.ok(same < 9, `${same} of 12 are the same: ${after}`);
  await untilKept(page);
  await context.close();
});

test('what is kept of an experiment is told by the profile, the panel and the export, and erased with them', async () => {
  const page = await visit(context, shop, { choice: YES });
  await page.evaluate((item) => me.record({ kind: 'view', item }), 'x');
  const beside = () => page.evaluate(async () => [(await me.profile()).experiments, (await me.exportData()).experiments]);
  assert.deepEqual(await beside(), [[], undefined]);
  assert.ok(!shop.front.requests.some(({ url }) => url.includes('/experiments')), 'who takes part in nothing loads nothing of it');
  const from = Date.now();
  const variant = await shown(page);
  await untilKept(page);
  const [[told], exported] = await beside();
  assert.deepEqual([told.experiment, told.variant, VARIANTS[told.place]], [NAME, variant, variant]);
  assert.ok(told.atMs >= from && told.atMs <= Date.now() && told.untilMs > told.atMs + DAY_S * 1_000, JSON.stringify(told));
  assert.deepEqual(exported, [told]);
  const data = await page.evaluate(() => me.exportData());
  const schema = JSON.parse(await readFile(join(ROOT, 'docs/profile-export.schema.json'), 'utf8'));
  const accepts = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);
  assert.ok(accepts(JSON.parse(JSON.stringify(data))), JSON.stringify(accepts.errors));
  await page.evaluate((data) => me.importData({ ...data, experiments: [{ ...data.experiments[0], variant: 'else' }] }), data);
  assert.deepEqual((await beside())[1], [told], 'an import puts nobody elsewhere');
  await page.evaluate(() => me.consent.open('panel'));
  const row = page.locator('hb-privacy-panel li', { hasText: `${NAME}: ${variant}` });
  await row.waitFor();
  assert.match(await row.textContent(), new RegExp(String(new Date(told.untilMs).getFullYear())));
  await page.locator('hb-privacy-panel').getByText('Tests you take part in').waitFor();
  await page.evaluate(() => me.erase());
  await until('the panel says so', async () => (await row.count()) === 0);
  await page.evaluate((choice) => me.consent.set(choice), YES);
  assert.deepEqual(await beside(), [[], undefined]);
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await context.close();
});

test('with a worker, and to whoever did nothing else, too', async () => {
  const page = await visit(context, shop, { choice: YES, options: { worker: true } });
  const variant = await shown(page);
  await untilKept(page);
  assert.deepEqual((await page.evaluate(() => me.exportData())).experiments.map(({ variant }) => variant), [variant]);
  await page.evaluate(() => me.consent.open('panel'));
  await page.locator('hb-privacy-panel li', { hasText: `${NAME}: ${variant}` }).waitFor();
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await context.close();
});

test('a task is answered: each visitor once, in the cell of variant and outcome, and the sum is released', { timeout: 300_000 }, async () => {
  // A window that is over, and that reports are still taken for.
  const startsAt = Math.floor(Date.now() / 3_600_000) * 3_600 - 1.5 * DAY_S;
  const id = await ask(shop, task('steps-ab', {
    purpose: 'measure', length: 9, starts_at: startsAt, ends_at: startsAt + 20 * DAY_S,
    measurement: { experiment: { experiment: NAME, variants: 2, outcomes: 4 } },
  }));
  const visitors = [
    [[1, 0], ['click', 'cart_add', 'purchase'], 3], [[1, 0], [], 0], [[0, 1], ['click'], 5],
    [[0, 1], ['cart_add', 'click'], 6], [[0, 1], ['purchase', 'cart_add'], 7], [undefined, ['purchase'], 8],
  ];
  const reports = [];
  for (const [weights, deeds, cell] of visitors) {
    const report = await takePart(browser, shop, id, weights, deeds);
    assert.equal(report.vector.indexOf(1), cell, `${weights} ${deeds}: ${report.vector}`);
    reports.push(report);
  }
  const EACH = 300;
  for (let times = 0; times < 3; times += 1) await repeat(shop, id, reports, EACH / 3);
  const { released } = await homebody(shop.data, ['batches', 'release', '--task', id, '--window', '0'], { config: shop.config });
  assert.equal(released.length, 1, JSON.stringify(released));
  const { reports: count, cells } = released[0];
  assert.equal(count, EACH * visitors.length);
  // σ is 10.
  const truth = Array.from({ length: 9 }, (_, cell) => EACH * visitors.filter(([, , own]) => own === cell).length);
  cells.forEach((sum, cell) => assert.ok(Math.abs(sum - truth[cell]) < 60, `${cell}: ${cells}`));
  const exposed = cells.slice(0, 8).reduce((sum, value) => sum + value);
  assert.ok(Math.abs(exposed - 5 * EACH) < 60 * Math.sqrt(8), `${exposed} exposures`);
  const conversion = [0, 1].map((variant) => cells[4 * variant + 3] / cells.slice(4 * variant, 4 * variant + 4).reduce((sum, value) => sum + value));
  assert.ok(conversion[0] > conversion[1], `${conversion}: one in two, and one in three`);
});

