// How well it works, as the operator's page says it: readable by everybody, its plots have names, and its numbers are those of the JSON.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { VIEWS } from '../../www/tour.mjs';
import { assertReadable } from './axe.mjs';
import { atEnd, homebody, launchBrowser, openPage, startServer, temporaryFolder } from './harness.mjs';

/** Photographs for people go here, if anywhere. */
const SHOTS = process.env.QUALITY_SHOTS;
const PLACES = [
  ...VIEWS,
  { name: 'narrow', viewport: { width: 320, height: 640 } },
  { name: 'forced-colors', viewport: { width: 390, height: 844 }, forcedColors: 'active' },
];
const HOUR_S = 3_600;
const FEATURES = 16;
const EDGES = Array.from({ length: FEATURES }, () => [0.5, 1, 2]);
/** Reports that are on their way at once. */
const AT_ONCE = 16;

describe('how well it works', () => {
  let server, browser, figures;

  before(async () => {
    const folder = await temporaryFolder('quality');
    const [data, config] = ['data', 'homebody.toml'].map((name) => join(folder, name));
    await writeFile(config, 'site = "shop.example"\n[train]\nenabled = false\nclick_through_floor = 0.5\n');
    await homebody(data, ['import', 'catalog', await catalogue(folder)], { config });
    await homebody(data, ['publish'], { config });
    server = await startServer(data, { config });
    atEnd(() => server.stop());
    const model = 'ab'.repeat(32);
    await release('calibration', { calibration: { bins: 10 } }, 21, 'one_hot', [predicted()]);
    await release('intent', { intent: { edges: EDGES } }, 130, { multi_hot: { ones: 8 } }, [seen(), seen()]);
    await release('drift', { drift: { edges: EDGES } }, 64, { multi_hot: { ones: 8 } }, [opened(0.75), opened(0.25)]);
    await release('evaluation', { evaluation: { model, ranks: [1, 5, 10] } }, 4, 'one_hot', [cells([30, 20, 10, 40])]);
    await release('gate', { gate: { champion: model, candidate: 'cd'.repeat(32), top: 10 } }, 4, 'one_hot', [cells([60, 5, 25, 10])]);
    const weights = { most: 2, levels: 4 };
    await release('off-policy', { off_policy: { strength: 0.25, weights } }, 11, 'one_hot', [cells([0, 0, 54, 6, 0, 0, 45, 15, 0, 0, 0])]);
    await release('decisions', { decisions: {} }, 17, 'one_hot', [cells(Array.from({ length: 17 }, (_, cell) => ({ 10: 30, 11: 50, 15: 40 })[cell] ?? 0))]);
    await homebody(data, ['train'], { config });
    figures = await (await fetch(`${server.admin}/v1/admin/quality`)).json();
    browser = await launchBrowser();

    /** Has devices say cells in the windows that are over, and releases each. */
    async function release(name, measurement, length, bound, windows) {
      const startsAt = Math.floor(Date.now() / 1_000 / HOUR_S) * HOUR_S - 2 * HOUR_S;
      const task = {
        format: 1, site: 'shop.example', name, description: 'A test.', purpose: 'measure', measurement, length, bound,
        mode: { trusted: { noise: { gaussian: { milli_sigma: 100 } } } }, micro_rho: 4_000_000_000, window_s: HOUR_S,
        time_precision_s: HOUR_S, min_batch_size: 20, starts_at: startsAt, ends_at: startsAt + 24 * HOUR_S,
      };
      const file = join(folder, `${name}.json`);
      await writeFile(file, JSON.stringify(task));
      const { task: id } = await homebody(data, ['tasks', 'add', file], { config });
      await offered(server, name);
      for (const [window, reports] of windows.entries()) {
        const ones = typeof bound === 'string' ? 1 : bound.multi_hot.ones;
        for (let at = 0; at < reports.length; at += AT_ONCE) {
          await Promise.all(reports.slice(at, at + AT_ONCE).map((told) => contribute(server, id, window, told, ones)));
        }
        await homebody(data, ['batches', 'release', '--task', id, '--window', String(window)], { config });
      }
    }
  });

  for (const { name, ...view } of PLACES) {
    test(`can be read by everybody: ${name}`, async () => {
      const page = await openPage(await browser.newContext(view));
      await assertReadable(page, `${server.admin}/quality`, name, SHOTS);
      await page.context().close();
    });
  }

  for (const { name, ...view } of PLACES) {
    test(`the page that leads to it can be read by everybody: ${name}`, async () => {
      const page = await openPage(await browser.newContext(view));
      await assertReadable(page, `${server.admin}/`, `contents-${name}`, SHOTS);
      await page.getByRole('link', { name: 'How well it works' }).click();
      await page.getByRole('link', { name: 'All pages' }).click();
      assert.equal(page.url(), `${server.admin}/`);
      await page.context().close();
    });
  }

  test('says what the JSON says, without scripts, in plots that have names', async () => {
    const page = await openPage(await browser.newContext({ javaScriptEnabled: false }));
    await page.goto(`${server.admin}/quality`);
    assert.equal(await page.locator('script').count(), 0);
    const { predictions, clicks, exploration, grants, models } = figures;
    assert.equal(await page.locator('data.auc').getAttribute('value'), String(predictions.auc.value));
    assert.ok(predictions.auc.value > 0.7 && predictions.auc.low < predictions.auc.value, JSON.stringify(predictions.auc));
    const curve = page.getByRole('img', { name: /Calibration curve/ });
    assert.equal(await curve.locator('circle').count(), predictions.curve.length);
    const table = (name) => page.getByRole('region', { name, exact: true });
    const shares = await table('Click-through by window').locator('data').evaluateAll((cells) => cells.map((cell) => Number(cell.value)));
    assert.deepEqual(shares, clicks.windows.map(({ share }) => share.value).reverse());
    assert.equal(await page.getByRole('img', { name: /Click-through by window/ }).locator('circle').count(), 2);
    assert.equal(clicks.is_alarm, true);
    assert.equal(await page.getByText('too low').count(), 1);
    assert.equal(await page.locator('data.reward').getAttribute('value'), String(exploration.reward.value));
    assert.ok(exploration.reward.value > exploration.opened.value && exploration.least < exploration.most, JSON.stringify(exploration));
    for (const { purpose, share } of grants.purposes) {
      assert.equal(await table('Purposes').locator(`data.${purpose}`).getAttribute('value'), String(share.value), purpose);
    }
    const [{ figures: ranked }] = models.evaluated;
    const recall = ranked.find(({ metric, at }) => metric === 'recall' && at === 10);
    assert.equal(await page.locator('data.recall-10').getAttribute('value'), String(recall.value.value));
    assert.equal(models.compared[0].verdict, 'promote');
    await page.context().close();
  });

  test('leads with the keyboard alone to a section, its tables, and the JSON', async () => {
    const page = await openPage(await browser.newContext({ viewport: { width: 390, height: 844 } }));
    await page.goto(`${server.admin}/quality`);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'All pages');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#intent$/);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Calibration curve');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.activeElement.scrollLeft > 0);
    await page.getByRole('link', { name: 'quality.json' }).focus();
    await Promise.all([page.waitForURL(`${server.admin}/v1/admin/quality`), page.keyboard.press('Enter')]);
    await page.context().close();
  });
});

