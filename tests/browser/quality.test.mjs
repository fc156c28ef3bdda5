// Real visitors of real sites, ranked for in the browser: imported, trained, published and served by the real binary,
// ranked by the real Wasm in Chromium. Lists, scores and NDCG@10 must be the native ones, bit for bit.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFront } from './front.mjs';
import { atEnd, homebody, lab, launchBrowser, openLab, ROOT, startServer, temporaryFolder } from './harness.mjs';

const DATA = process.env.HOMEBODY_DATA;
const PLACES = 10;
const LEAST_VISITORS = 300;
/** Visitors ranked for in one call of the page. */
const BATCH = 100;

const SETS = [
  { name: 'ml100k', title: 'MovieLens-100k', protocol: 'llo', floor: 0.09 },
  { name: 'retail', title: 'Online Retail', protocol: 'temporal', floor: 0.1 },
];

for (const { name, title, protocol, floor } of SETS) {
  const events = DATA && join(DATA, name, 'events.csv');
  const absent = !DATA ? 'HOMEBODY_DATA is not set' : existsSync(events) ? false : `${events} is missing`;
  if (absent) console.log(`skipped: ${title}, because ${absent}`);
  test(`${title} in the browser is the native ranking`, { skip: absent }, async (t) => {
    const folder = await temporaryFolder(`quality-${name}`);
    const [train, held, data] = ['train.csv', 'test.csv', 'data'].map((file) => join(folder, file));
    await lab(['split', '--history', events, '--protocol', protocol, '--train', train, '--test', held]);
    await homebody(data, ['import', 'catalog', join(DATA, name, 'items.csv')]);
    const learned = await homebody(data, ['import', 'history', train]);
    await homebody(data, ['publish']);
    const native = JSON.parse(await lab(['replay', '--json', '--tables', join(data, 'blobs'), '--history', train, '--test', held]));
    const visitors = await readVisitors(train, held);
    assert.ok(visitors.length >= LEAST_VISITORS, `${visitors.length} visitors`);
    assert.equal(visitors.length, native.visitors);

    const server = await startServer(data);
    const front = await startFront(server.origin, { '/pkg/': join(ROOT, 'js/dist') });
    atEnd(() => Promise.all([front.close(), server.stop()]));
    const browser = await launchBrowser();
    const page = await openLab(await browser.newContext(), { origin: front.origin, key: '', site: '' });
    await page.evaluate(prepare, PLACES);
    const lists = [];
    for (let at = 0; at < visitors.length; at += BATCH) lists.push(...(await page.evaluate((batch) => batch.map(rankFor), visitors.slice(at, at + BATCH))));

    const measured = judge(visitors, lists);
    const popular = judge(visitors, await page.evaluate((histories) => histories.map(popularFor), visitors.map(({ history }) => history.map(({ item }) => item))));
    t.diagnostic(
      `${title}: ${visitors.length} held-out visitors, model ${learned.model}; NDCG@10 in Chromium ${measured.mean}, native ${native.ndcg_at_10}, popularity alone ${popular.mean}`,
    );
    visitors.forEach(({ visitor }, index) => {
      const [here, there] = [lists[index], native.lists[index]];
      assert.equal(there.visitor, visitor);
      assert.deepEqual(here.ids, there.ids, `list of visitor ${visitor}`);
      // f32 written by the lab in its shortest form reads back as the same f32.
      assert.deepEqual(here.scores.map(bits), there.scores.map(bits), `scores of visitor ${visitor}`);
      assert.equal(bits(measured.each[index]), bits(there.ndcg_at_10), `NDCG of visitor ${visitor}`);
    });
    assert.equal(bits(measured.mean), bits(native.ndcg_at_10), 'the same bits');
    assert.ok(measured.mean >= floor, `NDCG@10 ${measured.mean} is below ${floor}`);
    assert.ok(measured.mean > popular.mean * 1.5, 'far above popularity alone');
    await browser.close();
  });
}

