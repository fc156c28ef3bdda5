// Everything that can go wrong between the server and the list: each failure has a code and a hint, the page works on,
// the list is neutral where a personal one cannot be had, and nothing that was kept is lost.
import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { crash, watchDevices } from './crash.mjs';
import { flipped, forger, json, serving, withHeader } from './forge.mjs';
import { codes, equip, launchBrowser, NOTHING, openLab, openPage, sleep, startShop, stored, until } from './harness.mjs';

const OVERSIZE = (64 << 20) + (1 << 20);
const TIMEOUT_MS = 1000;

let shop;
let forge;
let browser;
let context;

before(async () => {
  shop = await startShop();
  forge = await forger(shop);
  browser = await launchBrowser();
});

beforeEach(async () => {
  shop.front.fault = undefined;
  shop.front.clear();
  context = await browser.newContext();
});

/** A page with the host's own list; what it does must not depend on us. */
async function host(options = {}) {
  const page = await openLab(context, shop);
  // The server lets its manifest be kept for a minute: without this the second page of a test would not ask.
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.evaluate(async (options) => {
    await start(options);
    await me.ready;
  }, { timeoutMs: TIMEOUT_MS, ...options });
  return page;
}

/** Agrees and likes four films that are not at the top, until the order is personal and saved. */
async function becomeKnown(page) {
  const before = await page.evaluate(() => ids());
  await page.evaluate(async () => {
    await me.consent.set({ personalize: true });
    const all = await ids();
    for (const item of [all[31], all[47], all[53], all[60]]) me.record({ kind: 'click', item });
  });
  await until('a personal order', async () => (await page.evaluate(() => ids())).join() !== before.join());
  await until('saved', () => page.evaluate(savedRevision));
  return before;
}

/** In the page: the revision on disk, 0 when nothing is there. */
async function savedRevision() {
  const { Store } = await import('/pkg/rank/store.js');
  const store = await Store.open(false);
  if (!store) return 0;
  const kept = await store.get('profile', 'profile');
  store.close();
  return kept?.revision ?? 0;
}

/** Waits until the page was told exactly these codes. */
async function told(page, expected) {
  await until(`told ${expected}`, async () => (await codes(page)).join() === expected.join());
}

/** Fails unless the page was told this code (with a hint) and goes on: its own list in its own order. */
async function assertFailsSoftly(page, code) {
  await until(`told ${code}`, async () => (await codes(page)).includes(code));
  const errors = await page.evaluate(() => errors);
  for (const error of errors) {
    assert.ok(error.hint.length > 10, `hint of ${error.code}`);
    assert.ok(error.message.startsWith(error.code), error.message);
  }
  const own = await page.evaluate(async () => (await me.rank([{ id: 'c' }, { id: 'a' }, { id: 'b' }])).map(({ id, personalized }) => `${id} ${personalized}`));
  assert.deepEqual(own, ['c false', 'a false', 'b false']);
  assert.deepEqual(page.failures, [], 'no error reaches the page');
}

