// A model on its way to everybody: which devices use its tables is drawn by each, and only where something may be stored.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { forger, json, serving, withSections } from './forge.mjs';
import { launchBrowser, openLab, startShop, until } from './harness.mjs';

let shop;
let browser;
let forge;
let pool;

before(async () => {
  shop = await startShop();
  forge = await forger(shop);
  // Other bytes, the same items: without the questionnaire.
  const bytes = withSections(forge.pool, { QUES: null, TREE: null, DUPL: null });
  pool = { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  browser = await launchBrowser();
});

after(() => browser.close());

const offering = (perMille, version) => {
  const model = { name: 'shared', trained_at: 1_795_428_000, source: 'contributions', metrics: {} };
  const placements = { home: { sha256: pool.sha256, bytes: pool.bytes.length } };
  const text = forge.signed({ version, catalog: null, ramp: { per_mille: perMille, model, placements, catalog: null } });
  return serving({ '/v1/manifest.json': json(text), [`/v1/blobs/${pool.sha256}`]: { body: pool.bytes } });
};

/** Which of the two pools a page of this context asks for, before and after it ranks. */
async function visit(context, consents) {
  const page = await openLab(context, shop);
  const asked = new Set();
  page.on('request', (request) => asked.add(request.url().split('/').at(-1)));
  await page.evaluate(() => start());
  await page.evaluate(async () => ids());
  const before = asked.has(pool.sha256);
  if (consents) await page.evaluate(async () => me.consent.acceptAll());
  await page.evaluate(async () => ids());
  if (consents) await until('it ranks', () => page.evaluate(async () => (me.record({ kind: 'click', item: (await ids())[7] }), true)));
  await page.evaluate(async () => ids());
  const hasNew = () => page.evaluate((name) => new Promise((resolve, reject) => {
    const open = indexedDB.open('homebody');
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const all = open.result.transaction('blobs').objectStore('blobs').getAllKeys();
      all.onsuccess = () => (open.result.close(), resolve(all.result.includes(name)));
    };
  }), pool.sha256);
  const result = { before, after: asked.has(pool.sha256), hasNew, page };
  return result;
}

test('everybody’s tables before a yes; the new ones after it on the devices that take part; the old ones on the others', async () => {
  for (const [perMille, takesPart] of [[1_000, true], [0, false]]) {
    shop.front.fault = offering(perMille, forge.manifest.version + 1);
    const context = await browser.newContext();
    const first = await visit(context, true);
    assert.equal(first.before, false, 'nobody draws without a yes');
    if (takesPart) await until('the new pool is kept', first.hasNew);
    else assert.equal(await first.hasNew(), false);
    await first.page.close();
    // The next page begins with what this device uses, and the server’s word ends it.
    shop.front.fault = offering(0, forge.manifest.version + 2);
    const second = await visit(context, false);
    if (takesPart) await until('the new pool is gone', async () => !(await second.hasNew()));
    assert.deepEqual([...second.page.failures], []);
    await context.close();
  }
});

test('the number that is drawn by never leaves the device', async () => {
  shop.front.fault = offering(500, forge.manifest.version + 1);
  const context = await browser.newContext();
  const sent = [];
  context.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''} ${JSON.stringify(request.headers())}`));
  const { page } = await visit(context, true);
  const secret = await page.evaluate(() => new Promise((resolve, reject) => {
    const open = indexedDB.open('homebody');
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const got = open.result.transaction('vault').objectStore('vault').get('secret');
      got.onsuccess = () => (open.result.close(), resolve(got.result));
    };
  }));
  assert.ok(Number.isInteger(secret));
  assert.ok(sent.length > 0 && sent.every((text) => !text.includes(String(secret)) && !text.includes(secret.toString(16))));
  await context.close();
});
