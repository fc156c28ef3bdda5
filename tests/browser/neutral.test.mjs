// Everybody's order, chosen by the visitor: it holds on the next page, however early on a page it was chosen.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { codes, keptNeutral, launchBrowser, openLab, startShop, until } from './harness.mjs';

let shop;
let browser;

before(async () => {
  [shop, browser] = [await startShop(), await launchBrowser()];
});

/** Another page of the visitor, who chooses at once; what is chosen when the list is there. */
async function visit(context, choice) {
  const page = await openLab(context, shop);
  const chosen = await page.evaluate(async (choice) => {
    await start();
    if (choice !== undefined) me.neutral = choice;
    const [first] = await me.rank(undefined, { limit: 1 });
    await me.profile();
    return [me.neutral, first.personalized];
  }, choice);
  // The choice is written behind the list.
  if (choice !== undefined) await until('the choice is kept', async () => (await page.evaluate(keptNeutral)) === choice);
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await page.close();
  return chosen;
}

test('chosen before the profile is open, it is kept, and so is its end', async () => {
  const context = await browser.newContext();
  const page = await openLab(context, shop);
  await page.evaluate(async () => {
    await start();
    await me.consent.set({ personalize: true });
    await me.rank();
  });
  await page.close();
  assert.deepEqual(await visit(context), [false, true]);
  assert.deepEqual(await visit(context, true), [true, false]);
  assert.deepEqual(await visit(context), [true, false], 'on the next page');
  assert.deepEqual(await visit(context, false), [false, true]);
  assert.deepEqual(await visit(context), [false, true], 'and no longer on the one after');
  await context.close();
});
