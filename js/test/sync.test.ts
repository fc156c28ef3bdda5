import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { HomebodyError } from '../src/errors.js';
import { useCache } from '../src/rank/offline.js';
import { Sync } from '../src/sync.js';
import { MemoryCache } from './memory-cache.js';
import { Published } from './published.js';

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

/** A sync against a server in memory. */
function begin(server: Published, options: { site?: string; key?: string } = {}) {
  globalThis.fetch = server.fetch;
  const errors: string[] = [];
  const report = (error: HomebodyError): void => void errors.push(error.code);
  const { site, key = server.key } = options;
  const sync = new Sync({ server: 'http://reco.test', key, site, timeoutMs: 40, report });
  let changes = 0;
  const hooks = { report, changed: () => void changes++, isAllowed: () => true };
  return { sync, errors, hooks, changes: () => changes };
}

/** A cache filled by an earlier page. */
async function filled(server: Published): Promise<MemoryCache> {
  const cache = new MemoryCache();
  const { sync, hooks } = begin(server);
  await useCache(sync, cache, hooks);
  await sync.pool('home');
  await settle();
  assert.deepEqual([...cache.files.keys()].sort(), [server.poolHash, 'manifest'].sort());
  server.asked.length = 0;
  return cache;
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 30));

test('manifest and pool are fetched once, and nothing else', async () => {
  const server = new Published();
  const { sync, errors } = begin(server);
  const [one, two] = await Promise.all([sync.pool('home'), sync.pool('home')]);
  assert.equal(one, two);
  assert.deepEqual(server.asked, ['/v1/manifest.json', `/v1/blobs/${server.poolHash}`]);
  assert.deepEqual(errors, []);
  assert.deepEqual(sync.display(one.id(0)), one.display(0));
});

const FAILURES: Record<string, (server: Published) => void> = {
  server_unreachable: (server) => server.answers.set('/v1/manifest.json', () => Promise.reject(new TypeError('refused'))),
  server_timeout: (server) => server.answers.set('/v1/manifest.json', () => new Promise(() => undefined)),
  server_status: (server) => server.answers.delete('/v1/manifest.json'),
  server_not_json: (server) => server.answers.set('/v1/manifest.json', () => new Response('<html>')),
  response_too_large: (server) => server.answers.set('/v1/manifest.json', () => new Response('x'.repeat((1 << 20) + 1))),
  manifest_signature: (server) => server.answers.set('/v1/manifest.json', () => new Response(new Published().envelope({}))),
  blob_hash: (server) => server.answers.set(`/v1/blobs/${server.poolHash}`, () => new Response('not the pool')),
  placement_unknown: (server) => server.publish({ placements: {} }),
};

for (const [code, spoil] of Object.entries(FAILURES)) {
  test(`${code} is reported once and the next call does not ask again`, async () => {
    const server = new Published();
    spoil(server);
    const { sync, errors } = begin(server);
    await assert.rejects(sync.pool('home'), { code });
    const asked = server.asked.length;
    await assert.rejects(sync.pool('home'), { code });
    assert.equal(server.asked.length, asked);
    assert.equal(errors[0], code);
    if (code !== 'placement_unknown') assert.equal(errors.length, 1);
  });
}

test('another site is refused', async () => {
  const { sync } = begin(new Published(), { site: 'other.example' });
  await assert.rejects(sync.pool('home'), { code: 'manifest_site' });
});

test('a placement named like a property of every object is unknown', async () => {
  const { sync } = begin(new Published());
  await assert.rejects(sync.pool('toString'), { code: 'placement_unknown' });
});

test('a page starts offline from the cache, and says why it is stale', async () => {
  const server = new Published();
  const cache = await filled(server);
  server.answers.clear();
  server.answers.set('/v1/manifest.json', () => Promise.reject(new TypeError('offline')));
  const { sync, errors, hooks } = begin(server);
  await useCache(sync, cache, hooks);
  assert.ok((await sync.pool('home')).rows > 0);
  await settle();
  assert.deepEqual(errors, ['server_unreachable']);
});

test('consent that ended while the storage opened leaves nothing behind', async () => {
  const server = new Published();
  const cache = new MemoryCache();
  const { sync, errors, hooks } = begin(server);
  await useCache(sync, cache, { ...hooks, isAllowed: () => false }, 7);
  await sync.pool('home');
  await settle();
  assert.deepEqual([sync.cache, sync.turn, cache.files.size, errors], [undefined, undefined, 0, []]);
});

test('news are fetched behind the cached tables and then announced', async () => {
  const server = new Published();
  const cache = await filled(server);
  server.publish({ version: 18 });
  const { sync, errors, hooks, changes } = begin(server);
  await useCache(sync, cache, hooks);
  await sync.pool('home');
  assert.equal(sync.current?.manifest.version, 17);
  await settle();
  assert.equal(sync.current?.manifest.version, 18);
  assert.equal(changes(), 1);
  assert.deepEqual(errors, []);
  assert.match(new TextDecoder().decode(cache.files.get('manifest')), /\\"version\\":18/);
});

for (const when of ['before the cache is there', 'behind the cached tables']) {
  test(`a damaged pool does not take the place of a good one: asked for ${when}`, async () => {
    const server = new Published();
    const cache = await filled(server);
    const damaged = 'f'.repeat(64);
    server.publish({ version: 18, placements: { home: { sha256: damaged, bytes: 4 } } });
    server.answers.set(`/v1/blobs/${damaged}`, () => new Response('junk'));
    const { sync, errors, hooks } = begin(server);
    if (when.startsWith('before')) await sync.manifest();
    await useCache(sync, cache, hooks);
    // Long after the answer: as if the disk were slower than the server.
    await settle();
    assert.ok((await sync.pool('home')).rows > 0);
    assert.equal(sync.current?.manifest.version, 17);
    assert.deepEqual(errors, ['blob_hash']);
    assert.ok(cache.files.has(server.poolHash));
  });
}

test('an older manifest is refused and the newer one stays', async () => {
  const server = new Published();
  const cache = await filled(server);
  server.publish({ version: 16 });
  const before = begin(server);
  await useCache(before.sync, cache, before.hooks);
  await settle();
  assert.equal(before.sync.current?.manifest.version, 17);
  assert.deepEqual(before.errors, ['manifest_version']);

  // The same when the older one was fetched before consent opened the cache.
  const after = begin(server);
  await after.sync.pool('home');
  await useCache(after.sync, cache, after.hooks);
  assert.equal(after.sync.current?.manifest.version, 17);
  assert.deepEqual(after.errors, ['manifest_version']);
});

test('what is damaged in the cache is fetched again', async () => {
  const server = new Published();
  const cache = await filled(server);
  const bytes = server.pool.slice();
  bytes[50] = (bytes[50] ?? 0) ^ 1;
  cache.files.set(server.poolHash, bytes);
  const { sync, errors, hooks } = begin(server);
  await useCache(sync, cache, hooks);
  assert.ok((await sync.pool('home')).rows > 0);
  assert.deepEqual(errors, []);
  assert.ok(server.asked.includes(`/v1/blobs/${server.poolHash}`));
});

test('a cached manifest signed by another key is as good as none', async () => {
  const cache = await filled(new Published());
  const server = new Published();
  const { sync, errors, hooks } = begin(server);
  await useCache(sync, cache, hooks);
  await sync.pool('home');
  await settle();
  assert.deepEqual(errors, []);
  assert.match(new TextDecoder().decode(cache.files.get('manifest')), new RegExp(server.poolHash));
});
