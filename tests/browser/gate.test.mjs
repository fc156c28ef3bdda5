// Markup that waits for its purpose, and what is deleted when the purpose ends.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { equip, launchBrowser, openPage, startShop, until } from './harness.mjs';

const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' data:";
const TAG = `window.counted = (window.counted ?? 0) + 1; localStorage.setItem('_count', '1'); document.cookie = '_count=1; path=/'; indexedDB.open('_count_db').onsuccess = (event) => event.target.result.close();`;
const CONFIG = {
  version: 1,
  id: 'gate',
  controller: { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' },
  rights: ['access'],
  languages: { default: 'en', available: ['en'] },
  purposes: {
    personalize: { data: ['views'], retentionDays: 90 },
    analytics: {
      kind: 'site-tag', text: 'words.count', retentionDays: 30,
      clear: { cookies: ['_count*'], localStorage: ['_count', 'hb.*'], indexedDB: ['_count*'] },
    },
  },
  texts: { en: { 'words.count.title': 'Counting', 'words.count.body': 'Counts visits.' } },
};

let shop;
let browser;

before(async () => {
  shop = await startShop();
  shop.front.pages.set('/t/tag.js', { html: TAG, headers: { 'content-type': 'text/javascript' } });
  browser = await launchBrowser();
});

/** A page with a tag that waits. */
async function open() {
  const html = `<!doctype html><html lang="en"><head><title>Gate</title><link rel="icon" href="data:,"></head><body>
<p>Before</p><template data-purpose="analytics"><script src="/t/tag.js"></script><p id="shown">Counted</p></template><p>After</p></body></html>`;
  shop.front.pages.set('/t/gate.html', { html, headers: { 'content-security-policy': STRICT } });
  const page = await openPage(await browser.newContext());
  await page.goto(`${shop.origin}/t/gate.html`);
  await equip(page, shop);
  await page.evaluate((config) => start({ consentConfig: config }).then((me) => me.ready), CONFIG);
  return page;
}

/** What the tag left in the browser. */
const left = (page) =>
  page.evaluate(async () => ({
    cookie: document.cookie,
    keys: Object.keys(localStorage).sort(),
    databases: (await indexedDB.databases()).map(({ name }) => name).filter((name) => name !== 'homebody'),
  }));

test('a tag runs with the yes and not before, where it stands; its remains go with the no, and ours stay', async () => {
  const page = await open();
  assert.equal(await page.locator('#shown').count(), 0);
  assert.equal(await page.evaluate(() => window.counted), undefined);
  await page.evaluate(() => me.consent.set({ analytics: true }));
  await until('it ran', () => page.evaluate(() => window.counted === 1));
  assert.equal(await page.evaluate(() => document.querySelector('#shown').nextElementSibling.textContent), 'After');
  await until('it kept things', async () => (await left(page)).databases.length === 1);
  await page.evaluate(() => me.consent.withdraw('analytics'));
  await until('swept', async () => (await left(page)).databases.length === 0);
  assert.deepEqual(await left(page), { cookie: '', keys: ['hb.c'], databases: [] });
  assert.equal(await page.locator('#shown').count(), 0);
  assert.deepEqual(page.failures, []);
});

test('templates that come later count, other purposes do not', async () => {
  const page = await open();
  await page.evaluate(() => me.consent.set({ personalize: true }));
  assert.equal(await page.evaluate(() => window.counted), undefined);
  await page.evaluate(() => me.consent.set({ analytics: true }));
  await page.evaluate(() => {
    const template = document.createElement('template');
    template.dataset.purpose = 'analytics';
    template.content.append(Object.assign(document.createElement('p'), { id: 'late', textContent: 'Late' }));
    document.body.append(template);
  });
  await page.locator('#late').waitFor();
});

/** A page without tags of the site's own, with `body` in it, begun as soon as it is parsed. */
async function openOwn(body) {
  const { analytics, ...purposes } = CONFIG.purposes;
  const html = `<!doctype html><html lang="en"><head><title>Gate</title><link rel="icon" href="data:,"></head><body>${body}</body></html>`;
  shop.front.pages.set('/t/own.html', { html, headers: { 'content-security-policy': STRICT } });
  const page = await openPage(await browser.newContext());
  await page.goto(`${shop.origin}/t/own.html`);
  await equip(page, shop);
  await page.evaluate((config) => start({ consentConfig: config }).then((me) => me.ready), { ...CONFIG, purposes: { ...purposes, measure: { data: ['views'], retentionDays: 30 } }, texts: {} });
  return page;
}

test('a template for one of our own purposes opens and shuts without a call, with no tag of the site’s in the configuration', async () => {
  const page = await openOwn('<template data-purpose="personalize"><p id="mine">For you</p></template><template data-purpose="measure"><p id="sums">Counted</p></template>');
  await page.evaluate(() => me.consent.set({ personalize: true }));
  await page.locator('#mine').waitFor();
  assert.equal(await page.locator('#sums').count(), 0);
  await page.evaluate(() => me.consent.set({ measure: true }));
  await page.locator('#sums').waitFor();
  await page.evaluate(() => me.consent.withdraw('personalize'));
  await until('shut', async () => (await page.locator('#mine').count()) === 0);
  assert.equal(await page.locator('#sums').count(), 1);
  assert.deepEqual(page.failures, []);
});

test('a template that was put on the page before the choice counts; a page without any loads nothing for it', async () => {
  const page = await openOwn('<p>A shop</p>');
  const loaded = () => page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/gate/gate.js')));
  await page.evaluate(() => me.consent.set({ measure: true }));
  assert.equal(await loaded(), false);
  await page.evaluate(() => {
    const template = document.createElement('template');
    template.dataset.purpose = 'personalize';
    template.content.append(Object.assign(document.createElement('p'), { id: 'late', textContent: 'Late' }));
    document.body.append(template);
  });
  await page.evaluate(() => me.consent.set({ personalize: true }));
  await page.locator('#late').waitFor();
  assert.equal(await loaded(), true);
});
