// `<hb-list>`: a list that fills itself and grows, in the real browser under a strict policy.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { equip, openPage, until } from './harness.mjs';
import { assertClean, assertStill, becomeKnown, begin, BLANK, browser, open, settle, shop, SIZE, startLists, TEMPLATE } from './list-stage.mjs';

before(startLists);

test('what the server wrote stays until the ranked list is there, and nothing moves', async () => {
  const page = await open();
  assert.equal(await page.locator('hb-list li').first().textContent().then((text) => text.includes('Bestseller 0')), true);
  await begin(page);
  const told = await page.evaluate(async () => ({ rows: rows(), ranked: lists.at(-1), wanted: await ids(undefined, { limit: 6 }), titles: Array.from(document.querySelectorAll('hb-list b'), ({ textContent }) => textContent), display: (await me.rank(undefined, { limit: 6 })).map(({ item }) => item.title) }));
  assert.deepEqual(told.rows, told.wanted);
  assert.deepEqual(told.ranked, { ids: told.wanted, more: true, personal: false });
  assert.deepEqual(told.titles, told.display);
  await becomeKnown(page);
  await assertAsRanked(page);
  assert.match(await page.locator('hb-list small').first().textContent(), /\w/);
  await assertStill(page);
  assertClean(page);
  await page.context().close();
});

test('everybody’s order stays as the server wrote it, where it did', async () => {
  const ids = await firstIds(4);
  const item = (id) => `<li data-hb-id="${id}"><b data-hb-text="title">${id}</b></li>`;
  const page = await open({ inside: `${TEMPLATE}<ul data-hb-items>${[...ids].reverse().map(item).join('')}</ul>`, attributes: 'size="4"' });
  await page.evaluate(() => (document.querySelector('hb-list li').isServers = true));
  await begin(page);
  assert.deepEqual(await page.evaluate(() => rows()), [...ids].reverse());
  assert.equal(await page.evaluate(() => document.querySelector('hb-list li').isServers), true);
  await becomeKnown(page);
  await assertAsRanked(page);
  await page.evaluate(() => me.consent.withdraw());
  await until('everybody’s', async () => String(await page.evaluate(() => rows())) === String(ids));
  assertClean(page);
  await page.context().close();
});

/** Fails unless the rows are those of the last list. */
async function assertAsRanked(page) {
  const [shown, ranked] = await page.evaluate(() => [rows(), lists.at(-1).ids]);
  assert.deepEqual(shown, ranked);
}

async function firstIds(limit) {
  const page = await openPage(await browser.newContext());
  await page.goto(`${shop.origin}/t/lab.html`);
  await equip(page, shop);
  const found = await page.evaluate(async (limit) => (await start()) && ids(undefined, { limit }), limit);
  await page.context().close();
  return found;
}

test('a new order leaves the focus where it was, and gives it on when its item goes', async () => {
  const page = await open({ attributes: 'size="40"', inside: `${TEMPLATE}<ul data-hb-items>${Array.from({ length: 40 }, () => BLANK[0]).join('')}</ul>` });
  await begin(page);
  await becomeKnown(page);
  const focused = await page.evaluate(() => {
    const link = document.querySelectorAll('hb-list a')[8];
    link.setAttribute('href', '#x');
    link.focus();
    return link.closest('li').getAttribute('data-hb-id');
  });
  const before = await page.evaluate(() => rows());
  await page.evaluate(() => me.record({ kind: 'click', item: rows()[30] }));
  await until('another order', async () => String(await page.evaluate(() => rows())) !== String(before));
  await settle(page);
  assert.equal(await page.evaluate(() => document.activeElement.closest('li')?.getAttribute('data-hb-id')), focused);
  const at = (await page.evaluate(() => rows())).indexOf(focused);
  await page.evaluate((id) => {
    for (const link of document.querySelectorAll('hb-list a')) link.setAttribute('href', '#y');
    me.dismiss(id);
  }, focused);
  await until('it is gone', async () => !(await page.evaluate(() => rows())).includes(focused));
  await settle(page);
  assert.equal(await page.evaluate(() => Array.from(document.querySelectorAll('hb-list li')).indexOf(document.activeElement.closest('li'))), at);
  await assertStill(page);
  await page.context().close();
});

test('more: what is shown stays, nothing twice, clicks between do not shuffle it, the end hides the button', async () => {
  const own = (await firstIds(15)).map((id) => ({ id, title: id, url: `/film/${id}` }));
  const page = await open({ inside: `${TEMPLATE}<ul data-hb-items></ul><button data-hb-more>More</button>` });
  await begin(page);
  await becomeKnown(page);
  await page.evaluate((own) => (document.querySelector('hb-list').candidates = own), own);
  await settle(page);
  const first = await page.evaluate(() => rows());
  assert.equal(first.length, SIZE);
  await page.locator('[data-hb-more]').focus();
  await page.keyboard.press('Enter');
  await until('twelve', async () => (await page.evaluate(() => rows().length)) === 12);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'More');
  await page.evaluate(() => me.record({ kind: 'click', item: rows()[11] }));
  await settle(page);
  const second = await page.evaluate(() => rows());
  assert.deepEqual(second.slice(0, SIZE), first);
  await page.keyboard.press('Enter');
  await until('all', async () => (await page.evaluate(() => rows().length)) === own.length);
  const all = await page.evaluate(() => rows());
  assert.deepEqual(all.slice(0, 12), second);
  assert.deepEqual(all.toSorted(), own.map(({ id }) => id).toSorted());
  assert.equal(await page.locator('[data-hb-more]').isHidden(), true);
  assert.equal(await page.evaluate(() => document.activeElement.closest('li')?.getAttribute('data-hb-id')), all.at(-1), 'the focus is not lost with the button');
  assert.equal(await page.evaluate(() => lists.at(-1).more), false);
  // Somebody else's order begins anew, as long as before.
  await page.evaluate(() => (me.neutral = true));
  await until('the own order', async () => String(await page.evaluate(() => rows())) === String(own.map(({ id }) => id)));
  assertClean(page);
  await page.context().close();
});

test('an endless list grows while it is scrolled, and not before', async () => {
  const page = await open({ attributes: 'size="20" endless', inside: `${TEMPLATE}<ul data-hb-items></ul>` });
  await begin(page);
  await settle(page);
  const short = await page.evaluate(() => rows().length);
  assert.ok(short >= 20 && short <= 60, String(short));
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await until('more', async () => (await page.evaluate(() => rows().length)) > short);
  await settle(page);
  const rows = await page.evaluate(() => rows());
  assert.equal(new Set(rows).size, rows.length);
  await page.context().close();
});
