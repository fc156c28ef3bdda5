// The preferences, the way back, and the panel: dialogs that keep the keyboard, say everything, and tick nothing.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { launchBrowser } from './harness.mjs';
import { asked, configOf, findings, FULL, startStage } from './notice-stage.mjs';

const ASKED = ['personalize', 'contribute', 'analytics', 'diet'];

let stage;
let browser;
before(async () => {
  stage = await startStage();
  browser = await launchBrowser();
});

async function opened(purposes = ASKED, visitor = {}, changes = {}, view = {}, options = {}) {
  const page = await stage.open(await browser.newContext(view), options);
  await page.evaluate(([config, visitor]) => {
    stage(config, visitor);
    document.querySelector('#opener').addEventListener('click', () => hb.showPreferences(ctx));
  }, [configOf(purposes, changes), visitor]);
  await page.locator('#opener').click();
  await page.locator('hb-consent dialog').waitFor();
  return page;
}

const dialog = (page) => page.locator('hb-consent dialog');
const toggles = (page) => page.getByRole('switch');
const press = (page, name) => dialog(page).locator(`[name=${name}]`).click();

describe('the preferences', () => {
  test('are a dialog with a name that takes the focus, keeps it, and gives it back', async () => {
    const page = await opened();
    assert.equal(await page.getByRole('dialog', { name: 'Your choices' }).count(), 1);
    const inside = () => page.evaluate(() => ['HB-CONSENT', 'BODY'].includes(document.activeElement?.tagName));
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'HB-CONSENT');
    for (let count = 0; count < 25; count++) {
      await page.keyboard.press('Tab');
      assert.ok(await inside(), `after ${count + 1} presses of Tab`);
    }
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.id), 'opener');
    assert.deepEqual(await asked(page), [], 'nothing was answered');
    await page.context().close();
  });

  test('close on a press beside them', async () => {
    const page = await opened();
    await page.mouse.click(5, 5);
    await dialog(page).waitFor({ state: 'detached' });
    assert.deepEqual([await asked(page), await page.locator('hb-consent').count()], [[], 0]);
    await page.context().close();
  });

  test('tick nothing in ask mode, and show what is on', async () => {
    const fresh = await opened();
    const checked = (page) => toggles(page).evaluateAll((all) => all.map(({ checked }) => checked));
    assert.deepEqual(await checked(fresh), [false, false, false, false]);
    await fresh.context().close();
    const page = await opened(ASKED, { given: ['analytics'], modes: { contribute: 'notice' } });
    assert.deepEqual(await checked(page), [false, true, true, false]);
    await page.context().close();
  });

  test('save what is ticked, each use by itself', async () => {
    const page = await opened();
    await page.getByText('Counting visits', { exact: true }).click();
    await toggles(page).nth(3).press('Space');
    await press(page, 'save');
    assert.deepEqual(await asked(page), [['set', { personalize: false, contribute: false, analytics: true, diet: true }, 'preferences']]);
    await page.context().close();
  });

  test('accept all is no explicit consent but where its sentence is ticked; reject all is everything', async () => {
    const page = await opened();
    assert.match(await dialog(page).innerText(), /I agree that what I say about my health is used/);
    await press(page, 'accept');
    assert.deepEqual(await asked(page), [['set', { personalize: true, contribute: true, analytics: true, diet: false }, 'preferences']]);
    await page.context().close();
    const ticked = await opened();
    await toggles(ticked).nth(3).check();
    await press(ticked, 'accept');
    assert.equal((await asked(ticked))[0][1].diet, true);
    await ticked.context().close();
    const no = await opened();
    await press(no, 'reject');
    assert.deepEqual(await asked(no), [['refuseAll', 'preferences']]);
    await no.context().close();
  });

  test('say who, what, how long, to whom, and which rights there are', async () => {
    const page = await opened();
    for (const summary of await dialog(page).locator('summary').all()) await summary.click();
    const text = await dialog(page).innerText();
    for (const said of [
      'Shop SE', 'privacy@shop.example', 'Data Protection Commission, Dublin', 'Counting Ltd, Ireland', '395 days', '90 days',
      'Nothing is kept.', 'Nobody else receives it.', 'what you look at', 'health', 'rectification', 'portability', 'Privacy settings',
    ]) assert.ok(text.includes(said), said);
    assert.equal(await dialog(page).getByRole('link', { name: 'Privacy policy' }).getAttribute('href'), 'https://shop.example/privacy');
    const names = await dialog(page).locator('summary').evaluateAll((all) => all.map((each) => each.getAttribute('aria-labelledby')));
    assert.equal(new Set(names).size, 5, 'no two are called the same');
    await page.context().close();
  });

  test('show that the browser’s signal is honoured, and where a yes goes against it', async () => {
    const page = await opened(['personalize', 'contribute'], { gpc: true, given: ['contribute'], despite: ['contribute'] });
    const text = await dialog(page).innerText();
    assert.match(text, /Global Privacy Control\)\. That is honoured/);
    assert.match(text, /You said yes to this although/);
    await page.context().close();
  });

  test('have three answers of one look, and no scrolling sideways at 320 px', async () => {
    for (const [width, height] of [[320, 640], [320, 256], [1280, 800]]) {
      const page = await opened(ASKED, {}, {}, { viewport: { width, height } }, { lang: 'de' });
      const found = await findings(page);
      assert.deepEqual(found, [], `${width} × ${height}`);
      assert.equal(await dialog(page).locator('.body').evaluate((each) => each.scrollWidth - each.clientWidth), 0);
      await page.context().close();
    }
  });
});

