// Links followed at once on a site of documents: what was clicked is in the profile on the next page.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sleep, startShop, TRIP_MS, until } from './harness.mjs';
import { chromiumHand } from './signals/chromium.mjs';

const LINKS = 6;
/** A picture that keeps the page loading: nothing has begun in idle time when a link is followed. */
const PICTURE_MS = 5000;
/** How long a hand presses. */
const HELD_MS = 100;

let shop;

before(async () => {
  shop = await startShop();
  const tag = `<script src="/pkg/homebody.js" data-server="${shop.origin}" data-key="${shop.key}" data-site="${shop.site}" data-consent="manual" data-autocapture></script>`;
  const links = (to) => Array.from({ length: LINKS }, (_, at) => `<p data-hb-id="item-${at}"><a id="link-${at}" href="${to}">item ${at}</a></p>`).join('');
  const page = (to) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>links</title><link rel="icon" href="data:,"><body>${EAR}${tag}${links(to)}<img src="/t/slow.svg" alt="">`;
  shop.front.pages.set('/t/one', page('/t/two'));
  shop.front.pages.set('/t/two', page('/t/one'));
  shop.front.fault = async ({ url }) => {
    if (url === '/t/slow.svg') return { delayMs: PICTURE_MS, status: 404 };
    if (/^\/t\/(one|two)$/.test(url)) await sleep(TRIP_MS);
    return undefined;
  };
});

/** Tells the earliest moment at which a click can be heard: somebody listens. */
const EAR = `<script>
  const { addEventListener: listen } = EventTarget.prototype;
  document.addEventListener = function (type, ...rest) {
    listen.call(this, type, ...rest);
    if (type === 'click') window.listens = true;
  };
</script>`;

test('links that are followed before the page has loaded', { timeout: 120_000 }, async () => {
  const hand = await chromiumHand(shop.origin);
  await hand.open('/t/one');
  await until('begun', () => hand.run('(async () => { window.me = await homebody.me; await me.consent.set({ personalize: true }); await me.rank(); return true; })()').catch(() => false));
  await sleep(1500);
  await hand.open('/t/two');
  for (let at = 0; at < LINKS; at++) {
    const path = at % 2 === 0 ? '/t/two' : '/t/one';
    await until('it listens', () => hand.run(`location.pathname === '${path}' && window.listens === true`).catch(() => false));
    await hand.click(`#link-${at}`, 0, HELD_MS);
    await until('it is followed', () => hand.run(`location.pathname !== '${path}'`).catch(() => false));
  }
  await until('begun', () => hand.run('window.homebody !== undefined').catch(() => false));
  const known = await hand.run('(async () => (await (await homebody.me).exportData()).items.filter(({ count }) => count > 0).map(({ id }) => id).sort())()');
  assert.deepEqual(known, Array.from({ length: LINKS }, (_, at) => `item-${at}`));
  await hand.stop();
});
