// What the tests of failures stand on: a shop whose files can be forged, and what every failure has to leave as it is. Each
// has a code and a hint, the page works on, the list is neutral where a personal one cannot be had, nothing kept is lost.
import assert from 'node:assert/strict';
import { before, beforeEach } from 'node:test';
import { WHOLE } from './crash.mjs';
import { forger } from './forge.mjs';
import { codes, launchBrowser, openLab, savedRevision, startShop, until } from './harness.mjs';

export let shop;
export let forge;
export let browser;
export let context;

before(async () => {
  shop = await startShop();
  forge = await forger(shop);
  browser = await launchBrowser([], WHOLE);
});

beforeEach(async () => {
  shop.front.fault = undefined;
  shop.front.clear();
  context = await browser.newContext();
});

/** A page with the host's own list; what it does must not depend on us. */
export async function host(options = {}) {
  const page = await openLab(context, shop);
  // The server lets its manifest be kept for a minute: without this the second page of a test would not ask.
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.evaluate(async (options) => {
    await start(options);
    await me.ready;
  }, options);
  return page;
}

/** Agrees and likes four films that are not at the top, until the order is personal and saved. */
export async function becomeKnown(page) {
  const before = await page.evaluate(() => ids());
  await page.evaluate(async () => {
    await me.consent.set({ personalize: true });
    const all = await ids();
    for (const item of [all[31], all[47], all[53], all[60]]) me.record({ kind: 'click', item });
  });
  await until('a personal order', async () => (await page.evaluate(() => ids())).join() !== before.join());
  await until('saved', () => page.evaluate(savedRevision));
  return before;
}

/** Waits until the page was told exactly these codes. */
export async function told(page, expected) {
  await until(`told ${expected}`, async () => (await codes(page)).join() === expected.join());
}

/** Fails unless the page was told this code (with a hint) and goes on: its own list in its own order. */
export async function assertFailsSoftly(page, code) {
  await until(`told ${code}`, async () => (await codes(page)).includes(code));
  const errors = await page.evaluate(() => errors);
  for (const error of errors) {
    assert.ok(error.hint.length > 10, `hint of ${error.code}`);
    assert.ok(error.message.startsWith(error.code), error.message);
  }
  const own = await page.evaluate(async () => (await me.rank([{ id: 'c' }, { id: 'a' }, { id: 'b' }])).map(({ id, personalized }) => `${id} ${personalized}`));
  assert.deepEqual(own, ['c false', 'a false', 'b false']);
  assert.deepEqual(page.failures, [], 'no error reaches the page');
}