describe('the way back', () => {
  const linked = async (visitor, context = {}, options = {}, view = {}) => {
    const page = await stage.open(await browser.newContext(view), options);
    await page.evaluate(([config, visitor, context]) => hb.showLink(stage(config, visitor, context)), [configOf(['personalize']), visitor, context]);
    return page;
  };
  const link = (page) => page.locator('hb-privacy-link button');

  test('is there after a choice, a refusal too, and not before', async () => {
    const page = await linked({});
    assert.equal(await link(page).count(), 0);
    await page.evaluate(() => ctx.consent.refuseAll('api'));
    assert.equal(await link(page).textContent(), 'Privacy settings');
    await link(page).click();
    assert.deepEqual((await asked(page)).at(-1), ['open', 'panel']);
    const { width, height } = await link(page).boundingBox();
    assert.ok(width >= 44 && height >= 44);
    await page.context().close();
  });

  test('leads to the preferences where there is no panel', async () => {
    const page = await linked({ given: ['personalize'] });
    await page.evaluate(() => {
      const { open } = ctx.consent;
      ctx.consent.open = (surface) => (surface === 'panel' ? Promise.reject(new Error('no panel')) : open(surface));
    });
    await link(page).click();
    await dialog(page).waitFor();
    await page.context().close();
  });

  test('is the site’s own where the site placed one, now or later', async () => {
    const body = '<main><h1>Shop</h1></main><footer><hb-privacy-link></hb-privacy-link></footer>';
    const page = await linked({}, {}, { body });
    assert.equal(await page.locator('footer hb-privacy-link button').textContent(), 'Privacy settings');
    assert.equal(await link(page).count(), 1);
    await page.evaluate(() => document.querySelector('main').append(document.createElement('hb-privacy-link')));
    assert.equal(await page.locator('main hb-privacy-link button').isVisible(), true);
    await page.context().close();
  });

  test('has its name and sign in California, whatever was chosen', async () => {
    const page = await linked({ region: 'US-CA' }, { link: 'your-privacy-choices' });
    assert.equal(await link(page).textContent(), 'Your Privacy Choices');
    assert.equal(await link(page).locator('svg').isVisible(), true);
    await page.context().close();
  });

  test('covers nothing of a phone’s page, and moves nothing', async () => {
    const page = await linked({}, {}, {}, { viewport: { width: 390, height: 844 } });
    await page.evaluate(() => {
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (shift += value))).observe({ type: 'layout-shift', buffered: true });
    });
    await page.evaluate(() => ctx.consent.acceptAll('api'));
    await page.waitForTimeout(300);
    const below = await page.evaluate(() => document.querySelector('hb-privacy-link').getBoundingClientRect().top >= document.querySelector('footer').getBoundingClientRect().bottom);
    assert.ok(below, 'it stands after the page');
    assert.equal(await page.evaluate(() => shift), 0);
    await page.context().close();
  });
});

