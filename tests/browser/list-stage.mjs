// What the tests of `<hb-list>` stand on: pages with a list under a strict policy, and a visitor of them.
import assert from 'node:assert/strict';
import { catalogued, equip, launchBrowser, openPage, startShop, until } from './harness.mjs';

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const PAGE = '/t/list.html';
export const SIZE = 6;
export const TEMPLATE = `<template><li><a data-hb-href="url"><img data-hb-src="image" data-hb-alt="title" width="20" height="20"><b data-hb-text="title"></b></a>
  <span class="price" data-hb-price="price"></span> <small data-hb-reason></small></li></template>`;
export const BLANK = Array.from({ length: SIZE }, (_, index) => `<li><a href="/seller/${index}"><img alt="" width="20" height="20"><b>Bestseller ${index}</b></a> <span class="price"></span> <small>Popular</small></li>`);

export let shop;
export let browser;

/** Starts the shop and the browser; before all tests of a file. */
export async function startLists() {
  shop = await startShop();
  browser = await launchBrowser();
  shop.front.pages.set('/t/list.css', { html: CSS, headers: { 'content-type': 'text/css' } });
}

const CSS = `* { margin: 0; box-sizing: border-box } ul { list-style: none; padding: 0 } li { height: 60px; overflow: hidden }
small, b, .price { display: inline-block; height: 20px; overflow: hidden } [hidden] { display: none }`;

/** A page with the list in the middle; `inside` is what stands in the list, `scripts` what runs. */
function listPage({ inside = `${TEMPLATE}<ul data-hb-items>${BLANK.join('')}</ul>`, attributes = `placement="home" size="${SIZE}"`, scripts = '', lang = 'en' } = {}) {
  return {
    html: `<!doctype html><html lang="${lang}"><meta charset="utf-8"><title>list</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/t/list.css">
      ${scripts}<main><h1>Shop</h1><hb-list ${attributes}>${inside}</hb-list><p id="below">below</p></main>`,
    headers: { 'content-security-policy': POLICY },
  };
}

/** Opens such a page for a new visitor; `shifts` and `lists` in it are what moved and what was ranked. */
export async function open(options, path = PAGE) {
  shop.front.pages.set(path, listPage(options));
  const context = await browser.newContext({ viewport: { width: 800, height: 700 } });
  const page = await openPage(context);
  page.complaints = [];
  page.on('console', (message) => message.type() === 'error' && page.complaints.push(message.text()));
  await page.addInitScript(() => {
    window.shifts = [];
    window.lists = [];
    new PerformanceObserver((seen) => shifts.push(...seen.getEntries())).observe({ type: 'layout-shift', buffered: true });
    document.addEventListener('hb-list', ({ detail }) => lists.push({ ids: detail.ranked.map(({ id }) => id), more: detail.more, personal: detail.ranked.some(({ personalized }) => personalized) }));
  });
  await page.goto(shop.origin + path);
  return page;
}

/** Starts the package, and has the lists of the page ranked by it. */
export async function begin(page) {
  await equip(page, shop);
  await page.evaluate(async () => {
    const { defineList, HbList } = await import('/pkg/list/index.js');
    defineList(start());
    window.HbList = HbList;
    window.rows = () => Array.from(document.querySelectorAll('hb-list li'), (row) => row.getAttribute('data-hb-id'));
  });
  await page.waitForFunction(() => lists.length > 0);
}

/** Turns the visitor into one with a past, and waits for the list that follows. */
export async function becomeKnown(page) {
  await page.evaluate(async () => {
    await me.consent.set({ personalize: true });
    const all = (await me.rank(undefined, { limit: 60 })).map(({ id }) => id);
    for (const item of [all[40], all[45], all[50]]) me.record({ kind: 'click', item });
  });
  await page.waitForFunction(() => lists.at(-1)?.personal);
  await catalogued(page);
  await settle(page);
}

/** Until the list is quiet. */
export async function settle(page) {
  await until('the list rests', async () => {
    const before = await page.evaluate(() => lists.length);
    await page.waitForTimeout(250);
    return (await page.evaluate(() => lists.length)) === before && (await page.locator('hb-list').getAttribute('aria-busy')) === null;
  });
}

export function assertClean(page) {
  assert.deepEqual([page.failures, page.complaints, page.stray], [[], [], []]);
}

/** Nothing moved but what the visitor asked for; as CLS counts. */
export async function assertStill(page) {
  const moved = await page.evaluate(() => shifts.flatMap(({ value, sources, hadRecentInput }) => hadRecentInput ? [] : [value, ...sources.map(({ node, previousRect: p, currentRect: c }) => `${node?.nodeName} ${node?.textContent?.trim().slice(0, 30)} ${p.x},${p.y},${p.width},${p.height}->${c.x},${c.y},${c.width},${c.height}`)]));
  assert.deepEqual(moved, []);
}
