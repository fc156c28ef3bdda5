// A withdrawal in the middle of a visit: in the same tick no timer, observer or listener is left that measures anything, and
// none that would write or send, whoever took the yes back: the visitor with us, another tab, or a platform by TCF.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { equip, launchBrowser, openPage, until } from './harness.mjs';
import { pageWith, startPlatforms } from './platforms.mjs';
import { watchTimers } from './timers-stage.mjs';

const SEEN_MS = 60_000;
// What waits for another yes; the task of this very tick that hands over what was noted: the queue it finds is empty; and the
// patience with a file on its way that everybody gets, with a yes or without, for its head and for its body.
const MAY_STAY = ['listener prerenderingchange', 'setTimeout 0', 'setTimeout 5000', 'setTimeout 30000'];
const REFERENCE = `export { CmpApi } from '@iabtechlabtcf/cmpapi'; export { GVL, TCModel, TCString } from '@iabtechlabtcf/core';`;

let shop;
let browser;

before(async () => {
  shop = await startPlatforms({ iab: REFERENCE });
  browser = await launchBrowser();
});

/** In the page: the reference library of TCF, with `answer(purposes)` for what the publisher was allowed. */
function platform() {
  const named = (ids) => Object.fromEntries(ids.map((id) => [id, { id, name: `n${id}`, description: '', illustrations: [] }]));
  const list = {
    gvlSpecificationVersion: 3, vendorListVersion: 48, tcfPolicyVersion: 5, lastUpdated: '2026-01-01T00:00:00Z',
    purposes: named([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), specialPurposes: named([1]), features: named([1]), specialFeatures: named([1]), stacks: {},
    dataCategories: named([1]), vendors: {},
  };
  const api = new iab.CmpApi(31, 1, true);
  window.answer = (purposes) => {
    const model = new iab.TCModel(new iab.GVL(list));
    Object.assign(model, { cmpId: 31, cmpVersion: 1, consentScreen: 1, consentLanguage: 'EN', publisherCountryCode: 'DE', isServiceSpecific: true });
    model.publisherConsents.set(purposes);
    api.update(iab.TCString.encode(model), false);
  };
}

const ITEMS = Array.from({ length: 6 }, (_, item) => `<p data-hb-id="film-${item}">Film</p>`).join('');
const HTML = pageWith('<script src="/bundles/iab.js"></script>').replace('<main>', `<main data-hb-page="film-1">${ITEMS}`);

async function open(context) {
  shop.front.pages.set('/t/tick.html', HTML);
  const page = await openPage(context);
  await page.goto(`${shop.origin}/t/tick.html`);
  await equip(page, shop);
  return page;
}

async function visitor() {
  const context = await browser.newContext();
  await context.addInitScript(watchTimers);
  return context;
}

/** Measures whatever can be measured, until an impression and a save are waiting for their time. */
async function measure(page) {
  await page.evaluate(() => void (window.mark = new Set(living.keys())));
  await page.evaluate(async (ms) => {
    const { autocapture, onDwell } = await import('/pkg/signals/index.js');
    autocapture(me, { impressions: { ms } });
    onDwell(me, { item: 'film-2' });
  }, SEEN_MS);
  await until('an impression is pending', () => page.evaluate((wanted) => [...living.values()].some(({ ms }) => ms === wanted), SEEN_MS));
  await page.mouse.move(40, 40);
}

/** In the page: lets a save become due, ends it all by `end`, and tells what was running and what of that still is. */
const ended = (page, end) => page.evaluate(async (how) => {
  // The first save is at once, the next a second later at the earliest: one of these few waits for that.
  const waits = () => [...living].some(([id, { kind, ms }]) => kind === 'setTimeout' && ms > 0 && ms < 1000 && !mark.has(id));
  for (let tries = 0; tries < 8 && !(tries > 1 && waits()); tries++) {
    me.record({ kind: 'click', item: `film-${3 + (tries % 2)}` });
    await me.rank();
  }
  const said = ([, { kind, ms, type }]) => [kind, type ?? ms ?? ''].join(' ').trim();
  const ours = [...living].filter(([id]) => !mark.has(id));
  new Function(`return (${how})()`)();
  // The tick is not over: nothing else has run since.
  const left = ours.filter(([id]) => living.has(id));
  return { was: ours.map(said), left: left.map(said) };
}, `${end}`);

function assertStopped({ was, left }) {
  const kinds = was.join();
  for (const wanted of [`setTimeout ${SEEN_MS}`, 'IntersectionObserver', 'MutationObserver', 'listener pointermove', 'listener scroll', 'listener click', 'listener pagehide']) {
    assert.ok(was.includes(wanted), `${wanted} in ${kinds}`);
  }
  assert.ok(was.some((each) => /^setTimeout [1-9]\d{0,2}(\.\d+)?$/.test(each)), `a save that waits in ${kinds}`);
  assert.deepEqual(left.filter((each) => !MAY_STAY.includes(each)), []);
}

test('by us', async () => {
  const page = await open(await visitor());
  await page.evaluate(async () => {
    await start();
    await me.consent.set({ personalize: true });
  });
  await until('the session is open', () => page.evaluate(() => me.personalized));
  await measure(page);
  assertStopped(await ended(page, () => void me.consent.withdraw()));
  // What would have fired by now finds nothing to do.
  await page.evaluate(() => hurry(0));
  assert.equal(await page.evaluate(() => me.profile()), null);
  assert.deepEqual(page.failures, []);
});

test('by a platform, with the event by which TCF tells it', async () => {
  const page = await open(await visitor());
  await page.evaluate(platform);
  await page.evaluate(async () => {
    const { tcf } = await import('/pkg/consent/sources/tcf.js');
    answer([1, 5, 6]);
    await start({ consent: tcf() });
  });
  await until('the session is open', () => page.evaluate(() => me.personalized));
  await measure(page);
  assertStopped(await ended(page, () => answer([])));
  await page.evaluate(() => hurry(0));
  assert.equal(await page.evaluate(() => me.profile()), null);
  assert.deepEqual(page.failures, []);
});

test('in another tab: the tick in which this one hears of it', async () => {
  const context = await visitor();
  const page = await open(context);
  await page.evaluate(async () => {
    await start();
    await me.consent.set({ personalize: true });
  });
  await until('the session is open', () => page.evaluate(() => me.personalized));
  await measure(page);
  const other = await open(context);
  await other.evaluate(() => start());
  await page.evaluate(() => {
    const ours = [...living].filter(([id]) => !mark.has(id));
    me.consent.subscribe(() => setTimeout(() => (window.left = ours.filter(([id]) => living.has(id)).map(([, { kind, type, ms }]) => `${kind} ${type ?? ms}`))));
  });
  await other.evaluate(() => me.consent.withdraw());
  const left = await until('heard', () => page.evaluate(() => window.left));
  assert.deepEqual(left.filter((each) => !MAY_STAY.includes(each)), []);
});
