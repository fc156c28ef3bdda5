import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HomebodyError } from '../src/errors.js';
import { deriveKey } from '../src/ids.js';
import { neutralOrder } from '../src/neutral.js';
import { Table } from '../src/table.js';
import { golden, goldenBytes } from './golden.js';

interface Case {
  name: string;
  truncate?: number;
  append?: number;
  patch?: [number, number][];
  error: string | null;
}

const FILE = goldenBytes('table-v1.bin');

/** The code a file is refused with, or null. */
function refusal(bytes: Uint8Array<ArrayBuffer>): string | null {
  try {
    new Table(bytes);
    return null;
  } catch (error) {
    if (error instanceof HomebodyError) return error.code;
    throw error;
  }
}

for (const { name, truncate, append, patch, error } of golden<Case>('tables.json').cases) {
  test(`golden table: ${name}`, () => {
    const bytes = new Uint8Array(append ? FILE.length + append : (truncate ?? FILE.length));
    bytes.set(FILE.subarray(0, bytes.length));
    for (const [at, value] of patch ?? []) bytes[at] = value;
    assert.equal(refusal(bytes), error);
  });
}

test('ids, keys and display data of the golden table', () => {
  const table = new Table(FILE);
  assert.ok(table.rows > 0);
  for (let row = 0; row < table.rows; row++) {
    assert.equal(table.keys[row], deriveKey(table.idSeed, table.id(row)));
    assert.equal(table.rowOf(table.id(row)), row);
    assert.equal(typeof table.display(row), 'object');
  }
  assert.equal(table.rowOf('no such item'), undefined);
  assert.equal(table.id(table.rows), '');
});

test('a file that does not start on a word is read too', () => {
  const shifted = new Uint8Array(FILE.length + 1).subarray(1);
  shifted.set(FILE);
  assert.equal(new Table(shifted).id(0), new Table(FILE).id(0));
});

test('every truncation is refused', () => {
  for (let length = 0; length < FILE.length; length++) assert.notEqual(refusal(FILE.slice(0, length)), null, `${length}`);
});

test('every flipped bit is refused', () => {
  for (let at = 0; at < FILE.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const bytes = FILE.slice();
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      assert.notEqual(refusal(bytes), null, `byte ${at} bit ${bit}`);
    }
  }
});

test('damage with a matching checksum is a typed refusal or harmless, never a crash', () => {
  for (let at = 32; at < FILE.length; at += 4) {
    for (const value of [0xffffffff, 0x7fffffff, 0, 5]) {
      const bytes = FILE.slice();
      const view = new DataView(bytes.buffer);
      view.setUint32(at, value, true);
      view.setUint32(28, checksum(view), true);
      if (refusal(bytes) !== null) continue;
      const table = new Table(bytes);
      for (let row = 0; row < table.rows; row++) {
        assert.equal(typeof table.id(row), 'string');
        assert.equal(typeof table.display(row), 'object');
      }
    }
  }
});

function checksum(view: DataView): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < view.byteLength; at += 4) hash = Math.imul(hash ^ (at === 28 ? 0 : view.getUint32(at, true)), 0x01000193);
  return hash >>> 0;
}

test('what cannot be had is not in neutral order', () => {
  const table = new Table(FILE);
  const ids = Array.from({ length: table.rows }, (_, row) => row).filter((row) => table.inStock(row)).map((row) => table.id(row));
  assert.ok(ids.length > 0 && ids.length < table.rows);
  assert.deepEqual(neutralOrder(table, undefined).map(({ id }) => id), ids);
  assert.deepEqual(neutralOrder(table, undefined, { limit: 1 }).map(({ id }) => id), ids.slice(0, 1));
  assert.deepEqual(neutralOrder(table, undefined, { offset: 1 }).map(({ id }) => id), ids.slice(1));
  assert.deepEqual(neutralOrder(table, undefined, { offset: 99 }), []);
  const own = ['c', 'b', 'a'].map((id) => ({ id }));
  assert.deepEqual(neutralOrder(table, own, { offset: 1, limit: 1 }).map(({ id }) => id), ['b']);
});
