// A visitor with a profile, while server, storage and module fail.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { crash, watchDevices } from './crash.mjs';
import { assertFailsSoftly, becomeKnown, context, forge, host, shop, told } from './fault-stage.mjs';
import { flipped, json, serving } from './forge.mjs';
import { catalogued, codes, openLab, sleep, until } from './harness.mjs';

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

  /** In the page: the version of the manifest in the cache. */
  async function keptVersion() {
    const [{ Store }, { Vault }] = await Promise.all([import('/pkg/rank/store.js'), import('/pkg/rank/vault.js')]);
    const store = await Store.open(false);
    const vault = await Vault.open(store, 0);
    const envelope = JSON.parse(new TextDecoder().decode(await vault.open(await store.get('blobs', 'manifest'))));
    store.close();
    return JSON.parse(envelope.payload).version;
  }

  /** The order once two rankings in a row agree. */
  async function settledOrder(page) {
    let last = '';
    await catalogued(page);
    return until('the order settles', async () => {
      const now = await page.evaluate(() => ids(undefined, { limit: 30 }));
      const same = last && now.join() === last && now.join() !== neutral.slice(0, 30).join();
      last = now.join();
      if (!same) await sleep(1000);
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
    const back = await assertStillPersonal();
    await until('the newer one is kept', async () => (await back.evaluate(keptVersion)) === version + 5);
    await back.close();
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
