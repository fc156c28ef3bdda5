// Whole lists with every stage on (rules, cart, exploration, diversity …) in real browsers: the very numbers of
// core/device/testdata/golden, which core/device/tests/golden.rs and golden_trees.rs hold native code to.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFront } from './front.mjs';
import { atEnd, launchBrowser, openLab, ROOT } from './harness.mjs';
import { FIREFOX, firefoxHand } from './signals/firefox.mjs';

const FOLDER = join(ROOT, 'core/device/testdata/golden');
/** Numbers an item in the module's answer. */
const STRIDE = 12;

const PAGES = {
  chromium: async (front) => {
    const browser = await launchBrowser();
    const page = await openLab(await browser.newContext(), { origin: front.origin, key: '', site: '' }, '/golden.html');
    return (work, given) => page.evaluate(work, given);
  },
  firefox: async (front) => {
    const hand = await firefoxHand(front.origin);
    await hand.open('/golden.html');
    return (work, given) => hand.run(`(${work})(${JSON.stringify(given)})`);
  },
};
const MISSING = { firefox: !FIREFOX && 'Firefox is not installed: set FIREFOX to its executable' };

for (const [name, open] of Object.entries(PAGES)) {
  test(`lists in ${name} are the native ones, bit for bit`, { timeout: 240_000, skip: MISSING[name] }, async () => {
    const { interactions, lists } = JSON.parse(readFileSync(join(FOLDER, 'golden.json'), 'utf8'));
    const all = await (await open(await startGolden()))(ranked, { interactions, lists });
    lists.forEach(({ pool, offset, items }, index) => {
      const got = Array.from({ length: all[index].length / STRIDE }, (_, place) => all[index].slice(place * STRIDE, (place + 1) * STRIDE));
      assert.deepEqual(got, items, `${pool} from ${offset} on`);
    });
    assert.ok(lists.length >= 4);
  });

  test(`imported trees say in ${name} what they say natively, bit for bit`, { timeout: 240_000, skip: MISSING[name] }, async () => {
    const { hour, interactions, models } = JSON.parse(readFileSync(join(FOLDER, 'trees.json'), 'utf8'));
    const found = await (await open(await startGolden()))(judged, { hour, interactions, pools: models.map(({ pool }) => pool) });
    models.forEach(({ pool, intents, items }, index) => {
      assert.deepEqual(found[index].intents, intents, `intent by ${pool}`);
      assert.deepEqual(found[index].items, items, `the list of ${pool}`);
    });
    assert.ok(models.length === 8 && models.some(({ intents }) => intents.some((bits) => bits !== intents[0])));
  });

  test(`pools with rules give the lists they should in ${name}`, { timeout: 240_000, skip: MISSING[name] }, async () => {
    const { sets } = JSON.parse(readFileSync(join(ROOT, 'core/protocol/testdata/rules-lists.json'), 'utf8'));
    const run = await open(await startGolden());
    for (const { name: rules, pool, cases } of sets) {
      const lists = await run(ruled, { pool, cases });
      cases.forEach((each, index) => assert.deepEqual(lists[index], each.list, `${rules}: ${each.name}`));
    }
    assert.ok(sets.some(({ cases }) => new Set(cases.map(({ list }) => String(list))).size > 1), 'circumstances change the order');
  });
}

/** A front of nothing but files: nobody is asked, the page takes all it needs from the folders. */
async function startGolden() {
  const front = await startFront('http://127.0.0.1:9', { '/pkg/': join(ROOT, 'js/dist'), '/golden/': FOLDER });
  front.pages.set('/golden.html', '<!doctype html><html lang="en"><title>golden</title><link rel="icon" href="data:,">');
  atEnd(() => front.close());
  return front;
}

/** In the page: ids that a pool gives in each case. Without acts the list is that of somebody unknown. */
async function ruled({ pool, cases }) {
  const [glue, { deriveKey }] = await Promise.all([import('/pkg/wasm/rank.js'), import('/pkg/ids.js')]);
  await glue.default(() => WebAssembly.compileStreaming(fetch('/pkg/wasm/rank.wasm')));
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
  await glue.default(() => WebAssembly.compileStreaming(fetch('/pkg/wasm/rank.wasm')));
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

/** In the page: for each pool the intent after every interaction and the list in the end, as bits of floats. */
async function judged({ hour, interactions, pools }) {
  const glue = await import('/pkg/wasm/rank.js');
  await glue.default(() => WebAssembly.compileStreaming(fetch('/pkg/wasm/rank.wasm')));
  const { attach, compileAnnex } = await import('/pkg/rank/annexed.js');
  attach(glue, await compileAnnex());
  const bits = (number) => (number === undefined ? null : new Uint32Array(Float32Array.of(number).buffer)[0]);
  const settings = new Float32Array(21).fill(NaN);
  settings[2] = hour;
  const answers = [];
  for (const pool of pools) {
    const device = new glue.Device();
    device.setConsent(1, 0);
    device.loadPool(new Uint8Array(await (await fetch(`/golden/${pool}`)).arrayBuffer()));
    const intents = interactions.map(({ kind, id, value, now_ms: atMs }) => {
      device.record(kind, id, value, atMs);
      return bits(device.intent(atMs));
    });
    const answer = device.rank(new Uint32Array(), 20, 0, 0, settings, 0, interactions.at(-1).now_ms);
    device.free();
    answers.push({ intents, items: Array.from({ length: answer.length / 12 }, (_, place) => [...answer.slice(place * 12, place * 12 + 2)]) });
  }
  return answers;
}
