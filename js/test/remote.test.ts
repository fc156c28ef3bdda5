import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { HomebodyError } from '../src/errors.js';
import { type Asked, Line, type Port } from '../src/remote/line.js';
import { pack, unpack } from '../src/remote/packed.js';
import { Pulse } from '../src/remote/pulse.js';
import type { Ranked, Reason } from '../src/types.js';

/** Two ends of a line; `theirs` answers what is asked of the first. */
function ends<Theirs extends Asked>(theirs: Theirs): { line: Line<Theirs>; hangUp: () => void } {
  const { port1, port2 } = new MessageChannel();
  new Line(port2 as unknown as Port, theirs);
  return { line: new Line<Theirs>(port1 as unknown as Port, {}), hangUp: () => port1.close() };
}

test('what is said is heard in order, and answers find whoever asked', async () => {
  const said: number[] = [];
  const { line, hangUp } = ends({
    say: (number: number) => void said.push(number),
    slow: (number: number) => new Promise<number>((resolve) => setTimeout(() => resolve(said.push(number)), 20)),
    quick: (number: number) => said.push(number) * 10,
  });
  const slow = line.ask('slow', 1);
  line.tell('say', 2);
  assert.deepEqual([await line.ask('quick', 3), await slow, said], [20, 3, [2, 3, 1]]);
  assert.equal(line.isWaiting, false);
  hangUp();
});

test('an error keeps its code, its detail and its cause; what is none of ours gets one', async () => {
  const { line, hangUp } = ends({
    ours: () => Promise.reject(new HomebodyError('storage_full', 'no room', new Error('quota'))),
    bare: () => Promise.reject(new HomebodyError('consent_required')),
    other: () => {
      throw new TypeError('oops');
    },
  });
  const failed = async (verb: 'ours' | 'bare' | 'other'): Promise<HomebodyError> => line.ask(verb).then(assert.fail, (error) => error);
  const ours = await failed('ours');
  assert.ok(ours instanceof HomebodyError);
  assert.deepEqual([ours.code, ours.message, (ours.cause as Error).message], ['storage_full', 'storage_full: no room', 'quota']);
  assert.equal((await failed('bare')).message, 'consent_required');
  const other = await failed('other');
  assert.deepEqual([other.code, other.message], ['internal', 'internal: oops']);
  hangUp();
});

test('proxies cross as what they show; what cannot cross at all is refused, and nobody waits for it', async () => {
  const { line, hangUp } = ends({ back: (value: unknown) => value });
  assert.deepEqual(await line.ask('back', new Proxy({ limit: 3, policy: { alpha: 1 } }, {})), { limit: 3, policy: { alpha: 1 } });
  await assert.rejects(line.ask('back', { many: 1n, say: () => 1 }), TypeError);
  assert.equal(line.isWaiting, false);
  hangUp();
});

test('a line that is cut says why to whoever waits, and to whoever asks later', async () => {
  const { line, hangUp } = ends({ never: () => new Promise<void>(() => undefined) });
  const waiting = line.ask('never');
  line.cut(new HomebodyError('worker_unavailable', 'gone'));
  line.tell('never');
  for (const asked of [waiting, line.ask('never')]) await assert.rejects(asked, { code: 'worker_unavailable' });
  hangUp();
});

test('a worker that falls silent is noticed while somebody waits, and one that works for long is not', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const beats = async (count: number): Promise<void> => {
    for (let beat = 0; beat < count; beat++) {
      t.mock.timers.tick(5_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  for (const isAlive of [true, false]) {
    let isLost = false;
    const { line, hangUp } = ends({ ping: () => (isAlive ? undefined : new Promise<void>(() => undefined)), work: () => new Promise<void>(() => undefined) });
    const pulse = new Pulse(line as never, () => (isLost = true));
    void pulse.while(line.ask('work'));
    await beats(8);
    assert.equal(isLost, !isAlive);
    pulse.stop();
    hangUp();
  }
});

test('a list is the same after its way, to the bit', () => {
  const reasons: Reason[][] = [
    [{ kind: 'collaborative', share: Math.fround(0.1), item: 'a\n', name: 'A' }, { kind: 'brand', share: Math.fround(0.7), name: 'b' }, { kind: 'popular', share: Math.fround(1 / 3) }],
    [],
    [{ kind: 'collaborative', share: Math.fround(0.3), item: 'a\n', name: 'A' }],
    [{ kind: 'collaborative', share: Math.fround(0.2) }],
  ];
  const list = reasons.map((reasons, place): Ranked<{ id: string }> => ({
    id: `item-${place}`, score: Math.fround(1 / (place - 7)), reasons, item: { id: `item-${place}` }, personalized: place !== 1, propensity: Math.fround(0.9 ** place),
  }));
  const packed = pack(list, ({ item, personalized }) => [Number(personalized), Number(item.id.slice(5))]);
  assert.equal(packed.words.length, 4);
  const again = unpack<{ id: string }>(packed, (personal, place, rest) => ({ ...rest, id: list[place]!.id, item: list[place]!.item, personalized: personal === 1 }));
  assert.deepEqual(again, list);
});
