// `<hb-list>` with odd markup and addresses, over several visits, in pages, by the script tag, and for everybody.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { catalogued, equip, openPage, ROOT, until } from './harness.mjs';
import { assertClean, assertStill, becomeKnown, begin, BLANK, browser, open, shop, SIZE, startLists, TEMPLATE } from './list-stage.mjs';

const AXE = readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');

before(startLists);

test('addresses are of the web, prices are written as people do, members of prototypes are nothing', async () => {
  const page = await open({ attributes: 'size="9" currency="EUR"', lang: 'de', inside: `<template><li><a data-hb-href="url"><img data-hb-src="image" alt=""></a><i data-hb-src="image" data-hb-href="url"></i><b data-hb-text="title"></b><span class="price" data-hb-price="price"></span></li></template>` });
  await begin(page);
  await page.evaluate(() => {
    document.querySelector('hb-list').candidates = [
      { id: 'a', url: 'javascript:alert(1)', image: 'data:image/svg+xml,<svg/>', title: '<img src=x onerror=alert(1)>', price: 12.5 },
      { id: 'b', url: 'java\nscript:alert(1)', image: 'blob:x', title: 7, price: '1299.9' },
      { id: 'c', url: '/film?id=1#x', image: '/t/none.png', title: null, price: 'on request', currency: 'USD' },
      { id: 'd', url: 'https://other.example/x', title: { toString: 'x' }, price: NaN, currency: '??' },
      { id: 'e', url: 7, price: 3, currency: 'USD' },
      { id: 'f', url: ' vbscript:x', price: 3, currency: 'no such' },
      { id: 'f', url: '/twice' },
    ];
  });
  await page.waitForFunction(() => lists.at(-1).ids.includes('a'));
  const told = await page.evaluate(() => Array.from(document.querySelectorAll('hb-list li'), (row) => [row.querySelector('a').getAttribute('href'), row.querySelector('img').getAttribute('src'), row.querySelector('b').innerHTML, row.querySelector('.price').textContent.replace(/\s/g, ' '), row.querySelector('i').attributes.length]));
  assert.deepEqual(told, [
    [null, null, '&lt;img src=x onerror=alert(1)&gt;', '12,50 €', 2],
    [null, null, '7', '1.299,90 €', 2],
    ['/film?id=1#x', '/t/none.png', '', 'on request', 2],
    ['https://other.example/x', null, '', 'NaN', 2],
    [null, null, '', '3,00 $', 2],
    [null, null, '', '3', 2],
  ].map((row, index) => (index === 5 ? ['/twice', ...row.slice(1, 3), '', 2] : row)));
  await page.evaluate(() => {
    const list = document.querySelector('hb-list');
    list.querySelector('template').content.querySelector('b').setAttribute('data-hb-text', 'constructor');
    list.querySelectorAll('li').forEach((row) => row.remove());
    list.candidates = [{ id: '__proto__' }, { id: 'constructor', title: 'x' }];
  });
  await page.waitForFunction(() => lists.at(-1).ids.includes('__proto__'));
  assert.deepEqual(await page.evaluate(() => Array.from(document.querySelectorAll('hb-list b'), ({ textContent }) => textContent)), ['', '']);
  assert.deepEqual(page.failures, []);
  await page.context().close();
});

