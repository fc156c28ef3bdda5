// When the banner is painted, in frames of the browser from the loader on, and that it moves nothing. Painted is what the
// browser says of its paints: the banner's text is the largest on the page, and the largest contentful paint has a time.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launchBrowser, openPage, sleep, startShop } from './harness.mjs';

const ROUNDS = 10;
const CONFIG = {
  version: 1,
  id: 'paint',
  controller: { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' },
  rights: ['access'],
  languages: { default: 'de', available: ['de', 'en'] },
  purposes: { personalize: { data: ['views'], retentionDays: 90 } },
};
/** What docs/performance.md says to preload. */
const PLAIN = ['homebody.consent.js', 'homebody.banner.js'];
const CONFIGURED = ['homebody.config.js', 'homebody.check.js'];
const GERMAN = ['texts/list.js', 'texts/notice-de.js'];

let shop;
let browser;

before(async () => {
  shop = await startShop();
  const json = { html: JSON.stringify(CONFIG), headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=60' } };
  shop.front.pages.set('/t/paint.json', json);
  browser = await launchBrowser();
});

/**
 * Opens a page that adds the loader once everything preloaded is there: how many frames went by, from the loader's own on,
 * before the one that the banner is painted in; and what moved until some frames later.
 */
async function painted({ preloaded, lang = 'en', data = {}, moving = false }) {
  const links = preloaded.map((file) => `<link rel="modulepreload" href="/pkg/${file}" onload="come()">`);
  const config = data.config ? `<link rel="preload" as="fetch" crossorigin href="${data.config}" onload="come()">` : '';
  const html = `<!doctype html><html lang="${lang}"><head><title>Paint</title><link rel="icon" href="data:,">${links.join('')}${config}</head>
<body><h1>A</h1>${'<p>B</p>'.repeat(60)}</body></html>`;
  shop.front.pages.set('/t/paint.html', { html });
  const context = await browser.newContext();
  await context.addInitScript(watch, { missing: preloaded.length + (data.config ? 1 : 0), tag: { src: '/pkg/homebody.js', server: shop.origin, key: shop.key, site: shop.site, ...data } });
  const page = await openPage(context);
  await page.goto(`${shop.origin}/t/paint.html`);
  await page.locator('hb-consent section').waitFor();
  const seen = await page.evaluate(async (moves) => {
    if (moves) document.body.prepend(Object.assign(document.createElement('h2'), { textContent: 'C' }));
    const frame = () => new Promise(requestAnimationFrame);
    for (let more = 0; more < 20; more++) await frame();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { frames, paints, shift };
  }, moving);
  await context.close();
  assert.deepEqual(page.failures, []);
  return seen;
}

/** Runs in the page: writes down frames, paints and shifts, and adds the loader when what is preloaded has come. */
function watch({ missing, tag: { src, ...data } }) {
  window.shift = 0;
  window.frames = [];
  window.paints = [];
  const observe = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  observe('layout-shift', ({ value }) => (window.shift += value));
  observe('largest-contentful-paint', ({ size, paintTime, startTime, element }) => paints.push({ size, time: paintTime ?? startTime, ofPage: element?.localName ?? '' }));
  const look = (time) => {
    frames.push(time);
    requestAnimationFrame(look);
  };
  window.come = () => {
    if (--missing > 0) return;
    const loader = Object.assign(document.createElement('script'), { src, onload: () => requestAnimationFrame(look) });
    Object.assign(loader.dataset, data);
    document.body.append(loader);
  };
  if (missing === 0) addEventListener('load', () => window.come());
}

/** Rounds of a page that preloads, each in the number of frames without the banner. */
async function rounds(page) {
  const counts = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { frames, paints, shift } = await painted(page);
    const { time, ofPage } = paints.at(-1);
    assert.equal(ofPage, '', 'the largest paint is inside the banner, which is no element of the page');
    assert.equal(shift, 0);
    counts.push(frames.filter((begun) => begun <= time).length - 1);
  }
  return counts;
}

// A machine that does something else meanwhile misses frames of its own; what the package can do is the least.
const least = (counts) => Math.min(...counts);

test('preloaded, the banner is painted in the loader’s frame or the one after it, and moves nothing', async () => {
  const counts = await rounds({ preloaded: PLAIN });
  assert.ok(least(counts) <= 1, counts.join());
});

test('the same in another language, with its two files preloaded', async () => {
  const counts = await rounds({ preloaded: [...PLAIN, ...GERMAN], lang: 'de' });
  assert.ok(least(counts) <= 1, counts.join());
});

test('with a configuration of its own it is a fetch later: preloaded, in a few frames', async () => {
  const counts = await rounds({ preloaded: [...PLAIN, ...CONFIGURED, ...GERMAN], lang: 'de', data: { config: '/t/paint.json' } });
  assert.ok(least(counts) <= 3, counts.join());
  // The loader asks for it again, and is given what is there.
  assert.equal(shop.front.requests.filter(({ url }) => url === '/t/paint.json').length, ROUNDS);
});

test('the words of another language are asked for, both files at once, while it is found out what is asked; in English nothing is', async () => {
  for (const [page, wanted] of [
    [{ lang: 'de' }, GERMAN],
    [{ lang: 'pt-BR' }, ['texts/list.js', 'texts/notice-pt-BR.js']],
    [{ lang: 'en', data: { language: 'de' } }, GERMAN],
    [{ lang: 'en' }, []],
    [{ lang: 'cy' }, []],
  ]) {
    const begun = shop.front.requests.length;
    const asked = () => shop.front.requests.slice(begun).flatMap(({ url }) => /texts\/.*/.exec(url)?.[0] ?? []);
    let beside;
    shop.front.fault = async ({ url }) => {
      if (/consent/.test(url)) {
        await sleep(1000);
        beside = asked();
      } else if (/list/.test(url)) await sleep(2000);
    };
    await painted({ preloaded: [], ...page });
    shop.front.fault = undefined;
    assert.deepEqual(beside, wanted);
    assert.deepEqual(asked(), wanted);
  }
});

test('without preloading the files are waited for, and what moves is seen to: the watch can fail', async () => {
  shop.front.fault = async ({ url }) => void (/banner/.test(url) && (await sleep(200)));
  const { frames, paints, shift } = await painted({ preloaded: [], moving: true });
  shop.front.fault = undefined;
  assert.ok(frames.filter((begun) => begun <= paints.at(-1).time).length > 3);
  assert.ok(shift > 0);
});
