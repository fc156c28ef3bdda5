// `<hb-onboarding>` in the real browser: questions for newcomers, by keyboard and for everybody to read.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { violations } from './axe.mjs';
import { openLab } from './harness.mjs';
import { leave, startStage, TOPICS } from './ranking-stage.mjs';

let shop;
let browser;

before(async () => {
  ({ shop, browser } = await startStage());
});

for (const colorScheme of ['light', 'dark']) {
  test(`newcomers are asked, by keyboard, in ${colorScheme}`, async () => {
    const context = await browser.newContext({ colorScheme });
    const page = await openLab(context, shop);
    const first = await page.evaluate(async () => {
      await start();
      const before = await me.onboarding.show(document.querySelector('main'));
      await me.consent.acceptAll();
      const neutral = await ids(undefined, { limit: 12 });
      document.title = 'questions';
      window.over = 0;
      document.addEventListener('hb:onboarding-done', () => over++);
      await me.onboarding.show(document.querySelector('main'));
      return { before, neutral };
    });
    assert.equal(first.before, null, 'nothing is asked before consent');
    assert.deepEqual(await violations(page, 'hb-onboarding'), []);
    const question = page.locator('hb-onboarding .question');
    const asked = [];
    await page.locator('hb-onboarding').getByRole('button', { name: 'Yes' }).focus();
    for (;;) {
      if ((await page.evaluate(() => over)) || asked.length > 5) break;
      const text = await question.textContent();
      asked.push(text);
      if (asked.length === 1) await page.keyboard.press('Enter');
      else {
        // No stands after Yes; the focus has stayed on the button that was pressed.
        if (asked.length === 2) await page.keyboard.press('Tab');
        await page.keyboard.press('Space');
      }
      await page.waitForFunction((last) => over || document.querySelector('hb-onboarding').shadowRoot.querySelector('.question').textContent !== last, text);
    }
    assert.ok(asked.length >= 2 && new Set(asked).size === asked.length, String(asked));
    const done = page.locator('hb-onboarding .done');
    assert.match(await done.textContent(), /Thank you/);
    assert.ok(await page.evaluate(() => document.querySelector('hb-onboarding').shadowRoot.activeElement?.className === 'done'), 'the focus is on what is said');
    assert.deepEqual(await violations(page, 'hb-onboarding'), []);
    const after = await page.evaluate(async () => ({ list: await ids(undefined, { limit: 12 }), next: await me.onboarding.next(), personal: (await me.rank())[0].personalized }));
    assert.equal(after.next, null);
    assert.ok(after.personal);
    assert.notDeepEqual(after.list, first.neutral, 'the first list differs from everybody’s');
    await leave(page);
  });
}

test('nobody has to answer', async () => {
  const page = await openLab(await browser.newContext(), shop);
  const left = await page.evaluate(async () => {
    await start();
    await me.consent.acceptAll();
    const question = await me.onboarding.next();
    await me.onboarding.answer(question, 'skip');
    const second = await me.onboarding.next();
    await me.onboarding.skip();
    return { question, second, next: await me.onboarding.next(), personalized: (await me.rank())[0].reasons.some(({ kind }) => kind === 'category') };
  });
  assert.ok(TOPICS.includes(left.question.text) && left.second.text !== left.question.text);
  assert.deepEqual([left.next, left.personalized], [null, false]);
  await leave(page);
});
