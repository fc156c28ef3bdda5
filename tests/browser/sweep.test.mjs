// What a site's own tag leaves in the browser is deleted wherever it can be: every kind of storage, cookies below other paths
// and above the host, databases that are open still, and also when its purpose ended between two pages.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { equip, launchBrowser, openPage, sleep, startShop, until } from './harness.mjs';

const DAY_MS = 86_400_000;
const CONFIG = {
  version: 1,
  id: 'sweep',
  controller: { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' },
  rights: ['access'],
  languages: { default: 'en', available: ['en'] },
  purposes: {
    personalize: { data: ['views'], retentionDays: 90 },
    analytics: {
      kind: 'site-tag', text: 'words.count', retentionDays: 30,
      clear: {
        cookies: ['_count*', '__Secure-count'], localStorage: ['_count*'], indexedDB: ['_count*', 'homebody'],
        cacheStorage: ['_count*'], fileSystem: ['_count*', 'homebody*'],
      },
    },
  },
  texts: { en: { 'words.count.title': 'Counting', 'words.count.body': 'Counts visits.' } },
  ask: { expireAfterDays: 365 },
};

let shop;
let browser;
let origin;

before(async () => {
  shop = await startShop();
  // Chromium knows where `*.localhost` is; a host below another one has a domain above it.
  browser = await launchBrowser(['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost']);
  origin = `http://www.shop.localhost:${new URL(shop.origin).port}`;
  const html = '<!doctype html><html lang="en"><head><title>Sweep</title><link rel="icon" href="data:,"></head><body><template data-purpose="analytics"><p id="tag">Counting</p></template></body></html>';
  for (const path of ['/t/shop/tents/one.html', '/t/account/orders.html']) shop.front.pages.set(path, { html });
});

/** A page of the site; `begin` is what `personalize` gets besides. */
async function open(context, { path = '/t/shop/tents/one.html', ...options } = {}) {
  const page = await openPage(context);
  await page.goto(origin + path);
  await equip(page, { ...shop, origin });
  await begin(page, options);
  return page;
}

const begin = (page, options = {}) =>
  page.evaluate(([config, more]) => start({ consentConfig: config, region: 'DE', ...more }).then((me) => me.ready), [CONFIG, options]);

/** Does what a tag does: something of every kind, and as much that is not its own. */
function count(page) {
  return page.evaluate(async () => {
    for (const name of ['_count', 'other']) {
      for (const where of ['', '; path=/', '; path=/t', '; path=/t/shop/', '; domain=shop.localhost; path=/', '; domain=www.shop.localhost; path=/t']) document.cookie = `${name}=1${where}`;
      localStorage.setItem(`${name}.day`, '1');
      sessionStorage.setItem(`${name}.page`, '1');
      await (await caches.open(`${name}-v1`)).put('/t/counted', new Response('1'));
      const root = await navigator.storage.getDirectory();
      const file = await (await root.getDirectoryHandle(`${name}-files`, { create: true })).getFileHandle('log', { create: true });
      const stream = await file.createWritable();
      await stream.write('1');
      await stream.close();
      await new Promise((resolve) => (indexedDB.open(`${name}-db`).onsuccess = ({ target }) => (target.result.close(), resolve())));
    }
    document.cookie = '__Secure-count=1; path=/; secure';
    document.cookie = '__Secure-other=1; path=/; secure';
  });
}

/** What lies there, ours left out. */
async function left(page) {
  const cookies = (await page.context().cookies()).map(({ name, path, domain }) => `${name} ${domain}${path}`).sort();
  return page.evaluate(async (all) => {
    const files = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    const foreign = (names) => names.filter((name) => !/^(hb\.|homebody)/.test(name)).sort();
    return {
      cookies: all,
      local: foreign(Object.keys(localStorage)),
      session: foreign(Object.keys(sessionStorage)),
      databases: foreign((await indexedDB.databases()).map(({ name }) => name)),
      caches: foreign(await caches.keys()),
      files: foreign(files),
    };
  }, cookies);
}

// What a session keeps is each tab's own.
const onlyOther = (names) => names.every((name) => /^(__Secure-)?other/.test(name));
const isSwept = ({ session, ...all }) => onlyOther(session) && Object.values(all).every((names) => names.length > 0 && onlyOther(names));
const untilSwept = (page) => until('only what is not the tag’s is left', async () => isSwept(await left(page))).catch(async (cause) => {
  throw new Error(`${cause.message}: ${JSON.stringify(await left(page))}`);
});

test('with the no everything goes that the tag can have left, and nothing else', async () => {
  const context = await browser.newContext();
  const page = await open(context);
  await page.evaluate(() => me.consent.set({ analytics: true, personalize: true }));
  await until('our own are there', () => page.evaluate(async () => (await indexedDB.databases()).some(({ name }) => name === 'homebody')));
  await count(page);
  const before = await left(page);
  assert.equal(before.cookies.length, 14, before.cookies.join());
  assert.ok(!isSwept(before));
  await page.evaluate(() => me.consent.withdraw('analytics'));
  await untilSwept(page);
  // The same patterns name ours: they stay.
  assert.ok(await page.evaluate(async () => (await indexedDB.databases()).some(({ name }) => name === 'homebody')));
  assert.ok(await page.evaluate(async () => (await navigator.storage.getDirectory()).getFileHandle('homebody.shard').then(() => true)));
  assert.deepEqual(page.failures, []);
});

test('a cookie below another path goes with the next page there', async () => {
  const context = await browser.newContext();
  const page = await open(context);
  await page.evaluate(() => me.consent.set({ analytics: true }));
  await count(page);
  const away = await open(context, { path: '/t/account/orders.html' });
  await away.evaluate(() => me.consent.withdraw('analytics'));
  const path = (cookies) => cookies.filter((cookie) => cookie.startsWith('_count')).map((cookie) => cookie.replace(/.*localhost/, ''));
  await until('what can be seen from there', async () => path((await left(away)).cookies).length <= 2);
  const back = await open(context);
  await untilSwept(back);
});

test('a database that is open still goes when its page lets go', async () => {
  const context = await browser.newContext();
  const page = await open(context);
  await page.evaluate(() => me.consent.set({ analytics: true }));
  await count(page);
  // A careless tag: it does not hear that its database is to be deleted.
  await page.evaluate(() => new Promise((resolve) => (indexedDB.open('_count-db').onsuccess = ({ target }) => resolve((window.held = target.result)))).then(() => undefined));
  await page.evaluate(() => me.consent.withdraw('analytics'));
  await until('all but the database', async () => (await left(page)).caches.every((name) => name.startsWith('other')));
  await page.close();
  const next = await open(context);
  await untilSwept(next);
});

test('a purpose that ended between two pages is swept with the next one: run out, or by Global Privacy Control', async () => {
  for (const [how, change, options] of [
    ['expired', (page) => page.clock.install({ time: Date.now() + 366 * DAY_MS }), {}],
    ['the signal', (page) => page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })), { region: 'US-CA' }],
  ]) {
    const context = await browser.newContext();
    const page = await open(context, options);
    if (!options.region) await page.evaluate(() => me.consent.set({ analytics: true }));
    await until('allowed', () => page.evaluate(() => me.consent.allowed('analytics')));
    await count(page);
    await page.close();
    const next = await openPage(context);
    await change(next);
    await next.goto(`${origin}/t/shop/tents/one.html`);
    await equip(next, { ...shop, origin });
    await begin(next, options);
    assert.equal(await next.evaluate(() => me.consent.allowed('analytics')), false, how);
    await untilSwept(next);
    await context.close();
  }
});

test('a pause, and a notice that changed, freeze: what the tag has stays', async () => {
  const context = await browser.newContext();
  const page = await open(context);
  await page.evaluate(() => me.consent.set({ analytics: true }));
  await count(page);
  const before = await left(page);
  await page.evaluate(() => me.consent.pause());
  await page.locator('#tag').waitFor({ state: 'detached' });
  await sleep(300);
  assert.deepEqual(await left(page), before);
  const kept = { ...before, session: [] };
  const next = await open(context);
  await sleep(300);
  assert.deepEqual(await left(next), kept);
  await next.evaluate(() => me.consent.resume());
  const purposes = { ...CONFIG.purposes, analytics: { ...CONFIG.purposes.analytics, retentionDays: 31 } };
  const changed = await open(context, { consentConfig: { ...CONFIG, purposes } });
  assert.equal(await changed.evaluate(() => me.consent.allowed('analytics')), false);
  await sleep(300);
  assert.deepEqual(await left(changed), kept);
});
