import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, type ChoiceRecord, dateOf, dayOf, formatChoice, parseChoice } from '../src/consent/record.js';

const DAY = dayOf(Date.parse('2026-11-23T12:00:00Z'));
const entry = { letter: 'p', answer: '1', digest: 'a3f0c2', day: DAY, by: 'banner' } as const;
const record: ChoiceRecord = { revision: '9f3a27c1', entries: [entry, { ...entry, letter: 'c', answer: '0', digest: '0b7d2e' }], paused: false };

test('the record is short, readable and has no identifier', () => {
  assert.equal(formatChoice(record), '2.9f3a27c1.p1a3f0c2261123r.c00b7d2e261123r');
  assert.equal(formatChoice(record).length, 42);
});

test('what is written is read', () => {
  for (let number = 0; number < 500; number++) {
    const entries = 'pcsmx'.slice(0, 1 + (number % 5)).split('').map((letter, index) => ({
      letter,
      answer: String((number + index) % 5) as Answer,
      digest: (number * 7919 + index).toString(16).padStart(6, '0'),
      day: DAY + number - index,
      by: ['r', 's', 'l', 'i', 'e', ''][(number + index) % 6] as string,
    }));
    const one = { revision: '0000000a', entries, paused: number % 2 === 1 };
    assert.deepEqual(parseChoice(formatChoice(one)), one);
  }
});

test('anything else is no choice', () => {
  const wrong = [null, '', '2', 'true', '2.9f3a27c1', '2.9f3a27c1.z', '3.9f3a27c1.p1a3f0c2261123', '2.9F3A27C1.p1a3f0c2261123',
    '2.9f3a27c1.p5a3f0c2261123', '2.9f3a27c1.q1a3f0c2261123', '2.9f3a27c1.p1a3f0c2261399', '2.9f3a27c1.p1a3f0c2261123.',
    '2.9f3a27c1.p1a3f0c2261123.z.z', '1', '1.9f3a27c1.p2c0s0m0.261123', '1.9f3a27c1.p1c0s0.261123', '1.9f3a27c1.p1c0s0m0.261123.x'];
  for (const text of wrong) assert.equal(parseChoice(text), null, String(text));
});

test('the first form is read as an answer to its revision', () => {
  const old = parseChoice('1.9f3a27c1.p1c0s0m0.261123');
  assert.deepEqual(old?.entries[0], { letter: 'p', answer: '1', digest: '9f3a27c1', day: DAY, by: '' });
  assert.equal(old?.entries.length, 4);
});

test('a record that does not say who gave an answer is read as before', () => {
  assert.deepEqual(parseChoice('2.9f3a27c1.p1a3f0c2261123.z'), { revision: '9f3a27c1', entries: [{ ...entry, by: '' }], paused: true });
});

test('days and dates agree', () => {
  assert.equal(dateOf(DAY), '2026-11-23');
});
