import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, isEffective, isOver, type Step } from '../src/consent/machine.js';
import type { ConsentGpcEffect } from '../src/generated/ConsentGpcEffect.js';
import type { ConsentMode } from '../src/generated/ConsentMode.js';
import type { ConsentStatus } from '../src/generated/ConsentStatus.js';
import { golden } from './golden.js';

interface Cell {
  readonly from: ConsentStatus;
  readonly step: Step;
  readonly mode: ConsentMode;
  readonly signal: ConsentGpcEffect | null;
  readonly to: ConsentStatus;
}

const table = golden<Cell>('consent/machine.json') as { cases: Cell[] } as unknown as {
  cases: Cell[];
  keeping: { status: ConsentStatus; keeping: 'use' | 'freeze' | 'erase' }[];
};

test('every cell is that of the Rust machine', () => {
  assert.equal(table.cases.length, 10 * 9 * 3 * 3);
  for (const { from, step, mode, signal, to } of table.cases) {
    assert.equal(after(from, step, mode, signal ?? undefined), to, `${from} ${step} ${mode} ${signal}`);
  }
});

test('what a status means for what is kept', () => {
  for (const { status, keeping } of table.keeping) {
    assert.deepEqual([isEffective(status), isOver(status)], [keeping === 'use', keeping === 'erase'], status);
  }
});
