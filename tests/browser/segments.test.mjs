// The visitor's segment, in the real browser: there as soon as somebody asks, and told once.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openLab, savedRevision, until } from './harness.mjs';
import { leave, startStage } from './ranking-stage.mjs';

let shop;
let browser;

before(async () => {
  ({ shop, browser } = await startStage());
});

test('whoever asks right after the interaction sees the segment it led to, and the change is told once, in that task', async () => {
  const context = await browser.newContext();
  const page = await openLab(context, shop);
  const told = await page.evaluate(async () => {
    await start();
    await me.consent.acceptAll();
    const list = await ids();
    const [heard, isTaskOver] = [[], () => over];
    let over = false;
    me.on('segment', (change) => heard.push({ ...change, now: me.segment, isTaskOver: isTaskOver() }));
    me.on('change', () => heard.push(isTaskOver()));
    // From here to the microtask below nothing else of the page has a turn.
    setTimeout(() => (over = true));
    const before = me.segment;
    for (const item of list.slice(0, 3)) me.record({ kind: 'click', item });
    const after = me.segment;
    const within = heard.length;
    await Promise.resolve();
    const next = heard.splice(0);
    for (const item of list.slice(3, 12)) me.record({ kind: 'cart_add', item });
    const bought = [me.segment, over];
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { before, after, within, next, bought, later: heard };
  });
  assert.deepEqual([told.before, told.after, told.within], [null, 'browser', 0], 'nobody is told while somebody asks');
  assert.deepEqual(told.next, [{ from: null, to: 'browser', now: 'browser', isTaskOver: false }]);
  assert.deepEqual(told.bought, ['buyer', false]);
  assert.deepEqual(told.later, [{ from: 'browser', to: 'buyer', now: 'buyer', isTaskOver: false }, true], 'once, and the list is news for a later task');
  assert.deepEqual(page.failures, []);
  await leave(page);
});

test('with a worker the segment is there a moment later, told once as well', async () => {
  const context = await browser.newContext();
  const page = await openLab(context, shop);
  const told = await page.evaluate(async () => {
    await start({ worker: true });
    await me.consent.acceptAll();
    const list = await ids();
    const changes = [];
    me.on('segment', (change) => changes.push({ ...change, now: me.segment }));
    for (const item of list.slice(0, 3)) me.record({ kind: 'click', item });
    const atOnce = me.segment;
    await ids();
    return { atOnce, changes, now: me.segment };
  });
  assert.deepEqual(told, { atOnce: null, changes: [{ from: null, to: 'browser', now: 'browser' }], now: 'browser' });
  await leave(page);
});

test('a change of segment is told once, and in other tabs too', async () => {
  const context = await browser.newContext();
  const page = await openLab(context, shop);
  const told = await page.evaluate(async () => {
    await start();
    await me.consent.acceptAll();
    await me.rank();
    const changes = [];
    me.on('segment', (change) => changes.push({ ...change, now: me.segment }));
    const none = me.segment;
    const list = await ids();
    for (const item of list.slice(0, 3)) me.record({ kind: 'click', item });
    await ids();
    const early = changes.length;
    for (const item of list.slice(3, 12)) me.record({ kind: 'cart_add', item });
    await ids();
    return { none, early, changes, segment: me.segment, intent: await me.intent() };
  });
  assert.equal(told.none, null);
  assert.equal(told.early, 1);
  assert.deepEqual(told.changes[0], { from: null, to: 'browser', now: 'browser' });
  assert.deepEqual(told.changes.slice(1), [{ from: 'browser', to: 'buyer', now: 'buyer' }]);
  assert.equal(told.segment, 'buyer');
  assert.equal(told.intent, null, 'this pool has no model of it');
  // The second revision has everything: a later save would be a change to a tab that began with the first.
  await until('all of it is saved', async () => (await page.evaluate(savedRevision)) >= 2);
  const second = await openLab(context, shop);
  await second.evaluate(async () => {
    window.changes = [];
    await start();
    me.on('segment', (change) => changes.push(change));
    await me.rank();
  });
  await until('the second tab knows', () => second.evaluate(() => me.segment === 'buyer'));
  assert.deepEqual(await second.evaluate(() => changes), [], 'opening a page moves nobody');
  await leave(page);
});