/** In the page: a device with the served tables, and `rankFor`, which follows the rules of `homebody-lab replay`. */
async function prepare(places) {
  const [glue, { Table }] = await Promise.all([import('/pkg/wasm/rank.js'), import('/pkg/table.js')]);
  await glue.default(() => WebAssembly.compileStreaming(fetch('/pkg/wasm/rank.wasm')));
  const { attach, compileAnnex } = await import('/pkg/rank/annexed.js');
  attach(glue, await compileAnnex());
  const manifest = JSON.parse((await (await fetch('/v1/manifest.json')).json()).payload);
  const load = async ({ sha256 }) => new Uint8Array(await (await fetch(`/v1/blobs/${sha256}`)).arrayBuffer());
  const [poolBytes, catalogBytes] = await Promise.all([load(manifest.placements.home), load(manifest.catalog)]);
  const [pool, catalog] = [new Table(poolBytes), new Table(catalogBytes)];
  const device = new glue.Device();
  device.setConsent(1, 0);
  device.loadPool(poolBytes);
  device.loadCatalog(catalogBytes);
  const stride = 12;
  // Nothing known of the page, the pool's numbers, but no diversity.
  const byScoreAlone = new Float32Array(21).fill(NaN).with(6, 1);
  const unseen = (items) => {
    const rows = new Set(items.map((item) => catalog.rowOf(item)));
    return Array.from(catalog.keys.keys()).filter((row) => !rows.has(row));
  };
  window.rankFor = ({ history, nowMs }) => {
    device.erase();
    for (const { kind, item, value, atMs } of history) device.record(kind, item, value, atMs);
    const keys = Uint32Array.from(unseen(history.map(({ item }) => item)), (row) => catalog.keys[row]);
    const ranked = device.rank(keys, places, 0, 0, byScoreAlone, 0, nowMs);
    const scores = new Float32Array(ranked.buffer);
    const first = Array.from({ length: ranked.length / stride }, (_, place) => place * stride);
    const ids = first.map((at) => (ranked[at] >= 2 ** 31 ? catalog.id(ranked[at] - 2 ** 31) : pool.id(ranked[at])));
    return { ids, scores: first.map((at) => scores[at + 1]) };
  };
  window.popularFor = (items) => ({ ids: unseen(items).slice(0, places).map((row) => catalog.id(row)) });
}

const f32 = Math.fround;

/** NDCG@10 of each list and its mean, in single precision and in the order of `homebody_learn::metrics`. */
function judge(visitors, lists) {
  const discount = Array.from({ length: PLACES }, (_, place) => f32(1 / log2f(place + 2)));
  const sum = (values) => values.reduce((total, value) => f32(total + value), 0);
  const each = visitors.map(({ wanted }, index) => {
    const ideal = sum(discount.slice(0, wanted.length));
    const gained = lists[index].ids.flatMap((id, place) => (wanted.includes(id) ? [discount[place]] : []));
    return f32(sum(gained) / ideal);
  });
  return { each, mean: f32(sum(each) / each.length) };
}

/** The logarithm of `libm` for x ≥ 2, operation for operation: `Math.log2` rounded differs in the last bit of some. */
function log2f(x) {
  const [lg1, lg2, lg3, lg4, high, low] = [0.66666662693, 0.40000972152, 0.28498786688, 0.24279078841, 1.4428710938, -1.7605285393e-4].map(f32);
  const word = new Uint32Array([bits(x) + (0x3f800000 - 0x3f3504f3)]);
  const k = (word[0] >>> 23) - 0x7f;
  word[0] = (word[0] & 0x007fffff) + 0x3f3504f3;
  const [reduced] = new Float32Array(word.buffer);
  const f = f32(reduced - 1);
  const s = f32(f / f32(2 + f));
  const z = f32(s * s);
  const w = f32(z * z);
  const r = f32(f32(z * f32(lg1 + f32(w * lg3))) + f32(w * f32(lg2 + f32(w * lg4))));
  const half = f32(f32(0.5 * f) * f);
  word[0] = bits(f32(f - half)) & 0xfffff000;
  const [hi] = new Float32Array(word.buffer);
  const lo = f32(f32(f32(f - hi) - half) + f32(s * f32(half + r)));
  return f32(f32(f32(f32(f32(lo + hi) * low) + f32(lo * high)) + f32(hi * high)) + k);
}

/** The bits of a number as f32. */
function bits(value) {
  return new Uint32Array(Float32Array.of(value).buffer)[0];
}

/** The visitors of the held-out file in the order of their ids' bytes, with their history in order of time. */
async function readVisitors(train, held) {
  const histories = byVisitor(await readRows(train));
  const wanted = byVisitor(await readRows(held));
  const names = [...wanted.keys()].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  return names.map((visitor) => {
    const rows = wanted.get(visitor);
    return { visitor, history: histories.get(visitor) ?? [], wanted: rows.map(({ item }) => item), nowMs: rows[0].atMs };
  });
}

function byVisitor(rows) {
  const visitors = new Map();
  for (const row of rows) {
    if (!visitors.has(row.visitor)) visitors.set(row.visitor, []);
    visitors.get(row.visitor).push(row);
  }
  for (const own of visitors.values()) own.sort((one, other) => one.atMs - other.atMs);
  return visitors;
}

const CLICK = 3;
const RATING = 12;

async function readRows(path) {
  const [header, ...lines] = (await readFile(path, 'utf8')).trim().split(/\r?\n/).map(cells);
  const column = (...names) => header.findIndex((name) => names.includes(name));
  const at = { visitor: column('visitor', 'user'), item: column('item'), ts: column('ts', 'time', 'order'), rating: column('rating'), value: column('value', 'qty', 'quantity') };
  assert.equal(column('kind'), -1, 'these sets name no kinds');
  return lines.map((line) => {
    const rating = at.rating >= 0 && line[at.rating] !== '';
    const value = Number(line[rating ? at.rating : at.value] ?? 1);
    return { visitor: line[at.visitor], item: line[at.item], kind: rating ? RATING : CLICK, value, atMs: Math.floor(Number(line[at.ts])) * 1000 };
  });
}

/** The cells of a line of CSV. */
function cells(line) {
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare);
}
