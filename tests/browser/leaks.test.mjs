// What leaves the page: a recording front between page and server, and the browser's own list of requests.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { equip, launchBrowser, NOTHING, openPage, sleep, startShop, stored, until } from './harness.mjs';
import { watchModules } from './inert.mjs';
import { accept, eraseInPanel, mode, order, ready, visitFilm } from './shop.mjs';

let shop;
let films;

before(async () => {
  shop = await startShop();
  films = (await readFile(shop.catalogue, 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
});

/** Paths a page may ask for at any time: what is the same for everybody. */
const SHARED = /^\/(v1\/manifest\.json|v1\/blobs\/[0-9a-f]{64}|v1\/key\.json|assets\/[\w.-]+|privacy\.html|favicon\.ico)?$/;

/** Loads the shop as a new visitor in a browser of its own and uses it without saying yes. */
async function undecided(act = async () => {}) {
  const browser = await launchBrowser();
  const page = await openPage(await browser.newContext());
  const modules = await watchModules(page);
  shop.front.clear();
  await page.goto(shop.origin);
  await ready(page);
  assert.equal(await mode(page), 'shared', 'the published list is shown');
  await page.locator('hb-consent').getByRole('region').waitFor();
  await act(page);
  await sleep(1500);
  const requests = [...shop.front.requests];
  const kept = await stored(page);
  assert.deepEqual(await modules(), [], 'no module, and nothing that would call one');
  await browser.close();
  return { requests, kept, stray: page.stray, failures: page.failures };
}

/** Fails when a request is not a plain GET of something shared, or carries anything of a visitor. */
function assertNothingTold(requests, stray) {
  assert.deepEqual(stray, [], 'no other origin is asked');
  for (const { method, url, headers, body } of requests) {
    assert.equal(method, 'GET', url);
    assert.match(url, SHARED, 'only shared addresses, without a query');
    assert.equal(body, '', url);
    const names = headers.map(([name]) => name.toLowerCase());
    for (const name of ['cookie', 'authorization']) assert.ok(!names.includes(name), `${name} sent to ${url}`);
    const told = headers.map(([, value]) => decodeURIComponent(value)).join('\n');
    for (const { id } of films) assert.ok(!told.includes(id), `${id} in a header to ${url}`);
  }
}

test('before consent: only shared files leave, nothing is kept, use changes neither', async () => {
  const still = await undecided();
  assertNothingTold(still.requests, still.stray);
  assert.deepEqual(still.kept, NOTHING);
  assert.deepEqual(still.failures, []);
  const used = await undecided(async (page) => {
    for (const place of [0, 4, 7]) await visitFilm(page, place);
    await page.locator('#films .list-toggle').nth(2).click();
    await page.mouse.wheel(0, 1200);
  });
  assertNothingTold(used.requests, used.stray);
  assert.deepEqual(used.kept, NOTHING);
  const paths = ({ requests }) => requests.map(({ url }) => url).sort();
  assert.deepEqual(paths(used), paths(still), 'clicks cause no request');
});

test('before consent: two fresh visitors send the same bytes', async () => {
  const [one, other] = [await undecided(), await undecided()];
  const bytes = ({ requests }) => requests.map((request) => JSON.stringify(request)).sort();
  assert.deepEqual(bytes(one), bytes(other));
});

test('after consent: a whole visit asks for shared files only, and so does what follows an erasure', async () => {
  const browser = await launchBrowser();
  const page = await openPage(await browser.newContext());
  await page.goto(shop.origin);
  await ready(page);
  const neutral = await order(page);
  shop.front.clear();
  await accept(page);
  for (const place of [1, 3, 6]) await visitFilm(page, place, { lookMs: 400 });
  await page.locator('#films .list-toggle').nth(2).click();
  await page.getByRole('button', { name: /^Less like/ }).nth(5).click();
  await until('a personal order', async () => (await order(page)).join() !== neutral.join());
  await page.reload();
  await ready(page);
  await until('the visit is remembered', async () => (await page.locator('#status').getAttribute('data-mode')) === 'personal');
  await sleep(1000);
  const during = [...shop.front.requests];
  assertNothingTold(during, page.stray);
  const blobs = new Set(during.map(({ url }) => url).filter((url) => url.startsWith('/v1/blobs/')));
  assert.ok(blobs.size <= 2, 'the pool and the catalogue, whatever was looked at');

  shop.front.clear();
  await eraseInPanel(page);
  await page.reload();
  await ready(page);
  await sleep(1000);
  assertNothingTold(shop.front.requests, page.stray);
  assert.deepEqual(await order(page), neutral);
  const { local, ...kept } = await stored(page);
  assert.deepEqual({ ...kept, local: [] }, NOTHING);
  assert.match(local.flat().join(), /^hb\.c,2\.[0-9a-f]{8}\.p0[0-9a-f]{6}\d{6}i$/, 'the no, and nobody’s name');
  await browser.close();
});

/** The ways a page comes to the package; each leaves `me` in the page and its list ranked once. */
const WAYS = {
  'the shop': { path: '/', begin: (page) => ready(page), agree: (page) => accept(page) },
  'modules': { path: '/t/lab.html', begin: async (page) => (await equip(page, shop), page.evaluate(() => start({ consent: 'banner' }))) },
  'the script tag': { path: '/t/tag.html', begin: (page) => page.evaluate(async () => (window.me = await homebody.me)) },
};

for (const [way, { path, begin, agree = (page) => page.locator('hb-consent').getByRole('button', { name: 'Sort for me' }).click() }] of Object.entries(WAYS)) {
  test(`by ${way}: no WebAssembly and no part of it before a yes, whatever is asked and done; all of it after`, async () => {
    const tag = `<script src="/pkg/homebody.js" data-server="${shop.origin}" data-key="${shop.key}" data-site="${shop.site}" data-placement="home" data-autocapture></script>`;
    shop.front.pages.set('/t/tag.html', `<!doctype html><title>tag</title><link rel="icon" href="data:,"><main></main>${tag}`);
    const browser = await launchBrowser();
    const page = await openPage(await browser.newContext());
    const modules = await watchModules(page);
    await page.goto(shop.origin + path);
    await begin(page);
    await page.evaluate(async () => {
      if (!window.me) return;
      await me.ready;
      const [{ id }] = await me.rank();
      me.record({ kind: 'click', item: id });
      document.querySelector('main').innerHTML = `<ul><li data-hb-id="${id}">an item</li></ul>`;
      await me.rerank(document.querySelector('ul'));
      await me.intent();
      await me.profile();
    });
    await page.mouse.move(300, 300);
    await page.mouse.click(5, 5);
    await page.keyboard.press('Tab');
    await sleep(1500);
    assert.deepEqual(await modules(), []);
    await agree(page);
    await until('the ranking part', async () => (await modules()).some((each) => each.startsWith('instantiate')));
    const came = (await modules()).join('\n');
    for (const each of [/^a module: /m, /^js\/dist|^www\/dist/m]) assert.match(came, each, 'this test would see it');
    assert.deepEqual(page.failures, []);
    await browser.close();
  });
}
