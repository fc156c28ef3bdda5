import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { asked, whenThere } from '../src/consent/reading/watch.js';
import { custom } from '../src/consent/sources/custom.js';
import type { Choice } from '../src/consent/types.js';
import { NONSENSE } from './nonsense.js';

const BOTH = { personalize: true, contribute: true };

const page = globalThis as { document?: unknown };
beforeEach(() => {
  page.document = {};
});
afterEach(() => {
  delete page.document;
  mock.timers.reset();
});

/** Lets time go by; in small steps, so that a timer set by a timer is due in time. */
function pass(ms: number): void {
  for (let at = 0; at < ms; at += 50) mock.timers.tick(50);
}

test('a platform is looked for after ever longer pauses, for a while, and not after the end', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let looks = 0;
  whenThere(() => void looks++ as never);
  assert.equal(looks, 1);
  pass(50 + 100 + 200);
  assert.equal(looks, 4);
  pass(200_000);
  assert.equal(looks, 12);
  pass(300_000);
  assert.equal(looks, 12, 'given up');
  const stop = whenThere(() => void looks++ as never);
  stop();
  pass(300_000);
  assert.equal(looks, 13, 'stopped');
  delete page.document;
  whenThere(() => void looks++ as never);
  pass(300_000);
  assert.equal(looks, 14, 'nobody waits on a server');
});

test('what throws is looked for again, and is stopped when it was found', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let looks = 0;
  let stopped = 0;
  const stop = whenThere(() => {
    if (++looks < 3) throw new Error('half loaded');
    return () => void stopped++;
  });
  pass(150);
  assert.deepEqual([looks, stopped], [3, 0]);
  stop();
  pass(300_000);
  assert.deepEqual([looks, stopped], [3, 1]);
});

test('a source that is asked: null while there is nobody, or who throws; silent after the end', () => {
  let platform: { tell?: () => void } | null = null;
  let answer: () => Choice | null = () => BOTH;
  let changes = 0;
  const source = asked(() => platform, () => answer(), (each, changed) => ((each.tell = changed), () => { throw new Error('late'); }));
  mock.timers.enable({ apis: ['setTimeout'] });
  const stop = source.subscribe(() => changes++);
  assert.deepEqual([source.read(), changes], [null, 0]);
  platform = {};
  pass(50);
  assert.deepEqual([source.read(), changes], [BOTH, 1]);
  answer = () => { throw new Error('platform'); };
  assert.equal(source.read(), null);
  stop();
  (platform as { tell?: () => void }).tell?.();
  assert.equal(changes, 1);
});

test('custom: only `true` is a yes, null is not known, and after the end nothing is', () => {
  let tell: (answers: never) => void = () => undefined;
  let stopped = 0;
  const source = custom((each) => ((tell = each as never), () => void stopped++));
  const stop = source.subscribe(() => undefined);
  assert.equal(source.read(), null);
  for (const wrong of NONSENSE) {
    tell({ personalize: wrong } as never);
    assert.deepEqual(source.read(), { personalize: false });
    tell(wrong as never);
    assert.notEqual(source.read()?.personalize, true);
  }
  tell(BOTH as never);
  assert.deepEqual(source.read(), BOTH);
  stop();
  assert.deepEqual([source.read(), stopped], [null, 1]);
  tell(BOTH as never);
  assert.equal(source.read(), null);
});
