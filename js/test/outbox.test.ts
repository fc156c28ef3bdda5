import assert from 'node:assert/strict';
import { test } from 'node:test';
import { due, EARLY, MAX_ROWS, nextDueS, replyOf, type Row, SENT_A_DAY, settle, trimmed } from '../src/contribute/outbox.js';

const NOW_S = 1_800_000_000;

function row(number: number, more: Partial<Row> = {}): Row {
  return {
    nonce: String(number), task: 'aa', name: 'n', description: '', purpose: 'contribute', mode: 'trusted', vector: [], microRho: 1,
    microEpsilon: 0, builtAtS: NOW_S - 100, dueAtS: NOW_S - 1, url: 'https://a/', type: 't', body: 'AA==', state: 'waiting', ...more,
  };
}

const names = (rows: readonly Row[]): string[] => rows.map(({ nonce }) => nonce);

test('what is due is sent, and nothing before or twice', () => {
  const rows = [row(1), row(2, { dueAtS: NOW_S + 1 }), row(3, { state: 'sent', atS: NOW_S - 9 }), row(4, { state: 'refused' }), row(5, { retryAtS: NOW_S + 1 })];
  assert.deepEqual(names(due(rows, NOW_S, () => 0)), ['1']);
  assert.equal(nextDueS(rows), NOW_S - 1);
  assert.equal(nextDueS(rows.slice(1)), NOW_S + 1);
  assert.equal(nextDueS([]), Infinity);
});

test('the order is drawn, and every order can be', () => {
  const rows = [row(1), row(2), row(3)];
  const orders = new Set<string>();
  const drawn = [0, 0.4, 0.8];
  for (const first of drawn) for (const second of drawn) {
    const numbers = [first, second];
    orders.add(names(due(rows, NOW_S, () => numbers.shift() ?? 0)).join());
  }
  assert.equal(orders.size, 6);
  assert.deepEqual(names(rows), ['1', '2', '3'], 'what is kept keeps its order');
});

test('a day has its cap', () => {
  const sent = Array.from({ length: SENT_A_DAY - 2 }, (_, index) => row(index, { state: 'sent', atS: NOW_S - 3_600 }));
  const waiting = [row(11), row(12), row(13)];
  assert.equal(due([...sent, ...waiting], NOW_S, Math.random).length, 2);
  assert.equal(due([...sent, ...waiting], NOW_S + 86_400, Math.random).length, 3);
});

test('answers that settle a report, and those after which it comes again', () => {
  for (const status of [200, 201, 204]) assert.equal(replyOf(status), 'taken');
  assert.equal(replyOf(200, 5), 'refused', 'an aggregator complains with success');
  for (const status of [200, 422]) assert.equal(replyOf(status, EARLY), 'later', 'this clock is ahead');
  for (const status of [400, 404, 409, 410, 413, 422]) assert.equal(replyOf(status), 'refused', `${status}`);
  for (const status of [0, 301, 401, 403, 408, 425, 429, 500, 502, 503, 507]) assert.equal(replyOf(status), 'later', `${status}`);
});

test('a report that comes again is the same, later each time; one that is settled is only remembered', () => {
  const waiting = row(1);
  const waits = Array.from({ length: 8 }, () => {
    settle(waiting, 'later', NOW_S);
    return (waiting.retryAtS ?? 0) - NOW_S;
  });
  assert.deepEqual(waits, [900, 1800, 3600, 7200, 14400, 21600, 21600, 21600]);
  assert.deepEqual([waiting.state, waiting.body], ['waiting', 'AA==']);
  settle(waiting, 'taken', NOW_S);
  assert.deepEqual([waiting.state, waiting.atS, waiting.body], ['sent', NOW_S, undefined]);
  const refused = row(2);
  settle(refused, 'refused', NOW_S);
  assert.deepEqual([refused.state, refused.body], ['refused', undefined]);
});

test('the list is bounded, and what waits is never dropped', () => {
  const left = Array.from({ length: MAX_ROWS }, (_, index) => row(index, { state: 'sent', atS: NOW_S }));
  const kept = trimmed([row(500), ...left, row(501)]);
  assert.equal(kept.length, MAX_ROWS);
  assert.deepEqual([kept[0]?.nonce, kept[1]?.nonce, kept.at(-1)?.nonce], ['500', '2', '501']);
});
