// Feeds on pages that do everything wrong: errors are told, and what the page does works and returns what it did.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { BUNDLES, consent, pageOf, recorded, startFed } from './feeds.mjs';
import { codes, equip, launchBrowser, sleep, until } from './harness.mjs';
import { openWith, startPlatforms } from './platforms.mjs';
import { LONG_MS, watchTasks } from './tasks.mjs';

let shop;
let browser;

before(async () => {
  shop = await startPlatforms(BUNDLES);
  browser = await launchBrowser();
});

async function openFed(source, more = '') {
  const page = await openWith(browser, shop, pageOf(source, more));
  await startFed(page, source);
  await consent(page, true);
  return page;
}

test('a data layer that is none is told once, and stays what it is', async () => {
  for (const value of ['{}', '"text"', '7', 'true', '{ push: 1 }', '{ get push() { throw 1; } }', 'new Proxy([], { get() { throw new Error("no"); } })']) {
    const page = await openFed('data-layer');
    await page.evaluate((value) => {
      window.dataLayer = window.kept = new Function(`return (${value})`)();
      window.stop = attach();
    }, value);
    await until('told', async () => (await codes(page)).length === 1);
    assert.equal(await page.evaluate(() => (stop(), window.dataLayer === window.kept)), true, value);
    assert.deepEqual([await codes(page), await recorded(page), page.failures], [['feed_unreadable'], [], []], value);
    await page.close();
  }
});

test("the page's own push works, returns what it returned, and throws what it threw", async () => {
  const page = await openFed('data-layer');
  const seen = await page.evaluate(() => {
    const { push } = dataLayer;
    const stop = attach();
    const results = [dataLayer.push({ event: 'a' }), dataLayer.push({ event: 'b' }, { event: 'c' }), dataLayer.push()];
    const wrapped = dataLayer.push;
    // A tag manager wraps it after us.
    dataLayer.push = function (...all) {
      wrapped.apply(dataLayer, all);
      return true;
    };
    results.push(gtag('event', 'view_item', { items: [{ item_id: 'x' }] }));
    stop();
    results.push(gtag('event', 'view_item', { items: [{ item_id: 'x' }] }), dataLayer.length);
    dataLayer.push = wrapped;
    window.dataLayer = Object.assign([], { push() { throw new RangeError('theirs'); } });
    const again = attach();
    try {
      dataLayer.push({ event: 'view_item', ecommerce: { items: [{ item_id: 'y' }] } });
    } catch (error) {
      results.push(error.message);
    }
    again();
    window.dataLayer = [];
    attach()();
    return [...results, dataLayer.push === push];
  });
  assert.deepEqual(seen, [1, 3, 3, true, true, 5, 'theirs', true]);
  assert.deepEqual(await recorded(page), [['view', 'x']]);
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await page.close();
});

test('hostile pushes: told at most five times, and the next good one counts', async () => {
  const page = await openFed('data-layer');
  await page.evaluate(() => void attach());
  const tasks = await watchTasks(page, 1);
  const lengths = await page.evaluate(async () => {
    const cycle = { event: 'add_to_cart', ecommerce: { items: [{ item_id: 'cyclic', quantity: 2 }] } };
    cycle.self = cycle.ecommerce.self = cycle;
    const thrower = (thrown) => ({ get event() { throw thrown; } });
    const trap = new Proxy({}, { get() { throw new Error('trap'); }, has() { throw new Error('trap'); } });
    const pushes = [
      thrower(new Error('no')), thrower(null), thrower(Symbol('no')), thrower(Object.create(null)), thrower({ get message() { throw 1; } }), trap,
      { event: 'view_item', ecommerce: { items: [trap] } },
      { event: 'view_item', ecommerce: { items: trap } },
      { event: 'view_item', get ecommerce() { throw new Error('no'); } },
      { event: 'view_item', ecommerce: { items: [{ get item_id() { throw new Error('no'); } }] } },
      cycle,
      { event: 'view_item', ecommerce: { items: [{ item_id: '__proto__' }, { item_id: 'constructor' }] } },
      { event: '__proto__', ecommerce: { items: [{ item_id: 'x' }] } },
      Object.freeze({ event: 'view_item', ecommerce: Object.freeze({ items: Object.freeze([{ item_id: 'frozen' }]) }) }),
      { event: 'view_item_list', ecommerce: { items: Array.from({ length: 10_000 }, (_, index) => ({ item_id: index })) } },
      null, undefined, 0, 'view_item', () => 1, Symbol('x'),
    ];
    const lengths = [];
    for (const each of pushes) {
      lengths.push(dataLayer.push(each));
      await new Promise((resolve) => setTimeout(resolve)); // A task each.
    }
    return lengths;
  });
  const longest = Math.max(...await tasks.end());
  assert.deepEqual(lengths, lengths.map((_, index) => index + 1));
  assert.ok(longest <= LONG_MS, `${longest} ms`);
  const rows = await recorded(page);
  assert.deepEqual(rows.slice(0, 4), [['cart_add', 'cyclic', 2], ['view', '__proto__'], ['view', 'constructor'], ['view', 'frozen']]);
  assert.equal(rows.length, 4 + 200);
  await until('told', async () => (await codes(page)).length === 5);
  await sleep(100);
  assert.deepEqual(await codes(page), Array(5).fill('feed_unreadable'));
  const ids = await page.evaluate(async () => (await me.profile()).items.map(({ id }) => id));
  assert.ok(ids.includes('__proto__') && ids.includes('constructor'));
  assert.deepEqual(page.failures, []);
  await page.close();
});

