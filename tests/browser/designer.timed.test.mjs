// The designer of notices: what is typed is what the preview shows, what is found and what is downloaded; for everybody,
// from any folder of any server, and with nobody told.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { checkConfig } from '../../js/dist/consent/check.js';
import { startFront } from './front.mjs';
import { atEnd, launchBrowser, NOTHING, openPage, ROOT, stored, temporaryFolder, until } from './harness.mjs';
import { axe } from './notice-stage.mjs';

const BUILT = join(ROOT, 'www/designer/dist');
const DOCUMENTED = JSON.parse(/## Everything there is\s+```json\n([^]*?)```/.exec(await readFile(join(ROOT, 'docs/consent-config.md'), 'utf8'))[1]);
const TABS = ['who', 'purposes', 'regions', 'asking', 'look', 'texts'];
/** Where pictures of it go, for whoever wants to look at them. */
const SHOTS = process.env.HOMEBODY_SHOTS;

let front;
let browser;
before(async () => {
  assert.ok(existsSync(join(BUILT, 'index.html')), 'www/designer/dist is missing: cargo xtask build');
  // Nothing else answers: no server of ours stands behind it.
  front = await startFront('http://127.0.0.1:9', { '/some/folder/': BUILT });
  atEnd(() => front.close());
  browser = await launchBrowser();
});

test('the preview is the real notice, and follows the form', async () => {
  const page = await open();
  const title = banner(page).locator('h2');
  assert.equal(await title.textContent(), 'Shall this site sort things for you?');
  await page.click('#tab-texts');
  await field(page, 'texts.en.banner.title').fill('Your shop, in your order?');
  await seen(title, 'Your shop, in your order?');
  await page.click('#tab-asking');
  await choose(page, 'f-ask.position-top');
  await until('the banner stands above', async () => (await frame(page).locator('hb-consent').getAttribute('at')) === 'top');
  assert.deepEqual(page.failures, []);
  await page.context().close();
});

test('switches show it to other visitors', async () => {
  const page = await open(DOCUMENTED);
  await banner(page).waitFor();
  await page.selectOption('#language', 'de');
  await seen(banner(page).locator('h2'), /Laden/);
  await page.selectOption('#region', 'US-CA');
  await seen(page.locator('#answers'), /personalize on/);
  await page.check('#gpc');
  await seen(page.locator('#answers'), /personalize off/);
  await seen(banner(page).locator('.signal'), /Global Privacy Control/);
  // With a signal the link back is there, and each switch loads the preview anew: what is asked meanwhile has no answer.
  const told = (locator, question) => locator.evaluate(question).catch(() => null);
  await choose(page, 'scheme-dark');
  await until('the dark surface', async () => (await told(banner(page), (each) => getComputedStyle(each).backgroundColor)) === 'rgb(15, 23, 42)');
  await choose(page, 'screen-phone');
  await until('as wide as a phone', async () => (await told(frame(page).locator('body'), () => innerWidth)) === 390);
  await choose(page, 'surface-preferences');
  await frame(page).locator('hb-consent dialog').waitFor();
  assert.equal(await frame(page).locator('hb-consent .banner').count(), 0);
  assert.deepEqual(page.failures, []);
  await page.context().close();
});

test('an answer in the preview is taken, kept nowhere, and asked anew', async () => {
  const page = await open();
  await banner(page).locator('.policy').click();
  await banner(page).locator('[name=accept]').click();
  await seen(page.locator('#answers'), /personalize on/);
  await frame(page).locator('hb-privacy-link button').waitFor();
  assert.deepEqual(await stored(page), NOTHING);
  await page.click('#tab-texts');
  await field(page, 'texts.en.banner.title').fill('Asked again');
  await seen(banner(page).locator('h2'), 'Asked again');
  await page.context().close();
});

test('what may not be published is found, with its place', async () => {
  const page = await open(DOCUMENTED);
  assert.deepEqual(await findings(page), []);
  await field(page, 'controller.contact').fill('');
  await until('no contact', async () => (await findings(page)).includes('controller.contact consent_no_contact'));
  await page.click('#tab-look');
  await field(page, 'theme.light.text').fill('#1118');
  await until('no colour', async () => (await findings(page)).includes('theme.light.text consent_range'));
  assert.equal(await field(page, 'theme.light.text').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.locator('#download').isDisabled(), true, 'a file that no page takes is not handed out');
  await page.locator('#stale').waitFor();
  await field(page, 'theme.light.text').fill('#9ca3af');
  await until('too pale', async () => (await findings(page)).includes('theme.light.text consent_contrast'));
  await choose(page, 'scheme-light');
  await until('seen in the preview, too', async () => (await findings(page)).some((each) => /^preview: title consent_contrast/.test(each)));
  await page.click('#tab-who');
  await page.locator('button.finding', { hasText: 'theme.light.text' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'f-theme.light.text');
  await page.context().close();
});

test('modes below the law of a region are found, and words in one language alone', async () => {
  const regions = [{ match: ['FR'], modes: { '*': 'notice' } }, { match: ['*'] }];
  const texts = { ...DOCUMENTED.texts, de: { ...DOCUMENTED.texts.de, 'banner.title': undefined } };
  const page = await open({ ...DOCUMENTED, regions, texts });
  const found = await findings(page);
  assert.ok(found.includes('regions[0].modes.* consent_notice_in_opt_in'), found.join('\n'));
  assert.ok(found.includes('texts.de.banner.title consent_untranslated'), found.join('\n'));
  await page.context().close();
});

test('it says who is asked again', async () => {
  const page = await open(DOCUMENTED);
  const told = page.locator('#changes');
  assert.equal(await told.textContent(), 'Nothing has changed.');
  await page.click('#tab-look');
  await field(page, 'theme.radius').fill('12');
  assert.equal(await told.textContent(), 'Cosmetic: nobody is asked again.');
  await page.click('#tab-purposes');
  await field(page, 'purposes.analytics.retentionDays').fill('400');
  assert.equal(await told.textContent(), 'These purposes will be asked again: analytics.');
  await page.getByRole('button', { name: 'Remove diet' }).click();
  assert.match(await told.textContent(), /No longer asked for: diet\./);
  await page.context().close();
});

test('the download is what the form says', async () => {
  const page = await open(DOCUMENTED, 'our-shop.json');
  assert.deepEqual(await downloaded(page), { name: 'our-shop.json', config: DOCUMENTED });
  await field(page, 'controller.name').fill('Other Shop SE');
  await page.click('#tab-purposes');
  await page.selectOption('#new-kind', 'own');
  await page.fill('#new-name', 'chat');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await field(page, 'purposes.chat.recipients').fill('Chat Ltd, Malta');
  await page.click('#tab-look');
  await field(page, 'theme.dark.accent').fill('');
  await field(page, 'theme.dark.surface').fill('');
  const { config } = await downloaded(page);
  const { dark, ...theme } = DOCUMENTED.theme;
  assert.ok(dark);
  assert.deepEqual(config, {
    ...DOCUMENTED,
    controller: { ...DOCUMENTED.controller, name: 'Other Shop SE' },
    purposes: { ...DOCUMENTED.purposes, chat: { kind: 'site-tag', data: [], retentionDays: 30, recipients: ['Chat Ltd', 'Malta'] } },
    theme,
  });
  assert.deepEqual(checkConfig(config), config);
  await page.context().close();
});

test('a file that is none is not opened', async () => {
  const page = await open(DOCUMENTED);
  await give(page, 'broken.json', '{');
  await seen(page.locator('#said'), 'Not opened: broken.json is no JSON');
  await give(page, 'odd.json', JSON.stringify({ version: 2, id: 'x' }));
  await seen(page.locator('#said'), /`version`/);
  assert.deepEqual((await downloaded(page)).config, DOCUMENTED);
  await page.context().close();
});

test('typing keeps the focus while the preferences are shown', async () => {
  const page = await open();
  await choose(page, 'surface-preferences');
  await frame(page).locator('hb-consent dialog').waitFor();
  await page.click('#tab-texts');
  await field(page, 'texts.en.preferences.title').pressSequentially('Everything by itself', { delay: 60 });
  assert.equal(await field(page, 'texts.en.preferences.title').inputValue(), 'Everything by itself');
  await seen(frame(page).locator('dialog h2'), 'Everything by itself');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'f-texts.en.preferences.title');
  await page.context().close();
});

for (const [view, options] of Object.entries({
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'forced colours': { forcedColors: 'active' },
  narrow: { viewport: { width: 320, height: 640 } },
})) {
  test(`it is for everybody: ${view}`, async () => {
    // axe makes its canvas with an inline style, which the page's own policy refuses.
    const page = await open({ ...DOCUMENTED, controller: { ...DOCUMENTED.controller, contact: '' } }, 'shop.json', { bypassCSP: true, reducedMotion: 'reduce', ...options });
    for (const tab of TABS) {
      await page.click(`#tab-${tab}`);
      if (tab === 'texts') await field(page, 'texts.en.banner.title').waitFor();
      await page.waitForTimeout(200);
      await picture(page, `${view}-${tab}`);
      assert.deepEqual(await axe(page), [], tab);
      assert.equal(await banner(page).count(), 1, 'the preview stays');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${tab} scrolls sideways`);
    }
    assert.deepEqual(page.failures, []);
    await page.context().close();
  });
}

test('the keyboard goes through the tabs', async () => {
  const page = await open();
  await page.focus('#tab-who');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-purposes');
  await page.keyboard.press('End');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-texts');
  assert.equal(await page.locator('#section h2').textContent(), 'Words');
  await page.context().close();
});

test('it asks nobody but the server it came from, under its own strict policy', async () => {
  front.clear();
  const page = await open(DOCUMENTED);
  for (const tab of TABS) await page.click(`#tab-${tab}`);
  await page.selectOption('#language', 'de');
  await seen(banner(page).locator('h2'), /Laden/);
  assert.deepEqual(page.stray, []);
  assert.deepEqual(page.refused, []);
  const paths = front.requests.map(({ method, url }) => `${method} ${url}`);
  assert.deepEqual(paths.filter((each) => !/^GET \/some\/folder\/[\w./-]+$/.test(each)), []);
  await page.context().close();
});

async function open(config, name = 'shop.json', options = {}) {
  const page = await openPage(await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, ...options }));
  page.refused = [];
  page.on('console', (message) => /Content Security Policy|Trusted/.test(message.text()) && page.refused.push(message.text()));
  await page.goto(`${front.origin}/some/folder/index.html`);
  if (config) {
    await give(page, name, JSON.stringify(config));
    await seen(page.locator('#said'), `${name} is open.`);
  }
  await banner(page).waitFor();
  await seen(page.locator('#answers'), /Where it stands/);
  return page;
}

async function give(page, name, text) {
  await page.setInputFiles('#chooser', { name, mimeType: 'application/json', buffer: Buffer.from(text) });
}

const frame = (page) => page.frameLocator('#frame');
const banner = (page) => frame(page).locator('hb-consent .banner');
const field = (page, path) => page.locator(`[id="f-${path}"]`);
/** A radio lies under its label. */
const choose = (page, id) => page.locator(`[id="${id}"]`).check({ force: true });

async function seen(locator, text) {
  await until(`${text}`, async () => {
    const now = (await locator.textContent({ timeout: 5000 }).catch(() => null)) ?? '';
    return typeof text === 'string' ? now === text : text.test(now);
  });
}

/** What is found, as `place code`. */
function findings(page) {
  return page.locator('#findings li').evaluateAll((lines) =>
    lines.map((line) => `${line.querySelector('code').textContent} ${line.querySelector('.code').textContent}`));
}

async function downloaded(page) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
  const path = join(await temporaryFolder('designer'), 'config.json');
  await download.saveAs(path);
  return { name: download.suggestedFilename(), config: JSON.parse(await readFile(path, 'utf8')) };
}

async function picture(page, name) {
  if (!SHOTS) return;
  await mkdir(SHOTS, { recursive: true });
  await writeFile(join(SHOTS, `designer-${name.replaceAll(' ', '-')}.png`), await page.screenshot());
}
