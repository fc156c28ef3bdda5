// Pages that are hidden, blurred, left alone, prerendered, frozen and brought back, driven without a tool that pretends they
// are always looked at; and the script tag.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sleep, startShop, TRIP_MS, until } from './harness.mjs';
import { chromiumHand } from './signals/chromium.mjs';

/** Without input for this long the time stops. */
const IDLE_MS = 30_000;

let shop;

before(async () => {
  shop = await startShop();
  const head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>states</title><link rel="icon" href="data:,">';
  const tag = `<script src="/pkg/homebody.js" data-server="${shop.origin}" data-key="${shop.key}" data-site="${shop.site}" data-consent="manual" data-autocapture></script>`;
  const page = (item, rest = '') => `${head}<body><main data-hb-page="${item}"><b id="b" data-hb-id="${item}-card">b</b><a id="away" href="/t/other">away</a></main>${rest}
<script>
  window.errors = [];
  const come = async () => {
    window.me ??= await homebody.me;
    me.on('error', ({ code, message }) => errors.push(code + ' ' + message));
    window.begun = true;
  };
  window.agree = () => (window.agreedAt = Date.now(), me.consent.set({ personalize: true }));
  window.known = async () => (await me.exportData()).items.map(({ id, count, shown, last_kind }) => [id, last_kind, count, shown].join(' ')).sort().join();
  window.active = async () => Math.round((await me.exportData()).rhythm[5]);
  // A second in sight lasts until the page is hidden: a slow machine cannot let it pass. What of it is not ended ends then.
  window.hold = () => {
    const [begin, end, held] = [setTimeout, clearTimeout, new Map()];
    window.setTimeout = (work, ms, ...rest) => (ms === 1000 ? held.set(-held.size - 1, work) && -held.size : begin(work, ms, ...rest));
    window.clearTimeout = (id) => void (held.has(id) ? held.set(id, () => undefined) : end(id));
    window.holds = () => held.size > 0;
    const letGo = () => {
      window.setTimeout = begin;
      for (const work of held.values()) work();
      window.inTheDark = known();
    };
    document.addEventListener('visibilitychange', () => begin(letGo), { once: true });
  };
  // Tells the front when a page is shown, which nobody looks at meanwhile.
  addEventListener('pageshow', ({ persisted }) => {
    window.persisted = persisted;
    const tell = () => fetch('/t/told' + location.pathname);
    if (document.prerendering) document.addEventListener('prerenderingchange', tell);
    else tell();
  });
</script>${tag}<script>come();</script>`;
  shop.front.fault = async ({ url }) => void (url === '/t/other' && (await sleep(TRIP_MS)));
  const cacheable = (html) => ({ html, headers: { 'cache-control': 'no-cache' } });
  shop.front.pages.set('/t/item', cacheable(page('one')));
  shop.front.pages.set('/t/other', cacheable(page('two', '<script>setTimeout(() => history.back(), 3000)</script>')));
  const rules = JSON.stringify({ prerender: [{ source: 'list', urls: ['/t/ahead'], eagerness: 'immediate' }] });
  shop.front.pages.set('/t/before', `${head}<body><script type="speculationrules">${rules}</script><a id="ahead" href="/t/ahead">ahead</a><script>setTimeout(() => ahead.click(), 5000)</script>`);
  shop.front.pages.set('/t/ahead', page('three', '<script>window.wasPrerendered = document.prerendering;</script>'));
});

/** How often a page was shown. */
const shown = (path) => shop.front.requests.filter(({ url }) => url === `/t/told${path}`).length;

/** A visitor who has said yes and is on the page of item `one`. */
async function visitor({ holding = false } = {}) {
  const hand = await chromiumHand(shop.origin);
  await hand.open('/t/item');
  await until('begun', () => hand.run('window.begun === true').catch(() => false));
  if (holding) await hand.run('hold()');
  await hand.run('agree()');
  await until('personal', () => hand.run('me.personalized'));
  return hand;
}

async function assertFine(hand) {
  assert.deepEqual(await hand.run('errors'), []);
  await hand.stop();
}

