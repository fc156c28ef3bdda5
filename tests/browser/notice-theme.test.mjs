// Every custom property that js/README.md gives to pages, set on a page, seen in what is drawn.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { launchBrowser, ROOT, until } from './harness.mjs';
import { configOf, startStage } from './notice-stage.mjs';

const BANNER = 'hb-consent section';
const PANEL = 'hb-privacy-panel dialog';

/** Of each property: what it is set to, where it is seen (surface, selector, style), and as what. */
const PROPERTIES = {
  '--hb-accent': ['#123456', BANNER, '.choice', 'borderTopColor', 'rgb(18, 52, 86)'],
  '--hb-text': ['#123456', BANNER, '', 'color', 'rgb(18, 52, 86)'],
  '--hb-muted': ['#123456', BANNER, 'p.words', 'color', 'rgb(18, 52, 86)'],
  '--hb-surface': ['#123456', BANNER, '', 'backgroundColor', 'rgb(18, 52, 86)'],
  '--hb-line': ['#123456', BANNER, '', 'borderTopColor', 'rgb(18, 52, 86)'],
  '--hb-raised': ['#123456', PANEL, '.note', 'backgroundColor', 'rgb(18, 52, 86)'],
  '--hb-danger': ['#123456', PANEL, '.danger', 'color', 'rgb(18, 52, 86)'],
  '--hb-radius': ['6px', BANNER, '', 'borderTopLeftRadius', '9px'],
  '--hb-font': ['monospace', BANNER, '.choice', 'fontFamily', 'monospace'],
  '--hb-display-font': ['fantasy', PANEL, 'h2', 'fontFamily', 'fantasy'],
  '--hb-button': ['#123456', BANNER, '.choice', 'backgroundColor', 'rgb(18, 52, 86)'],
  '--hb-button-text': ['#123456', BANNER, '.choice', 'color', 'rgb(18, 52, 86)'],
  '--hb-button-border': ['#123456', BANNER, '.choice', 'borderTopColor', 'rgb(18, 52, 86)'],
};

let stage;
let browser;
before(async () => {
  stage = await startStage();
  browser = await launchBrowser();
});

/** A page with the banner, or with the panel. */
async function show(surface, css) {
  const page = await stage.open(await browser.newContext({ reducedMotion: 'reduce' }), { css });
  await page.evaluate(async ([config, isPanel]) => {
    const context = stage(config, { gpc: true });
    if (isPanel) await hb.openPanel(panelHost(), { config });
    else hb.showBanner(context);
  }, [configOf(['personalize', 'contribute']), surface === PANEL]);
  await page.locator(surface).waitFor();
  return page;
}

const seen = (page, surface, selector, style) =>
  page.locator(selector ? `${surface} ${selector}` : surface).first().evaluate((element, style) => getComputedStyle(element)[style], style);

test('the documentation names these and no others', () => {
  const [, told] = /come from `theme` in the configuration, or from custom properties on the page:\n([^]*?)\. Everything else/.exec(readFileSync(join(ROOT, 'js/README.md'), 'utf8'));
  assert.deepEqual(told.match(/--hb-[a-z-]+/g).sort(), Object.keys(PROPERTIES).sort());
});

for (const [property, [value, surface, selector, style, expected]] of Object.entries(PROPERTIES)) {
  test(`${property} is seen as \`${style}\``, async () => {
    const [without, page] = [await show(surface, ''), await show(surface, `:root { ${property}: ${value} }`)];
    assert.notEqual(await seen(without, surface, selector, style), expected, 'something else without it');
    await until(expected, async () => (await seen(page, surface, selector, style)) === expected);
    // Accept and reject stay one rule.
    if (surface === BANNER) assert.equal(await page.locator(`${BANNER} .choice`).last().evaluate((element, style) => getComputedStyle(element)[style], style), await seen(page, BANNER, '.choice', style));
    assert.deepEqual([page.failures, page.refused], [[], []]);
    await Promise.all([without, page].map((each) => each.context().close()));
  });
}
