// The banner, as its configuration has it: where it stands, how it looks, what it asks, in which words.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { launchBrowser } from './harness.mjs';
import { ASKED, asked, button, configOf, findings, FULL, openBanner, startStage } from './notice-stage.mjs';

let stage;
let browser;
before(async () => {
  stage = await startStage();
  browser = await launchBrowser();
});

const withBanner = (options) => openBanner(stage, browser, options);

describe('what the configuration says', () => {
  test('positions', async () => {
    const size = { width: 1280, height: 800 };
    const at = {};
    for (const position of ['bottom', 'top', 'bottom-start', 'bottom-end']) {
      const page = await withBanner({ view: { viewport: size, reducedMotion: 'reduce' }, changes: { ask: { position } } });
      at[position] = await page.locator('hb-consent .banner').boundingBox();
      await page.context().close();
    }
    assert.ok(at.top.y < 40 && at.bottom.y + at.bottom.height > 760);
    assert.ok(at['bottom-start'].x < 40 && at['bottom-start'].width < 500);
    assert.ok(at['bottom-end'].x > 700 && at['bottom-end'].y > 300);
  });

  test('theme: colours, letters, corners, on one side only or on both', async () => {
    const theme = { ...FULL.theme, dark: { accent: '#5eead4' } };
    for (const [colorScheme, colours] of [['light', ['rgb(15, 118, 110)', 'rgb(255, 255, 255)']], ['dark', ['rgb(27, 30, 37)', 'rgb(238, 240, 244)']]]) {
      const page = await withBanner({ view: { colorScheme }, changes: { theme } });
      const looks = await button(page, 'accept').evaluate((each) => {
        const { backgroundColor, color, borderTopLeftRadius, fontFamily } = getComputedStyle(each);
        return [backgroundColor, color, borderTopLeftRadius, fontFamily];
      });
      assert.deepEqual(looks, [...colours, '8px', 'Inter, system-ui, sans-serif']);
      assert.deepEqual(await findings(page), []);
      await page.context().close();
    }
    const page = await withBanner({ view: { colorScheme: 'dark' }, changes: { theme: { scheme: 'light' } } });
    assert.equal(await page.locator('hb-consent .banner').evaluate((each) => getComputedStyle(each).backgroundColor), 'rgb(255, 255, 255)');
    await page.context().close();
  });

  test('an arm has its own words and place', async () => {
    const { experiment } = FULL;
    const page = await withBanner({ changes: { experiment }, context: { arm: 'b' } });
    assert.equal(await page.locator('hb-consent h2').textContent(), 'Shall we sort the shop for you?');
    assert.ok((await page.locator('hb-consent .banner').boundingBox()).y < 40, 'at the top');
    await page.context().close();
  });

  test('where everything is on after notice: turn off or leave on, alike', async () => {
    const page = await withBanner({ purposes: ['personalize', 'contribute'], visitor: { modes: { '*': 'notice' }, region: 'US' } });
    assert.deepEqual(await page.locator('hb-consent .choice').allTextContents(), ['Turn off', 'Leave on']);
    assert.deepEqual(await findings(page), []);
    assert.match(await page.locator('hb-consent .banner').innerText(), /Personal order and Improve the suggestions/);
    await button(page, 'reject').click();
    assert.deepEqual((await asked(page))[1], ['refuseAll', 'banner']);
    await page.context().close();
  });

  test('leaving it on is a notice that was read, no consent', async () => {
    const page = await withBanner({ purposes: ['personalize'], visitor: { modes: { '*': 'notice' }, region: 'US' } });
    await button(page, 'accept').click();
    assert.deepEqual((await asked(page)).slice(1), [['defer']]);
    assert.equal(await page.locator('hb-consent').count(), 0);
    await page.context().close();
  });

  test('one use needs no choice by purpose, several do', async () => {
    const one = await withBanner({ purposes: ['personalize'] });
    assert.equal(await button(one, 'preferences').count(), 0);
    await one.context().close();
    const several = await withBanner();
    assert.equal(await button(several, 'preferences').isVisible(), true);
    await several.context().close();
  });

  test('another language appears when its words are there', async () => {
    const page = await withBanner({ page: { lang: 'de-AT' } });
    const banner = page.locator('hb-consent .banner');
    assert.deepEqual([await banner.getAttribute('lang'), await banner.getAttribute('dir')], ['de', 'ltr']);
    assert.equal(await page.locator('hb-consent h2').textContent(), 'Der Laden in Ihrer Reihenfolge?');
    await page.context().close();
  });

  test('a language written in another way, and one that only the site speaks', async () => {
    const changes = { languages: undefined, texts: { nds_DE: { 'banner.title': 'Dien Laden?' } } };
    for (const [lang, shown, title] of [['de_CH', 'de', 'Soll diese Seite für Sie sortieren?'], ['nds_DE', 'nds-DE', 'Dien Laden?']]) {
      const page = await withBanner({ page: { lang }, changes });
      assert.equal(await page.locator('hb-consent .banner').getAttribute('lang'), shown);
      assert.equal(await page.locator('hb-consent h2').textContent(), title);
      assert.deepEqual(page.failures, []);
      await page.context().close();
    }
  });

  test('a banner that was closed before its words came does not appear', async () => {
    const page = await stage.open(await browser.newContext(), { lang: 'de' });
    await page.evaluate((config) => hb.showBanner(stage(config)).close(), configOf(ASKED));
    await page.waitForTimeout(300);
    assert.deepEqual([await page.locator('hb-consent').count(), await asked(page)], [0, []]);
    await page.context().close();
  });
});
