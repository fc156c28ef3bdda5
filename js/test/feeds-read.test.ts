import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MAX_ITEMS } from '../src/feeds/reading/rows.js';
import { readAdobe } from '../src/feeds/sources/adobe.js';
import { readDataLayer } from '../src/feeds/sources/data-layer.js';
import { readSegment } from '../src/feeds/sources/segment.js';
import { readSnowplow } from '../src/feeds/sources/snowplow.js';
import { KINDS } from '../src/kinds.js';
import type { Interaction } from '../src/types.js';
import { NONSENSE } from './nonsense.js';

interface Case {
  name: string;
  call?: unknown[];
  push?: object;
  event?: string;
  properties?: object;
  payload?: Record<string, unknown>;
  expected: [string, string, number?][];
}

function cases(source: string): Case[] {
  return JSON.parse(readFileSync(new URL(`../../../test/feeds/${source}.json`, import.meta.url), 'utf8')) as Case[];
}

const rows = (read: readonly Interaction[]) => read.map(({ kind, item, value }) => (value === undefined ? [kind, item] : [kind, item, value]));

/** What `gtag(…)` puts into the data layer. */
function called(..._command: unknown[]): IArguments {
  return arguments;
}

/** A payload as the tracker sends it: envelopes are text, or Base64 made for addresses. */
function sent({ e, ue_pr, co }: Record<string, unknown>, isEncoded: boolean): Record<string, unknown> {
  if (e !== 'ue') return { e };
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return isEncoded ? { e, ue_px: encoded(ue_pr), ...(co ? { cx: encoded(co) } : {}) } : { e, ue_pr: JSON.stringify(ue_pr), ...(co ? { co: JSON.stringify(co) } : {}) };
}

test('GA4: what `gtag` and pushes say', () => {
  for (const { name, call, push, expected } of cases('data-layer')) {
    assert.deepEqual(rows(readDataLayer(call ? called(...call) : push)), expected, name);
  }
});

test('Segment: what `track` says', () => {
  for (const { name, event, properties, expected } of cases('segment')) {
    assert.deepEqual(rows(readSegment({ event, properties })), expected, name);
  }
});

test('Snowplow: what a tracker sends, as text and in Base64', () => {
  for (const { name, payload, expected } of cases('snowplow')) {
    for (const isEncoded of [false, true]) assert.deepEqual(rows(readSnowplow(sent(payload ?? {}, isEncoded))), expected, name);
  }
});

test('Adobe: what an entry says', () => {
  for (const { name, push, expected } of cases('adobe')) assert.deepEqual(rows(readAdobe(push)), expected, name);
});

test('every fixture means a kind there is, and each source has fixtures of the whole journey', () => {
  for (const source of ['data-layer', 'segment', 'snowplow', 'adobe']) {
    const kinds = new Set(cases(source).flatMap(({ expected }) => expected.map(([kind]) => kind)));
    for (const kind of kinds) assert.ok(kind in KINDS, kind);
    for (const kind of ['view', 'click', 'cart_add', 'cart_remove', 'checkout', 'purchase', 'search']) assert.ok(kinds.has(kind), `${source}: ${kind}`);
  }
});

test('every event that means something is in the documentation', () => {
  const docs = readFileSync(new URL('../../../../docs/feeds.md', import.meta.url), 'utf8');
  for (const source of ['data-layer', 'segment', 'adobe']) {
    for (const { name, call, push, event } of cases(source).filter(({ expected }) => expected.length > 0)) {
      const { xdm, event: pushed } = (push ?? {}) as { xdm?: { eventType: string }; event?: string };
      const told = xdm?.eventType ?? event ?? pushed ?? String(call?.[1]);
      assert.ok(docs.includes(told), `${source}, ${name}: ${told}`);
    }
  }
});

const item = { item_id: 'a', quantity: 2 };
const pushed = (fields: object, event = 'add_to_cart') => ({ event, ecommerce: { items: [{ ...item, ...fields }] } });

test('numbers come as texts, ids as numbers; what is no id is no item', () => {
  assert.deepEqual(rows(readDataLayer(pushed({ price: '1,299.00 €', quantity: ' 3 ' }))), [['cart_add', 'a', 3]]);
  for (const quantity of [null, undefined, '', '  ', 'two', NaN, Infinity, {}, [], true]) {
    assert.deepEqual(rows(readDataLayer(pushed({ quantity }))), [['cart_add', 'a']], String(quantity));
  }
  assert.deepEqual(rows(readDataLayer(pushed({ item_id: 0 }))), [['cart_add', '0', 2]]);
  for (const item_id of [null, undefined, '', NaN, {}, ['a'], true, 'x'.repeat(257), () => 'a']) {
    assert.deepEqual(readDataLayer(pushed({ item_id })), [], String(item_id));
  }
});

test("prototypes' names are ids like others, and no events", () => {
  for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'toString']) {
    assert.deepEqual(rows(readDataLayer(pushed({ item_id: name }, 'view_item'))), [['view', name]]);
    assert.deepEqual(readDataLayer(pushed({}, name)), [], name);
    assert.deepEqual(readSegment({ event: name, properties: { product_id: 'a' } }), [], name);
  }
});

test('nonsense says nothing', () => {
  for (const wrong of [...NONSENSE, 'view_item', Symbol('x'), new Map()]) {
    assert.deepEqual(readDataLayer(wrong), []);
    assert.deepEqual(readAdobe(wrong), []);
    assert.deepEqual(readSegment({ event: wrong, properties: wrong }), []);
    assert.deepEqual(readSnowplow({ e: wrong }), []);
    assert.deepEqual(readDataLayer({ event: 'view_item', ecommerce: wrong }), []);
    assert.deepEqual(readDataLayer({ event: 'view_item', ecommerce: { items: wrong } }), []);
    assert.deepEqual(readDataLayer({ event: 'view_item', ecommerce: { items: [wrong, item] } }).length, 1);
    assert.equal(readDataLayer({ event: wrong, ecommerce: { items: [item] } }).length, wrong === 'view_item' ? 1 : 0);
    assert.deepEqual(readDataLayer({ event: 'search', search_term: wrong }).length, typeof wrong === 'string' || Number.isFinite(wrong) ? 1 : 0);
  }
});

test('no more than the documented number of items', () => {
  const items = Array.from({ length: 10_000 }, (_, index) => ({ item_id: index }));
  assert.equal(readDataLayer({ event: 'view_item_list', ecommerce: { items } }).length, MAX_ITEMS);
});

test("a site's own events, events it leaves out, and its own ids", () => {
  const events = { 'quick look': 'view', view_item: null, pay: ['checkout', 4] } as const;
  assert.deepEqual(rows(readDataLayer(pushed({}, 'quick look'), { events })), [['view', 'a']]);
  assert.deepEqual(rows(readDataLayer(pushed({}, 'pay'), { events })), [['checkout', 'a', 4]]);
  assert.deepEqual(readDataLayer(pushed({}, 'view_item'), { events }), []);
  assert.deepEqual(rows(readDataLayer(pushed({}), { events })), [['cart_add', 'a', 2]]);
  const id = (each: Readonly<Record<string, unknown>>) => each['item_group'] ?? each['item_id'];
  assert.deepEqual(rows(readDataLayer(pushed({ item_group: 77 }), { id })), [['cart_add', '77', 2]]);
  assert.deepEqual(rows(readDataLayer(pushed({}), { id })), [['cart_add', 'a', 2]]);
});
