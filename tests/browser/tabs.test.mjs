// Two tabs of one visitor: nothing is lost, choices are the same everywhere, and an erasure is final.
import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { codes, launchBrowser, openLab, SLACK, startShop, stored, until } from './harness.mjs';

/** Within this time a choice reaches the other tabs. */
const HEARD_MS = 250;
/** Nothing here takes this long; a tab that waits for ever is a failure, not a pause. */
const TIMEOUT_MS = 90_000;

let shop;
let browser;
let context;
let a;
let b;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

beforeEach(async () => {
  context = await browser.newContext();
  await context.addInitScript(deafenable);
  [a, b] = [await openLab(context, shop), await openLab(context, shop)];
  await Promise.all([a, b].map((page) => page.evaluate(() => start().then((me) => me.ready))));
});

/** In the page: with `deaf` set it hears no other tab and holds on to its database, like one that is frozen. */
function deafenable() {
  const Heard = BroadcastChannel;
  window.BroadcastChannel = class extends Heard {
    set onmessage(listener) {
      super.onmessage = (event) => window.deaf || listener(event);
    }
  };
  const { get, set } = Object.getOwnPropertyDescriptor(IDBDatabase.prototype, 'onversionchange');
  Object.defineProperty(IDBDatabase.prototype, 'onversionchange', {
    get,
    set(listener) {
      set.call(this, (event) => window.deaf || listener(event));
    },
  });
}

/** Of everything a visitor had, the record of the choice is left, and it says no. */
async function assertOnlyTheNoIsKept(page) {
  const { local, databases, files } = await stored(page);
  assert.deepEqual({ databases, files }, { databases: [], files: [] });
  assert.deepEqual(local.map(([name]) => name), ['hb.c']);
  assert.match(local[0][1], /^2\.[0-9a-f]{8}\.p0[0-9a-f]{6}\d{6}i$/);
}

async function agree(page) {
  await page.evaluate(() => me.consent.set({ personalize: true }));
}

function allowed(page) {
  return page.evaluate(() => me.consent.allowed('personalize'));
}

/** Ids of the profile as a page knows it. */
function known(page) {
  return page.evaluate(async () => ((await me.profile())?.items ?? []).map(({ id }) => id).sort());
}

/** Milliseconds on the page's clock until its consent is as wanted, from before `act`. */
async function heardWithin(page, wanted, act) {
  const watching = page.evaluate((want) => new Promise((resolve) => {
    const stop = me.consent.subscribe(() => {
      if (me.consent.allowed('personalize') !== want) return;
      stop();
      resolve(Date.now());
    });
  }), wanted);
  await page.evaluate(() => 0); // The subscription stands before anything happens.
  const since = Date.now();
  await act();
  return (await watching) - since;
}

test('consent given and taken back in one tab counts in the other at once', { timeout: TIMEOUT_MS }, async () => {
  const given = await heardWithin(b, true, () => agree(a));
  assert.ok(given <= HEARD_MS * SLACK, `heard after ${given} ms`);
  assert.equal(await b.evaluate(() => me.record({ kind: 'click', item: 'x' })), true);
  const taken = await heardWithin(b, false, () => a.evaluate(() => void me.consent.withdraw()));
  assert.ok(taken <= HEARD_MS * SLACK, `heard after ${taken} ms`);
  assert.equal(await b.evaluate(() => me.record({ kind: 'click', item: 'x' })), false);
  await until('nothing is left', async () => (await stored(a)).databases.length === 0);
  assert.equal(await known(b).then(String), '');
});