describe('tables and manifests that are not right', () => {
  const pool = () => forge.pool;
  const home = () => `/v1/blobs/${forge.manifest.placements.home.sha256}`;
  const manifest = (answer) => serving({ '/v1/manifest.json': answer });
  const cases = {
    'a pool cut short on the way': ['blob_hash', () => serving({ [home()]: { body: pool().subarray(0, 5000) } })],
    'a pool whose transfer breaks off': ['server_unreachable', () => serving({ [home()]: { body: pool(), cut: true } })],
    'a pool with one bit flipped': ['blob_hash', () => serving({ [home()]: { body: flipped(pool()) } })],
    'an HTML page instead of a pool': ['blob_hash', () => serving({ [home()]: { body: '<!doctype html><p>Not found' } })],
    'a missing pool': ['server_status', () => serving({ [home()]: { status: 404, body: 'gone' } })],
    'a pool larger than any may be': ['response_too_large', () => serving({ [home()]: { body: endless } })],
    'a signed pool that is cut short': ['table_length', () => forge.offering(pool().subarray(0, 5000))],
    'a signed pool with one bit flipped': ['table_checksum', () => forge.offering(flipped(pool()))],
    'a signed pool that claims to be oversized': ['table_too_large', () => forge.offering(withHeader(pool(), (bytes) => bytes.writeUInt32LE(OVERSIZE, 8)))],
    'a signed pool of a future version': ['table_version', () => forge.offering(withHeader(pool(), (bytes) => bytes.writeUInt16LE(2, 4)))],
    'a signed pool that is none': ['table_magic', () => forge.offering(Buffer.from('PK\x03\x04 something else entirely, and long enough'))],
    'a signed pool with a section outside': ['table_malformed', () => forge.offering(withHeader(pool(), (bytes) => bytes.writeUInt32LE(0x7ffffff0, 36)))],
    'a manifest with a wrong signature': ['manifest_signature', () => manifest(json(JSON.stringify({ ...forge.envelope, payload: forge.envelope.payload.replace('"version":1', '"version":9') })))],
    'a manifest of another site': ['manifest_site', () => manifest(json(forge.signed({ site: 'other.example' })))],
    'a manifest of a future format': ['manifest_format', () => manifest(json(forge.signed({ format: 2 })))],
    'a manifest without placements': ['manifest_malformed', () => manifest(json(forge.signed({ placements: 7 })))],
    'a manifest that names no hash': ['manifest_hash', () => manifest(json(forge.signed({ placements: { home: { sha256: '../../etc', bytes: 9 } } })))],
    'a manifest without this placement': ['placement_unknown', () => manifest(json(forge.signed({ placements: {} })))],
    'an HTML page instead of a manifest': ['server_not_json', () => manifest({ headers: { 'content-type': 'text/html' }, body: '<!doctype html><p>Login' })],
    'JSON that is no manifest': ['server_not_json', () => manifest(json('{"hello":1}'))],
    'a manifest that never ends': ['response_too_large', () => manifest({ body: endless })],
    'a server that fails': ['server_status', () => manifest({ status: 503, body: '{}' })],
    'a server that is down': ['server_unreachable', () => async ({ url }) => (url.startsWith('/v1/') ? { drop: true } : undefined)],
    'a server that is slow': ['server_timeout', () => manifest({ delayMs: TIMEOUT_MS * 3, ...json(JSON.stringify(forge.envelope)) })],
  };
  for (const [name, [code, fault]] of Object.entries(cases)) {
    test(`${name}: ${code}`, async () => {
      shop.front.fault = fault();
      const page = await host();
      await assertFailsSoftly(page, code);
      assert.deepEqual(await page.evaluate(() => ids()), [], 'there is no pool');
      assert.deepEqual(await stored(page), NOTHING);
      await context.close();
    });
  }

  test('a key that is not the server\'s: manifest_signature; one that is no key: manifest_key', async () => {
    const page = await host({ key: Buffer.alloc(32, 7).toString('base64') });
    await assertFailsSoftly(page, 'manifest_signature');
    const other = await host({ key: 'aGVsbG8=' });
    await assertFailsSoftly(other, 'manifest_key');
    const thrown = await other.evaluate(() => hb.personalize({ server: "http://[", key: "x" }).then(() => [], ({ code, hint }) => [code, hint.length > 10]));
    assert.deepEqual(thrown, ['options', true]);
  });
});

/** More bytes than are allowed, until the reader hangs up. */
function endless(response) {
  const part = Buffer.alloc(1 << 20);
  let left = OVERSIZE;
  const more = () => {
    while (left > 0) {
      left -= part.length;
      if (!response.write(part)) return response.once('drain', more);
    }
    return response.end();
  };
  response.on('error', () => undefined);
  more();
}

