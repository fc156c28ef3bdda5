// The demo shop is for everybody: no finding of axe in any state, big enough targets, no sideways scrolling, and not
// one violation of the policy it is served under.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { tour, VIEWS } from '../../www/tour.mjs';
import { launchBrowser, openPage, ROOT, startShop } from './harness.mjs';

const AXE = readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The narrowest page that must not scroll sideways (WCAG 1.4.10). */
const NARROW = { name: 'narrow', viewport: { width: 320, height: 640 }, colorScheme: 'light', reducedMotion: 'reduce' };
/** Colours are those of the visitor's system here. */
const FORCED = { name: 'forced-colors', viewport: { width: 390, height: 844 }, forcedColors: 'active' };

describe('the demo shop', () => {
  let shop;
  let browser;

  before(async () => {
    shop = await startShop();
    browser = await launchBrowser();
  });

  for (const { name, ...view } of [...VIEWS, NARROW, FORCED]) {
    test(`can be used by everybody: ${name}`, async () => {
      const page = await openPage(await browser.newContext(view));
      const refused = [];
      page.on('console', (message) => {
        if (/Content Security Policy|Trusted/.test(message.text())) refused.push(message.text());
      });
      const findings = [];
      await tour(page, shop.origin, async (state) => {
        const found = [...(await axe(page)), ...(await tooSmall(page)), ...(await sideways(page))];
        findings.push(...found.map((finding) => `${state}: ${finding}`));
      });
      assert.deepEqual(findings, []);
      assert.deepEqual(refused, [], 'the policy refused nothing');
      assert.deepEqual(page.failures, []);
      await page.context().close();
    });
  }

  test('can be used with the keyboard alone', async () => {
    const page = await openPage(await browser.newContext());
    await page.goto(shop.origin);
    await page.locator('html[data-shelf=ready]').waitFor();
    await page.keyboard.press('Tab');
    const opener = page.locator('header [data-open-panel]');
    await opener.focus();
    await page.keyboard.press('Enter');
    const panel = page.locator('hb-privacy-panel dialog');
    await panel.waitFor();
    for (let press = 0; press < 25; press += 1) {
      await page.keyboard.press('Tab');
      const inside = await page.evaluate(() =>
        ['HB-PRIVACY-PANEL', 'BODY'].includes(document.activeElement?.tagName ?? ''),
      );
      assert.ok(inside, `after ${press + 1} presses of Tab`);
    }
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    assert.ok(await opener.evaluate((element) => element === document.activeElement), 'the focus is back');
    const film = page.locator('.card-open').nth(2);
    await film.focus();
    await page.keyboard.press('Enter');
    await page.locator('#film[open]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#film:not([open])').waitFor({ state: 'attached' });
    assert.ok(await film.evaluate((element) => element === document.activeElement), 'the focus is back on the film');
    await page.context().close();
  });
});

async function axe(page) {
  if (await page.evaluate(() => !window.axe)) await page.evaluate(`${AXE};0`);
  const violations = await page.evaluate(async (rules) => {
    const { violations } = await window.axe.run(document, { runOnly: rules });
    return violations.map(
      ({ id, nodes }) =>
        `${id} ${nodes.map(({ target, any }) => `${target.join(' ')} (${any[0]?.message ?? ''})`).join('; ')}`,
    );
  }, RULES);
  return violations;
}

/** Buttons and switches in sight that are under 44 × 44 px; words inside a sentence are no targets. */
function tooSmall(page) {
  return page.evaluate(() => {
    const roots = [
      document,
      ...[...document.querySelectorAll('*')].map(({ shadowRoot }) => shadowRoot).filter(Boolean),
    ];
    const targets = roots.flatMap((root) => [...root.querySelectorAll('button:not(.card-open)')]);
    const small = targets.filter((target) => {
      const { width, height } = target.getBoundingClientRect();
      return target.checkVisibility() && (width < 43.5 || height < 43.5);
    });
    return small.map((target) => `too small: ${target.ariaLabel ?? target.textContent}`);
  });
}

function sideways(page) {
  return page.evaluate(() =>
    document.documentElement.scrollWidth > innerWidth
      ? [`scrolls sideways: ${document.documentElement.scrollWidth}`]
      : [],
  );
}