test('what both tabs see at the same time is kept by both', { timeout: TIMEOUT_MS }, async () => {
  await agree(a);
  await until('the other tab', () => allowed(b));
  const seen = (name, count) => Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const act = (page, items) => page.evaluate(async (ids) => {
    for (const item of ids) {
      me.record({ kind: 'click', item });
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await me.rank();
  }, items);
  const [ofA, ofB] = [seen('a', 25), seen('b', 25)];
  await Promise.all([act(a, ofA), act(b, ofB)]);
  const all = [...ofA, ...ofB].sort().join();
  await until('both know all', async () => (await known(a)).join() === all && (await known(b)).join() === all);
  await Promise.all([a.close(), b.close()]);
  const c = await openLab(context, shop);
  await c.evaluate(() => start().then((me) => me.ready));
  assert.equal((await known(c)).join(), all, 'and so does the disk');
  assert.deepEqual(await codes(c), []);
});

test('erased in one tab, gone in both; what the other still wanted to write stays unwritten', { timeout: TIMEOUT_MS }, async () => {
  await agree(a);
  await until('the other tab', () => allowed(b));
  await Promise.all([a, b].map((page) => page.evaluate(async () => {
    me.record({ kind: 'click', item: 'before-erasure' });
    await me.rank();
  })));
  await until('both know it', async () => (await known(b)).length === 1 && (await known(a)).length === 1);
  // The other tab works on while the first one erases.
  const busy = b.evaluate(async () => {
    let taken = 0;
    const end = Date.now() + 1200;
    while (Date.now() < end) {
      if (me.record({ kind: 'click', item: `late-${taken}` })) taken++;
      await me.rank(undefined, { limit: 3 });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return taken;
  });
  await b.evaluate(() => void (window.told = new Promise((resolve) => me.on('erased', resolve))));
  await a.waitForTimeout(200);
  const erased = await a.evaluate(() => me.erase());
  assert.ok(erased.wiped.includes('shard') && erased.wiped.includes('database'), JSON.stringify(erased));
  assert.ok((await b.evaluate(() => told)).wiped.includes('memory'));
  assert.ok((await busy) > 0, 'there was something to write');
  for (const page of [a, b]) {
    assert.equal(await allowed(page), false);
    assert.equal(await page.evaluate(() => me.profile()), null);
  }
  await a.waitForTimeout(1500);
  await assertOnlyTheNoIsKept(a);
});

test('a tab that slept through an erasure cannot bring anything back', { timeout: TIMEOUT_MS }, async () => {
  await agree(a);
  await until('the other tab', () => allowed(b));
  await b.evaluate(async () => {
    me.record({ kind: 'click', item: 'first' });
    await me.rank();
  });
  await until('saved', async () => (await known(a)).includes('first'));
  await b.evaluate(() => (window.deaf = true));
  const { wiped } = await a.evaluate(() => me.erase());
  assert.ok(wiped.includes('shard'), 'the key is gone although the database is still held');
  await until('told', async () => (await codes(a)).join() === 'storage_blocked');
  // It wakes up and writes, with all it had in memory, into the database it still holds.
  await b.evaluate(async () => {
    for (let i = 0; i < 3; i++) {
      me.record({ kind: 'click', item: `ghost-${i}` });
      await me.rank();
      await new Promise((resolve) => setTimeout(resolve, 600));
    }
  });
  await until('it has let go, and all is gone', async () => (await stored(a)).databases.length === 0);
  await b.close();
  const c = await openLab(context, shop);
  await c.evaluate(() => start().then((me) => me.ready));
  assert.ok(!(await known(c)).some((id) => id === 'first' || id.startsWith('ghost')), 'what was erased does not come back');
});

test('agreeing again while another tab sleeps on the old database: the list still comes', { timeout: TIMEOUT_MS }, async () => {
  await agree(a);
  await until('the other tab', () => allowed(b));
  await b.evaluate(() => me.rank());
  await b.evaluate(() => (window.deaf = true));
  await a.evaluate(() => me.erase());
  await agree(a);
  const ranked = await a.evaluate(() => Promise.race([me.rank(), new Promise((resolve) => setTimeout(resolve, 20_000, null))]));
  assert.ok(ranked?.length > 0, 'within 20 s');
  assert.deepEqual(a.failures, []);
});

test('erased in one tab, although another one agreed', { timeout: TIMEOUT_MS }, async () => {
  await agree(b);
  await until('the other tab', () => allowed(a));
  await a.evaluate(() => me.erase());
  await until('heard', async () => !(await allowed(b)));
  assert.equal(await b.evaluate(() => me.record({ kind: 'click', item: 'late' })), false);
  await b.waitForTimeout(1000);
  await assertOnlyTheNoIsKept(b);
});

test('no choice is missed, however often it changes', { timeout: TIMEOUT_MS }, async () => {
  for (let round = 0; round < 12; round++) {
    const [one, other] = round % 2 ? [a, b] : [b, a];
    await agree(one);
    await until(`yes ${round}`, () => allowed(other), HEARD_MS * SLACK * 2);
    await one.evaluate(() => me.consent.withdraw());
    await until(`no ${round}`, async () => !(await allowed(other)), HEARD_MS * SLACK * 2);
  }
});
