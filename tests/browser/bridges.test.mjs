// Bridges: under `share` the segment's label and experiments go out, and nothing else; without it nothing does.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { BUNDLES, SOURCES } from './feeds.mjs';
import { codes, launchBrowser, sleep, until } from './harness.mjs';
import { openWith, pageWith, startPlatforms } from './platforms.mjs';

let shop;
let browser;

before(async () => {
  shop = await startPlatforms(BUNDLES);
  browser = await launchBrowser();
});

/** A page with each receiver, all of whose words are in `told`. */
const HEAD = `${SOURCES.segment.head}<script>
  window.told = [];
  window.dataLayer = [];
  window.gtag = (...command) => { told.push(['gtag', ...command]); };
  dataLayer.push = (entry) => told.push(['dataLayer', entry]);
  analytics.register({ name: 'ear', type: 'before', version: '1', isLoaded: () => true, load: () => Promise.resolve(),
    track: (context) => (told.push(['segment', context.event.event, context.event.properties]), context) });
</script>`;

async function openBridged(choice) {
  const page = await openWith(browser, shop, pageWith(HEAD));
  await page.evaluate(async (choice) => {
    await start({ purposes: ['personalize', 'share'] });
    if (choice) await me.consent.set(choice);
    const [{ toDataLayer }, { toGtag }, { toSegment }] = await Promise.all(
      ['data-layer', 'gtag', 'segment'].map((name) => import(`/pkg/bridges/targets/${name}.js`)),
    );
    window.bridges = [toDataLayer(me), toGtag(me), toSegment(me)];
    window.view = (experiment, variant) => bridges.map((bridge) => bridge.experimentViewed({ experiment, variant }));
  }, choice);
  return page;
}

const told = (page) => page.evaluate(() => told.splice(0));
/** What is told, once so much of it is; what is too much comes a little later. */
async function toldAll(page, count) {
  await until(`${count} told`, () => page.evaluate((count) => told.length >= count, count));
  await sleep(100);
  return told(page);
}
const view = (page, ...names) => page.evaluate((names) => view(...names), names);
const set = (page, choice) => page.evaluate((choice) => me.consent.set(choice), choice);

const SENT = [
  ['dataLayer', { event: 'experiment_viewed', experiment_id: 'hero', variation_id: 'b' }],
  ['gtag', 'event', 'experiment_viewed', { experiment_id: 'hero', variation_id: 'b' }],
  ['segment', 'Experiment Viewed', { experiment_id: 'hero', variation_id: 'b' }],
];

test('without share nothing goes out, with it each variant once, and nothing after it ends', async () => {
  const page = await openBridged({ personalize: true });
  assert.deepEqual(await view(page, 'hero', 'b'), [false, false, false]);
  await sleep(200);
  assert.deepEqual(await told(page), []);
  await set(page, { share: true });
  await sleep(100);
  assert.deepEqual(await told(page), [], 'what was dropped stays dropped');
  assert.deepEqual(await view(page, 'hero', 'b'), [true, true, true]);
  assert.deepEqual(await view(page, 'hero', 'b'), [false, false, false]);
  assert.deepEqual(await toldAll(page, SENT.length), SENT);
  // In the very tick of the withdrawal.
  const after = await page.evaluate(() => {
    void me.consent.withdraw('share');
    return view('hero', 'c');
  });
  assert.deepEqual(after, [false, false, false]);
  await sleep(200);
  assert.deepEqual(await told(page), []);
  await set(page, { share: true });
  await page.evaluate(() => bridges.forEach((bridge) => bridge.stop()));
  assert.deepEqual(await view(page, 'hero', 'd'), [false, false, false]);
  assert.deepEqual([await told(page), await codes(page), page.failures], [[], [], []]);
  await page.close();
});

test('what the device draws goes out by itself, under share alone and once a page', async () => {
  const page = await openBridged({ personalize: true });
  const draw = () => page.evaluate(() => me.experiment('hero', ['a', 'b'], { weights: [0, 1] }));
  assert.equal(await draw(), 'b');
  await sleep(200);
  assert.deepEqual(await told(page), []);
  await set(page, { share: true });
  assert.deepEqual([await draw(), await draw()], ['b', 'b']);
  assert.deepEqual(await toldAll(page, SENT.length), SENT);
  // The first variant of whoever takes no part is no exposure.
  await page.evaluate(() => (me.neutral = true));
  assert.equal(await page.evaluate(() => me.experiment('other', ['a', 'b'], { weights: [0, 1] })), 'a');
  await sleep(200);
  assert.deepEqual([await told(page), await codes(page), page.failures], [[], [], []]);
  await page.close();
});

