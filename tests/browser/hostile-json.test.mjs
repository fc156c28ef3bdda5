// A page that has taught arrays and objects a `toJSON` of its own, as older libraries did: what the device keeps as JSON is
// still there on the next page.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { codes, equip, launchBrowser, openLab, until } from './harness.mjs';
import { ask, begin, listed, startCollector, task, untilListed } from './contribution-stage.mjs';

const PURPOSES = { purposes: ['personalize', 'contribute', 'share'] };
const VARIANTS = ['three-steps', 'one-page'];

let shop;
let browser;

before(async () => {
  [shop, browser] = [await startCollector(), await launchBrowser()];
  await ask(shop, task('choices'));
});

/** A visitor’s page on which every array and every object becomes the same text. */
async function visitor(choice) {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    for (const prototype of [Array.prototype, Object.prototype]) {
      Object.defineProperty(prototype, 'toJSON', { configurable: true, writable: true, value: () => 'patched' });
    }
  });
  const page = await openLab(context, shop);
  await begin(page, PURPOSES);
  await page.evaluate((given) => me.consent.set(given), choice);
  return page;
}

async function again(page) {
  await page.reload();
  await equip(page, shop);
  await begin(page, PURPOSES);
}

/** What is told of the experiments is in the profile. */
const taken = (page) => page.evaluate(async () => (await me.profile()).experiments.map(({ experiment, variant }) => [experiment, variant]));

test('who is in an experiment stays in their variant, and in two of them', async () => {
  const page = await visitor({ personalize: true });
  const draw = (name, weights) => page.evaluate(([name, all, weights]) => me.experiment(name, all, { weights }), [name, VARIANTS, weights]);
  assert.deepEqual([await draw('checkout', [1, 0]), await draw('hero', [0, 1])], VARIANTS);
  await until('both are kept', async () => (await taken(page)).length === 2);
  await again(page);
  assert.deepEqual([await draw('checkout', [0, 1]), await draw('hero', [1, 0])], VARIANTS, 'other shares move nobody');
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await page.context().close();
});

test('a report that waits is there on the next page', async () => {
  const page = await visitor({ personalize: true, contribute: true });
  const [{ task: id, bytes }] = await untilListed(page, 1);
  await again(page);
  const [report] = await until('it is there', async () => (await listed(page)).length === 1 && listed(page));
  assert.deepEqual([report.task, report.bytes], [id, bytes]);
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await page.context().close();
});

test('a list keeps its seed when the page is loaded anew', async () => {
  const page = await visitor({ personalize: true });
  const seed = () => page.evaluate(async () => (await import('/pkg/list/index.js')).sessionSeed(me));
  const first = await seed();
  await again(page);
  assert.equal(await seed(), first);
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await page.context().close();
});

test('a bridge tells of every experiment', async () => {
  const page = await visitor({ personalize: true, share: true });
  const told = await page.evaluate(async () => {
    const { toGtag } = await import('/pkg/bridges/targets/gtag.js');
    window.told = [];
    window.gtag = (...command) => command[1] === 'experiment_viewed' && window.told.push(command[2].variation_id);
    const bridge = toGtag(me);
    for (const variant of ['a', 'b', 'b']) bridge.experimentViewed({ experiment: 'hero', variant });
    return window.told;
  });
  assert.deepEqual(told, ['a', 'b']);
  await page.context().close();
});
