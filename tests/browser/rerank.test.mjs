// A list that the server wrote into the page is put in the visitor's order in place, and nobody notices it happen.
import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { equip, keptNeutral, launchBrowser, openPage, savedRevision, sleep, startShop, until } from './harness.mjs';

const STRANGERS = ['not-in-the-catalogue', 'sold-only-here'];

let shop;
let browser;
let page;
let written;
/** The hash of the catalogue, and what it has that the pool has not. */
let catalogue;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
  const { payload } = await (await fetch(`${shop.server.origin}/v1/manifest.json`)).json();
  const { Table } = await import('../../js/dist/table.js');
  const { placements, catalog } = JSON.parse(payload);
  const tableOf = async ({ sha256 }) => new Table(new Uint8Array(await (await fetch(`${shop.server.origin}/v1/blobs/${sha256}`)).arrayBuffer()));
  const [table, whole] = await Promise.all([placements.home, catalog].map(tableOf));
  const ids = Array.from({ length: whole.rows }, (_, row) => whole.id(row));
  catalogue = { sha256: catalog.sha256, alone: ids.filter((id) => table.rowOf(id) === undefined) };
  const films = Array.from({ length: 24 }, (_, row) => table.id(row));
  written = [...films.slice(0, 4), STRANGERS[0], ...films.slice(4, 11), STRANGERS[1], ...films.slice(11)];
  for (const above of [0, 3000]) shop.front.pages.set(`/t/list-${above}.html`, listPage(written, above));
});

/** A page with the list at `above` pixels; rows of different heights, two of them no items at all. */
function listPage(ids, above) {
  const rows = ids.map((id, place) => {
    const advert = place === 6 || place === 15 ? `<li class="advert" style="height:70px">advert ${place}</li>` : '';
    return `${advert}<li data-hb-id="${id}" style="height:48px"><a href="#${id}">${id}</a></li>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>list</title><link rel="icon" href="data:,">
    <style>* { margin: 0 } li { list-style: none }</style><div style="height:${above}px"></div><ul id="list">${rows.join('')}</ul><p>below</p>`;
}

beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 800, height: 700 } });
  page = await openPage(context);
  // A visitor with a past: consent and three clicks, on an earlier page.
  await page.goto(`${shop.origin}/t/lab.html`);
  await equip(page, shop);
});

async function becomeKnown() {
  await page.evaluate(async (liked) => {
    await start();
    await me.consent.set({ personalize: true });
    for (const item of liked) me.record({ kind: 'click', item });
    await me.rank();
  }, [written[20], written[23], written[25]]);
  await until('saved', () => page.evaluate(savedRevision));
}

/** Opens the list; `shifts` in the page collects every layout shift from its first moment on. */
async function openList(above) {
  await page.goto(`${shop.origin}/t/list-${above}.html`);
  await equip(page, shop);
  await page.evaluate(async () => {
    window.shifts = [];
    new PerformanceObserver((seen) => shifts.push(...seen.getEntries())).observe({ type: 'layout-shift', buffered: true });
    await start();
    await me.ready;
    await me.rank();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
  // What the visitor sees is known when the browser says that it has painted, which is later than the frame.
  await until('painted', () => page.evaluate(() => performance.getEntriesByType('paint').length > 0));
}

/** Moves the list; what it said, the new order, and the sum of all shifts until two frames later. */
function rerank(options) {
  return page.evaluate(async (options) => {
    const list = document.getElementById('list');
    const changes = [];
    const watch = new MutationObserver((records) => changes.push(...records));
    watch.observe(list, { childList: true, subtree: true, attributes: true });
    const { applied, skipped, ranked } = await me.rerank(list, options);
    await new Promise((resolve) => setTimeout(resolve, 300));
    changes.push(...watch.takeRecords());
    return {
      applied,
      skipped,
      ranked: ranked.map(({ id }) => id),
      rows: Array.from(list.children, (child) => child.getAttribute('data-hb-id') ?? child.textContent),
      changes: changes.length,
      shift: shifts.reduce((sum, { value }) => sum + value, 0), moved: shifts.flatMap(({ sources }) => sources.map(({ node, previousRect: p, currentRect: c }) => `${node?.textContent} ${p.y}->${c.y} h${p.height}`)),
      scroll: scrollY,
    };
  }, options);
}

const withoutAdverts = (rows) => rows.filter((row) => !row.startsWith('advert'));

test('in place: no layout shift, the focus and its neighbours stay, strangers stay', async () => {
  await becomeKnown();
  await openList(0);
  // One that moves, and that can be seen before and after.
  const coming = await page.evaluate(async (all) => (await me.rank(all.map((id) => ({ id })))).map(({ id }) => id), written);
  const focused = written.find((id, place) => place < 11 && coming.indexOf(id) < 11 && Math.abs(coming.indexOf(id) - place) > 1);
  await page.evaluate((id) => document.querySelector(`[data-hb-id="${id}"] a`).focus(), focused);
  await page.evaluate(() => {
    window.focusMoves = [];
    for (const type of ['focusout', 'focusin']) document.addEventListener(type, ({ target }) => focusMoves.push(`${type} ${target.textContent}`));
  });
  const done = await rerank({ force: true });
  assert.equal(done.applied, true, done.skipped);
  assert.equal(done.shift, 0, `layout shift of ${done.moved}`);
  const order = withoutAdverts(done.rows);
  assert.deepEqual(order, done.ranked);
  assert.notDeepEqual(order, written);
  assert.deepEqual([...order].sort(), [...written].sort(), 'nothing lost, nothing twice');
  assert.deepEqual(order.slice(-2), STRANGERS, 'what the model does not know keeps its order, after the rest');
  const places = (rows) => rows.flatMap((row, place) => (row.startsWith('advert') ? [place] : []));
  assert.deepEqual(places(done.rows), [6, 16], 'what is no item stays in its place');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), focused);
  assert.equal(done.scroll, 0);
  const lived = await page.evaluate(() => focusMoves);
  assert.ok(lived.length === 0 || lived.at(-1) === `focusin ${focused}`, String(lived));
  // The same again changes nothing: nothing is moved for its own sake.
  const again = await rerank({ force: true });
  assert.deepEqual([again.applied, again.skipped, again.changes], [false, 'unchanged', 0]);
  assert.deepEqual(page.failures, []);
});

