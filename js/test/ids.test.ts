import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deriveKey } from '../src/ids.js';
import { golden } from './golden.js';

test('keys equal the golden vectors', () => {
  const { cases } = golden<{ seed: number; id: string; key: number }>('ids.json');
  assert.ok(cases.length >= 8);
  for (const { seed, id, key } of cases) assert.equal(deriveKey(seed, id), key, `\`${id}\` seed ${seed}`);
});

test('another seed gives another key', () => {
  assert.notEqual(deriveKey(0, 'sku-1'), deriveKey(1, 'sku-1'));
});
