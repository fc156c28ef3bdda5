// What released sums say of visitors, as the operator's page says it: readable by everybody, and the numbers are those of the data.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { VIEWS } from '../../www/tour.mjs';
import { assertReadable } from './axe.mjs';
import { atEnd, homebody, launchBrowser, openPage, startServer, temporaryFolder } from './harness.mjs';

/** Photographs for people go here, if anywhere. */
const SHOTS = process.env.AUDIENCE_SHOTS;
const OTHERS = [
  { name: 'narrow', viewport: { width: 320, height: 640 } },
  { name: 'forced-colors', viewport: { width: 390, height: 844 }, forcedColors: 'active' },
];
const HOUR_S = 3_600;
const FEATURES = 16;
const QUIET = { trusted: { noise: { gaussian: { milli_sigma: 100 } } } };
/** Bins of entropy and Gini coefficient, by window: varied lists, then those of an echo chamber. */
const LISTS = [[3, 1], [0, 4]];
/** Devices in each of two segments and in none, by window. */
const SIZES = [[40, 15, 5], [20, 35, 5]];
/** What ids of parts are hashed with. */
const PART = 'homebody part 1\0';
/** Steps of a feature that are worth 1: its middle is 32, ±4 of it are 64 steps. */
const UNIT = 8;

describe('what sums say of visitors', () => {
  let server, browser, told;

  before(async () => {
    const folder = await temporaryFolder('audience');
    const [data, config] = ['data', 'homebody.toml'].map((name) => join(folder, name));
    await writeFile(config, 'site = "shop.example"\n[train]\nenabled = false\n');
    const items = Array.from({ length: 20 }, (_, at) => `${JSON.stringify({ id: `i${at}`, title: `Item ${at}`, category: `c${at % 4}` })}\n`);
    const [catalogue, log] = ['items.jsonl', 'log.csv'].map((name) => join(folder, name));
    await writeFile(catalogue, items.join(''));
    await writeFile(log, history());
    await homebody(data, ['import', 'catalog', catalogue], { config });
    await homebody(data, ['import', 'history', log], { config });
    await homebody(data, ['publish'], { config });
    server = await startServer(data, { config });
    atEnd(() => server.stop());
    const collect = (about, windows) => collected(server, { data, config, folder }, about, windows);
    await collect({ name: 'varied', measurement: { diversity: { bins: 5 } }, length: 26, bound: 'one_hot', mode: QUIET },
      LISTS.map(([entropy, gini]) => Array.from({ length: 40 }, () => oneHot(26, 5 * entropy + gini))));
    await collect({ name: 'sizes', measurement: { segments: { segments: 2 } }, length: 3, bound: 'one_hot', mode: QUIET },
      SIZES.map((counts) => counts.flatMap((count, cell) => Array.from({ length: count }, () => oneHot(3, cell)))));
    await collect(spread(), [Array.from({ length: 60 }, (_, visitor) => moments(visitor))]);
    told = await (await fetch(`${server.admin}/v1/admin/audience`)).json();
    browser = await launchBrowser();
  });

  for (const { name, ...view } of [...VIEWS, ...OTHERS]) {
    test(`can be read by everybody: ${name}`, async () => {
      const page = await openPage(await browser.newContext(view));
      await assertReadable(page, `${server.admin}/audience`, name, SHOTS);
      await page.context().close();
    });
  }

  test('says what the data say, without scripts', async () => {
    const page = await openPage(await browser.newContext({ javaScriptEnabled: false }));
    await page.goto(`${server.admin}/audience`);
    assert.equal(await page.locator('script').count(), 0);
    const [narrow, varied] = told.variety;
    assert.deepEqual([narrow.told.alarms, varied.told.alarms], [['narrow', 'repetitive'], []]);
    assert.match(await page.locator('.alarm').textContent(), /echo chamber.*Few categories.*0\.10.*below 0\.35.*The same few items.*0\.90.*above 0\.75/s);
    const row = page.getByRole('region', { name: 'By window' }).locator('tbody tr').first();
    assert.deepEqual(await row.locator('data').evaluateAll((all) => all.map(({ value }) => Number(value))), [narrow.told.entropy.value, narrow.told.gini.value]);
    const second = page.getByRole('region', { name: 'Newest window', exact: true }).locator('tbody tr').nth(1);
    const { share, change, is_changed } = told.segments[0].segments[1];
    assert.deepEqual(await second.locator('data').evaluateAll((all) => all.map(({ value }) => Number(value))), [share.value, change.value]);
    assert.ok(is_changed && /grew/.test(await second.textContent()));
    await page.context().close();
  });

  test('draws the segments for those who see them and tells them to those who do not', async () => {
    const page = await openPage(await browser.newContext());
    await page.goto(`${server.admin}/audience`);
    const { places } = told.plane;
    const drawing = page.getByRole('img', { name: 'Segments on the two axes along which visitors differ most' });
    assert.equal(await drawing.locator('circle').count(), places.length);
    assert.ok(places.length >= 2);
    const desc = await drawing.locator('desc').textContent();
    const rows = page.getByRole('region', { name: 'Segments in the drawing' }).locator('tbody tr');
    for (const [at, { name }] of places.entries()) {
      assert.ok(desc.includes(`${at + 1} ${name} (`), desc);
      assert.match(await rows.nth(at).locator('th').textContent(), new RegExp(`^${at + 1} ${name}$`));
    }
    const [field, ...circles] = await drawing.evaluate((svg) => [svg.querySelector('.field'), ...svg.querySelectorAll('circle')].map((one) => one.getBoundingClientRect().toJSON()));
    for (const circle of circles) {
      assert.ok(circle.left >= field.left - 1 && circle.right <= field.right + 1 && circle.top >= field.top - 1 && circle.bottom <= field.bottom + 1, JSON.stringify({ field, circle }));
    }
    await page.context().close();
  });
});

