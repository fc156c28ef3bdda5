// The disk after an erasure and after a withdrawal, with everything a visitor can have: a profile of the shop's own items,
// a report that waits, a ledger, the tables, two tabs. What is looked for are the items, their categories, brands and
// titles, the search words, the report, both halves of the key and the key itself.
import assert from 'node:assert/strict';
import { createDecipheriv, hkdfSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { launchPersistent, NOTHING, openLab, stored, temporaryFolder, until } from './harness.mjs';
import { isStorage, names, scan, spellings, watchKeys } from './disk-stage.mjs';
import { watchTimers } from './timers-stage.mjs';
import { ask, begin, idle, LONGEST_DELAY_S, listed, lost, posts, startCollector, task, untilListed } from './contribution-stage.mjs';

const TASK = 'zq-choices-5527';
const SEARCH = 'zq-words-for-nobody-4417';
const CHOICE = { personalize: true, contribute: true };

let shop;
let films;

before(async () => {
  shop = await startCollector();
  await ask(shop, task(TASK));
  films = (await readFile(shop.catalogue, 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
});

async function tab(context) {
  const page = await openLab(context, shop);
  await begin(page);
  return page;
}

async function visitor(folder) {
  const context = await launchPersistent(folder);
  await context.addInitScript(watchKeys);
  await context.addInitScript(watchTimers);
  return context;
}

/** Puts a tab's clock forward beyond the time of any report, and wakes whatever waits for that. */
async function skip(page) {
  await page.evaluate((ms) => ((window.ahead = ms), hurry(1_000)), 1_000 * LONGEST_DELAY_S);
}

/** Does what a visitor does, until all of it is on the disk; the items that are in the profile. */
async function live(page) {
  await page.evaluate((choice) => me.consent.set(choice), CHOICE);
  const seen = await page.evaluate(async (search) => {
    const seen = (await ids(undefined, { limit: 40 })).slice(0, 25);
    for (const item of seen) me.record({ kind: 'click', item });
    me.record({ kind: 'purchase', item: seen[0], value: 12 });
    me.record({ kind: 'search', item: search });
    await me.rank();
    return seen;
  }, SEARCH);
  await untilListed(page, 1);
  await until('the profile is saved', () => page.evaluate(keptFiles));
  return seen;
}

/** In the page: whether profile, ledger, outbox, manifest and tables are in the database. */
async function keptFiles() {
  const { Store } = await import('/pkg/rank/store.js');
  const store = await Store.open(false);
  const all = (name) => store.transact(name, 'readonly', (open) => new Promise((resolve) => {
    open(name).getAllKeys().onsuccess = ({ target }) => resolve(target.result);
  }));
  const [entries, files] = [await all('profile'), await all('blobs')];
  store.close();
  return ['profile', 'ledger', 'outbox'].every((name) => entries.includes(name)) && files.length >= 3;
}

/** What tells of those items: their ids and titles, their categories, brands and tags. */
function tellTale(seen) {
  const known = films.filter(({ id }) => seen.includes(id));
  const facets = known.flatMap(({ brand, category, tags = [] }) => [brand, category, ...tags]).filter(Boolean);
  return { ids: [...seen, ...known.map(({ title }) => title)].filter((text) => text.length > 7), facets: [...new Set(facets)].filter((text) => text.length > 4) };
}

/** The AES key of two halves, as the page derives it. */
function derive(base, shard) {
  return Buffer.from(hkdfSync('sha256', base, shard, 'homebody profile', 32));
}

/** Whether a key opens what was sealed. */
function opens(key, { iv, bound, data }) {
  const bytes = Buffer.from(data);
  const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv)).setAAD(Buffer.from(bound)).setAuthTag(bytes.subarray(-16));
  try {
    cipher.update(bytes.subarray(0, -16));
    cipher.final();
    return true;
  } catch {
    return false;
  }
}

for (const [how, end] of [
  ['erase()', () => me.erase()],
  ['withdraw()', () => me.consent.withdraw()],
]) {
  test(`${how}: nothing of the visitor is on the disk in clear before, and nothing that can be opened after`, { timeout: 240_000 }, async () => {
    const folder = await temporaryFolder('profile');
    let context = await visitor(folder);
    let page = await tab(context);
    const seen = await live(page);
    const { base, shard, derived } = await page.evaluate(() => window.keys);
    const sealed = await page.evaluate(() => window.sealed);
    assert.deepEqual([base.length, new Set(shard.map(String)).size, new Set(derived.map(String)).size], [1, 1, 1], 'one vault');
    const halves = { base: Buffer.from(base[0]), shard: Buffer.from(shard[0]), derived: Buffer.from(derived[0]) };
    assert.ok(derive(halves.base, halves.shard).equals(halves.derived) && opens(halves.derived, sealed), 'the halves make the key, and it opens');
    await context.close();

    const { ids, facets } = tellTale(seen);
    assert.ok(ids.length > 30 && facets.length > 20, `${ids.length} ids and titles, ${facets.length} facets`);
    const words = spellings([...ids, ...facets, SEARCH, TASK]);
    const inClear = await scan(folder, { ...halves, ...words });
    assert.deepEqual(names(inClear).filter((name) => name in halves), ['base', 'shard'], 'the scan finds the halves, and the key itself is never there');
    assert.deepEqual(inClear.filter((hit) => isStorage(hit) && !(hit.name in halves)), [], 'no id, title, category, brand, tag, word or task in clear');
    // Nor has the browser noted them elsewhere; words like `Action` are in any script.
    assert.deepEqual(names(inClear).filter((name) => !(name in halves) && !(name in spellings(facets))), []);

    context = await visitor(folder);
    page = await tab(context);
    const other = await tab(context);
    await until('both tabs know of the report', async () => (await listed(page)).length === 1 && (await listed(other)).length === 1);
    shop.front.clear();
    await page.evaluate(end);
    const { local, ...rest } = await stored(page);
    assert.deepEqual([{ ...rest, local: [] }, local.map(([name]) => name)], [NOTHING, ['hb.c']]);
    for (const each of [page, other]) {
      await until('nothing is allowed', () => each.evaluate(() => !me.consent.allowed('personalize')));
      const told = await each.evaluate(() => me.contributions.list().then((rows) => rows.length, ({ code }) => code));
      assert.equal(told, 'consent_required');
      await skip(each);
    }
    await idle();
    assert.deepEqual(posts(shop), [], 'nothing that waited is sent, by either tab');
    assert.deepEqual(await stored(other), { ...rest, local });
    await context.close();

    const left = await scan(folder, { ...halves, ...words });
    assert.deepEqual(names(left).filter((name) => name === 'shard' || name === 'derived'), [], 'the half that is a file, and the key');
    assert.deepEqual(left.filter((hit) => isStorage(hit) && !(hit.name in halves)), []);
    assert.deepEqual(names(left).filter((name) => !(name in halves) && !(name in spellings(facets))), []);
    // Databases are logs: the other half may stay in one for a while. Alone, or with what an overwritten file holds, it opens nothing.
    for (const shard of [Buffer.alloc(0), Buffer.alloc(32), halves.base]) assert.equal(opens(derive(halves.base, shard), sealed), false);
  });
}

test('what waits is sent by one of two tabs when its time has come: it is the erasure that stops it', async () => {
  const context = await visitor(await temporaryFolder('profile'));
  const page = await tab(context);
  shop.front.fault = lost;
  await live(page);
  const other = await tab(context);
  await until('the other tab knows, too', async () => (await listed(other)).length === 1);
  shop.front.fault = undefined;
  shop.front.clear();
  for (const each of [page, other]) await skip(each);
  await until('sent', async () => posts(shop).length === 1);
  await context.close();
});
