import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HomebodyError } from '../src/errors.js';
import type { Drawer } from '../src/rank/drawer.js';
import { drawn, experiment } from '../src/rank/experiments.js';
import { exposures, MAX_EXPOSURES } from '../src/rank/exposures.js';

/** As a browser's: one holder of a lock after the other. */
let turn: Promise<unknown> = Promise.resolve();
const locks = { request: (_: string, work: () => Promise<unknown>) => (turn = turn.then(work)) };
Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });

const SECRETS = Array.from({ length: 10_000 }, (_, index) => Math.imul(index + 1, 2_654_435_761) >>> 0);

/** A page of a device with this secret: what it keeps stays. */
function device(secret: number, days = 90): { drawer: Drawer; page: () => Parameters<typeof experiment>[0]; failures: HomebodyError[]; writes: () => number } {
  const kept = new Map<string, Uint8Array<ArrayBuffer> | null>();
  let writes = 0;
  const drawer: Drawer = {
    read: (name) => Promise.resolve(kept.get(name) ?? null),
    write: (entries) => (writes++, Object.entries(entries).forEach(([name, bytes]) => kept.set(name, bytes)), Promise.resolve(true)),
  };
  const failures: HomebodyError[] = [];
  const context = { promised: { days }, report: (error: HomebodyError) => failures.push(error) };
  return { drawer, page: () => ({ contributing: { parts: { drawer, secret, context } } }) as never, failures, writes: () => writes };
}

/** Lets what nobody waits for come to its end. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Whether a count is within five standard deviations of a binomial with this share. */
function isFair(count: number, share: number, of: number): boolean {
  return Math.abs(count - of * share) < 5 * Math.sqrt(of * share * (1 - share));
}

test('each variant has its share of ten thousand secrets, and one without weight has none', () => {
  for (const weights of [[1, 1], [9, 1], [1, 1, 1], [0.2, 0.3, 0.5], [0, 1, 3, 0], Array<number>(16).fill(1)]) {
    const total = weights.reduce((sum, weight) => sum + weight);
    const counts = weights.map(() => 0);
    for (const secret of SECRETS) counts[drawn(secret, 'checkout', weights)]! += 1;
    weights.forEach((weight, place) => {
      if (weight === 0) assert.equal(counts[place], 0);
      else assert.ok(isFair(counts[place]!, weight / total, SECRETS.length), `${weights}: ${counts}`);
    });
  }
  assert.equal(drawn(2 ** 32 - 1, 'a', [1, 0]), 0);
});

test('experiments are drawn for apart from each other', () => {
  for (const other of ['checkouu', 'checkout2', 'cart']) {
    const both = SECRETS.filter((secret) => drawn(secret, 'checkout', [1, 1]) === 1 && drawn(secret, other, [1, 1]) === 1);
    assert.ok(isFair(both.length, 1 / 4, SECRETS.length), `${other}: ${both.length}`);
  }
});

test('a visitor keeps the variant, and the exposure is the first one', async () => {
  const { drawer, page } = device(7);
  const variant = await experiment(page(), 'checkout', ['old', 'new']);
  await settle();
  const [first, ...more] = await exposures(drawer);
  assert.deepEqual([first!.variant, first!.place, more.length], [variant, ['old', 'new'].indexOf(variant!), 0]);
  for (let call = 0; call < 20; call++) assert.equal(await experiment(page(), 'checkout', ['old', 'new']), variant);
  // Other shares move nobody, another order neither.
  for (const weights of [[1, 0], [0, 1]]) assert.equal(await experiment(page(), 'checkout', ['old', 'new'], { weights }), variant);
  assert.equal(await experiment(page(), 'checkout', ['new', 'old']), variant);
  await settle();
  assert.deepEqual(await exposures(drawer), [first]);
  // Of variants that are no more nobody is shown one.
  assert.equal(await experiment(page(), 'checkout', ['b', 'c'], { weights: [0, 1] }), 'c');
  await settle();
  assert.deepEqual((await exposures(drawer)).map(({ variant, place }) => [variant, place]), [['c', 1]]);
});

test('asked twice at once the exposure is one', async () => {
  const { drawer, page, writes } = device(7);
  await Promise.all(Array.from({ length: 5 }, () => experiment(page(), 'checkout', ['old', 'new'])));
  await settle();
  assert.deepEqual([(await exposures(drawer)).length, writes()], [1, 1]);
});

test('so many are kept, the oldest goes, and none longer than the visitor was told', async () => {
  const { drawer, page, failures } = device(7, 9);
  for (let at = 0; at < MAX_EXPOSURES + 3; at++) {
    await experiment(page(), `e-${at}`, ['a', 'b']);
    await settle();
  }
  const names = (await exposures(drawer)).map(({ experiment }) => experiment);
  assert.deepEqual([names.length, names[0], names.at(-1)], [MAX_EXPOSURES, 'e-3', `e-${MAX_EXPOSURES + 2}`]);
  assert.ok((await exposures(drawer)).every(({ atMs, untilMs }) => untilMs === atMs + 9 * 86_400_000));
  const passed = (await exposures(drawer)).map((exposure, at) => (at ? exposure : { ...exposure, untilMs: Date.now() }));
  await drawer.write({ experiments: new TextEncoder().encode(JSON.stringify(passed)) });
  assert.equal((await exposures(drawer)).length, MAX_EXPOSURES - 1);
  await drawer.write({ experiments: new TextEncoder().encode('no JSON') });
  assert.deepEqual([await exposures(drawer), failures], [[], []]);
});

test('where nothing can be kept nobody takes part; what is no experiment is refused', async () => {
  assert.equal(await experiment({ contributing: {} } as never, 'checkout', ['old', 'new']), null);
  const { drawer, page } = device(7);
  const wrong: [string, string[], number[]?][] = [
    ['Check out', ['a', 'b']], ['', ['a', 'b']], ['a', ['a']], ['a', ['a', 'a']], ['a', ['a', '']],
    ['a', Array.from({ length: 17 }, String)], ['a', ['a', 'b'], [1]], ['a', ['a', 'b'], [0, 0]], ['a', ['a', 'b'], [1, -1]],
    ['a', ['a', 'b'], [1, NaN]], ['a', ['a', 'b'], [1e308, 1e308]],
  ];
  for (const [name, variants, weights] of wrong) {
    await assert.rejects(experiment(page(), name, variants, weights && { weights }), { code: 'options' }, JSON.stringify([name, variants, weights]));
  }
  assert.deepEqual(await exposures(drawer), []);
});