test('the script tag listens by an attribute, with a file that comes with the yes', async () => {
  const hand = await chromiumHand(shop.origin);
  shop.front.clear();
  await hand.open('/t/item');
  await until('begun', () => hand.run('window.begun === true').catch(() => false));
  await sleep(1500);
  const files = () => shop.front.requests.map(({ url }) => url).filter((url) => url.startsWith('/pkg/'));
  assert.ok(!files().includes('/pkg/homebody.signals.js'));
  await hand.run('agree()');
  await until('the file', () => files().includes('/pkg/homebody.signals.js'));
  await until('seen', async () => (await hand.run('known()')) === 'one view 1 0,one-card impression 0 1');
  await hand.click('#b');
  await until('clicked', async () => (await hand.run('known()')) === 'one view 1 0,one-card click 1 1');
  await assertFine(hand);
});

test('hidden, blurred and idle time adds nothing; a hidden tab sees nothing', { timeout: 120_000 }, async () => {
  const hand = await visitor({ holding: true });
  await until('a view', async () => (await hand.run('known()')).includes('one view'));
  await until('something is in sight', () => hand.run('holds()'));
  await hand.away(3000);
  assert.equal(await hand.run('inTheDark'), 'one view 1 0', 'less than a second before and three in the dark are no impression');
  await hand.blur(3000);
  await until('seen after all', async () => (await hand.run('known()')).includes('one-card impression 0 1'));
  await hand.click('#b');
  await sleep(IDLE_MS + 4000);
  const wall = await hand.run("(history.pushState(null, '', '/t/next'), Date.now() - agreedAt)");
  const active = await until('booked', () => hand.run('active()'));
  // By the page's own clock, from before its time began to after it ended: ten seconds at least of that nobody was here.
  assert.ok(active <= wall - 10_000 && active >= IDLE_MS, `${active} of ${wall} ms`);
  await assertFine(hand);
});

test('from the back/forward cache a page is viewed again, and its time goes on anew', async () => {
  const hand = await visitor();
  await until('a view', async () => (await hand.run('known()')).includes('one view 1'));
  await sleep(1200);
  await hand.send('Page.bringToFront');
  await sleep(1200);
  await hand.run("void setTimeout(() => document.querySelector('#away').click(), 500)");
  const before = shown('/t/item');
  await hand.unseen(6000, 'back on the page', () => shown('/t/item') > before);
  await until('one again', () => hand.run("location.pathname === '/t/item' && window.begun").catch(() => false));
  assert.equal(await hand.run('window.persisted'), true, 'nothing of ours keeps the page out of the cache');
  // Two views and one time: what was open in the dark has not run on.
  await until('two views', async () => /one \w+ 3 0/.test(await hand.run('known()')));
  const [booked, wall] = await hand.run('active().then((ms) => [ms, Date.now() - agreedAt])');
  assert.ok(booked > 1000 && booked <= wall - 3000, `${booked} of ${wall} ms: the other page was there for three seconds`);
  await assertFine(hand);
});

test('a prerendered page records nothing before it is looked at', async () => {
  const hand = await visitor();
  await until('a view', async () => (await hand.run('known()')).includes('one view 1'));
  await hand.run("void setTimeout(() => (location.href = '/t/before'), 500)");
  await hand.unseen(8000, 'the page ahead', () => shown('/t/ahead') > 0);
  await until('three', () => hand.run("location.pathname === '/t/ahead' && window.begun").catch(() => false));
  assert.equal(await hand.run('window.wasPrerendered'), true);
  const since = await hand.run('performance.getEntriesByType("navigation")[0].activationStart');
  assert.ok(since > 3000, `activated after ${since} ms`);
  const before = await hand.run('active()');
  await until('a view', async () => (await hand.run('known()')).includes('three view 1 0'));
  await sleep(1500);
  await until('an impression', async () => (await hand.run('known()')).includes('three-card impression 0 1'));
  const lit = await hand.run("(history.pushState(null, '', '/t/next'), performance.now())") - since;
  const own = await until('booked', async () => (await hand.run('active()')) - before);
  assert.ok(own <= lit, `${own} of ${lit} ms: the time in the dark is not in it`);
  await assertFine(hand);
});