describe('a visitor with a profile', () => {
  let page;
  let neutral;
  let personal;

  beforeEach(async () => {
    page = await host();
    neutral = await becomeKnown(page);
    await until('the files are kept', () => page.evaluate(keptFiles));
    personal = await settledOrder(page);
    await page.close();
  });

  /** In the page: whether manifest, pool and catalogue are in the cache. */
  async function keptFiles() {
    const { Store } = await import('/pkg/rank/store.js');
    const store = await Store.open(false);
    const names = await store.transact('blobs', 'readonly', (open) => new Promise((resolve) => {
      open('blobs').getAllKeys().onsuccess = ({ target }) => resolve(target.result);
    }));
    store.close();
    return names.length >= 3;
  }

  /** The order once two rankings in a row agree. */
  async function settledOrder(page) {
    let last = '';
    return until('the order settles', async () => {
      const now = await page.evaluate(() => ids(undefined, { limit: 30 }));
      const same = now.join() === last && now.join() !== neutral.slice(0, 30).join();
      last = now.join();
      if (!same) await sleep(200);
      return same && now;
    });
  }

  async function assertStillPersonal(code) {
    const back = await host();
    assert.deepEqual(await settledOrder(back), personal, 'the order of before');
    if (code) await until(`told ${code}`, async () => (await codes(back)).includes(code));
    assert.deepEqual(back.failures, []);
    return back;
  }

  test('starts offline, in the personal order', async () => {
    shop.front.fault = async ({ url }) => (url.startsWith('/v1/') ? { drop: true } : undefined);
    await assertStillPersonal('server_unreachable');
  });

  test('keeps the order when the server sends HTML, another site, a wrong signature', async () => {
    const answers = {
      server_not_json: { body: '<!doctype html>' },
      manifest_site: json(forge.signed({ site: 'other.example', version: 9 })),
      manifest_signature: json(JSON.stringify({ ...forge.envelope, payload: `${forge.envelope.payload} ` })),
    };
    for (const [code, answer] of Object.entries(answers)) {
      shop.front.fault = serving({ '/v1/manifest.json': answer });
      await (await assertStillPersonal(code)).close();
    }
  });

  test('keeps the newer publication when an older one is offered', async () => {
    const { version } = forge.manifest;
    shop.front.fault = serving({ '/v1/manifest.json': json(forge.signed({ version: version + 5 })) });
    await (await assertStillPersonal()).close();
    shop.front.fault = undefined;
    await assertStillPersonal('manifest_version');
  });

  test('keeps the pool of before when the new one is damaged', async () => {
    shop.front.fault = forge.offering(flipped(forge.pool));
    await assertStillPersonal('table_checksum');
  });

  test('loses nothing to a profile of a future version', async () => {
    const writer = await openLab(context, shop);
    const future = await writer.evaluate(async () => {
      const [{ Store }, { Vault }] = await Promise.all([import('/pkg/rank/store.js'), import('/pkg/rank/vault.js')]);
      const store = await Store.open(false);
      const vault = await Vault.open(store, 0);
      const kept = await store.get('profile', 'profile');
      const bytes = await vault.open(kept);
      new DataView(bytes.buffer).setUint16(4, 99, true);
      const sealed = { ...(await vault.seal(bytes)), revision: kept.revision };
      await store.transact('profile', 'readwrite', async (open) => void open('profile').put(sealed, 'profile'));
      store.close();
      return new Uint8Array(sealed.data).join();
    });
    await writer.close();
    const page = await host();
    await page.evaluate(async () => {
      me.record({ kind: 'click', item: (await ids())[3] });
      await me.rank();
    });
    await told(page, ['profile_version']);
    assert.ok((await page.evaluate(() => ids())).length > 100, 'there is a list');
    await sleep(1500);
    const kept = await page.evaluate(async () => {
      const { Store } = await import('/pkg/rank/store.js');
      const store = await Store.open(false);
      const { data } = await store.get('profile', 'profile');
      store.close();
      return new Uint8Array(data).join();
    });
    assert.equal(kept, future, 'the newer profile is as it was');
    assert.deepEqual(page.failures, []);
  });

  test('a damaged profile or a lost key gives a fresh start, told', async () => {
    const writer = await openLab(context, shop);
    await writer.evaluate(async () => {
      const { Store } = await import('/pkg/rank/store.js');
      const store = await Store.open(false);
      const kept = await store.get('profile', 'profile');
      new Uint8Array(kept.data)[10] ^= 1;
      await store.transact('profile', 'readwrite', async (open) => void open('profile').put(kept, 'profile'));
      store.close();
    });
    const damaged = await host();
    await told(damaged, ['profile_unreadable']);
    await becomeKnown(damaged);
    await damaged.close();
    await writer.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry('homebody.shard'));
    const keyless = await host();
    await told(keyless, ['profile_unreadable']);
    await becomeKnown(keyless);
    assert.deepEqual([...damaged.failures, ...keyless.failures], []);
  });

  test('a module that crashes is made new from the profile, and only a second crash gives up', async () => {
    await context.addInitScript(watchDevices);
    const page = await host();
    assert.deepEqual(await settledOrder(page), personal);
    await page.evaluate(crash);
    assert.deepEqual(await page.evaluate(() => ids(undefined, { limit: 30 })), personal, 'rebuilt from the profile');
    assert.deepEqual(await codes(page), []);
    await page.evaluate(crash);
    assert.deepEqual(await page.evaluate(() => ids(undefined, { limit: 30 })), neutral.slice(0, 30), 'everybody\'s order');
    await assertFailsSoftly(page, 'wasm_crashed');
    await page.close();
    await assertStillPersonal();
  });
});

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

test('an import that is no profile changes nothing and says so', async () => {
  const page = await host();
  await becomeKnown(page);
  const outcome = await page.evaluate(async () => {
    const before = await me.exportData();
    const attempt = (data) => me.importData(data).then(() => 'taken', ({ code, hint }) => (hint.length > 10 ? code : 'no hint'));
    const tried = {
      text: await attempt('<html>'),
      json: await attempt('[]'),
      future: await attempt({ ...before, schema_version: 99 }),
      nan: await attempt({ ...before, items: before.items.map((item) => ({ ...item, weight: NaN })) }),
      infinite: await attempt({ ...before, facets: [{ kind: 'tag', name: 'x', strength: Infinity, at_ms: 1, muted: false }] }),
    };
    const bare = ({ exported_at_ms: _, ...rest }) => JSON.stringify(rest);
    return { tried, same: bare(before) === bare(await me.exportData()) };
  });
  assert.deepEqual(outcome.tried, { text: 'export_malformed', json: 'export_malformed', future: 'export_version', nan: 'export_value', infinite: 'export_value' });
  assert.equal(outcome.same, true);
  assert.deepEqual(page.failures, []);
});