/** A task in six-hour windows of which the first two take reports and are over, its reports, and their sums. */
async function collected(server, { data, config, folder }, about, windows) {
  const starts = Math.floor(Date.now() / 1_000 / HOUR_S) * HOUR_S - 17 * HOUR_S;
  const file = join(folder, `${about.name}.json`);
  await writeFile(file, JSON.stringify({
    format: 1, site: 'shop.example', description: 'A test.', purpose: 'contribute', micro_rho: 4_000_000_000, window_s: 6 * HOUR_S, time_precision_s: HOUR_S,
    min_batch_size: 20, starts_at: starts, ends_at: starts + 24 * HOUR_S, ...about,
  }));
  const { task } = await homebody(data, ['tasks', 'add', file], { config });
  for (const [window, vectors] of windows.entries()) {
    for (const vector of vectors) {
      let answer;
      // The server sees a new task within a second.
      for (let tries = 0; tries < 100 && (tries === 0 || answer.status === 404); tries += 1) {
        if (tries) await new Promise((resolve) => setTimeout(resolve, 50));
        answer = await fetch(`${server.origin}/v1/reports/${task}`, { method: 'POST', body: report(task, window, vector, about.bound === 'one_hot') });
      }
      assert.equal(answer.status, 204, await answer.text());
    }
    await homebody(data, ['batches', 'release', '--task', task, '--window', String(window)], { config });
  }
}

const oneHot = (length, cell) => Array.from({ length }, (_, at) => Number(at === cell));

/** A report as core/protocol/src/report writes it. */
function report(task, window, vector, isOneHot) {
  const head = Buffer.alloc(60);
  head.write('HBRP');
  head.writeUInt16LE(1, 4);
  head.writeUInt8(isOneHot ? 1 : 3, 6);
  createHash('sha256').update(PART).update(Buffer.from(task, 'hex')).update(Buffer.alloc(4)).digest().copy(head, 8);
  head.writeUInt32LE(window, 40);
  randomBytes(16).copy(head, 44);
  const numbers = isOneHot ? [vector.indexOf(1)] : vector;
  return Buffer.concat([head, Buffer.from(Uint16Array.from(numbers).buffer)]);
}

function spread() {
  const list = (value) => Array.from({ length: FEATURES }, () => value);
  return {
    name: 'spread', measurement: { second_moments: { scale: { mean: list(0), sd: list(1), limit: 4 }, levels: 64 } }, length: 152,
    bound: { integers: { max: 64, l1: 9_728 } }, mode: { trusted: { noise: { gaussian: { milli_sigma: 10_000 } } } },
  };
}

/** A visitor of one of two kinds: eight steps are a standard deviation of a feature, two are one of a product. */
function moments(visitor) {
  const x = Array.from({ length: FEATURES }, (_, feature) => ((visitor * 31 + feature * feature * 17) % 23) / 11 - 1 + (feature < 3 && visitor % 2 ? 1 : 0));
  const products = x.flatMap((left, row) => x.slice(row).map((right) => left * right));
  return [...x.map((value) => Math.round(32 + UNIT * value)), ...products.map((value) => Math.round(32 + 2 * value))];
}

/** Visitors who look around, and visitors who buy. */
function history() {
  const rows = ['visitor,item,kind,ts'];
  for (let visitor = 0; visitor < 200; visitor += 1) {
    for (let step = 0; step < (visitor % 2 ? 16 : 4); step += 1) {
      const kind = visitor % 2 && step % 4 === 3 ? 'purchase' : 'click';
      rows.push(`v${visitor},i${(visitor * 3 + step) % 20},${kind},${1_795_000_000 + visitor * 60 + Math.floor(step / 4) * 86_400 + step * 40}`);
    }
  }
  return `${rows.join('\n')}\n`;
}
