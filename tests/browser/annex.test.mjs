// The two halves of the ranking module: a page loads the annex for the pools and calls that ask for it, and for no other.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { crash, watchDevices, WHOLE } from './crash.mjs';
import { forger, withSections } from './forge.mjs';
import { codes, launchBrowser, openLab, startShop, until } from './harness.mjs';

/** Everything that the annex reads, left out. */
const BARE = Object.fromEntries(['PLCY', 'RULE', 'ARMS', 'LINP', 'SEGM', 'INTN', 'QUES', 'TREE', 'DUPL'].map((tag) => [tag, null]));

describe('the annex of the ranking module', () => {
  let shop;
  let browser;
  let page;
  let fetched;
  let bare;
  let whole;

  before(async () => {
    shop = await startShop();
    const forge = await forger(shop);
    bare = forge.offering(withSections(forge.pool, BARE), { catalog: null });
    whole = forge.offering(forge.pool, { catalog: null });
    browser = await launchBrowser([], WHOLE);
  });

  after(() => browser.close());

  beforeEach(async () => {
    await page?.context().close();
    page = undefined;
  });

  /** A visitor of whom something is known, in a shop with the pool that `offering` gives. */
  async function visit(offering) {
    shop.front.fault = offering;
    const context = await browser.newContext();
    await context.addInitScript(watchDevices);
    page = await openLab(context, shop);
    fetched = [];
    page.on('request', (request) => fetched.push(request.url()));
    return page.evaluate(async () => {
      await start();
      const shared = await ids();
      await me.consent.acceptAll();
      for (const place of [31, 47, 53]) me.record({ kind: 'click', item: shared[place] });
      return { shared, own: await ids() };
    });
  }

  const annexes = () => fetched.filter((url) => /annex(ed\.js|\.wasm)$/.test(url)).length;

  test('a journey through a plain pool does without it', async () => {
    const { shared, own } = await visit(bare);
    assert.notDeepEqual(own, shared, 'personal');
    const { moved, kept } = await page.evaluate(async () => {
      const list = await ids();
      for (const kind of ['view', 'impression', 'cart_add', 'wishlist', 'purchase', 'thumbs_up', 'share']) {
        me.record({ kind, item: list[5] });
        await ids();
      }
      me.record({ kind: 'search', item: '  alien ' });
      me.rate(list[6], 1);
      me.answer('how was it', 4);
      me.attend({ type: 'open', item: list[8] });
      me.attend({ type: 'close' });
      me.dismiss(list[7]);
      const rest = [...(await ids(undefined, { limit: 9 })), ...(await ids(undefined, { limit: 9, offset: 9 }))];
      await me.onboarding.next();
      await me.intent();
      await me.forget(list[5]);
      const exported = await me.exportData();
      await me.importData(exported);
      return { moved: [list[7], rest], kept: (await me.profile()).interactions };
    });
    assert.ok(!moved[1].includes(moved[0]), 'what was dismissed is gone');
    assert.equal(new Set(moved[1]).size, 18);
    assert.ok(kept > 5);
    assert.deepEqual(await codes(page), []);
    assert.deepEqual(page.failures, []);
    assert.equal(annexes(), 0, fetched.join('\n'));
  });

  test('a pool with sections of its own brings it along, once', async () => {
    const { shared, own } = await visit(whole);
    assert.notDeepEqual(own, shared);
    await page.evaluate(() => ids(undefined, { policy: { exploration: 'thompson' } }));
    assert.equal(annexes(), 2, 'its script and its module');
    assert.deepEqual(await codes(page), []);
  });

  for (const [asks, call] of [
    ['a call with a policy', () => ids(undefined, { policy: { maxPerCategory: 1, calibration: 0.5, serendipitySlots: 1, impressionDiscount: 0.5 }, limit: 6 })],
    ['exploration by a call', () => ids(undefined, { policy: { exploration: 'lints', alpha: 0.5 }, limit: 6 })],
    ['an audit', async () => Object.keys(await me.audit())],
  ]) {
    test(`${asks} loads it`, async () => {
      await visit(bare);
      assert.equal(annexes(), 0);
      const got = await page.evaluate(call);
      assert.equal(got.length, 6, String(got));
      assert.equal(annexes(), 2);
      assert.deepEqual(await codes(page), []);
    });
  }

  test('where it cannot be had the page has everybody’s order and says why; plain calls stay personal', async () => {
    const missing = (offering) => async (request) => (request.url.endsWith('/annex.wasm') ? { status: 404, body: 'gone' } : offering(request));
    const { own } = await visit(missing(bare));
    const [asked, plain] = await page.evaluate(async () => [await ids(undefined, { policy: { diversity: 1 } }), await ids()]);
    const neutral = await page.evaluate(async () => {
      me.neutral = true;
      const list = await ids();
      me.neutral = false;
      return list;
    });
    assert.deepEqual(asked, neutral);
    // Tastes fade while the test runs: what stands close together far down may change places.
    assert.deepEqual(plain.slice(0, 10), own.slice(0, 10));
    assert.notDeepEqual(plain, neutral);
    await until('told', async () => String([...new Set(await codes(page))]) === 'wasm_unavailable');
    await page.evaluate(() => ids(undefined, { policy: { diversity: 1 } }));
    assert.equal(fetched.filter((url) => url.endsWith('/annex.wasm')).length, 1, 'not asked for again at once');
    assert.deepEqual(await codes(page), ['wasm_unavailable'], 'told once');
    assert.deepEqual(page.failures, []);
  });

  test('where the pool needs it and it cannot be had, nothing is personal', async () => {
    const { shared, own } = await visit(async (request) => (request.url.endsWith('/annex.wasm') ? { status: 404, body: 'gone' } : whole(request)));
    assert.deepEqual(own, shared);
    await until('told', async () => (await codes(page)).includes('wasm_unavailable'));
    assert.deepEqual(page.failures, []);
  });

  test('a module made new after a crash has its annex again', async () => {
    await visit(bare);
    const ranked = () => page.evaluate(() => ids(undefined, { policy: { maxPerCategory: 1, exploration: 'thompson' }, limit: 10 }));
    const before = await ranked();
    await page.evaluate(crash);
    assert.deepEqual(await ranked(), before);
    assert.deepEqual(await codes(page), []);
    assert.deepEqual(page.failures, []);
  });
});
