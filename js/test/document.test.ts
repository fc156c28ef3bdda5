import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decode, encode } from '../src/document.js';

const TESTDATA = new URL('../../../../core/device/testdata/', import.meta.url);
const document = new Uint8Array(readFileSync(new URL('export-v2.document', TESTDATA)));
const json: unknown = JSON.parse(readFileSync(new URL('export-v2.json', TESTDATA), 'utf8'));

test('what Rust writes is read, wherever the bytes lie', () => {
  const within = Uint8Array.of(0, ...document, 0).subarray(1, -1);
  // Single precision has more digits as a double than JSON gives it.
  const single = (value: unknown): unknown => (typeof value === 'number' ? Math.fround(value) : value);
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value), (_, member) => single(member));
  assert.deepEqual(plain(decode(within)), plain(json));
  assert.deepEqual(Object.keys(decode(within) as object), Object.keys(json as object), 'in the order of the types');
});

test('what Rust reads is written, bit by bit', () => {
  assert.deepEqual(encode(decode(document)), document);
});

test('what JSON has no word for is left out, numbers are kept', () => {
  const there = (value: unknown): unknown => decode(encode(value));
  assert.deepEqual(there({ a: undefined, b: 1n, c: () => 1, d: NaN, e: -0, f: [undefined, 'ü🎬'] }), {
    b: null,
    c: null,
    d: NaN,
    e: -0,
    f: [null, 'ü🎬'],
  });
  for (const plain of [null, true, false, '', [], {}]) assert.deepEqual(there(plain), plain);
});

test('a circle ends, and a name is only a name', () => {
  const circle: Record<string, unknown> = JSON.parse('{"__proto__": {"hour": 1}, "value": 2}') as Record<string, unknown>;
  circle['self'] = circle;
  const read = decode(encode(circle)) as typeof circle;
  assert.deepEqual(Object.keys(read), ['__proto__', 'value', 'self']);
  assert.equal(read['hour'], undefined);
});