test('odd markup: no template, odd sizes, moved, removed while it loads, no server', async () => {
  const page = await open({ inside: '<p>only words</p>', attributes: 'size="no" placement="nowhere"' });
  await begin(page);
  const told = await page.evaluate(async () => {
    const list = document.querySelector('hb-list');
    const words = list.textContent;
    list.setAttribute('size', '-4');
    list.removeAttribute('placement');
    document.querySelector('main').prepend(list);
    await list.more();
    const other = document.createElement('hb-list');
    document.body.append(other);
    other.remove();
    const made = new HbList();
    made.innerHTML === '' && document.body.append(made);
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (let left = 100; left > 0 && (list.ariaBusy || made.ariaBusy); left--) await new Promise((resolve) => setTimeout(resolve, 50));
    return { words, now: list.textContent, busy: list.getAttribute('aria-busy') };
  });
  assert.deepEqual(told, { words: 'only words', now: 'only words', busy: null });
  assert.deepEqual(page.failures, []);
  await page.context().close();
  shop.front.fault = async ({ url }) => (url.startsWith('/v1/') ? { drop: true } : undefined);
  const offline = await open();
  await begin(offline);
  shop.front.fault = undefined;
  assert.match(await offline.locator('hb-list').innerText(), /Bestseller 5/, 'the server’s list stays');
  assert.equal(await offline.locator('hb-list').getAttribute('aria-busy'), null);
  await offline.context().close();
});

/** Leaves the page as one does who comes back half an hour later; nothing of the page's own is written after it. */
async function leaveForLong(page) {
  await page.evaluate(() => addEventListener('pagehide', () => {
    const [seed] = JSON.parse(sessionStorage.getItem('hb.seed'));
    sessionStorage.setItem('hb.seed', JSON.stringify([seed, Date.now() - 31 * 60_000]));
  }));
}

test('the seed stays for a visit, is another in the next, and goes with the consent', async () => {
  const page = await open();
  await begin(page);
  const seed = () => page.evaluate(async () => (await import('/pkg/list/index.js')).sessionSeed(me));
  const kept = () => page.evaluate(() => sessionStorage.getItem('hb.seed'));
  const first = await seed();
  assert.deepEqual([await seed(), await kept()], [first, null], 'nothing is stored before consent');
  await becomeKnown(page);
  assert.equal(await seed(), first);
  assert.ok(await kept());
  await page.reload();
  await begin(page);
  assert.equal(await seed(), first, 'the same on the next page');
  await leaveForLong(page);
  await page.reload();
  await begin(page);
  assert.notEqual(await seed(), first, 'half an hour later it is another visit');
  await page.evaluate(() => sessionStorage.setItem('hb.seed', '{"no": 1'));
  await page.reload();
  await begin(page);
  assert.ok(Number.isInteger(await seed()));
  await page.evaluate(() => me.erase());
  assert.equal(await kept(), null);
  await page.context().close();
});

/** In the page: the first items of a list that leaves a lot to chance, by the seed of the visit. */
async function drawn() {
  const { pages } = await import('/pkg/list/index.js');
  const options = { size: 20, policy: { exploration: 'thompson', explorationStrength: 1 } };
  for await (const page of pages(me, undefined, options)) return page.map(({ id }) => id).join();
}

test('what is left to chance stays on every page of a visit, and is drawn anew in the next', async () => {
  const page = await open();
  await begin(page);
  await becomeKnown(page);
  const again = async () => {
    await page.waitForTimeout(1500); // Saves are a second apart.
    await page.reload();
    await begin(page);
    await until('personal', () => page.evaluate(() => me.personalized));
    await catalogued(page);
  };
  const first = await page.evaluate(drawn);
  await again();
  assert.equal(await page.evaluate(drawn), first, 'the next page of the visit');
  const lists = new Set([first]);
  for (let visits = 0; visits < 3; visits++) {
    await leaveForLong(page);
    await again();
    lists.add(await page.evaluate(drawn));
  }
  assert.equal(lists.size, 4, 'four visits, four draws');
  assertClean(page);
  await page.context().close();
});

test('the seed goes with an erasure on a page that has no list, too', async () => {
  const page = await open();
  await begin(page);
  await becomeKnown(page);
  await page.goto(`${shop.origin}/t/lab.html`);
  await equip(page, shop);
  await page.evaluate(() => start().then((me) => me.rank()));
  assert.ok(await page.evaluate(() => sessionStorage.getItem('hb.seed')));
  await page.evaluate(() => me.erase());
  assert.equal(await page.evaluate(() => sessionStorage.getItem('hb.seed')), null);
  await page.context().close();
});

