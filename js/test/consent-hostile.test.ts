// Choices on a page that has replaced built-ins.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../src/consent/reading/needs.js';
import { isMeant } from '../src/gate/sweep.js';
import { jsonOf } from '../src/json.js';
import { asking, Visitor } from './visitor.js';

/** Runs `work` with something defined on a prototype. */
async function patched(prototype: object, name: string, value: unknown, work: () => unknown): Promise<void> {
  const real = Object.getOwnPropertyDescriptor(prototype, name);
  Object.defineProperty(prototype, name, { configurable: true, writable: true, value });
  try {
    await work();
  } finally {
    if (real) Object.defineProperty(prototype, name, real);
    else delete (prototype as Record<string, unknown>)[name];
  }
}

for (const prototype of [Array.prototype, Object.prototype]) {
  test(`\`${prototype === Object.prototype ? 'Object' : 'Array'}.prototype.toJSON\` silences nobody`, async () => {
    const visitor = new Visitor();
    const consent = visitor.page();
    const heard: string[] = [];
    let written = '';
    await patched(prototype, 'toJSON', () => 'patched', async () => {
      consent.subscribe(({ purposes }) => void heard.push(purposes.personalize.status));
      await consent.acceptAll();
      await consent.withdraw();
      consent.pause();
      written = jsonOf({ list: [{ one: 1 }, 'two', null], nothing: undefined });
    });
    assert.equal(heard.join(), 'given,withdrawn,withdrawn');
    assert.deepEqual([visitor.announced, visitor.wiped], [3, 1]);
    assert.equal(written, '{"list":[{"one":1},"two",null]}');
  });
}

/** Methods of arrays as a page may have replaced them, each by an answer that is as wrong as it can be. */
const LIES: Record<string, () => unknown> = {
  map: () => [],
  filter: () => [],
  flatMap: () => [],
  reduce: () => 15,
  some: () => true,
  every: () => true,
  includes: () => true,
  find: () => undefined,
  forEach: () => undefined,
};

for (const [name, lie] of Object.entries(LIES)) {
  test(`a page whose \`${name}\` of arrays lies: no yes comes of it, and a withdrawal is heard`, async () => {
    const visitor = new Visitor();
    const consent = visitor.page({ config: asking('personalize', 'contribute') });
    const other = visitor.page({ config: asking('personalize', 'contribute') });
    const heard: boolean[] = [];
    other.subscribe(() => void heard.push(other.allowed('personalize')));
    const seen: unknown[] = [];
    await patched(Array.prototype, name, lie, async () => {
      seen[0] = consent.allowed('personalize') || consent.bits() > 0;
      consent.shown();
      await consent.set({ personalize: true }).catch(() => undefined);
      other.reload();
      seen[1] = consent.allowed('contribute') || consent.bits() > 1;
      await consent.withdraw();
      seen[2] = consent.allowed('personalize') || consent.bits() > 0;
      other.reload();
      seen[3] = decide({ personalize: ['a', 'b'] }, (need) => need === 'a').personalize;
      seen[4] = isMeant('basket', ['_ga*']);
    });
    assert.deepEqual(seen, [false, false, false, false, false]);
    assert.equal(visitor.wiped, 1);
    assert.notEqual(heard.at(-1), true);
  });
}
