// Contributions from a worker: measured, debited, witnessed and sent there, shown on the page as ever.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { codes, equip, launchBrowser, openLab, SLACK, stored, until } from './harness.mjs';
import { ask, assertBare, contributed, LONGEST_DELAY_S, listed, posts, startCollector, task, untilListed } from './contribution-stage.mjs';

let shop;
let browser;

before(async () => {
  [shop, browser] = [await startCollector(), await launchBrowser()];
  await ask(shop, task('choices'));
});

/** Begins with a worker whose clock is ahead. */
async function begin(page, aheadS = 0) {
  await page.evaluate(async (ms) => {
    const script = `const real = Date.now.bind(Date); Date.now = () => real() + ${ms}; importScripts('${location.origin}/pkg/homebody.worker.js');`;
    const worker = () => new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
    await start({ worker, purposes: ['personalize', 'contribute', 'measure'] });
    await me.ready;
  }, aheadS * 1_000);
}

test('a report is debited, shown and witnessed, sent once when it is due, and erased with everything', { timeout: 120_000 }, async () => {
  const context = await browser.newContext();
  const page = await openLab(context, shop);
  await begin(page);
  await page.evaluate(() => me.consent.set({ personalize: true, contribute: true }));
  const [report] = await untilListed(page, 1);
  assert.deepEqual([report.state, report.vector[3]], ['waiting', 1], 'personalize and contribute');
  assert.deepEqual((await page.evaluate(() => me.contributions.budget())).sums.month, 0.01);
  assert.deepEqual((await stored(page)).local.find(([name]) => name === 'homebody.debits'), ['homebody.debits', '1']);
  assert.deepEqual(posts(shop), [], 'it is seen before it leaves');

  await page.reload();
  await equip(page, shop);
  await begin(page, LONGEST_DELAY_S);
  await until('it is sent', async () => (await listed(page))[0]?.state === 'sent');
  assert.equal(page.workers().length, 1);
  for (const { body } of posts(shop)) assert.deepEqual([...Buffer.from(body, 'latin1')], report.bytes, 'what was shown is what was sent');
  contributed(shop).forEach(assertBare);

  await page.evaluate(() => me.erase());
  await until('the worker is gone', () => page.workers().length === 0, 500 * SLACK);
  const { local, databases, files } = await stored(page);
  assert.deepEqual([local.map(([name]) => name), databases, files], [['hb.c'], [], []]);
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await context.close();
});

test('a ledger that was put back stops everything', async () => {
  const context = await browser.newContext();
  const page = await openLab(context, shop);
  await begin(page);
  await page.evaluate(() => me.consent.set({ personalize: true, contribute: true }));
  await untilListed(page, 1);
  await page.evaluate(() => localStorage.setItem('homebody.debits', '7'));
  await page.reload();
  await equip(page, shop);
  await begin(page, LONGEST_DELAY_S);
  await until('it is reported', async () => (await codes(page)).includes('ledger_rolled_back'));
  await context.close();
});