test('what the visitor can see is left alone unless asked, below the fold it is done', async () => {
  await becomeKnown();
  await openList(0);
  const seen = await rerank({});
  assert.deepEqual([seen.applied, seen.skipped, seen.changes, seen.shift], [false, 'visible', 0, 0]);
  await openList(3000);
  const below = await rerank({});
  assert.deepEqual([below.applied, below.shift, below.scroll], [true, 0, 0]);
  assert.notDeepEqual(withoutAdverts(below.rows), written);
});

test('a list with things that only the catalogue knows waits for it, and is put in order once', async () => {
  shop.front.fault = async ({ url }) => void (url.endsWith(catalogue.sha256) && (await sleep(1000)));
  await becomeKnown();
  await openList(0);
  const list = [...written.slice(0, 12), ...catalogue.alone.slice(0, 12)];
  const [first, later] = await page.evaluate(async (list) => {
    const look = async () => (await me.rank(list.map((id) => ({ id })))).map(({ id, personalized }) => `${id} ${personalized}`);
    const first = await look();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    return [first, await look()];
  }, list).finally(() => (shop.front.fault = undefined));
  assert.deepEqual(first.filter((line) => line.endsWith(' false')), [`${STRANGERS[0]} false`]);
  assert.deepEqual(later, first);
});

test('without consent and in neutral mode the page stays as the server wrote it', async () => {
  await openList(0);
  const stranger = await rerank({ force: true });
  assert.deepEqual([stranger.applied, stranger.skipped, stranger.changes], [false, 'neutral', 0]);
  assert.deepEqual(withoutAdverts(stranger.rows), written);
  await becomeKnown();
  await page.evaluate(() => (me.neutral = true));
  await until('the choice is kept', () => page.evaluate(keptNeutral));
  await openList(0);
  const neutral = await rerank({ force: true });
  assert.deepEqual([neutral.applied, neutral.skipped, neutral.changes], [false, 'neutral', 0], 'the choice is kept between pages');
});

test('a list without marks, or with ids that nobody published, is told once and left alone', async () => {
  await becomeKnown();
  await openList(0);
  const told = await page.evaluate(async () => {
    const list = (html) => Object.assign(document.body.appendChild(document.createElement('ul')), { innerHTML: html });
    const lists = [list('<li data-id="a">a</li>'), list('<li data-hb-id="sku-1">a</li><li data-hb-id="sku-2">b</li>'), document.getElementById('list')];
    for (const each of [...lists, ...lists]) await me.rerank(each, { force: true });
    // The catalogue is waited for, five seconds at most, before anything is said of ids; and what is told twice is told by then.
    for (const end = Date.now() + 20_000; errors.length < 2 && Date.now() < end;) await new Promise((resolve) => setTimeout(resolve, 100));
    await new Promise((resolve) => setTimeout(resolve, 500));
    return errors.map(({ code, message, hint }) => ({ code, message, hint: hint.length > 20 }));
  });
  assert.deepEqual(told, [
    { code: 'list_unmatched', message: 'list_unmatched: no child of the list has `data-hb-id`', hint: true },
    { code: 'list_unmatched', message: "list_unmatched: nothing is published with the list's ids, such as `sku-1`", hint: true },
  ]);
  assert.deepEqual(page.failures, []);
});

test('the measurement can see a shift', async () => {
  await openList(0);
  await page.evaluate(() => document.body.prepend(Object.assign(document.createElement('div'), { style: 'height:200px' })));
  await until('a shift', () => page.evaluate(() => shifts.reduce((sum, { value }) => sum + value, 0) > 0.05));
});