describe('the panel', () => {
  async function panel(visitor = {}, changes = {}) {
    const page = await stage.open(await browser.newContext({ acceptDownloads: true }));
    await page.evaluate(async ([config, visitor]) => {
      stage(config, visitor);
      await hb.openPanel(panelHost(), { config });
    }, [configOf(ASKED, changes), visitor]);
    return page;
  }
  const key = (page, name) => page.locator(`hb-privacy-panel [data-key="${name}"]`);

  test('has a switch for every use that is asked, the site’s own too, with the days of the answer', async () => {
    const page = await panel({ given: ['analytics'] });
    const names = await page.getByRole('switch').evaluateAll((all) => all.map((each) => each.parentElement.querySelector('b').textContent));
    assert.deepEqual(names.slice(0, 4), ['Personal order', 'Improve the suggestions', 'Counting visits', 'Your diet']);
    assert.match(await page.locator('hb-privacy-panel dialog').innerText(), /Nov 26, 2026 – Nov 26, 2027/);
    await key(page, 'purpose-analytics').uncheck();
    await key(page, 'purpose-diet').check();
    assert.deepEqual(await asked(page), [['set', { analytics: false }, 'panel'], ['set', { diet: true }, 'panel']]);
    await page.context().close();
  });

  test('an objection to what is on after notice is a no, not a withdrawal', async () => {
    const page = await panel({ modes: { contribute: 'notice' } });
    await key(page, 'purpose-contribute').uncheck();
    assert.deepEqual(await asked(page), [['set', { contribute: false }, 'panel']]);
    await page.context().close();
  });

  test('pauses and resumes', async () => {
    const page = await panel({ given: ['personalize'] });
    await key(page, 'pause').check();
    assert.equal(await page.evaluate(() => ctx.consent.state().paused), true);
    assert.match(await page.locator('hb-privacy-panel dialog').innerText(), /Paused\. What is known stays here/);
    await key(page, 'pause').uncheck();
    assert.equal(await page.evaluate(() => ctx.consent.state().paused), false);
    await page.context().close();
  });

  test('gives the receipt as a file, and shows the signal', async () => {
    const page = await panel({ gpc: true });
    const download = page.waitForEvent('download');
    await key(page, 'receipt').click();
    assert.equal((await download).suggestedFilename(), 'homebody-receipt.json');
    assert.match(await page.locator('hb-privacy-panel dialog').innerText(), /Global Privacy Control\)\. That is honoured/);
    await page.context().close();
  });

  test('has the colours of the configuration', async () => {
    const page = await panel({ given: ['personalize'] }, { theme: FULL.theme });
    const accent = await page.locator('hb-privacy-panel input').first().evaluate((each) => getComputedStyle(each, '::before').backgroundColor);
    assert.equal(accent, 'rgb(15, 118, 110)');
    await page.context().close();
  });
});

describe('why this', () => {
  test('a button tells every cause with its share, 100 % together', async () => {
    const page = await stage.open(await browser.newContext(), { body: '<main><h1>Shop</h1><hb-why item="a"></hb-why><hb-why item="b"></hb-why></main>' });
    await page.evaluate(async () => {
      const { defineWhy, tellReasons } = await import('/pkg/elements/why.js');
      defineWhy();
      tellReasons([
        { id: 'a', reasons: [{ kind: 'category', name: 'tents', share: 1 / 3 }, { kind: 'popular', share: 1 / 3 }, { kind: 'fresh', share: 1 / 6 }] },
        { id: 'b', reasons: [] },
      ]);
    });
    const why = page.locator('hb-why[item=a]');
    const button = why.getByRole('button', { name: 'Why this?' });
    assert.equal(await button.getAttribute('aria-expanded'), 'false');
    assert.equal(await why.getByText('You like tents').isVisible(), false);
    await button.press('Enter');
    assert.equal(await button.getAttribute('aria-expanded'), 'true');
    assert.equal(await why.getByText('You like tents').isVisible(), true);
    const shares = (await why.locator('.share').allTextContents()).map((each) => parseInt(each, 10));
    assert.equal(shares.length, 4);
    assert.equal(shares.reduce((sum, each) => sum + each), 100);
    await page.locator('hb-why[item=b]').getByRole('button').click();
    assert.equal(await page.locator('hb-why[item=b]').getByText('Same place for everybody').isVisible(), true);
    await page.context().close();
  });

  test('in the page’s language', async () => {
    const page = await stage.open(await browser.newContext(), { lang: 'de', body: '<main><h1>Shop</h1><hb-why item="a"></hb-why></main>' });
    await page.evaluate(async () => (await import('/pkg/elements/why.js')).defineWhy());
    await page.locator('hb-why').getByRole('button', { name: 'Warum' }).click();
    assert.equal(await page.getByText('Für alle an derselben Stelle').isVisible(), true);
    await page.context().close();
  });
});
