// What another strength of exploration would earn: a list that chance had a hand in, seen and opened, becomes one cell; who saw
// nothing tells nothing.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { codes, launchBrowser } from './harness.mjs';
import { ask, startEmptyShop, task, untilListed, visit } from './contribution-stage.mjs';

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
  // Every place tells something: where variety has put an item that no draw lists, nothing is told, and which place is asked
  // about is the clock's choice.
  const policy = 'policy = { exploration = "thompson", diversity = 1 }';
  const placement = `judged = { exploration_strength = ${STRENGTH} }\n${policy}\n`;
  const category = (item) => `of ${item % 4}`;
  [shop, browser] = [await startEmptyShop('exploring', { items: ITEMS, category, placement }), await launchBrowser()];
  const measurement = { off_policy: { strength: STRENGTH, weights: { most: 4, levels: LEVELS } } };
  await ask(shop, task('off-policy', { purpose: 'measure', measurement, length: NOTHING + 1, windowS: 7 * 86_400 }));
});

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