/** Thirty visits a bin, of which as many were followed by a purchase as was told. */
function predicted() {
  return Array.from({ length: 300 }, (_, visit) => {
    const bin = visit % 10;
    return [2 * bin + Number(Math.floor(visit / 10) < 3 * (bin + 0.5))];
  });
}

/** Visits of which feature 4 tells whether a purchase follows. */
function seen() {
  return Array.from({ length: 240 }, (_, visit) => {
    const [bin, turn] = [visit % 4, Math.floor(visit / 4) % 10];
    const bought = Number(turn < 2 * bin + 1);
    const others = Array.from({ length: 6 }, (_, at) => 5 + ((visit + at) % 11));
    return [bought, ...[4, ...others].map((feature) => 2 + 2 * (4 * feature + (feature === 4 ? bin : visit % 3)) + bought)];
  });
}

/** Visitors of whom a share opened something. */
function opened(share) {
  return Array.from({ length: 160 }, (_, visitor) => {
    const bin = visitor < 160 * share ? 1 + (visitor % 3) : 0;
    return Array.from({ length: 8 }, (_, at) => 4 * at + bin);
  });
}

/** So many reports of each cell. */
function cells(counts) {
  return counts.flatMap((count, cell) => Array.from({ length: count }, () => [cell]));
}

/** Sends a report of cells that are 1, as a device writes it (`core/protocol/src/report`). */
async function contribute({ origin }, task, window, told, ones) {
  const body = Buffer.alloc(60 + 2 * ones, 0xff);
  body.fill(0, 0, 60);
  body.write('HBRP');
  body.writeUInt16LE(1, 4);
  body[6] = ones === 1 ? 1 : 2;
  createHash('sha256').update('homebody part 1\0').update(Buffer.from(task, 'hex')).update(Buffer.alloc(4)).digest().copy(body, 8);
  body.writeUInt32LE(window, 40);
  randomBytes(16).copy(body, 44);
  [...told].sort((left, right) => left - right).forEach((cell, at) => body.writeUInt16LE(cell, 60 + 2 * at));
  const answer = await fetch(`${origin}/v1/reports/${task}`, { method: 'POST', body });
  assert.equal(answer.status, 204, await answer.text());
}

async function offered({ origin }, name) {
  for (let tries = 0; tries < 200; tries += 1) {
    const { tasks } = await (await fetch(`${origin}/v1/tasks`)).json();
    if (tasks.some(({ payload }) => JSON.parse(payload).name === name)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${name} is not offered`);
}

async function catalogue(folder) {
  const file = join(folder, 'items.jsonl');
  await writeFile(file, Array.from({ length: 20 }, (_, at) => `${JSON.stringify({ id: `i${at}`, title: `Item ${at}` })}\n`).join(''));
  return file;
}
