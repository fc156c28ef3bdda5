// The cases of the law that take hands, a full profile or a look at every write: what law.test.mjs says by calls, here with
// the mouse and the keyboard, and byte by byte. Numbers are those of docs/law.md.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { noticeTexts } from '../../js/dist/texts/notice.js';
import { binary, equip, launchBrowser, NOTHING, openLab, openPage, SLACK, startShop, stored, temporaryFolder, until } from './harness.mjs';

const BOUND_BYTES = 64 * 1024;
const CONFIG = {
  version: 1,
  id: 'hands',
  controller: { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' },
  rights: ['access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'withdrawal', 'complaint'],
  languages: { default: 'en', available: ['en'] },
  purposes: { personalize: { data: ['views'], retentionDays: 90 } },
};
const HTML = `<!doctype html><html lang="en"><head><title>Hands</title><link rel="icon" href="data:,"></head><body>
<form data-hb-search id="search"><input data-hb-query aria-label="Search" name="q"><button>Find</button></form>
<main data-hb-page="film-1"><ul>${Array.from({ length: 8 }, (_, item) => `<li data-hb-id="film-${item}">Film ${item} <button data-hb-action="cart_add">Into the cart</button></li>`).join('')}</ul>
<p style="height: 3000px">More</p></main><script>document.querySelector('#search').addEventListener('submit', (event) => event.preventDefault());</script></body></html>`;

let shop;
let browser;

before(async () => {
  shop = await startShop();
  shop.front.pages.set('/t/hands.html', { html: HTML });
  browser = await launchBrowser();
});

/** A page that listens to everything; `init` is run before it. */
async function open(context, { init, clock } = {}) {
  const page = await openPage(context);
  if (clock) await page.clock.install();
  if (init) await page.addInitScript(init);
  await page.goto(`${shop.origin}/t/hands.html`);
  await equip(page, shop);
  await page.evaluate(async (config) => {
    await start({ consentConfig: config });
    await me.ready;
    window.stop = hb.autocapture(me, { impressions: { ms: 100 } });
    hb.onDwell(me, { item: 'film-1' });
  }, CONFIG);
  return page;
}

/** What a visitor does with their hands. */
async function use(page) {
  await page.mouse.move(30, 30);
  await page.locator('[data-hb-id="film-2"]').click({ position: { x: 5, y: 5 } });
  await page.locator('[data-hb-id="film-3"] button').click();
  await page.getByLabel('Search').fill('space opera');
  await page.keyboard.press('Enter');
  await page.mouse.wheel(0, 1500);
}

/** A copy of all that is stored, byte by byte. */
const bytes = (page) => page.evaluate(async () => {
  const text = (value) => JSON.stringify(value, (_, each) => (each instanceof ArrayBuffer || ArrayBuffer.isView(each) ? [...new Uint8Array(each.buffer ?? each)].join() : each));
  const databases = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store);
      const read = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
      const [keys, values] = await Promise.all([read(all.getAllKeys()), read(all.getAll())]);
      databases[`${name}/${store}`] = keys.map((key, at) => `${key} ${text(values[at])}`);
    }
    database.close();
  }
  const files = {};
  for await (const [name, handle] of (await navigator.storage.getDirectory()).entries()) files[name] = [...new Uint8Array(await (await handle.getFile()).arrayBuffer())].join();
  return { databases, files, local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie, caches: await caches.keys() };
});

/** Runs in the page: `touched` names every call by which something could be read from or written to a storage. */
function spy() {
  window.touched = [];
  const watch = (owner, names) => {
    for (const name of names) {
      const real = owner.prototype[name];
      owner.prototype[name] = function (...given) {
        window.touched.push(`${owner.name}.${name} ${given[0] ?? ''}`);
        return real.apply(this, given);
      };
    }
  };
  watch(IDBFactory, ['open', 'deleteDatabase']);
  watch(IDBObjectStore, ['put', 'add', 'delete', 'clear', 'get', 'getAll']);
  watch(Storage, ['setItem', 'removeItem', 'clear']);
  watch(FileSystemFileHandle, ['createWritable', 'getFile']);
  watch(StorageManager, ['getDirectory']);
  watch(CacheStorage, ['open', 'delete']);
  const { set } = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  Object.defineProperty(Document.prototype, 'cookie', { ...Object.getOwnPropertyDescriptor(Document.prototype, 'cookie'), set(text) {
    window.touched.push(`cookie ${text}`);
    set.call(this, text);
  } });
}