test('a segment that is known goes out with share alone, and a change after its end does not', async () => {
  const page = await openBridged({ personalize: true });
  const act = (kind, places) => page.evaluate(async ([kind, places]) => {
    const list = await ids(undefined, { limit: 60 });
    for (const place of places) me.record({ kind, item: list[place] });
    const { segment } = me;
    await me.rank();
    return segment;
  }, [kind, places]);
  const known = await act('click', [0, 1, 2]);
  assert.ok(known, 'the demo has segments');
  await sleep(200);
  assert.deepEqual(await told(page), [], 'known, but not to be told');
  await set(page, { share: true });
  assert.deepEqual(await toldAll(page, 3), [
    ['dataLayer', { event: 'homebody_segment', homebody_segment: known }],
    ['gtag', 'set', 'user_properties', { homebody_segment: known }],
    ['segment', 'Homebody Segment Changed', { segment: known }],
  ]);
  await set(page, { share: false });
  const next = await act('cart_add', [3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.ok(next && next !== known, `the label is another one now: ${next}`);
  await sleep(200);
  assert.deepEqual([await told(page), await codes(page), page.failures], [[], [], []]);
  await page.close();
});

/** Makes the visitor one of a segment of the demo's, and says which. */
function enterSegment(page) {
  return page.evaluate(async () => {
    const ranked = await me.rank(undefined, { limit: 30 });
    for (const { id } of ranked) {
      for (const kind of ['click', 'view', 'purchase']) me.record({ kind, item: id });
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (me.segment) break;
    }
    return { segment: me.segment, ids: ranked.map(({ id }) => id) };
  });
}

test('the label of the segment goes out, now and on a change, and never an id of an item', async () => {
  const page = await openBridged({ personalize: true, share: true });
  const { segment, ids } = await enterSegment(page);
  assert.ok(segment, 'the demo has segments');
  const entered = [
    ['dataLayer', { event: 'homebody_segment', homebody_segment: segment }],
    ['gtag', 'set', 'user_properties', { homebody_segment: segment }],
    ['segment', 'Homebody Segment Changed', { segment }],
  ];
  const sent = await toldAll(page, entered.length);
  assert.deepEqual(sent.slice(0, 3), entered);
  for (const id of ids) assert.ok(!JSON.stringify(sent).includes(`"${id}"`), id);
  // A bridge that is made later tells the segment that there is; one without consent does not.
  await page.evaluate(async () => {
    const { toDataLayer } = await import('/pkg/bridges/targets/data-layer.js');
    window.late = toDataLayer(me);
  });
  assert.deepEqual(await told(page), [entered[0]]);
  await set(page, { share: false });
  await page.evaluate(() => me.rank());
  await enterSegment(page);
  assert.deepEqual([await told(page), page.failures], [[], []]);
  await page.close();
});

test('with Global Privacy Control nothing goes out without a word that outweighs it', async () => {
  const context = await browser.newContext();
  const path = `/t/gpc-${Math.random().toString(36).slice(2)}.html`;
  shop.front.pages.set(path, pageWith(HEAD));
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true }));
  const page = await context.newPage();
  await page.goto(shop.origin + path);
  const sent = await page.evaluate(async ({ origin, key, site }) => {
    const { personalize } = await import('/pkg/index.js');
    const { toDataLayer } = await import('/pkg/bridges/targets/data-layer.js');
    const me = await personalize({ server: origin, key, site, purposes: ['personalize', 'share'] });
    await me.consent.acceptAll();
    return [me.consent.allowed('personalize'), toDataLayer(me).experimentViewed({ experiment: 'a', variant: 'b' }), told];
  }, { origin: shop.origin, key: shop.key, site: shop.site });
  assert.deepEqual(sent, [true, false, []]);
  await context.close();
});

test('receivers that are missing, or throw, are the page’s own', async () => {
  const page = await openBridged({ personalize: true, share: true });
  const results = await page.evaluate(() => {
    const results = [];
    dataLayer.push = window.gtag = () => { throw new Error('theirs'); };
    window.analytics = { track: () => { throw new Error('theirs'); } };
    results.push(view('hero', 'b'));
    window.gtag = window.analytics = undefined;
    window.dataLayer = 7;
    results.push(view('hero', 'b'));
    window.gtag = () => undefined;
    window.analytics = { track: () => Promise.reject(new Error('offline')) };
    window.dataLayer = undefined;
    results.push(view('hero', 'b'), window.dataLayer.length, view({}, Symbol.iterator.description));
    return results;
  });
  assert.deepEqual(results, [[false, false, false], [false, false, false], [true, true, true], 1, [true, true, true]]);
  await until('told', async () => (await codes(page)).length >= 4);
  assert.deepEqual(new Set(await codes(page)), new Set(['bridge_failed']));
  assert.deepEqual(page.failures, []);
  await page.close();
});
