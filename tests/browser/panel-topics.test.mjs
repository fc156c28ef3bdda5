// The panel's buttons for a topic, pressed by hand, and what becomes of the list.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { catalogued, launchBrowser, openLab, startShop, until } from './harness.mjs';

const PLACES = 12;

let shop;
let browser;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

/** A visitor with a taste for one category, whose panel is open. */
async function opened() {
  const page = await openLab(await browser.newContext(), shop);
  const category = await page.evaluate(async () => {
    await start({ policyUrl: '/privacy' });
    await me.consent.set({ personalize: true });
    const pool = await me.rank(undefined, { limit: 200 });
    const counts = Map.groupBy(pool.filter(({ item }) => item.category), ({ item }) => item.category);
    const [name, members] = [...counts].sort(([, a], [, b]) => b.length - a.length)[1];
    for (const { id } of members.slice(0, 8)) me.record({ kind: 'click', item: id });
    return name;
  });
  await catalogued(page);
  await page.evaluate(() => me.consent.open('panel'));
  await page.locator('hb-privacy-panel dialog').waitFor();
  return { page, category };
}

/** How many of the first places a category has, and the first items. */
const first = (page, category) => page.evaluate(async ([name, limit]) => {
  const ranked = await me.rank(undefined, { limit });
  return { count: ranked.filter(({ item }) => item.category === name).length, ids: ranked.map(({ id }) => id) };
}, [category, PLACES]);

const press = (page, word, topic) => page.locator('hb-privacy-panel').getByRole('button', { name: `${word}: ${topic}`, exact: true }).click();

test('ignoring a topic takes it off the top of the list, at once and on the next page; using it again brings it back', async () => {
  const { page, category } = await opened();
  const before = await first(page, category);
  assert.ok(before.count >= 3, `${category} has ${before.count} of ${PLACES} places`);
  await press(page, 'Ignore', category);
  await page.locator('hb-privacy-panel [part=topic]', { hasText: `${category} (ignored)` }).waitFor();
  const muted = await first(page, category);
  assert.equal(muted.count, 0, muted.ids.join());
  const next = await openLab(page.context(), shop);
  await next.evaluate(async () => {
    await start();
    await me.ready;
    await me.profile();
  });
  assert.equal((await first(next, category)).count, muted.count, 'on the next page, too');
  await press(page, 'Use again', category);
  await until('as before', async () => (await first(page, category)).count === before.count);
  assert.deepEqual(page.failures, []);
});
