// `rerank` on lists that are not as one would like: changed meanwhile, asked for twice, nested, enormous, or with what the
// visitor holds inside.
import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { equip, launchBrowser, openPage, startShop } from './harness.mjs';

const PAGE = '/t/odd.html';

let shop;
let browser;
let page;
let films;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
  shop.front.pages.set(PAGE, listPage('<ul id="list"></ul>'));
});

beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 800, height: 700 } });
  page = await openPage(context);
  await become(PAGE);
});

function listPage(body, head = '') {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>odd</title><link rel="icon" href="data:,">${head}
    <style>* { margin: 0 } li { list-style: none; height: 40px } [hidden] { display: none }</style>${body}<p>below</p>`;
}

/** Opens a page as a visitor with a past; `build(ids)` fills the list, `ordered()` reads it. */
async function become(path) {
  await page.goto(shop.origin + path);
  await equip(page, shop);
  films = await page.evaluate(async () => {
    await start();
    await me.consent.set({ personalize: true });
    const all = (await me.rank(undefined, { limit: 60 })).map(({ id }) => id);
    for (const item of [all[40], all[45], all[50]]) me.record({ kind: 'click', item });
    window.list = document.getElementById('list');
    window.row = (id) => {
      const row = document.createElement('li');
      if (id !== null) row.setAttribute('data-hb-id', id);
      row.innerHTML = `<a href="#${id}">${id}</a> <input value="${id}">`;
      return row;
    };
    window.build = (ids) => list.replaceChildren(...ids.map(row));
    window.ordered = () => Array.from(list.children, (child) => child.getAttribute('data-hb-id'));
    window.wanted = async (ids) => (await me.rank(ids.map((id) => ({ id })))).map(({ id }) => id);
    return all.slice(0, 20);
  });
}

test('a list that the page changes while it is ranked: what is gone stays gone, what is new keeps its place', async () => {
  const told = await page.evaluate(async (films) => {
    build(films.slice(0, 12));
    const wanted = await window.wanted(films.slice(0, 12));
    const { rank } = me;
    me.rank = (...all) => {
      const ranking = rank(...all);
      list.children[3].remove();
      list.insertBefore(row('brand-new'), list.children[5]);
      list.append(list.children[0]);
      return ranking;
    };
    const { applied, ranked } = await me.rerank(list, { force: true });
    return { applied, ranked: ranked.length, wanted, now: ordered() };
  }, films);
  assert.deepEqual([told.applied, told.ranked], [true, 12]);
  assert.equal(told.now.indexOf('brand-new'), 4);
  assert.deepEqual(told.now.filter((id) => id !== 'brand-new'), told.wanted.filter((id) => id !== films[3]));
});

test('asked for twice at once it is ordered once', async () => {
  const told = await page.evaluate(async (films) => {
    build(films);
    const wanted = await window.wanted(films);
    // None goes on before all have asked.
    const { rank } = me;
    let asked = 0;
    let go;
    const together = new Promise((resolve) => (go = resolve));
    me.rank = async (...all) => {
      const ranked = await rank(...all);
      if ((asked += 1) === 3) go();
      await together;
      return ranked;
    };
    const all = await Promise.all([me.rerank(list, { force: true }), me.rerank(list, { force: true }), me.rerank(list, { force: true })]);
    return { all: all.map(({ applied, skipped }) => skipped ?? applied), wanted, now: ordered() };
  }, films);
  assert.deepEqual(told.now, told.wanted);
  assert.deepEqual(told.all.toSorted(), [true, 'unchanged', 'unchanged']);
});

test('items without ids keep their places, ids may be names of prototypes, come twice, or be nobody’s', async () => {
  const told = await page.evaluate(async (films) => {
    const odd = ['__proto__', 'constructor', 'toString', films[4], ' ', '💡'];
    build([null, ...films.slice(0, 8), '', ...odd]);
    const { applied } = await me.rerank(list, { force: true });
    return { applied, now: ordered(), polluted: {}.data };
  }, films);
  assert.equal(told.applied, true);
  assert.deepEqual([told.now[0], told.now[9]], [null, '']);
  assert.deepEqual(told.now.slice(10), ['__proto__', 'constructor', 'toString', films[4], ' ', '💡']);
  assert.deepEqual(page.failures, []);
});

test('lists inside lists go with their item, and are ordered by themselves', async () => {
  const told = await page.evaluate(async (films) => {
    build(films.slice(0, 6));
    const inner = document.createElement('ul');
    inner.append(...films.slice(6, 12).map(row));
    list.children[0].append(inner);
    const owner = list.children[0].getAttribute('data-hb-id');
    const wanted = [await window.wanted(films.slice(0, 6)), await window.wanted(films.slice(6, 12))];
    await Promise.all([me.rerank(inner, { force: true }), me.rerank(list, { force: true })]);
    const inside = Array.from(inner.children, (child) => child.getAttribute('data-hb-id'));
    return { now: [ordered(), inside], wanted, owner: inner.parentElement.getAttribute('data-hb-id') === owner };
  }, films);
  assert.deepEqual(told.now, told.wanted);
  assert.equal(told.owner, true);
});

test('a selection and a half-typed word stay', async () => {
  const told = await page.evaluate(async (films) => {
    build(films);
    const wanted = await window.wanted(films);
    const moving = films.findIndex((id, place) => wanted.indexOf(id) !== place);
    const [anchor, focus] = [list.children[moving].firstChild.firstChild, list.children[moving + 1].firstChild.firstChild];
    getSelection().setBaseAndExtent(anchor, 1, focus, 2);
    await me.rerank(list, { force: true });
    const now = getSelection();
    const kept = now.anchorNode === anchor && now.focusNode === focus && now.anchorOffset === 1 && now.focusOffset === 2;
    build(films);
    const field = list.children[moving].querySelector('input');
    field.focus();
    field.value = 'half a wo';
    field.setSelectionRange(2, 5);
    await me.rerank(list, { force: true });
    return { kept, same: document.activeElement === field, typed: [field.value, field.selectionStart, field.selectionEnd], now: ordered(), wanted };
  }, films);
  assert.equal(told.kept, true);
  assert.deepEqual([told.same, told.typed], [true, ['half a wo', 2, 5]]);
  assert.deepEqual(told.now, told.wanted);
});

test('before the first paint a list at the top is ordered, and nobody saw it otherwise', async () => {
  const ids = films;
  const item = (id) => `<li data-hb-id="${id}">${id}</li>`;
  const style = '/t/late.css';
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const first = `<script type="module" async>
    const hb = await import('/pkg/index.js');
    window.me = await hb.personalize({ server: '${shop.origin}', key: '${shop.key}' });
    window.done = { ...(await me.rerank(document.getElementById('list'))), painted: performance.getEntriesByType('paint').length };
    fetch('/t/go');
  </script>`;
  shop.front.pages.set('/t/early.html', listPage(`<ul id="list">${ids.map(item).join('')}</ul>`, `${first}<link rel="stylesheet" href="${style}">`));
  shop.front.fault = async ({ url }) => {
    if (url === '/t/go') release();
    if (url !== style) return undefined;
    await held;
    return { headers: { 'content-type': 'text/css' }, body: 'p { color: teal }' };
  };
  await page.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((seen) => shifts.push(...seen.getEntries())).observe({ type: 'layout-shift', buffered: true });
  });
  await page.waitForTimeout(1500);
  await page.goto(`${shop.origin}/t/early.html`);
  await page.waitForFunction(() => window.done && performance.getEntriesByType('paint').length > 0);
  const told = await page.evaluate(() => ({ applied: done.applied, skipped: done.skipped, painted: done.painted, shift: shifts.reduce((sum, { value }) => sum + value, 0) }));
  shop.front.fault = undefined;
  assert.deepEqual(told, { applied: true, skipped: undefined, painted: 0, shift: 0 });
});

test('a hundred thousand children are ordered and the page goes on', async () => {
  const told = await page.evaluate(async (films) => {
    const strangers = Array.from({ length: 100_000 - films.length }, (_, index) => `stranger-${index}`);
    list.append(...[...strangers, ...films].map((id) => Object.assign(document.createElement('li'), { textContent: id })));
    for (const child of list.children) child.setAttribute('data-hb-id', child.textContent);
    const wanted = await window.wanted(films);
    const start = performance.now();
    const { applied, ranked } = await me.rerank(list, { force: true });
    const took = performance.now() - start;
    const now = ordered();
    return { applied, ranked: ranked.length, took, first: now.slice(0, films.length), wanted, rest: now.slice(films.length).every((id, index) => id === strangers[index]), left: list.childNodes.length };
  }, films);
  assert.deepEqual([told.applied, told.ranked, told.rest, told.left], [true, 100_000, true, 100_000]);
  assert.deepEqual(told.first, told.wanted);
  console.log(`# 100,000 children in ${Math.round(told.took)} ms`);
});

test('what is no element is told, and nothing is thrown', async () => {
  const told = await page.evaluate(async () => {
    const all = [await me.rerank(null), await me.rerank(document), await me.rerank('ul')];
    // What to do about it is in a file of its own, which comes first.
    while (errors.length < all.length) await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { all: all.map(({ skipped }) => skipped), codes: errors.map(({ code }) => code) };
  });
  assert.deepEqual(told, { all: ['failed', 'failed', 'failed'], codes: ['options', 'options', 'options'] });
  assert.deepEqual(page.failures, []);
});