test('a library that throws, or is something else, leaves the page and the other feeds as they are', async () => {
  const page = await openFed('data-layer');
  await page.evaluate(async () => {
    const { fromSegment } = await import('/pkg/feeds/sources/segment.js');
    const { fromSnowplow } = await import('/pkg/feeds/sources/snowplow.js');
    const { fromAdobe } = await import('/pkg/feeds/sources/adobe.js');
    const fail = () => { throw new Error('theirs'); };
    fromSegment(me, { analytics: { register: fail } })();
    fromSegment(me, { analytics: { register: () => Promise.reject(new Error('later')) } });
    fromSegment(me, { analytics: {} });
    fromSnowplow(me, { tracker: { addPlugin: fail } })();
    window.snowplow = fail;
    fromSnowplow(me);
    window.adobeDataLayer = { push: fail };
    fromAdobe(me);
    attach();
    gtag('event', 'view_item', { items: [{ item_id: 'x' }] });
  });
  await until('told', async () => (await codes(page)).length === 4);
  assert.deepEqual([await recorded(page), page.failures], [[['view', 'x']], []]);
  await page.close();
});

test("a library that knows only `on('track')`, and the tag of Snowplow", async () => {
  const page = await openFed('data-layer');
  await page.evaluate(async () => {
    const { fromSegment } = await import('/pkg/feeds/sources/segment.js');
    const { fromSnowplow } = await import('/pkg/feeds/sources/snowplow.js');
    const target = new EventTarget();
    const listeners = new Map();
    window.analytics = {
      on: (type, listener) => target.addEventListener(type, listeners.set(listener, ({ detail }) => listener(...detail)).get(listener)),
      off: (type, listener) => target.removeEventListener(type, listeners.get(listener)),
      track: (...detail) => target.dispatchEvent(new CustomEvent('track', { detail })),
    };
    const stop = fromSegment(me);
    analytics.track('Product Viewed', { product_id: 'old' }, {});
    stop();
    analytics.track('Product Viewed', { product_id: 'silent' }, {});
    // The tag's function queues work and calls it with its trackers by name as `this`.
    const plugins = [];
    window.snowplow = (work) => setTimeout(() => work.call({ sp: { addPlugin: ({ plugin }) => plugins.push(plugin) } }));
    fromSnowplow(me);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const data = { schema: 'iglu:com.snowplowanalytics.snowplow/site_search/jsonschema/1-0-0', data: { terms: ['lamp'] } };
    plugins[0].afterTrack({ e: 'ue', ue_pr: JSON.stringify({ data }) });
    plugins[0].afterTrack({ e: 'ue', ue_pr: 'broken' });
  });
  assert.deepEqual(await recorded(page), [['view', 'old'], ['search', 'lamp']]);
  await until('told', async () => (await codes(page)).join() === 'feed_unreadable');
  assert.deepEqual(page.failures, []);
  await page.close();
});

const early = `<script>
  gtag('event', 'view_item', { items: [{ item_id: 'inline' }] });
  dataLayer.push({ event: 'add_to_cart', ecommerce: { items: [{ item_id: 'inline', quantity: 1 }] } });
</script>`;
const INLINE = [['view', 'inline'], ['cart_add', 'inline', 1]];

test('what the page told before counts when the yes is from an earlier page, once', async () => {
  const page = await openWith(browser, shop, pageOf('data-layer', early));
  await startFed(page, 'data-layer');
  await page.evaluate(() => void attach());
  await consent(page, true);
  await sleep(100);
  assert.deepEqual(await recorded(page), [], 'told before the yes on this page');
  await page.reload();
  await equip(page, shop);
  await startFed(page, 'data-layer');
  await page.evaluate(() => {
    attach()();
    attach();
    gtag('event', 'share', { item_id: 'inline' });
    attach()();
    attach();
  });
  assert.deepEqual(await recorded(page), [...INLINE, ['share', 'inline']]);
  await page.reload();
  await equip(page, shop);
  await startFed(page, 'data-layer');
  await page.evaluate(() => void attach({ past: false }));
  assert.deepEqual(await recorded(page), []);
  await consent(page, false);
  await consent(page, true);
  assert.deepEqual(await recorded(page), [], 'what a withdrawal cut off does not come back');
  await page.reload();
  await equip(page, shop);
  await startFed(page, 'data-layer');
  await page.evaluate(() => void attach());
  await consent(page, false);
  await page.evaluate(() => gtag('event', 'share', { item_id: 'between' }));
  await consent(page, true);
  assert.deepEqual(await recorded(page), INLINE, 'what was told between is no past');
  assert.deepEqual(page.failures, []);
  await page.close();
});

test('the same with Adobe’s data layer', async () => {
  const told = `<script>adobeDataLayer.push({ event: 'product-page-view', eventInfo: { productContext: { sku: 'inline' } } });</script>`;
  const page = await openWith(browser, shop, pageOf('adobe', told));
  await startFed(page, 'adobe');
  await consent(page, true);
  await page.evaluate(() => void attach());
  await sleep(200);
  assert.deepEqual(await recorded(page), []);
  await page.reload();
  await equip(page, shop);
  await startFed(page, 'adobe');
  await page.evaluate(() => void attach());
  await until('recorded', async () => (await recorded(page)).length === 1);
  assert.deepEqual(await recorded(page), [['view', 'inline']]);
  await page.close();
});
