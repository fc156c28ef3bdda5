// Two tabs of one visitor: nothing is lost, choices are the same everywhere, and an erasure is final.
import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { codes, launchBrowser, openLab, SLACK, startShop, stored, until } from './harness.mjs';

/** Within this time a choice reaches the other tabs. */
const HEARD_MS = 250;

let shop;
let browser;
let context;
let a;
let b;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

beforeEach(async (t) => {
  context = await browser.newContext();
  await context.addInitScript(deafenable);
  [a, b] = [await openLab(context, shop), await openLab(context, shop)];
  await Promise.all([a, b].map((page) => page.evaluate(() => start().then((me) => me.ready))));
});

/** In the page: with `deaf` set it hears no other tab, like one that is frozen. */
function deafenable() {
  const Heard = BroadcastChannel;
  window.BroadcastChannel = class extends Heard {
    set onmessage(listener) {
      super.onmessage = (event) => window.deaf || listener(event);
    }
  };
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

test('consent given and taken back in one tab counts in the other at once', async () => {
  const given = await heardWithin(b, true, () => agree(a));
  assert.ok(given <= HEARD_MS * SLACK, `heard after ${given} ms`);
  assert.equal(await b.evaluate(() => me.record({ kind: 'click', item: 'x' })), true);
  const taken = await heardWithin(b, false, () => a.evaluate(() => void me.consent.withdraw()));
  assert.ok(taken <= HEARD_MS * SLACK, `heard after ${taken} ms`);
  assert.equal(await b.evaluate(() => me.record({ kind: 'click', item: 'x' })), false);
  await until('nothing is left', async () => (await stored(a)).databases.length === 0);
  assert.equal(await known(b).then(String), '');
});

test('what both tabs see at the same time is kept by both', async () => {
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

test('erased in one tab, gone in both; what the other still wanted to write stays unwritten', async () => {
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
  const told = b.evaluate(() => new Promise((resolve) => me.on('erased', resolve)));
  await a.waitForTimeout(200);
  const erased = await a.evaluate(() => me.erase());
  assert.ok(erased.wiped.includes('shard') && erased.wiped.includes('database'), JSON.stringify(erased));
  assert.ok((await told).wiped.includes('memory'));
  assert.ok((await busy) > 0, 'there was something to write');
  for (const page of [a, b]) {
    assert.equal(await allowed(page), false);
    assert.equal(await page.evaluate(() => me.profile()), null);
  }
  await a.waitForTimeout(1500);
  const { local, databases, files } = await stored(a);
  assert.deepEqual({ local, databases, files }, { local: [], databases: [], files: [] });
});

test('a tab that slept through an erasure cannot bring anything back', async () => {
  await agree(a);
  await until('the other tab', () => allowed(b));
  await b.evaluate(async () => {
    me.record({ kind: 'click', item: 'first' });
    await me.rank();
  });
  await until('saved', async () => (await known(a)).includes('first'));
  // Deaf from now on: messages of other tabs are dropped, as in a frozen page, and its database stays open.
  await b.evaluate(async () => {
    const { Store } = await import('/pkg/rank/store.js');
    window.held = await Store.open(false);
    window.deaf = true;
  });
  await a.evaluate(() => me.erase());
  await agree(a);
  await a.evaluate(async () => {
    me.record({ kind: 'click', item: 'second' });
    await me.rank();
  });
  await until('the new profile', async () => (await known(a)).join() === 'second');
  await b.evaluate(async () => {
    for (let i = 0; i < 5; i++) {
      me.record({ kind: 'click', item: `ghost-${i}` });
      await me.rank();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  });
  const c = await openLab(context, shop);
  await c.evaluate(() => start().then((me) => me.ready));
  const items = await known(c);
  assert.ok(items.includes('second'), String(items));
  assert.ok(!items.includes('first'), 'what was erased does not come back');
});
