// The banner, as rendered: fair, reachable, out of the way, and the same under the strictest policy a site can have.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { launchBrowser } from './harness.mjs';
import { ASKED, asked, button, configOf, findings, openBanner, show, startStage } from './notice-stage.mjs';

let stage;
let browser;
before(async () => {
  stage = await startStage();
  browser = await launchBrowser();
});

const withBanner = (options) => openBanner(stage, browser, options);
/** Where they stand, all at one moment: the banner rises as it comes. */
const boxes = (page, ...names) => page.locator('hb-consent .banner').evaluate((banner, names) =>
  names.map((name) => banner.querySelector(`[name=${name}]`).getBoundingClientRect().toJSON()), names);

describe('yes and no', () => {
  for (const [lang, width, height] of [['en', 1280, 800], ['de', 1280, 800], ['de', 390, 844], ['en', 320, 568], ['de', 320, 256], ['ar', 390, 700]]) {
    test(`are alike and in sight: ${lang} on ${width} × ${height} px`, async () => {
      const page = await withBanner({ view: { viewport: { width, height } }, page: { lang } });
      assert.ok((await page.locator('hb-consent .banner').boundingBox()).height <= 0.8 * height + 1, 'the page is not covered');
      assert.deepEqual(await findings(page), []);
      const [no, yes] = await boxes(page, 'reject', 'accept');
      const ratio = (yes.width * yes.height) / (no.width * no.height);
      assert.ok(ratio > 0.8 && ratio < 1.25, `areas ${ratio}`);
      assert.ok(Math.abs(no.y - yes.y) < 1 || Math.abs(no.x - yes.x) < 1, 'in one row or one column');
      await page.context().close();
    });
  }

  for (const viewport of [{ width: 320, height: 640 }, { width: 390, height: 844 }, { width: 1280, height: 800 }]) {
    test(`are alike and in sight in every language: ${viewport.width} px`, async () => {
      const page = await stage.open(await browser.newContext({ viewport, reducedMotion: 'reduce' }));
      const { LANGUAGES } = await import('../../js/dist/texts/languages.js');
      assert.ok(LANGUAGES.length > 30);
      for (const language of LANGUAGES) {
        await show(page, configOf(['personalize', 'contribute', 'measure'], { languages: undefined, texts: {} }), {}, { language });
        await page.locator(`hb-consent .banner[lang="${language}"]`).waitFor();
        assert.deepEqual(await findings(page), [], language);
        assert.equal(await page.locator('hb-consent .banner').evaluate((each) => each.scrollWidth - each.clientWidth), 0, language);
        await page.evaluate(() => banner.close());
      }
      await page.context().close();
    });
  }

  test('reject takes one press, and no more presses of Tab than accept', async () => {
    const page = await withBanner();
    const met = [];
    for (let press = 0; press < 3; press++) {
      await page.keyboard.press('Tab');
      met.push(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('name')));
    }
    assert.deepEqual(met.slice(0, 2), ['reject', 'accept']);
    await button(page, 'reject').click();
    assert.deepEqual(await asked(page), [['shown'], ['refuseAll', 'banner']]);
    assert.equal(await page.locator('hb-consent').count(), 0);
    await page.context().close();
  });

  test('reject cannot be configured away', async () => {
    const page = await withBanner({ changes: { ask: { buttons: ['accept'] } } });
    assert.equal(await button(page, 'reject').isVisible(), true);
    assert.deepEqual(await findings(page), []);
    await page.context().close();
  });

  test('stand on the screen as configured', async () => {
    for (const [buttons, leftmost] of [[['accept', 'reject'], 'accept'], [['reject', 'accept'], 'reject']]) {
      const page = await withBanner({ changes: { ask: { buttons } } });
      const other = leftmost === 'accept' ? 'reject' : 'accept';
      const [first, second] = await boxes(page, leftmost, other);
      assert.ok(first.x < second.x, `${leftmost} comes first`);
      await page.context().close();
    }
  });

  test('one yes is no explicit consent, and none against the browser’s signal', async () => {
    const page = await withBanner({ purposes: ['personalize', 'contribute', 'diet'], visitor: { gpc: true } });
    await button(page, 'accept').click();
    assert.deepEqual((await asked(page))[1], ['set', { personalize: true, diet: false }, 'banner']);
    await page.context().close();
  });

  test('where every use needs its own sentence, yes leads to the sentences', async () => {
    const page = await withBanner({ purposes: ['diet'] });
    await button(page, 'accept').click();
    await page.locator('hb-consent dialog').waitFor();
    assert.deepEqual((await asked(page)).slice(1), [['open', 'preferences']]);
    await page.context().close();
  });
});