test('L1, by hand: clicks, a search, a cart, scrolling and a minute leave nothing, with everything listening', async () => {
  const page = await open(await browser.newContext(), { init: spy, clock: true });
  await use(page);
  await page.clock.runFor(60_000);
  await use(page);
  await page.evaluate(() => me.rank());
  assert.deepEqual(await page.evaluate(() => touched), [], 'nothing was even opened');
  assert.deepEqual(await stored(page), NOTHING);
  // The same hands, after a yes, are recorded: it was the consent that was missing.
  await page.evaluate(() => me.consent.acceptAll());
  await use(page);
  await page.clock.runFor(2_000);
  const known = await page.evaluate(async () => (await me.exportData()));
  assert.ok(known.items.some(({ id }) => id === 'film-2') && known.searches.some(({ text }) => text === 'space opera'), JSON.stringify(known.items));
  assert.deepEqual(page.failures, []);
});

/** In the page: how long the sealed profile on the disk is, 0 when none is there. */
async function sealedBytes() {
  const { Store } = await import('/pkg/rank/store.js');
  const store = await Store.open(false);
  const kept = await store?.get('profile', 'profile');
  store?.close();
  return kept?.data.byteLength ?? 0;
}

test('L9, with a full profile: saved, 64 KB, and gone within half a second', async () => {
  const context = await browser.newContext();
  const page = await openLab(context, shop);
  await page.evaluate(async (config) => {
    await start({ consentConfig: config });
    await me.consent.acceptAll();
    const long = 'a-name-of-an-item-that-is-as-long-as-any-shop-would-have-them-and-then-some-more-of-it-'.repeat(2);
    for (let item = 0; item < 3_000; item++) me.record({ kind: 'click', item: `${long}${item}` });
    for (let search = 0; search < 100; search++) me.record({ kind: 'search', item: `words for a search that is long ${search}` });
    await me.rank();
  }, CONFIG);
  // What is sealed is as long as what it seals, and sixteen bytes more.
  const size = async () => (await page.evaluate(sealedBytes)) - 16;
  await until('the profile is full, and saved so', async () => (await size()) > 0.9 * BOUND_BYTES);
  assert.ok((await size()) <= BOUND_BYTES, `${await size()} bytes`);
  const kept = await until('on disk', async () => (await bytes(page)).databases['homebody/profile']?.find((entry) => entry.startsWith('profile ')));
  assert.ok(kept.length > BOUND_BYTES, 'the sealed bytes, written as numbers');
  const { ms, left } = await page.evaluate(async () => {
    const begun = performance.now();
    await me.consent.withdraw();
    const ms = performance.now() - begun;
    return { ms, left: [(await indexedDB.databases()).length, await me.profile()] };
  });
  assert.deepEqual(left, [0, null]);
  assert.ok(ms < 500 * SLACK, `${ms} ms`);
});

test('L19, byte by byte: paused, nothing is read or written, on this page and on the next', async () => {
  const context = await browser.newContext();
  const page = await open(context, { init: spy });
  await page.evaluate(() => me.consent.acceptAll());
  await use(page);
  await until('something is kept', async () => (await bytes(page)).databases['homebody/profile']?.length > 0);
  await page.evaluate(() => me.consent.pause());
  const before = await bytes(page);
  for (const next of [page, await open(context, { init: spy })]) {
    await next.evaluate(() => void (touched.length = 0));
    await use(next);
    assert.equal(await next.evaluate(() => me.record({ kind: 'purchase', item: 'film-1', value: 3 })), false);
    await next.evaluate(async () => {
      await me.rank();
      for (const [target, event] of [[document, 'visibilitychange'], [window, 'pagehide'], [window, 'blur']]) target.dispatchEvent(new Event(event));
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    });
    assert.deepEqual(await next.evaluate(() => touched), []);
    assert.deepEqual(await bytes(next), before);
  }
});

test('L32: the built-in texts pass the lint’s own look for double negatives, in the languages it has lists for', async () => {
  const folder = await temporaryFolder('texts');
  const lint = async (texts) => {
    const file = join(folder, 'config.json');
    await writeFile(file, JSON.stringify({ ...CONFIG, languages: { default: 'en', available: Object.keys(texts) }, texts }));
    // It ends with a failure where it finds something, and says what all the same.
    const { stdout } = await promisify(execFile)(binary('homebody'), ['--json', 'consent', 'lint', file]).catch((found) => found);
    const { errors, warnings } = JSON.parse(stdout);
    return [...errors, ...warnings].filter(({ code }) => code === 'consent_double_negative');
  };
  const texts = {};
  for (const language of ['en', 'de', 'fr']) ({ texts: texts[language] } = await noticeTexts(language));
  assert.ok(Object.values(texts).every((each) => Object.keys(each).length > 10), 'the texts are there');
  assert.deepEqual(await lint(texts), []);
  const twisted = { en: 'Do not refuse not to be known.', de: 'Lehnen Sie nicht ab, nicht bekannt zu sein, und nie nicht.', fr: 'Ne refusez pas de ne jamais rien dire.' };
  const hits = await lint(Object.fromEntries(Object.entries(texts).map(([language, each]) => [language, { ...each, 'banner.body': twisted[language] }])));
  assert.equal(hits.length, 3, JSON.stringify(hits));
});
