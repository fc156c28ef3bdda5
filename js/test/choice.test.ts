import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateOf, dayOf, formatChoice, isOverdue, judge, parseChoice } from '../src/consent/choice.js';

const REVISION = '9f3a27c1';
const DAY = dayOf(Date.parse('2026-11-23T12:00:00Z'));
const granted = { personalize: true, contribute: false, share: false, measure: false };
const record = { revision: REVISION, granted, day: DAY };

test('the record is short, readable and has no identifier', () => {
  assert.equal(formatChoice(record), '1.9f3a27c1.p1c0s0m0.261123');
});

test('what is written is read', () => {
  for (let bits = 0; bits < 16; bits++) {
    const choice = { personalize: !!(bits & 1), contribute: !!(bits & 2), share: !!(bits & 4), measure: !!(bits & 8) };
    const one = { revision: REVISION, granted: choice, day: DAY + bits };
    assert.deepEqual(parseChoice(formatChoice(one)), one);
  }
});

test('anything else is no choice', () => {
  const wrong = [null, '', '1', 'true', '2.9f3a27c1.p1c0s0m0.261123', '1.9F3A27C1.p1c0s0m0.261123',
    '1.9f3a27c1.p2c0s0m0.261123', '1.9f3a27c1.p1c0s0.261123', '1.9f3a27c1.p1c0s0m0.261399', '1.9f3a27c1.p1c0s0m0.261123.x'];
  for (const text of wrong) assert.equal(parseChoice(text), null, String(text));
});

test('a yes lasts 365 days, a no 180', () => {
  assert.equal(judge(record, 'personalize', REVISION, DAY + 365), 'given');
  assert.equal(judge(record, 'personalize', REVISION, DAY + 366), 'unknown');
  assert.equal(judge(record, 'contribute', REVISION, DAY + 180), 'refused');
  assert.equal(judge(record, 'contribute', REVISION, DAY + 181), 'unknown');
});

test('another notice asks again', () => {
  assert.equal(judge(record, 'personalize', '00000000', DAY), 'unknown');
  assert.equal(judge(null, 'personalize', REVISION, DAY), 'unknown');
});

test('a profile is deleted a month after its consent ran out', () => {
  assert.equal(isOverdue(record, DAY + 395), false);
  assert.equal(isOverdue(record, DAY + 396), true);
  assert.equal(isOverdue({ ...record, granted: { ...granted, personalize: false } }, DAY + 999), false);
  assert.equal(isOverdue(null, DAY), false);
});

test('days and dates agree', () => {
  assert.equal(dateOf(DAY), '2026-11-23');
});
