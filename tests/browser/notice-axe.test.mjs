// Every surface is for everybody: axe finds nothing in light, dark, forced colours, from right to left, on the narrowest
// page; every target is big enough.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launchBrowser } from './harness.mjs';
import { axe, configOf, startStage } from './notice-stage.mjs';

const ASKED = ['personalize', 'contribute', 'analytics', 'diet'];
const VIEWS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'forced colours': { forcedColors: 'active' },
  narrow: { viewport: { width: 320, height: 640 } },
  'right to left': { lang: 'fa', dir: 'rtl' },
};
/** A language that only the site speaks. */
const OWN = { languages: { default: 'en', available: ['en', 'fa'] }, texts: { fa: { 'banner.title': 'فروشگاه به ترتیب شما؟', 'preferences.title': 'انتخاب‌های شما' } } };
const SURFACES = {
  banner: () => void hb.showBanner(ctx),
  preferences: async () => {
    hb.showPreferences(ctx);
    const root = () => document.querySelector('hb-consent')?.shadowRoot;
    while (!root()?.querySelector('details')) await new Promise(requestAnimationFrame);
    for (const each of root().querySelectorAll('details')) each.open = true;
  },
  link: () => hb.showLink(ctx),
  panel: async () => {
    const facet = { kind: 'category', key: 1, shown: 3, opened: 2, muted: false };
    const facets = [{ ...facet, name: 'Tents', strength: 2 }, { ...facet, name: 'Stoves', key: 2, strength: -1 }];
    const item = { last_kind: 'click', last_at_ms: 1.7e12, count: 2, refused: false };
    const profile = { interactions: 12, first_at_ms: 1.7e12, items: [{ ...item, id: '1' }, { ...item, id: '2', refused: true }], older_items: 0, facets, searches: [{ text: 'tent', value: 2 }], surveys: [], hints: [{ text: "tier: gold", at_ms: 1.9e12 }], answers: 0, experiments: [{ experiment: "checkout", variant: "one-page", place: 1, atMs: 1.7e12, untilMs: 1.9e12 }], top: [{ id: "1", reasons: [{ kind: "category", share: 1, name: "Tents" }] }] };
    await hb.openPanel(panelHost(profile), { config: ctx.config });
  },
  why: async () => {
    const { defineWhy, tellReasons } = await import('/pkg/elements/why.js');
    defineWhy();
    const why = document.createElement('hb-why');
    why.setAttribute('item', 'a');
    document.querySelector('main').append(why);
    tellReasons([{ id: 'a', reasons: [{ kind: 'category', name: 'tents', share: 0.6 }, { kind: 'popular', share: 0.4 }] }]);
    why.shadowRoot.querySelector('button').click();
  },
};

let stage;
let browser;
before(async () => {
  stage = await startStage();
  browser = await launchBrowser();
});

const BODY = '<main><h1>Tents and stoves</h1><p>A tent is a shelter of cloth over poles.</p></main>';
const CSS = '@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }';

for (const [view, { lang = 'en', dir = 'ltr', ...options }] of Object.entries(VIEWS)) {
  test(`nothing is found: ${view}`, async () => {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    for (const [surface, show] of Object.entries(SURFACES)) {
      // axe makes its canvas with an inline style.
      const page = await stage.open(context, { lang, dir, body: BODY, css: CSS, csp: '' });
      await page.evaluate((config) => void stage(config, { given: ['analytics'], gpc: true }), configOf(ASKED, lang === 'fa' ? OWN : {}));
      await page.evaluate(`(${show})()`);
      await page.waitForTimeout(150);
      if (surface === 'banner') assert.equal(await page.locator('hb-consent .banner').getAttribute('dir'), dir);
      assert.deepEqual(await axe(page), [], surface);
      assert.deepEqual(await tooSmall(page), [], surface);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${surface} scrolls sideways`);
      assert.deepEqual(page.failures, []);
      await page.close();
    }
    await context.close();
  });
}

/** Targets in sight that are under 44 × 44 px. */
function tooSmall(page) {
  return page.evaluate(() => {
    const roots = [...document.querySelectorAll('*')].map(({ shadowRoot }) => shadowRoot).filter(Boolean);
    const targets = roots.flatMap((root) => [...root.querySelectorAll('button, a, summary, input, label')]);
    const small = targets.filter((target) => {
      const { width, height } = target.getBoundingClientRect();
      return target.checkVisibility() && Math.min(width, height) < 43.99;
    });
    return small.map((target) => `too small: ${target.localName} ${target.textContent}`);
  });
}
