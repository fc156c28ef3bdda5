// The page is in one language: banner and panel speak it, in its direction, and only its files are fetched. Screenshots
// of both are left where HOMEBODY_SHOTS names a folder.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { launchBrowser, openPage, until } from './harness.mjs';
import { pageWith, startPlatforms } from './platforms.mjs';

const SHOTS = process.env.HOMEBODY_SHOTS;

let shop;
let browser;

before(async () => {
  shop = await startPlatforms();
  browser = await launchBrowser();
});

/** Opens a page in a language, with the script tag; `texts` is what it fetched of the languages. */
async function openIn(tag, { block } = {}) {
  const path = `/t/texts-${Math.random().toString(36).slice(2)}.html`;
  const script = `<script src="/pkg/homebody.js" data-server="${shop.origin}" data-key="${shop.key}" data-site="${shop.site}" data-policy="/privacy"></script>`;
  shop.front.pages.set(path, pageWith(script).replace(/<html[^>]*>/, `<html lang="${tag}">`));
  const page = await openPage(await browser.newContext({ viewport: { width: 900, height: 760 }, reducedMotion: 'reduce' }));
  if (block) await page.route('**/pkg/texts/notice-*', (route) => route.abort());
  page.texts = [];
  page.on('request', (request) => {
    const [, file] = /\/pkg\/texts\/(.*)$/.exec(request.url()) ?? [];
    // The list of the languages comes before the first of them.
    if (file && file !== 'list.js') page.texts.push(file);
  });
  await page.goto(shop.origin + path);
  await page.evaluate(async () => (window.me = await homebody.me));
  await page.locator('hb-consent section').waitFor();
  return page;
}

/** What an element says of its language, and one of its words. */
const said = (locator, word) =>
  locator.evaluate((element, part) => {
    const { direction } = getComputedStyle(element);
    const { lang, dir } = element;
    return { lang, dir, direction, word: element.querySelector(part).textContent };
  }, word);

const SPOKEN = [
  { tag: 'de-AT', lang: 'de', dir: 'ltr', accept: 'Für mich sortieren', title: 'Was diese Seite denkt' },
  { tag: 'ar', lang: 'ar', dir: 'rtl', accept: 'رتّب لي', title: 'ما يظنه هذا الموقع' },
  { tag: 'ja-JP', lang: 'ja', dir: 'ltr', accept: '自分向けに並べる', title: 'このサイトが考えていること' },
];

for (const { tag, lang, dir, accept, title } of SPOKEN) {
  test(`banner and panel in ${tag}`, async () => {
    const page = await openIn(tag);
    const banner = page.locator('hb-consent section');
    assert.deepEqual(await said(banner, 'button[name=accept]'), { lang, dir, direction: dir, word: accept });
    assert.deepEqual(page.texts, [`notice-${lang}.js`]);
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `banner-${lang}.png`) });
    await banner.locator('button[name=accept]').click();
    await page.evaluate(() => me.consent.open('panel'));
    const panel = page.locator('hb-privacy-panel dialog');
    await panel.waitFor({ state: 'visible' });
    assert.deepEqual(await said(panel, '[part=title]'), { lang, dir, direction: dir, word: title });
    assert.deepEqual(page.texts, [`notice-${lang}.js`, `profile-${lang}.js`]);
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `panel-${lang}.png`) });
    assert.deepEqual(page.failures, []);
    await page.context().close();
  });
}

test('English fetches no texts', async () => {
  const page = await openIn('en-GB');
  await page.evaluate(() => me.consent.open('panel'));
  await page.locator('hb-privacy-panel dialog').waitFor({ state: 'visible' });
  assert.deepEqual([page.texts, page.failures], [[], []]);
  await page.context().close();
});

test('when the file does not come the banner is English, and says so', async () => {
  const page = await openIn('sv', { block: true });
  const { lang, word } = await said(page.locator('hb-consent section'), 'button[name=accept]');
  // The way back asks for the file again.
  assert.deepEqual([lang, word, [...new Set(page.texts)], page.failures], ['en', 'Sort for me', ['notice-sv.js'], []]);
  await page.context().close();
});

test('a banner that was answered elsewhere before its language came stays away', async () => {
  const page = await openPage(await browser.newContext());
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/pkg/texts/notice-*', async (route) => {
    await held;
    await route.continue();
  });
  const path = '/t/texts-late.html';
  const script = `<script src="/pkg/homebody.js" data-server="${shop.origin}" data-key="${shop.key}" data-site="${shop.site}"></script>`;
  shop.front.pages.set(path, pageWith(script).replace(/<html[^>]*>/, '<html lang="pl">'));
  const asked = page.waitForRequest('**/pkg/texts/notice-pl.js');
  await page.goto(shop.origin + path);
  await page.evaluate(async () => (window.me = await homebody.me));
  await asked;
  await page.evaluate(() => me.consent.refuseAll());
  const came = page.waitForResponse('**/pkg/texts/notice-pl.js');
  release();
  await came;
  await until('the file is there', () => page.evaluate(() => import('/pkg/texts/notice-pl.js').then(() => true)));
  assert.equal(await page.locator('hb-consent').count(), 0);
  await page.context().close();
});
