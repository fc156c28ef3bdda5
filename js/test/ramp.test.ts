import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { useCache } from '../src/rank/offline.js';
import { turned } from '../src/rank/ramp.js';
import { Sync } from '../src/sync.js';
import type { Manifest } from '../src/manifest.js';
import { MemoryCache } from './memory-cache.js';
import { Published } from './published.js';

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

const ref = (letter: string) => ({ sha256: letter.repeat(64), bytes: 1 });
const info = (name: string, trained_at: number) => ({ name, trained_at, source: 'contributions', metrics: {} });

function ramping(per_mille: number, trained_at = 1_795_428_000): Manifest {
  return {
    format: 1,
    site: 'shop.example',
    version: 18,
    created_at: 1_795_428_000,
    id_seed: 0,
    placements: { home: ref('a'), cart: ref('b'), '.champion': ref('c') },
    catalog: ref('c'),
    model: info('none', 0),
    ramp: { per_mille, model: info('shared', trained_at), placements: { home: ref('d'), cart: ref('e') }, catalog: ref('f') },
  };
}

const isIn = (per_mille: number, secret: number, trained_at?: number): boolean =>
  turned(ramping(per_mille, trained_at), secret).model.name === 'shared';

test('a share of devices has all tables of the new model, the others none', () => {
  const mine = turned(ramping(1000), 7);
  assert.deepEqual(mine.placements, { home: ref('d'), cart: ref('e'), '.champion': ref('c') });
  assert.deepEqual([mine.catalog, mine.model.name, mine.version], [ref('f'), 'shared', 18]);
  const without = ramping(0);
  assert.equal(turned(without, 7), without);
  const { ramp: _, ...plain } = ramping(1000);
  assert.equal(turned(plain, 7), plain);
});

test('about as many devices as the share says, and whoever is in stays in while it grows', () => {
  const secrets = Array.from({ length: 4000 }, (_, index) => (index * 2_654_435_761) >>> 0);
  const within = (per_mille: number) => secrets.filter((secret) => isIn(per_mille, secret));
  const [tenth, half] = [within(100), within(500)];
  assert.ok(Math.abs(tenth.length - 400) < 60, `${tenth.length}`);
  assert.ok(Math.abs(half.length - 2000) < 100, `${half.length}`);
  assert.ok(tenth.every((secret) => half.includes(secret)));
  // The next model is drawn for anew: it is not always the same tenth that tries.
  const again = secrets.filter((secret) => isIn(100, secret, 1_796_000_000));
  const both = again.filter((secret) => tenth.includes(secret)).length;
  assert.ok(both < 80, `${both} of ${again.length}`);
});

test('without a secret a device takes no part', () => {
  const manifest = ramping(1000);
  assert.equal(turned(manifest, undefined), manifest);
});

test('a page that had asked for everybody’s tables changes sides with consent, and the next page starts there', async () => {
  const server = new Published();
  const everybody = ref('a');
  const { ramp } = ramping(1000);
  const home = { sha256: server.poolHash, bytes: server.pool.length };
  server.publish({ placements: { home: everybody }, ramp: { ...ramp, placements: { home }, catalog: null } });
  globalThis.fetch = server.fetch;
  const hooks = { report: (error: Error): void => assert.fail(error), changed: () => undefined, isAllowed: () => true };
  const open = () =>
    new Sync({ server: 'http://reco.test', key: server.key, site: undefined, timeoutMs: 40, report: hooks.report });
  const cache = new MemoryCache();
  const sync = open();
  assert.deepEqual((await sync.used()).placements, { home: everybody }, 'before consent');
  await useCache(sync, cache, hooks, 7);
  assert.deepEqual((await sync.used()).placements, { home });
  await sync.pool('home');

  server.asked.length = 0;
  const next = open();
  await useCache(next, cache, hooks, 7);
  await next.pool('home');
  assert.equal((await next.used()).model.name, 'shared');
  assert.ok(!server.asked.includes(`/v1/blobs/${everybody.sha256}`));
  // A no ends it on the page that is open, too.
  next.detach();
  assert.deepEqual((await next.used()).placements, { home: everybody });
});
