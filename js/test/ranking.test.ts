import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Annex } from '../src/rank/annex.js';
import type { RankedRow } from '../src/rank/engine.js';
import { deviceOf, referrerOf, regionOf } from '../src/rank/page.js';
import type { Noted } from '../src/rank/journal.js';
import { fault } from '../src/rank/notes.js';
import { Paging } from '../src/rank/paging.js';
import { SegmentWatch } from '../src/rank/segment.js';
import { packSettings } from '../src/rank/settings.js';
import { Table } from '../src/table.js';
import { goldenBytes } from './golden.js';

const PAGE = 'https://shop.example/films';

test('where a visit came from', () => {
  const table = [
    ['', 'direct'],
    ['https://shop.example/', 'internal'],
    ['https://www.google.co.uk/search?q=x', 'search'],
    ['https://duckduckgo.com/', 'search'],
    ['https://search.example.org/', 'search'],
    ['https://mail.google.com/', 'mail'],
    ['https://outlook.live.com/', 'mail'],
    ['https://www.gmx.net/', 'mail'],
    ['https://m.facebook.com/', 'social'],
    ['https://x.com/', 'social'],
    ['https://t.co/abc', 'social'],
    ['https://netflix.com/', 'other'],
    ['https://notgoogle.com/', 'other'],
    ['https://sub.shop.example/', 'other'],
    ['android-app://com.example', 'other'],
    ['not an address', null],
  ] as const;
  for (const [referrer, expected] of table) assert.equal(referrerOf(referrer, PAGE), expected, referrer);
});

test('a campaign says what it is', () => {
  assert.equal(referrerOf('https://www.google.com/', `${PAGE}?utm_medium=cpc`), 'ad');
  assert.equal(referrerOf('', `${PAGE}?utm_medium=email`), 'mail');
  assert.equal(referrerOf('', `${PAGE}?utm_medium=social-post`), 'social');
  assert.equal(referrerOf('https://bing.com/', `${PAGE}?utm_medium=whatever`), 'search');
});

test('the region of a time zone is coarse, and unknown where it names no place', () => {
  const table = [['Europe/Berlin', 'Europe'], ['America/Argentina/Salta', 'America'], ['UTC', null], ['Etc/GMT+3', null], ['', null], [undefined, null]] as const;
  for (const [zone, region] of table) assert.equal(regionOf(zone), region, zone);
});

test('the kind of device', () => {
  assert.equal(deviceOf(390, 844, true), 'phone');
  assert.equal(deviceOf(844, 390, true), 'phone');
  assert.equal(deviceOf(820, 1180, true), 'tablet');
  assert.equal(deviceOf(390, 844, false), 'desktop');
});

