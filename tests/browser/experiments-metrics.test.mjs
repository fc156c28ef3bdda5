// The metrics of experiments: answered by the module that has room for them, told to the operator with intervals.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { assertReadable } from './axe.mjs';
import { homebody, launchBrowser, openPage } from './harness.mjs';
import { ask, DAY_S, startCollector, task } from './contribution-stage.mjs';
import { NAME, repeat, takePart } from './experiment-stage.mjs';

let shop;
let browser;

before(async () => {
  [shop, browser] = [await startCollector(), await launchBrowser()];
});

test('a metric is answered by the module that has room for it, and is on the operator’s page with its interval', { timeout: 300_000 }, async () => {
  const startsAt = Math.floor(Date.now() / 3_600_000) * 3_600 - 1.5 * DAY_S;
  const id = await ask(shop, task('conversion-ab', {
    purpose: 'measure', length: 12, starts_at: startsAt, ends_at: startsAt + 20 * DAY_S, micro_rho: 20_000,
    measurement: { metric: { experiment: NAME, variants: 2, metric: 'conversion', limit: 1, levels: 100 } },
    bound: { integers: { max: 100, l1: 600 } }, mode: { trusted: { noise: { gaussian: { milli_sigma: 1_300_000 } } } },
  }));
  const none = Array(6).fill(0);
  const [bought, not] = [[100, 100, 100, 0, 0, 0], [100, 0, 0, 0, 0, 0]];
  const visitors = [
    [[1, 0], ['purchase'], [...bought, ...none]], [[1, 0], ['click'], [...not, ...none]], [[0, 1], ['cart_add'], [...none, ...not]],
    [undefined, ['purchase'], [...none, ...none]],
  ];
  const reports = [];
  for (const [weights, deeds, vector] of visitors) {
    const report = await takePart(browser, shop, id, weights, deeds);
    assert.deepEqual(report.vector, vector, `${weights} ${deeds}`);
    reports.push(report);
  }
  for (let times = 0; times < 3; times += 1) await repeat(shop, id, reports, 100);
  await homebody(shop.data, ['batches', 'release', '--task', id, '--window', '0'], { config: shop.config });
  for (const viewport of [{ width: 1280, height: 900 }, { width: 320, height: 640 }]) {
    const seen = await openPage(await browser.newContext({ viewport }));
    await assertReadable(seen, `${shop.server.admin}/experiments`, 'experiments');
    await seen.context().close();
  }
  const page = await openPage(await browser.newContext({ javaScriptEnabled: false }));
  await page.goto(`${shop.server.admin}/experiments`);
  const rows = page.locator('[data-metric="conversion"]', { hasText: 'per cent of visitors' }).last().locator('tbody tr');
  const value = async (row, kind) => Number(await rows.nth(row).locator(`data.${kind}`).getAttribute('value'));
  // σ is 13 visitors.
  assert.ok(Math.abs((await value(0, 'visitors')) - 600) < 80 && Math.abs((await value(0, 'value')) - 0.5) < 0.15);
  assert.ok(Math.abs((await value(1, 'visitors')) - 300) < 80 && Math.abs(await value(1, 'value')) < 0.25);
  assert.ok((await value(1, 'change')) < -0.2 && (await rows.nth(1).textContent()).includes('beyond chance'), await rows.nth(1).textContent());
  await page.context().close();
});
