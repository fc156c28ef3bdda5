// The panel says why: what heads the list, each with the main reason, in the panel's own language.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { catalogued, launchBrowser, openLab, startShop, until } from './harness.mjs';

let shop;
let browser;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

/** A visitor who looked at some items and opened the panel. */
async function opened(language) {
  const page = await openLab(await browser.newContext(), shop);
  await page.evaluate(async (language) => {
    await start({ language, policyUrl: '/privacy' });
    await me.consent.set({ personalize: true });
    for (const id of (await ids()).slice(3, 7)) me.record({ kind: 'click', item: id });
    await me.rank(undefined, { limit: 5 });
    await me.consent.open('panel');
  }, language);
  await page.locator('hb-privacy-panel dialog').waitFor();
  return page;
}

const titled = (page, title) => page.locator('hb-privacy-panel').getByRole('heading', { name: title, exact: true });
const rows = (page, title) => titled(page, title).locator('xpath=following-sibling::ul[1]').locator('.what').evaluateAll((all) =>
  all.map((one) => [one.firstChild.textContent, one.querySelector('.when').textContent]));

test('the first three items of the visitor’s list, each with its strongest reason as a sentence', async () => {
  const page = await opened('en');
  await catalogued(page);
  const expected = await page.evaluate(async () => {
    const { reasonText } = await import('/pkg/elements/why.js');
    return (await me.rank(undefined, { limit: 3 })).map(({ item, reasons }) => [item.title, reasonText(reasons[0])]);
  });
  assert.equal(expected.length, 3);
  assert.ok(expected.some(([, why]) => /^(Because|Similar|You like|More from)/.test(why)), String(expected));
  await until('the panel says so', async () => JSON.stringify(await rows(page, 'Why you see this')) === JSON.stringify(expected));
  assert.deepEqual(await page.evaluate(() => errors), []);
});

test('in another language by the file the panel loads anyway', async () => {
  const page = await opened('de');
  const told = await rows(page, 'Warum Sie das sehen');
  assert.equal(told.length, 3);
  assert.ok(told.every(([, why]) => /^(Weil|Ähnlich|Sie mögen|Mehr von|Gerade|Wird|Neu|Zur|Wegen|Passt|Um|Mal)/.test(why)), String(told));
});

test('in everybody’s order nothing of it is told', async () => {
  const page = await opened('en');
  await titled(page, 'Why you see this').waitFor();
  await page.evaluate(() => void (me.neutral = true));
  await until('it is gone', async () => (await titled(page, 'Why you see this').count()) === 0);
  assert.equal(await titled(page, 'Topics').count(), 1, 'what is known stays');
});

test('reading the profile moves none of the pages that are turned meanwhile', async () => {
  const page = await opened('en');
  const { before, after } = await page.evaluate(async () => {
    const turn = () => ids(undefined, { limit: 10, offset: 10 });
    const first = await ids(undefined, { limit: 10 });
    const before = [...first, ...(await turn())];
    me.like(before.at(-1));
    await me.profile();
    return { before, after: [...first, ...(await turn())] };
  });
  assert.deepEqual(after, before);
});

test('a topic can be wished for: more of it comes first, and the keyboard stays where it was', async () => {
  const page = await opened('en');
  const last = page.locator('hb-privacy-panel [part=topic]').last();
  const topic = await last.locator('.what').evaluate((what) => what.firstChild.textContent);
  const more = page.locator('hb-privacy-panel').getByRole('button', { name: `More of it: ${topic}`, exact: true });
  await more.focus();
  await page.keyboard.press('Enter');
  const heading = page.locator('hb-privacy-panel [part=topic]').first().locator('.what');
  await until('it is the strongest', async () => (await heading.evaluate((what) => what.firstChild.textContent)) === topic);
  await page.locator('hb-privacy-panel [role=status]').getByText('Saved.').waitFor();
  assert.equal(await page.evaluate(() => document.querySelector('hb-privacy-panel').shadowRoot.activeElement?.ariaLabel), `More of it: ${topic}`);
  const known = await page.evaluate(async (name) => (await me.profile()).facets.filter((facet) => facet.name === name), topic);
  assert.ok(known.some(({ strength }) => strength > 3), JSON.stringify(known));
  assert.deepEqual(await page.evaluate(() => errors), []);
});
