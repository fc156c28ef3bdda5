import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHints } from '../src/crm/records/hints.js';

const NOW_S = 1_790_000_000;
const SITE = 'shop.example';
const read = (fields: object) => readHints(JSON.stringify({ for: SITE, expires: NOW_S + 7200, facts: [], ...fields }), SITE, NOW_S);

test('facts and tastes, as the device keeps them', () => {
  const facts = [
    { name: 'tier', value: 'gold' }, { name: 'orders', value: 12 }, { name: 'club', value: true }, { name: 'plan', value: null },
    { category: 'Tents', weight: 0.5 }, { brand: 'Alp', weight: -1 }, { tag: 'vegan' }, { category: 'A=B: c', weight: null },
  ];
  assert.deepEqual(read({ facts }).facts, [
    { item: 'tier=gold', weight: 0 }, { item: 'orders=12', weight: 0 }, { item: 'club=true', weight: 0 }, { item: 'plan=', weight: null },
    { item: 'category:Tents', weight: 0.5 }, { item: 'brand:Alp', weight: -1 }, { item: 'tag:vegan', weight: 1 }, { item: 'category:A=B: c', weight: null },
  ]);
});

test('how long they hold: whole hours, half a year at most', () => {
  for (const [seconds, hours] of [[1, 1], [3600, 1], [3601, 2], [86_400, 24], [1e9, 4320]] as const) {
    assert.equal(read({ expires: NOW_S + seconds }).hours, hours);
  }
});

test('whatever is not as documented is refused whole, with its code', () => {
  const wrong: [object, string][] = [
    [{ for: 'other.example' }, 'hints_site'], [{ for: undefined }, 'hints_malformed'], [{ expires: NOW_S }, 'hints_expired'],
    [{ expires: '2099-01-01' }, 'hints_malformed'], [{ expires: undefined }, 'hints_malformed'], [{ facts: {} }, 'hints_malformed'],
    [{ facts: Array(17).fill({ name: 'a', value: 1 }) }, 'hints_malformed'],
  ];
  const facts: unknown[] = [
    null, 7, 'tier', [], {}, { name: 'tier' }, { name: '', value: 1 }, { name: 'a=b', value: 1 }, { name: 'category:x', value: 1 },
    { name: 7, value: 1 }, { name: 'a', value: {} }, { name: 'a', value: 'ü'.repeat(40) }, { category: 7 },
    { category: 'Tents', weight: 2 }, { category: 'Tents', weight: '1' }, { category: 'x'.repeat(60) }, { name: 'a', value: 1, category: 'b' },
  ];
  for (const fact of facts) wrong.push([{ facts: [{ name: 'tier', value: 'gold' }, fact] }, 'hints_malformed']);
  for (const [fields, code] of wrong) assert.throws(() => read(fields), { code }, JSON.stringify(fields));
  for (const payload of ['null', '7', '[]', '{}']) assert.throws(() => readHints(payload, SITE, NOW_S), { code: 'hints_malformed' });
});
