// `data-feeds` names feeds: their files come with consent, and what is told then counts. And Segment by its snippet.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { consent, recorded, startFed } from './feeds.mjs';
import { equip, launchBrowser, openPage, sleep, until } from './harness.mjs';
import { pageWith, startPlatforms } from './platforms.mjs';

let shop;
let browser;

before(async () => {
  shop = await startPlatforms();
  browser = await launchBrowser();
});

const ANALYTICS = '/lib/@segment/analytics-next/dist/umd/standalone.js';

/** What Segment's snippet sets up: a queue with the library's methods on it. */
const SNIPPET = `<script>
  window.analytics = [];
  analytics._writeKey = 'test';
  analytics._cdn = location.origin + '/cdn';
  for (const method of ['track', 'on', 'off', 'once', 'ready', 'page', 'identify', 'addSourceMiddleware', 'register']) {
    analytics[method] = (...rest) => {
      if (analytics !== window.analytics) return window.analytics[method](...rest);
      analytics.push([method, ...rest]);
      return analytics;
    };
  }
</script>`;

async function openPageOf(head) {
  const path = `/t/feeds-${Math.random().toString(36).slice(2)}.html`;
  shop.front.pages.set(path, pageWith(head));
  const page = await openPage(await browser.newContext());
  // The library's settings; it sends nothing without destinations.
  await page.route('**/cdn/**', (route) => route.fulfill({ json: { integrations: {} } }));
  page.warnings = [];
  page.on('console', (message) => page.warnings.push(message.text()));
  page.files = [];
  page.on('request', (request) => {
    const [, file] = /\/pkg\/((feeds|bridges)\/.*)$/.exec(request.url()) ?? [];
    if (file) page.files.push(file);
  });
  await page.goto(shop.origin + path);
  return page;
}

const tag = (feeds) =>
  `<script src="/pkg/homebody.js" data-server="${shop.origin}" data-key="${shop.key}" data-site="${shop.site}" data-consent="manual" data-feeds="${feeds}"></script>`;

/** Waits until the feed of the data layer listens: the file is asked for before it does. */
const attached = (page) => until('it listens', () => page.evaluate(() => typeof dataLayer !== 'undefined' && Object.hasOwn(dataLayer, 'push')));

const ids = (page) => page.evaluate(async () => (await me.profile())?.items.map(({ id }) => id) ?? []);

test('the tag fetches the named feeds after consent, one file each', async () => {
  const page = await openPageOf(`<script>window.dataLayer = [{ event: 'view_item', ecommerce: { items: [{ item_id: 'early' }] } }];</script>${SNIPPET}${tag(' data-layer\n segment ')}`);
  await page.evaluate(async () => (window.me = await homebody.me));
  await sleep(300);
  assert.deepEqual(page.files, []);
  await consent(page, true);
  await until('fetched', () => page.files.length === 2);
  await attached(page);
  await page.evaluate(() => dataLayer.push({ event: 'view_item', ecommerce: { items: [{ item_id: 'late' }] } }));
  await until('recorded', async () => (await ids(page)).length > 0);
  assert.deepEqual([await ids(page), page.files.sort()], [['late'], ['feeds/data-layer.js', 'feeds/segment.js']]);
  await page.reload();
  await page.evaluate(async () => (window.me = await homebody.me));
  await until('with a kept yes the past of the page counts', async () => (await ids(page)).includes('early'));
  assert.deepEqual([page.warnings, page.failures], [[], []]);
  await page.close();
});

test('a name that is none is told, and the others work', async () => {
  const page = await openPageOf(tag('datalayer data-layer ../index'));
  await page.evaluate(async () => (window.me = await homebody.me));
  await consent(page, true);
  const told = () => page.warnings.filter((text) => text.includes('script_unavailable')).length;
  await until('told', () => told() === 2);
  assert.ok(page.warnings.some((text) => text.includes('feeds/datalayer.js')), String(page.warnings));
  await attached(page);
  await page.evaluate(() => dataLayer.push({ event: 'view_item', ecommerce: { items: [{ item_id: 'x' }] } }));
  await until('recorded', async () => (await ids(page)).includes('x'));
  assert.deepEqual(page.failures, []);
  await page.close();
});

/** Lets Segment's library load, as the snippet does. */
const load = (page) => page.addScriptTag({ url: ANALYTICS });

test('Segment’s queue: what waits in it since before the yes is dropped, what was told since counts', async () => {
  const page = await openPageOf(SNIPPET);
  await equip(page, shop);
  await startFed(page, 'segment');
  await page.evaluate(() => {
    attach();
    analytics.track('Product Viewed', { product_id: 'before' });
  });
  await consent(page, true);
  await page.evaluate(() => analytics.track('Product Viewed', { product_id: 'waiting' }));
  await load(page);
  await until('recorded', async () => (await recorded(page)).length > 0);
  await page.evaluate(() => analytics.track('Product Added', { product_id: 'loaded', quantity: '2' }));
  await until('recorded', async () => (await recorded(page)).length > 1);
  await sleep(200);
  assert.deepEqual(await recorded(page), [['view', 'waiting'], ['cart_add', 'loaded', 2]]);
  await consent(page, false);
  await page.evaluate(() => analytics.track('Product Viewed', { product_id: 'after' }));
  await sleep(200);
  assert.equal((await recorded(page)).length, 2);
  assert.deepEqual(page.failures, []);
  await page.close();
});

test('Segment’s queue with a yes from an earlier page counts whole', async () => {
  const page = await openPageOf(SNIPPET);
  await equip(page, shop);
  await startFed(page, 'segment');
  await consent(page, true);
  await page.reload();
  await equip(page, shop);
  await page.evaluate(() => analytics.track('Product Viewed', { product_id: 'queued' }));
  await startFed(page, 'segment');
  await page.evaluate(() => void attach());
  await load(page);
  await until('recorded', async () => (await recorded(page)).length > 0);
  assert.deepEqual([await recorded(page), page.failures], [[['view', 'queued']], []]);
  await page.close();
});
