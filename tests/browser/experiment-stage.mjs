// What tests of experiments share: the experiment they ask about, and visitors who take part in it.
import assert from 'node:assert/strict';
import { codes, until } from './harness.mjs';
import { DAY_S, lost, untilListed, visit } from './contribution-stage.mjs';

/** Names that nothing else has in it. */
export const NAME = 'checkout-q7';
export const VARIANTS = ['three-steps-q7', 'one-page-q7'];

export const shown = (page, name = NAME, variants = VARIANTS, options) =>
  page.evaluate(([name, variants, options]) => me.experiment(name, variants, options), [name, variants, options]);

/** What lies sealed beside the profile under this name. */
export const sealed = (page, name = 'experiments') => page.evaluate((name) => new Promise((resolve, reject) => {
  const open = indexedDB.open('homebody');
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const got = open.result.transaction('profile').objectStore('profile').get(name);
    got.onsuccess = () => (open.result.close(), resolve(got.result && [...got.result.iv, ...new Uint8Array(got.result.data)]));
  };
}), name);

export const untilKept = (page) => until('it is kept', () => sealed(page));

/** Reports as of so many visitors each, with names of their own: noise is no match for that. */
export async function repeat(shop, id, reports, times) {
  for (const { bytes } of reports) {
    await Promise.all(Array.from({ length: times }, async () => {
      const body = Buffer.from(bytes);
      crypto.getRandomValues(body.subarray(44, 60));
      const headers = { 'content-type': 'application/octet-stream' };
      assert.equal((await fetch(`${shop.server.origin}/v1/reports/${id}`, { method: 'POST', headers, body })).status, 204);
    }));
  }
}

/** A visitor of yesterday who asks for a variant, does this afterwards, and answers the task. */
export async function takePart(browser, shop, id, weights, deeds) {
  shop.front.fault = lost;
  const own = await browser.newContext();
  // Before the choice to measure, so that nothing is answered meanwhile. At half past by the page's clock: what somebody did before
  // counts by whole hours.
  const halfPastS = 1_800 - (Math.floor(Date.now() / 1_000) % 3_600);
  const page = await visit(own, shop, { aheadS: halfPastS - DAY_S, choice: { personalize: true } });
  const items = await page.evaluate(async () => (await me.rank()).map(({ id }) => id));
  await page.evaluate((item) => me.record({ kind: 'purchase', item }), items[0]);
  await page.evaluate(() => me.rank());
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (weights) {
    await shown(page, NAME, VARIANTS, { weights });
    await untilKept(page);
  }
  for (const kind of deeds) await page.evaluate(([kind, item]) => me.record({ kind, item }), [kind, items[1]]);
  await page.evaluate(() => me.rank());
  await page.evaluate(() => me.consent.set({ measure: true }));
  const report = (await untilListed(page, 1))[0];
  assert.equal(report.task, id);
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await own.close();
  shop.front.fault = undefined;
  return report;
}
