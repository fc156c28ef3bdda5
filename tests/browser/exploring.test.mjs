// What another strength of exploration would earn: a list that chance had a hand in, seen and opened, becomes one cell; who saw
// nothing tells nothing.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { atEnd, codes, homebody, launchBrowser, ROOT, SITE, startServer, temporaryFolder } from './harness.mjs';
import { startFront } from './front.mjs';
import { ask, task, untilListed, visit } from './contribution-stage.mjs';

const ITEMS = 40;
const PLACES = 8;
const STRENGTH = 0.25;
const LEVELS = 8;
/** Two cells a step of weight, and the last one for nothing to tell. */
const NOTHING = 2 * (LEVELS + 1);
/** What became of a list is known by then. */
const LATER_S = 3 * 3_600;

let shop;
let browser;

before(async () => {
  [shop, browser] = [await startExploringShop(), await launchBrowser()];
  const measurement = { off_policy: { strength: STRENGTH, weights: { most: 4, levels: LEVELS } } };
  await ask(shop, task('off-policy', { purpose: 'measure', measurement, length: NOTHING + 1, windowS: 7 * 86_400 }));
});

/** A server whose lists are explored, and judged for another strength. */
async function startExploringShop() {
  const folder = await temporaryFolder('exploring');
  const [data, config, catalogue] = ['data', 'homebody.toml', 'items.jsonl'].map((name) => join(folder, name));
  const placement = `[[placements]]\nname = "home"\njudged = { exploration_strength = ${STRENGTH} }\n`;
  await writeFile(config, `site = "${SITE}"\n[collect]\njob_interval_ms = 50\n[train]\nenabled = false\n${placement}policy = { exploration = "thompson" }\n`);
  const line = (item) => JSON.stringify({ id: `i${item}`, title: `${item}`, category: `of ${item % 4}` });
  await writeFile(catalogue, Array.from({ length: ITEMS }, (_, item) => `${line(item)}\n`).join(''));
  await homebody(data, ['import', 'catalog', catalogue], { config });
  const { public_key: key } = await homebody(data, ['publish'], { config });
  const server = await startServer(data, { config });
  const front = await startFront(server.origin, { '/pkg/': join(ROOT, 'js/dist') });
  atEnd(() => Promise.all([front.close(), server.stop()]));
  return { folder, data, config, server, front, origin: front.origin, key, site: SITE };
}

/** Somebody looks at a list and does something with all of it; hours later they allow to be asked: the cell. */
async function told(seed, kinds) {
  const context = await browser.newContext();
  const page = await visit(context, shop, { choice: { personalize: true } });
  await page.evaluate(async ([seed, limit, kinds, laterMs]) => {
    me.record({ kind: 'view', item: 'i1' });
    let list = [];
    // For nobody nothing is explored: not before the first note is taken.
    while (!list.some(({ propensity }) => propensity < 1)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      list = await me.rank(undefined, { limit, seed });
    }
    for (const { id } of list) for (const kind of kinds) me.record({ kind, item: id });
    await me.rank(undefined, { limit, seed });
    const real = Date.now.bind(Date);
    Date.now = () => real() + laterMs;
    me.consent.set({ personalize: true, measure: true });
  }, [seed, PLACES, kinds, 1_000 * LATER_S]);
  const [{ name, vector }] = await untilListed(page, 1);
  assert.deepEqual([name, await codes(page), page.failures], ['off-policy', [], []]);
  await context.close();
  assert.equal(vector.reduce((sum, cell) => sum + cell, 0), 1, `${vector}`);
  return vector.indexOf(1);
}

test('a place of a list becomes a step of its weight, opened or not', { timeout: 120_000 }, async () => {
  for (const seed of [1, 2, 3]) {
    const opened = await told(seed, ['impression', 'click']);
    assert.ok(opened < NOTHING && opened % 2 === 1, `cell ${opened}`);
  }
  const leftAlone = await told(1, ['impression']);
  assert.ok(leftAlone < NOTHING && leftAlone % 2 === 0, `cell ${leftAlone}`);
});

test('who saw no list tells nothing', { timeout: 60_000 }, async () => {
  assert.equal(await told(1, []), NOTHING);
});
