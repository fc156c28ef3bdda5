// The recipe of docs/recipes/offline.md, as it stands there: a page whose server and web server are gone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { catalogued, launchBrowser, openPage, ROOT, startShop, until } from './harness.mjs';

const RECIPE = join(ROOT, 'docs/recipes/offline');
const PAGE = '/t/shop.html';

let shop;
let browser;

before(async () => {
  shop = await startShop({ '/recipe/': RECIPE });
  browser = await launchBrowser();
  const script = { 'content-type': 'text/javascript' };
  shop.front.pages.set('/sw.js', { html: await readFile(join(RECIPE, 'sw.js'), 'utf8'), headers: script });
  shop.front.pages.set('/t/main.js', { html: MAIN(), headers: script });
  shop.front.pages.set(PAGE, `<!doctype html><html lang="en"><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,"><ul></ul><script type="module" src="/t/main.js"></script>`);
});

const MAIN = () => `import { personalize } from '/pkg/index.js';
import { keepOffline } from '/recipe/register.js';
window.codes = [];
const me = await personalize({ server: '${shop.origin}', key: '${shop.key}', onError: ({ code }) => codes.push(code) });
keepOffline(me);
const show = async () => {
  const ranked = await me.rank(undefined, { limit: 20 });
  document.querySelector('ul').replaceChildren(...ranked.map(({ id, item }) => Object.assign(document.createElement('li'), { id, textContent: item.title })));
  window.personal = ranked.some(({ personalized }) => personalized);
};
me.on('change', show);
await show();
window.me = me;`;

const rows = (page) => page.locator('li').evaluateAll((all) => all.map(({ id }) => id));
/** The order once it has stayed for a while: after the first personal one comes that with the catalogue. */
async function settled(page) {
  for (let last, order = await rows(page); ; last = order, order = await rows(page)) {
    if (String(order) === String(last)) return order;
    await page.waitForTimeout(1500);
  }
}
const urls = (page) => page.evaluate(async () => {
  const names = await caches.keys();
  const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)));
  return all.flat();
});

test('nothing is kept before the yes, and everything goes with the no', async () => {
  const page = await openPage(await browser.newContext());
  await page.goto(shop.origin + PAGE);
  await page.waitForFunction(() => window.me);
  assert.deepEqual([await urls(page), await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)], [[], 0]);
  // The second time the worker of the first is still there, and the page is still served by it.
  for (const round of ['first', 'second']) {
    await page.evaluate(() => me.consent.set({ personalize: true }));
    await until(`it is kept, the ${round} time`, async () => (await urls(page)).some((url) => url.startsWith('/v1/blobs/')));
    await page.evaluate(() => me.consent.withdraw());
    await until(`it is gone, the ${round} time`, async () => (await page.evaluate(async () => [...(await caches.keys()), ...(await navigator.serviceWorker.getRegistrations())].length)) === 0);
  }
  // What the page asks for now passes that worker, too.
  await page.evaluate(() => fetch('/v1/manifest.json'));
  assert.deepEqual(await page.evaluate(() => caches.keys()), []);
  assert.deepEqual(page.failures, []);
  await page.context().close();
});

test('with both servers gone the page comes in the personal order', async () => {
  const page = await openPage(await browser.newContext());
  await page.goto(shop.origin + PAGE);
  await page.waitForFunction(() => window.me);
  await page.evaluate(() => me.consent.set({ personalize: true }));
  await page.waitForFunction(() => me.personalized);
  const liked = (await rows(page))[15];
  await page.evaluate((item) => me.record({ kind: 'click', item }), liked);
  await until('the worker', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  // Kept: what the first visit loaded before there was a worker, and what the second loads past it.
  await page.reload();
  await until('a personal order', () => page.evaluate(() => window.personal));
  await catalogued(page);
  const before = await settled(page);
  const kept = await urls(page);
  assert.ok(kept.includes('/v1/manifest.json') && kept.some((url) => url.endsWith('rank.wasm')), String(kept));
  assert.deepEqual(kept.filter((url) => /decisions|receipts|consent/.test(url)), kept.filter((url) => /^\/pkg\//.test(url) && /consent/.test(url)));
  await Promise.all([shop.front.close(), shop.server.stop()]);
  await page.reload();
  await until('a personal order', () => page.evaluate(() => window.personal));
  await catalogued(page);
  assert.deepEqual(await settled(page), before);
  await page.evaluate(() => me.record({ kind: 'click', item: document.querySelectorAll('li')[12].id }));
  await until('clicks are felt', async () => String(await rows(page)) !== String(before));
  assert.deepEqual(page.failures, []);
  await page.context().close();
});