test('every section that only the annex reads asks for it, and so does a policy', () => {
  const protocol = new URL('../../../../core/protocol/src/', import.meta.url);
  const sources = (readdirSync(protocol, { recursive: true }) as string[]).filter((name) => name.endsWith('.rs'));
  const text = sources.map((name) => readFileSync(new URL(name, protocol), 'utf8')).join('');
  const tags = [...text.matchAll(/const TAG: &'static str = "(....)"/g)].map(([, tag]) => tag);
  const annex = new Annex(new Promise(() => undefined), undefined);
  const having = (only: string): Table => ({ has: (tag: string) => tag === only }) as Table;
  assert.equal(tags.length, 11);
  for (const tag of tags) assert.ok(annex.isNeeded(having(tag ?? '')), tag);
  assert.ok(!annex.isNeeded(having('KEYS'), {}));
  assert.ok(!annex.isNeeded(undefined));
  assert.ok(annex.isNeeded(undefined, { diversity: 1 }));
});

test('settings stand in the order the module reads them in', () => {
  const source = readFileSync(new URL('../../../../sdk-wasm/src/settings.rs', import.meta.url), 'utf8');
  const read = source.slice(0, source.indexOf('#[cfg(test)]'));
  const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const names = [...read.matchAll(/&mut policy\.(\w+)/g)].map(([, name]) => name);
  assert.equal(names.length, 14);
  names.forEach((name, index) => {
    const field = name?.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) ?? '';
    assert.equal(snake(field), name);
    const packed = packSettings({ [field]: 0.5 }, {});
    assert.equal(packed[5 + index], 0.5, name);
    assert.equal(packed.filter((number) => number === 0.5).length, 1);
  });
});

test('what is not given is no number, and what no list has is no code', () => {
  const nothing = packSettings({}, {});
  assert.equal(nothing.length, 21);
  assert.ok(nothing.every((number) => Number.isNaN(number) || number === -1), String(nothing));
  const wild = packSettings({ alpha: '1' as never, exploration: 'wild' as never, cart: null as never }, { device: 'watch' as never, hour: null });
  assert.deepEqual([...wild].map(String), [...nothing].map(String));
  const all = packSettings({ exploration: 'lints', cart: 'exclude' }, { device: 'phone', viewport: 390, hour: 8, weekday: 0, referrer: 'other' });
  assert.deepEqual([...all.slice(0, 5), ...all.slice(19)], [2, 390, 8, 0, 7, 2, 0]);
});

test('pages of a list stay in step whatever happens between them', () => {
  const pool = new Table(goldenBytes('table-v1.bin'));
  const row = (row: number): RankedRow => ({ table: pool, row, score: 0, propensity: 1, reasons: [] });
  let order = [0, 1, 2, 3, 4, 5, 6];
  const rank = (offset: number, limit: number): RankedRow[] => order.slice(offset, offset + limit).map(row);
  const paging = new Paging();
  const page = (offset: number, name = {}): number[] =>
    paging.upTo({ pool, ids: undefined, seed: 0, policy: {}, ...name }, offset, offset + 2, rank).slice(offset, offset + 2).map(({ row }) => row);
  assert.deepEqual(page(0), [0, 1]);
  order = [6, 5, 1, 0, 4, 3, 2];
  assert.deepEqual(page(2), [6, 5], 'the best that was not shown');
  order = [2, 3];
  assert.deepEqual(page(4), [2, 3]);
  assert.deepEqual(page(2), [6, 5], 'turning back shows the same page');
  assert.deepEqual(page(6), [], 'the end');
  order = [4, 3, 2, 1, 0];
  assert.deepEqual(page(2, { policy: { diversity: 0.5 } }), [2, 1], 'another list');
  assert.deepEqual(page(6), [4], 'the first list is kept beside it');
  assert.deepEqual(page(2), [6, 5]);
  assert.deepEqual(page(0), [4, 3], 'the first page begins anew');
  order = [3, 4, 1, 0];
  assert.deepEqual(page(2), [1, 0], 'behind what the new one gave out');
  order = [1, 2, 3, 4];
  // What a page has taught objects to be as JSON says nothing of a policy.
  Object.defineProperty(Object.prototype, 'toJSON', { configurable: true, value: () => 'patched' });
  const other = page(2, { policy: { diversity: 0.25 } });
  delete (Object.prototype as { toJSON?: unknown }).toJSON;
  assert.deepEqual(other, [3, 4], 'another list, too');
});

test('a change of segment is told once, however often one looks', () => {
  const machine = { segment: null as string | null };
  const told: unknown[] = [];
  const watch = new SegmentWatch(machine, (change) => told.push(change));
  for (const segment of [null, 'browser', 'browser', 'buyer', 'buyer', 'browser']) watch.look(Object.assign(machine, { segment }));
  assert.deepEqual(told, [{ from: null, to: 'browser' }, { from: 'browser', to: 'buyer' }, { from: 'buyer', to: 'browser' }]);
  watch.rename({ segment: 'other name' });
  assert.equal(watch.name, 'other name');
  assert.equal(told.length, 3);
});

test('a note is taken only when it is one', () => {
  const note = (fields: object) => fault({ kind: 'click', item: 'a', value: 1, nowMs: 0, ...fields } as Noted)?.code;
  assert.equal(note({}), undefined);
  for (const wrong of [{ kind: 'klick' }, { kind: 'toString' }, { item: '' }, { item: 7 }, { value: NaN }, { kind: 'rating', value: 6 }]) {
    assert.equal(note(wrong), 'options', JSON.stringify(wrong));
  }
  assert.equal(note({ kind: 'rating', value: 5 }), undefined);
  assert.equal(fault({ facet: 1, answer: 2, nowMs: 0 }), null);
});
