// What a ranking costs the page's thread with a worker, and without one; by the thread's own clock.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { launchBrowser, openLab, startShop, until } from './harness.mjs';

const CANDIDATES = 10_000;

let shop;
let browser;

before(async () => {
  [shop, browser] = [await startShop(), await launchBrowser()];
});

async function agreed(worker) {
  const page = await openLab(await browser.newContext(), shop);
  await page.evaluate(async (worker) => {
    await start({ worker });
    await me.consent.set({ personalize: true });
    await me.rank(undefined, { limit: 1 });
  }, worker);
  return page;
}

/** Milliseconds the page's thread works while it has its candidates ranked: the least of some rounds. */
async function busy(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taken = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  const all = [];
  for (let round = 0; round < 8; round++) {
    const since = await taken();
    await page.evaluate(() => me.rank(many).then(({ length }) => length));
    all.push((await taken()) - since);
  }
  return Math.min(...all.slice(2));
}

test(`the page's thread has little to do with ${CANDIDATES.toLocaleString('en')} candidates`, { timeout: 180_000 }, async () => {
  const known = (await readFile(shop.catalogue, 'utf8')).match(/.+/g).map((line) => JSON.parse(line).id);
  const pages = [await agreed(false), await agreed(true)];
  for (const page of pages) {
    await until('the catalogue is there', () => page.evaluate((ids) => ids.every((id) => me.display(id)), known.slice(-9)));
    await page.evaluate(({ known, count }) => {
      for (const id of known.slice(5, 15)) me.record({ kind: 'click', item: id });
      window.many = Array.from({ length: count }, (_, place) => ({ id: known[place] ?? `item-${place}` }));
    }, { known, count: CANDIDATES });
  }
  const [here, there] = [await busy(pages[0]), await busy(pages[1])];
  console.log(`${CANDIDATES} candidates: ${here.toFixed(1)} ms of the page's thread, ${there.toFixed(1)} ms with a worker: ${(here / there).toFixed(1)} times less`);
  assert.ok(here > 5 * there, `${here} ms against ${there} ms`);
});
