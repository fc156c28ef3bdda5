// The surfaces on the real consent core: what a visitor meets from the first page to the way back.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launchBrowser, until } from './harness.mjs';
import { configOf, startStage } from './notice-stage.mjs';

let stage;
let browser;
before(async () => {
  stage = await startStage();
  browser = await launchBrowser();
});

/** A page of a site with a configuration, for a visitor from `region`. */
async function visit(context, { region = 'DE', purposes = ['personalize', 'contribute', 'analytics'], changes = {}, body } = {}) {
  const page = await stage.open(context, body ? { body } : {});
  await page.evaluate(async ([config, region]) => {
    const { personalize } = await import('/pkg/index.js');
    window.me = await personalize({ server: location.origin, key: 'AAAA', consent: 'banner', consentConfig: config, region });
  }, [configOf(purposes, changes), region]);
  return page;
}

const button = (page, name) => page.locator(`hb-consent .banner [name=${name}]`);
const banner = (page) => page.locator('hb-consent .banner');
const dialog = (page) => page.locator('hb-consent dialog');
const link = (page) => page.locator('hb-privacy-link button');

test('the preferences stand over the banner; closed without an answer, the banner and the focus are where they were', async () => {
  const page = await visit(await browser.newContext());
  await button(page, 'preferences').click();
  await dialog(page).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  assert.equal(await banner(page).isVisible(), true);
  assert.equal(await button(page, 'preferences').evaluate((each) => each.getRootNode().activeElement === each), true);
  await button(page, 'preferences').click();
  await page.getByRole('switch').nth(2).check();
  await dialog(page).locator('[name=save]').click();
  await page.locator('hb-consent').waitFor({ state: 'detached' });
  const on = await page.evaluate(() => Object.entries(me.consent.state().purposes).filter(([, { effective }]) => effective).map(([id]) => id));
  assert.deepEqual(on, ['analytics']);
  assert.deepEqual([page.failures, page.refused], [[], []]);
  await page.context().close();
});

test('a refusal leaves a way back, which leads to everything', async () => {
  const page = await visit(await browser.newContext());
  await button(page, 'reject').click();
  await link(page).click();
  await page.locator('hb-privacy-panel dialog').waitFor();
  assert.match(await page.locator('hb-privacy-panel dialog').innerText(), /We count which pages are read/, 'the site’s own use in its own words');
  await page.locator('[data-key="purpose-personalize"]').check();
  assert.equal(await page.evaluate(() => me.consent.allowed('personalize')), true);
  await page.context().close();
});

test('the site’s own way back, and the one that the law wants, are there before anybody chose', async () => {
  const placed = await visit(await browser.newContext(), { body: '<main><h1>Shop</h1></main><footer><hb-privacy-link></hb-privacy-link></footer>' });
  await banner(placed).waitFor();
  await link(placed).waitFor();
  assert.equal(await link(placed).count(), 1);
  await placed.context().close();
  const regions = [{ match: ['US'], modes: { '*': 'notice' }, link: 'your-privacy-choices' }];
  const page = await visit(await browser.newContext(), { region: 'US-CA', changes: { regions } });
  await banner(page).waitFor();
  await link(page).waitFor();
  assert.equal(await link(page).textContent(), 'Your Privacy Choices');
  await page.context().close();
});

test('an answer in one tab takes the banner off the other', async () => {
  const context = await browser.newContext();
  const [one, other] = [await visit(context), await visit(context)];
  await banner(other).waitFor();
  await button(one, 'reject').click();
  const start = Date.now();
  await banner(other).waitFor({ state: 'detached' });
  assert.ok(Date.now() - start < 1000);
  await until('the way back is there in both', async () => (await link(other).count()) === 1);
  await context.close();
});

test('where notice is enough, a notice that was read does not come again', async () => {
  const context = await browser.newContext();
  const page = await visit(context, { region: 'US', purposes: ['personalize', 'contribute'] });
  assert.equal(await page.locator('hb-consent h2').textContent(), 'This is switched on here');
  await button(page, 'accept').click();
  assert.equal(await page.evaluate(() => me.consent.allowed('personalize')), true);
  const next = await visit(context, { region: 'US', purposes: ['personalize', 'contribute'] });
  await link(next).waitFor();
  assert.equal(await banner(next).count(), 0);
  await context.close();
});

test('the browser’s signal is shown where it counts', async () => {
  const context = await browser.newContext();
  await context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  const page = await visit(context, { region: 'US' });
  assert.match(await banner(page).innerText(), /Global Privacy Control\)\. That is honoured/);
  await button(page, 'accept').click();
  assert.equal(await page.evaluate(() => me.consent.allowed('contribute')), false, 'a yes to all is none against the signal');
  await context.close();
});
