// Browsers that give less than others: storage, files, WebAssembly.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertFailsSoftly, becomeKnown, context, host, shop } from './fault-stage.mjs';
import { codes, equip, openLab, openPage, savedRevision, until } from './harness.mjs';

describe('browsers that give less', () => {
  async function crippled(script) {
    await context.addInitScript(script);
    const page = await host();
    assert.deepEqual(await codes(page), []);
    return page;
  }

  /** The list is personal on this page although nothing can be kept. */
  async function assertPersonalInMemory(page, code) {
    const before = await page.evaluate(() => ids());
    await page.evaluate(async () => {
      await me.consent.set({ personalize: true });
      for (const place of [31, 47, 53]) me.record({ kind: 'click', item: (await ids())[place] });
    });
    await until('a personal order', async () => (await page.evaluate(() => ids())).join() !== before.join());
    await until(`told ${code}`, async () => (await codes(page)).includes(code));
    assert.deepEqual([...new Set(await codes(page))], [code]);
    const { wiped } = await page.evaluate(() => me.erase());
    assert.ok(wiped.includes('memory'));
    assert.deepEqual(await page.evaluate(() => ids()), before);
    assert.deepEqual(page.failures, []);
  }

  test('without IndexedDB: storage_unavailable, personal until the page closes', async () => {
    const page = await crippled(() => Object.defineProperty(window, 'indexedDB', { value: undefined }));
    await assertPersonalInMemory(page, 'storage_unavailable');
  });

  test('with an IndexedDB that refuses: storage_unavailable', async () => {
    const page = await crippled(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('denied', 'SecurityError');
      };
    });
    await page.evaluate(async () => {
      await me.consent.set({ personalize: true });
      me.record({ kind: 'click', item: (await ids())[31] });
      await me.rank();
    });
    await until('told', async () => (await codes(page)).includes('storage_unavailable'));
    assert.deepEqual(page.failures, []);
  });

  test('without a private file system: storage_unavailable, personal until the page closes', async () => {
    const page = await crippled(() => delete StorageManager.prototype.getDirectory);
    await assertPersonalInMemory(page, 'storage_unavailable');
  });

  test('without localStorage: the choice lives as long as the page', async () => {
    const page = await crippled(() => Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('denied', 'SecurityError'); } }));
    await page.evaluate(() => me.consent.set({ personalize: true }));
    assert.equal(await page.evaluate(() => me.consent.allowed('personalize')), true);
    assert.deepEqual(page.failures, []);
  });

  /** Gives the origin this much room, before it uses any. */
  async function narrow(page, quotaSize) {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: shop.origin, quotaSize });
  }

  test('with no room at all: storage_full, personal until the page closes', async () => {
    const page = await openLab(context, shop);
    await narrow(page, 1);
    await page.evaluate(() => start().then((me) => me.ready));
    await assertPersonalInMemory(page, 'storage_full');
  });

  test('with a disk that fills up: storage_full, what was kept stays, and saving goes on when there is room', async () => {
    const page = await openLab(context, shop);
    await narrow(page, 6 << 20);
    await page.evaluate(() => start().then((me) => me.ready));
    await becomeKnown(page);
    await page.evaluate(fillUp);
    const kept = await page.evaluate(savedRevision);
    await page.evaluate(async () => {
      for (let i = 0; i < 300; i++) me.record({ kind: 'click', item: `a-long-name-of-an-item-to-fill-the-profile-${i}` });
      await me.rank();
    });
    await until('told', async () => (await codes(page)).includes('storage_full'));
    assert.equal(await page.evaluate(savedRevision), kept, 'what was kept is still there');
    const count = await page.evaluate(async () => (await me.profile()).items.length);
    assert.ok(count > 50, `the page knows the rest, ${count} items`);
    await page.evaluate(() => new Promise((resolve) => {
      ballast.close();
      indexedDB.deleteDatabase('ballast').onsuccess = resolve;
    }));
    await until('saved again', async () => {
      await page.evaluate(() => me.record({ kind: 'click', item: 'there-is-room-again' }));
      return (await page.evaluate(savedRevision)) > kept;
    }, 30_000);
    assert.deepEqual(page.failures, []);
  });

  /** In the page: the host's own database takes all the room that is left. */
  async function fillUp() {
    window.ballast = await new Promise((resolve) => {
      const request = indexedDB.open('ballast', 1);
      request.onupgradeneeded = () => request.result.createObjectStore('it', { autoIncrement: true });
      request.onsuccess = () => resolve(request.result);
    });
    const add = (bytes) => new Promise((resolve) => {
      const transaction = ballast.transaction('it', 'readwrite');
      transaction.objectStore('it').add(crypto.getRandomValues(new Uint8Array(bytes)));
      transaction.oncomplete = () => resolve(true);
      transaction.onabort = () => resolve(false);
    });
    for (let bytes = 32 << 10; bytes >= 64; bytes >>= 1) while (await add(bytes));
  }

  test('with a policy that refuses WebAssembly: wasm_blocked, neutral order', async () => {
    const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:";
    shop.front.pages.set('/t/strict.html', { html: '<!doctype html><title>strict</title><link rel="icon" href="data:,">', headers: { 'content-security-policy': policy } });
    const page = await openPage(context);
    await page.goto(`${shop.origin}/t/strict.html`);
    await equip(page, shop);
    const before = await page.evaluate(async () => {
      await start();
      await me.ready;
      return ids();
    });
    assert.ok(before.length > 100);
    await page.evaluate(async () => {
      await me.consent.set({ personalize: true });
      for (const place of [31, 47, 53]) me.record({ kind: 'click', item: (await ids())[place] });
    });
    await assertFailsSoftly(page, 'wasm_blocked');
    assert.deepEqual(await page.evaluate(() => ids()), before);
    assert.equal(await page.evaluate(() => me.personalized), false);
  });

  test('without the .wasm file: wasm_unavailable, neutral order', async () => {
    shop.front.fault = async ({ url }) => (url.endsWith('/rank.wasm') ? { status: 404, body: 'gone' } : undefined);
    const page = await host();
    const before = await page.evaluate(() => ids());
    await page.evaluate(() => me.consent.set({ personalize: true }));
    await assertFailsSoftly(page, 'wasm_unavailable');
    assert.deepEqual(await page.evaluate(() => ids()), before);
  });
});