describe('the page', () => {
  test('keeps its focus, its scrolling and its keyboard', async () => {
    const page = await withBanner({ page: { head: '' } });
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'body');
    assert.equal(await page.evaluate(() => document.body.firstElementChild.localName), 'hb-consent');
    await page.mouse.wheel(0, 400);
    await page.waitForFunction(() => scrollY > 100);
    const met = new Set();
    for (let press = 0; press < 12; press++) {
      await page.keyboard.press('Tab');
      met.add(await page.evaluate(() => document.activeElement?.id));
    }
    assert.ok(met.has('logo') && met.has('opener'), 'Tab leads out of the banner');
    await page.context().close();
  });

  test('is not moved', async () => {
    const page = await stage.open(await browser.newContext({ viewport: { width: 390, height: 844 } }));
    await page.evaluate(() => {
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (shift += value))).observe({ type: 'layout-shift', buffered: true });
    });
    await show(page, configOf(ASKED));
    await page.locator('hb-consent').waitFor();
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate(() => shift), 0);
    await page.context().close();
  });

  test('shows the banner in the frame in which it was called, whole', async () => {
    const page = await stage.open(await browser.newContext());
    const seen = await page.evaluate(async (config) => {
      hb.showBanner(stage(config));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const banner = document.querySelector('hb-consent').shadowRoot.querySelector('.banner');
      return { opaque: banner.checkVisibility({ opacityProperty: true }), height: banner.getBoundingClientRect().height };
    }, configOf(ASKED));
    assert.ok(seen.opaque && seen.height > 100, JSON.stringify(seen));
    await page.context().close();
  });

  test('can call before it has a body', async () => {
    const page = await stage.open(await browser.newContext());
    const order = await page.evaluate(async (config) => {
      const body = document.body;
      body.remove();
      hb.showBanner(stage(config));
      const before = asked.length;
      document.documentElement.append(body);
      document.dispatchEvent(new Event('DOMContentLoaded'));
      return [before, asked.length, body.firstElementChild.localName];
    }, configOf(ASKED));
    assert.deepEqual(order, [0, 1, 'hb-consent']);
    await page.context().close();
  });

  test('under the strictest policy nothing is refused, and automation sees the banner', async () => {
    const page = await withBanner();
    assert.equal(await page.evaluate(() => navigator.webdriver), true);
    await button(page, 'preferences').click();
    await page.locator('hb-consent dialog').waitFor();
    assert.deepEqual([page.refused, page.failures], [[], []]);
    await page.context().close();
  });

  test('may have patched Array.prototype', async () => {
    const page = await stage.open(await browser.newContext());
    await page.evaluate(() => {
      Array.prototype.clean = () => [];
      Array.prototype.reduce = function reduce() { return this; };
      Array.prototype.toJSON = () => 'patched';
    });
    await show(page, configOf(ASKED));
    await button(page, 'preferences').click();
    await page.locator('hb-consent dialog [name=save]').click();
    assert.deepEqual(await page.evaluate(() => [reports, asked.map(([name]) => name).join()]), [[], 'shown,open,set']);
    await page.context().close();
  });

  test('may have another copy of the package', async () => {
    const page = await stage.open(await browser.newContext());
    await page.evaluate(() => {
      for (const name of ['hb-consent', 'hb-privacy-link']) {
        customElements.define(name, class extends HTMLElement {
          constructor() { super(); this.attachShadow({ mode: 'open' }).append(document.createElement('section')); }
        });
      }
    });
    await show(page, configOf(ASKED));
    await page.evaluate(() => hb.showLink(ctx));
    assert.equal(await page.locator('hb-consent section').count(), 1);
    await button(page, 'reject').click();
    assert.equal(await page.locator('hb-consent').count(), 0);
    assert.equal(await page.locator('hb-privacy-link button').isVisible(), true);
    await page.context().close();
  });
});

describe('Escape', () => {
  test('decides later; nothing is answered', async () => {
    const page = await withBanner();
    await page.keyboard.press('Escape');
    assert.deepEqual(await asked(page), [['shown'], ['defer']]);
    assert.equal(await page.locator('hb-consent').count(), 0);
    await page.keyboard.press('Escape');
    assert.equal((await asked(page)).length, 2, 'and is the page’s again');
    await page.context().close();
  });

  test('is an open dialog’s first', async () => {
    const page = await withBanner();
    await button(page, 'preferences').click();
    await page.locator('hb-consent dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('hb-consent dialog').waitFor({ state: 'detached' });
    assert.equal(await page.locator('hb-consent .banner').count(), 1);
    assert.ok(!(await asked(page)).some(([name]) => name === 'defer'));
    await page.context().close();
  });
});

describe('the site’s style sheet', () => {
  const HOSTILE = `*{font-size:9px!important;letter-spacing:9px;all:unset} hb-consent{display:none!important;opacity:0!important;transform:scale(0)!important}
hb-consent::part(reject){font-size:9px;color:#ccc} button{display:none!important} html{font-size:62.5%} :host{display:none}`;

  test('cannot hide the banner or make the two differ', async () => {
    const page = await withBanner({ page: { css: HOSTILE } });
    assert.deepEqual(await findings(page), []);
    assert.equal(await button(page, 'reject').evaluate((each) => getComputedStyle(each).fontSize), '16px');
    await page.context().close();
  });

  test('what it can do to both, the rendered lint finds', async () => {
    const page = await withBanner({ page: { css: 'hb-consent::part(choice){font-size:9px;color:#ccc}' } });
    const codes = new Set((await findings(page)).map(({ code }) => code));
    assert.deepEqual([...codes].sort(), ['consent_button_hidden', 'consent_contrast']);
    await page.context().close();
  });

  test('what a script does to one of them, the rendered lint finds', async () => {
    const tricks = {
      'consent_button_unequal': '[name=reject]{font-weight:400}',
      'consent_button_hidden': '[name=reject]{opacity:0}',
      'consent_no_reject': 'none',
      'consent_button_order': 'moved',
    };
    for (const [code, trick] of Object.entries(tricks)) {
      const page = await withBanner();
      await page.evaluate((trick) => {
        const { shadowRoot: root } = document.querySelector('hb-consent');
        const no = root.querySelector('[name=reject]');
        if (trick === 'none') return no.remove();
        if (trick === 'moved') return root.querySelector('.more').append(no);
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(trick);
        root.adoptedStyleSheets.push(sheet);
      }, trick);
      const found = await findings(page);
      assert.ok(found.some((each) => each.code === code), `${code}: ${JSON.stringify(found)}`);
      await page.context().close();
    }
  });
});