test('pages: everything once, in step, until the end', async () => {
  const page = await open();
  await begin(page);
  await becomeKnown(page);
  const told = await page.evaluate(async () => {
    const { pages } = await import('/pkg/list/index.js');
    const sizes = [];
    const all = [];
    for await (const page of pages(me, undefined, { placement: 'home', size: 16, policy: { exploration: 'thompson', explorationStrength: 1 } })) {
      sizes.push(page.length);
      all.push(...page.map(({ id }) => id));
      me.record({ kind: 'click', item: page[3].id });
      if (sizes.length === 5) break;
    }
    const own = [];
    for await (const page of pages(me, all.slice(0, 10).map((id) => ({ id, mine: true })), { size: 4 })) own.push(page.map(({ item }) => item.mine).join());
    const odd = [];
    for await (const page of pages(me, [], { size: 0 })) odd.push(page);
    return { sizes, all, own, odd };
  });
  assert.deepEqual(told.sizes, [16, 16, 16, 16, 16]);
  assert.equal(new Set(told.all).size, 80, 'nothing twice');
  assert.deepEqual([told.own, told.odd], [['true,true,true,true', 'true,true,true,true', 'true,true'], []]);
  await page.context().close();
});

test('with the script tag nothing has to be written but markup', async () => {
  const scripts = `<script src="/pkg/homebody.js" data-server="${shop.origin}" data-key="${shop.key}" data-consent="manual"></script>`;
  const page = await open({ scripts, inside: `${TEMPLATE}<ul data-hb-items>${BLANK.join('')}</ul><button data-hb-more>More</button>` }, '/t/tag.html');
  await page.waitForFunction(() => lists.length > 0);
  assert.match(await page.locator('hb-list li').first().getAttribute('data-hb-id'), /./);
  await page.locator('[data-hb-more]').click();
  await until('twelve', async () => (await page.locator('hb-list li').count()) === 12);
  await assertStill(page);
  assertClean(page);
  const loaded = shop.front.requests.filter(({ url }) => url.startsWith('/pkg/homebody.')).map(({ url }) => url);
  assert.ok(loaded.includes('/pkg/homebody.list.js') && loaded.includes('/pkg/homebody.why.js'), String(loaded));
  await page.context().close();
  shop.front.clear();
  shop.front.pages.set('/t/plain.html', { html: `<!doctype html><title>x</title><link rel="icon" href="data:,">${scripts}<main></main>`, headers: {} });
  const plain = await openPage(await browser.newContext());
  await plain.goto(`${shop.origin}/t/plain.html`);
  await plain.evaluate(async () => void (await homebody.me));
  assert.deepEqual(shop.front.requests.filter(({ url }) => /homebody\.(list|why)/.test(url)), [], 'a page without lists does not pay for them');
  await plain.context().close();
});

test('readers and keyboards find a list', async () => {
  const page = await open({ inside: `${TEMPLATE.replace('<a data-hb-href="url">', '<a href="/film">').replace('data-hb-alt="title"', 'alt=""')}<ul data-hb-items aria-label="For you">${BLANK.join('')}</ul><button data-hb-more>More</button>` });
  await begin(page);
  await becomeKnown(page);
  assert.deepEqual(await page.getByRole('list', { name: 'For you' }).getByRole('listitem').count(), SIZE);
  const order = [];
  await page.evaluate(() => document.querySelector('hb-list a').focus());
  for (let step = 0; step < SIZE; step += 1) {
    order.push(await page.evaluate(() => document.activeElement.closest('li').getAttribute('data-hb-id')));
    await page.keyboard.press('Tab');
  }
  assert.deepEqual(order, await page.evaluate(() => rows()));
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'More');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Page.setBypassCSP', { enabled: true });
  await page.reload();
  await begin(page);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
  await page.context().close();
});
