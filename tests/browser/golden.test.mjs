// Whole lists with every stage on (rules, cart, exploration, diversity …) in the real browser: the very numbers of
// core/device/testdata/golden, which core/device/tests/golden.rs holds native code to.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFront } from './front.mjs';
import { atEnd, launchBrowser, openLab, ROOT } from './harness.mjs';

const FOLDER = join(ROOT, 'core/device/testdata/golden');
/** Numbers an item in the module's answer. */
const STRIDE = 12;

test('lists in the browser are the native ones, bit for bit', async () => {
  const { interactions, lists } = JSON.parse(readFileSync(join(FOLDER, 'golden.json'), 'utf8'));
  // Nobody is asked: the page takes all it needs from the two folders.
  const front = await startFront('http://127.0.0.1:9', { '/pkg/': join(ROOT, 'js/dist'), '/golden/': FOLDER });
  front.pages.set('/golden.html', '<!doctype html><html lang="en"><title>golden</title><link rel="icon" href="data:,">');
  atEnd(() => front.close());
  const browser = await launchBrowser();
  const page = await openLab(await browser.newContext(), { origin: front.origin, key: '', site: '' }, '/golden.html');
  const all = await page.evaluate(ranked, { interactions, lists });
  lists.forEach(({ pool, offset, items }, index) => {
    const got = Array.from({ length: all[index].length / STRIDE }, (_, place) => all[index].slice(place * STRIDE, (place + 1) * STRIDE));
    assert.deepEqual(got, items, `${pool} from ${offset} on`);
  });
  assert.ok(lists.length >= 4);
});

test('pools with rules give the lists they should', async () => {
  const { sets } = JSON.parse(readFileSync(join(ROOT, 'core/protocol/testdata/rules-lists.json'), 'utf8'));
  const front = await startFront('http://127.0.0.1:9', { '/pkg/': join(ROOT, 'js/dist') });
  front.pages.set('/rules.html', '<!doctype html><html lang="en"><title>rules</title><link rel="icon" href="data:,">');
  atEnd(() => front.close());
  const browser = await launchBrowser();
  const page = await openLab(await browser.newContext(), { origin: front.origin, key: '', site: '' }, '/rules.html');
  for (const { name, pool, cases } of sets) {
    const lists = await page.evaluate(ruled, { pool, cases });
    cases.forEach((each, index) => assert.deepEqual(lists[index], each.list, `${name}: ${each.name}`));
  }
  assert.ok(sets.some(({ cases }) => new Set(cases.map(({ list }) => String(list))).size > 1), 'circumstances change the order');
});

/** In the page: ids that a pool gives in each case. Without acts the list is that of somebody unknown. */
async function ruled({ pool, cases }) {
  const [glue, { deriveKey }] = await Promise.all([import('/pkg/wasm/rank.js'), import('/pkg/ids.js')]);
  await glue.default({ module_or_path: new URL('/pkg/wasm/rank.wasm', location.href) });
  const { attach, compileAnnex } = await import('/pkg/rank/annexed.js');
  attach(glue, await compileAnnex());
  const { Table } = await import('/pkg/table.js');
  const bytes = Uint8Array.from(pool.match(/../g), (two) => Number.parseInt(two, 16));
  const table = new Table(bytes);
  return cases.map(({ acts, neutral, page, now_ms: nowMs }) => {
    const device = new glue.Device();
    device.setConsent(1, 0);
    device.loadPool(bytes);
    for (const { kind, id, at_ms: atMs } of neutral ? [] : acts) device.record(kind, id, 1, atMs);
    const settings = new Float32Array(21).fill(NaN);
    [page.device, page.viewport_px, page.hour, page.weekday, page.referrer].forEach((number, place) => (settings[place] = number ?? NaN));
    const answer = device.rank(new Uint32Array(), 6, 0, 0, settings, page.region ? deriveKey(0, page.region) : 0, nowMs);
    device.free();
    return Array.from({ length: answer.length / 12 }, (_, place) => table.id(answer[place * 12]));
  });
}

/** In the page: the answer of the module to each list, as plain numbers. */
async function ranked({ interactions, lists }) {
  const glue = await import('/pkg/wasm/rank.js');
  await glue.default({ module_or_path: new URL('/pkg/wasm/rank.wasm', location.href) });
  const { attach, compileAnnex } = await import('/pkg/rank/annexed.js');
  attach(glue, await compileAnnex());
  const file = async (name) => new Uint8Array(await (await fetch(`/golden/${name}`)).arrayBuffer());
  const nothingGiven = new Float32Array(21).fill(NaN);
  const answers = [];
  for (const { pool, limit, offset, seed, now_ms: nowMs } of lists) {
    const device = new glue.Device();
    device.setConsent(1, 0);
    device.loadPool(await file(pool));
    device.loadCatalog(await file('catalogue.bin'));
    for (const { kind, id, value, now_ms: atMs } of interactions) device.record(kind, id, value, atMs);
    answers.push([...device.rank(new Uint32Array(), limit, offset, seed, nothingGiven, 0, nowMs)]);
    device.free();
  }
  return answers;
}
