// Google's Consent Mode, read from the data layer as Google's own snippet writes it, and written there.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launchBrowser, until } from './harness.mjs';
import { allowed, assertGone, assertGranted, assertNothing, openWith, pageWith, read, startPlatforms } from './platforms.mjs';

let shop;
let browser;

before(async () => {
  shop = await startPlatforms();
  browser = await launchBrowser();
});

const GTAG = `window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments); }`;
const page = (more = '') => pageWith(`<script>${GTAG}${more}</script>`);

test('in: a default is nothing, an update counts, and one that takes it back deletes', async () => {
  const lab = await openWith(browser, shop, page(`gtag('consent', 'default', { personalization_storage: 'granted', analytics_storage: 'granted' });`));
  await read(lab, 'gcm', 'gcm');
  await assertNothing(lab, 'unknown');
  await lab.evaluate(() => gtag('consent', 'update', { ad_storage: 'granted' }));
  await assertNothing(lab, 'unknown');
  await lab.evaluate(() => gtag('consent', 'update', { personalization_storage: 'granted', analytics_storage: 'granted' }));
  await assertGranted(lab);
  await lab.evaluate(() => gtag('consent', 'update', { analytics_storage: 'denied' }));
  assert.equal(await allowed(lab), 'personalize', 'what is left out stays');
  await lab.evaluate(() => gtag('consent', 'update', { personalization_storage: 'denied' }));
  await assertGone(lab);
  await lab.close();
});

test('in: updates from before we came count, and the data layer works on as if we were not there', async () => {
  const lab = await openWith(browser, shop, page(`gtag('consent', 'update', { personalization_storage: 'granted' });`));
  await read(lab, 'gcm', 'gcm');
  assert.equal(await allowed(lab), 'personalize');
  const length = await lab.evaluate(() => {
    // As the tag manager does: it wraps what is there.
    const { push } = dataLayer;
    dataLayer.push = (...entries) => push.apply(dataLayer, entries);
    return dataLayer.push({ event: 'one' }, { event: 'two' });
  });
  assert.equal(length, 3);
  await lab.evaluate(() => gtag('consent', 'update', { personalization_storage: 'denied' }));
  assert.equal(await allowed(lab), '');
  await lab.close();
});

test('in: nonsense in the data layer is passed on and grants nothing; once stopped it is as before', async () => {
  const lab = await openWith(browser, shop, pageWith());
  await read(lab, 'gcm', 'gcm');
  await lab.evaluate(GTAG.replace('function gtag', 'window.gtag = function'));
  const nonsense = [
    `null`, `undefined`, `'consent'`, `7`, `['consent', 'update', null]`, `['consent', 'update', { personalization_storage: true }]`,
    `['consent', 'update', { personalization_storage: 'Granted' }]`, `{ 0: 'consent', 1: 'update', get 2() { throw new Error('page') } }`,
  ];
  for (const entry of nonsense) await lab.evaluate(`dataLayer.push(${entry}), undefined`);
  assert.equal(await lab.evaluate(() => dataLayer.length), nonsense.length);
  assert.equal(await allowed(lab), '');
  await lab.evaluate(async () => {
    const { gcm } = await import('/pkg/consent/sources/gcm.js');
    window.layer2 = [];
    window.second = gcm({ dataLayer: 'layer2', needs: { contribute: ['a', 'b'] } });
    const stop = second.subscribe(() => undefined);
    layer2.push(['consent', 'update', { a: 'granted' }]);
    window.half = second.read();
    layer2.push(['consent', 'update', { b: 'granted' }]);
    window.full = second.read();
    stop();
  });
  const seen = await lab.evaluate(() => [half, full, second.read(), layer2.push === Array.prototype.push]);
  assert.deepEqual(seen, [{ contribute: false }, { contribute: true }, null, true]);
  assert.deepEqual(lab.failures, []);
  await lab.close();
});

test('in: a data layer that is none grants nothing and breaks nothing', async () => {
  for (const none of [`'text'`, '7', '{}', 'Object.freeze([])', `document.createElement('p')`]) {
    const lab = await openWith(browser, shop, pageWith(`<script>window.dataLayer = ${none};</script>`));
    await read(lab, 'gcm', 'gcm');
    await assertNothing(lab, 'unknown');
    await lab.close();
  }
});

/** The updates in the data layer, as the page’s tags see them. */
function updates(lab) {
  return lab.evaluate(() => window.dataLayer?.map((entry) => [Object.prototype.toString.call(entry), ...entry]) ?? []);
}

test('out: silent before a choice, then an update for every change, never about advertising', async () => {
  const lab = await openWith(browser, shop, pageWith());
  await lab.evaluate(async () => {
    await start({ purposes: ['personalize', 'contribute'] });
    const { gcmOut } = await import('/pkg/consent/sources/gcm-out.js');
    window.stop = gcmOut(me.consent);
  });
  assert.deepEqual(await updates(lab), []);
  await lab.evaluate(() => me.consent.set({ personalize: true }));
  await lab.evaluate(() => me.consent.set({ contribute: true }));
  await lab.evaluate(() => me.consent.withdraw());
  const [p, f, a] = ['personalization_storage', 'functionality_storage', 'analytics_storage'];
  const update = (values) => ['[object Arguments]', 'consent', 'update', values];
  assert.deepEqual(await updates(lab), [
    update({ [p]: 'granted', [f]: 'granted' }),
    update({ [p]: 'granted', [f]: 'granted', [a]: 'granted' }),
    update({ [p]: 'denied', [f]: 'denied', [a]: 'denied' }),
  ]);
  await lab.evaluate(async () => {
    stop();
    await me.consent.acceptAll();
  });
  assert.equal((await updates(lab)).length, 3);
  assert.deepEqual(lab.failures, []);
  await lab.close();
});

test('out: a data layer that is none breaks nothing', async () => {
  const lab = await openWith(browser, shop, pageWith('<script>window.dataLayer = { push() { throw new Error("page"); } };</script>'));
  await lab.evaluate(async () => {
    await start();
    const { gcmOut } = await import('/pkg/consent/sources/gcm-out.js');
    gcmOut(me.consent);
    await me.consent.set({ personalize: true });
  });
  assert.equal(await allowed(lab), 'personalize');
  assert.deepEqual(lab.failures, []);
  await lab.close();
});

test('in and out of the same data layer do not chase each other', async () => {
  const lab = await openWith(browser, shop, page());
  await read(lab, 'gcm', 'gcm', `{ dataLayer: 'dataLayer' }`);
  await lab.evaluate(async () => {
    const { gcmOut } = await import('/pkg/consent/sources/gcm-out.js');
    gcmOut(me.consent);
    gtag('consent', 'update', { personalization_storage: 'granted' });
  });
  await until('granted', async () => (await allowed(lab)) === 'personalize');
  assert.ok((await updates(lab)).length <= 3);
  await lab.close();
});
