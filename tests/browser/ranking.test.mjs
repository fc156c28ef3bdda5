// Everything a page can ask of the ranking and tell it, in the real browser: policies, circumstances, pages, feedback,
// segments, questions. The pool is the demo's with a questionnaire and segments of our own in it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { forger, questionnaire, segments, withSections } from './forge.mjs';
import { launchBrowser, openLab, openPage, ROOT, sleep, startShop, until } from './harness.mjs';

const AXE = readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
const FEATURES = 16;
/** What the visitor put into the cart is the fourth feature, and what is in it the last. */
const [CART_ADDS, IN_CART] = [3, 15];
/** Saves of a page are a second apart. */
const SAVED_MS = 1500;
const TOPICS = ['Comedy', 'Horror', 'Drama', 'Musical'];

describe('ranking', () => {
  let shop;
  let browser;
  let keys;

  before(async () => {
    shop = await startShop();
    const forge = await forger(shop);
    browser = await launchBrowser();
    const page = await openLab(await browser.newContext(), shop);
    keys = await page.evaluate(facetKeys, [TOPICS, forge.manifest.id_seed]);
    await page.context().close();
    const bytes = withSections(forge.pool, { QUES: questionsOf(keys), SEGM: twoSegments(), INTN: null });
    shop.front.fault = forge.offering(bytes, { catalog: null });
  });

  test('the policy of a call takes the place of the placement’s', async () => {
    const page = await visitor(browser, shop);
    const lists = await page.evaluate(async () => {
      const brands = (list) => list.map(({ item }) => item.category);
      const most = (list) => Math.max(...Object.values(Object.groupBy(brands(list), (name) => name)).map(({ length }) => length));
      const rank = (policy) => me.rank(undefined, { limit: 12, ...(policy && { policy }) });
      const [own, same, alone, capped] = [await rank(), await rank({}), await rank({ diversity: 1 }), await rank({ maxPerCategory: 2 })];
      const odd = await rank({ alpha: 'much', diversity: NaN, exploration: 'wild', cart: 7 });
      const ids = (list) => list.map(({ id }) => id);
      return { own: ids(own), same: ids(same), alone: ids(alone), odd: ids(odd), most: [most(own), most(capped)], propensity: own[0].propensity };
    });
    assert.deepEqual(lists.same, lists.own);
    assert.deepEqual(lists.odd, lists.own, 'what is no number is not given');
    assert.notDeepEqual(lists.alone, lists.own, 'the pool’s own diversity is the default');
    assert.ok(lists.most[0] > 2 && lists.most[1] === 2, `at most two of a category: ${lists.most}`);
    assert.equal(lists.propensity, 1, 'nothing was left to chance');
    await page.context().close();
  });

  test('pages of a list have everything once, whatever happens between them', async () => {
    const page = await visitor(browser, shop);
    const { first, rest, again, own } = await page.evaluate(async () => {
      const policy = { impressionDiscount: 0.5 };
      const turn = (offset) => ids(undefined, { limit: 8, offset, policy });
      const first = await turn(0);
      for (const item of first) me.record({ kind: 'impression', item });
      me.dismiss(first[1]);
      const rest = [];
      for (let offset = 8; offset < 48; offset += 8) {
        const shown = await turn(offset);
        for (const item of shown) me.record({ kind: 'impression', item });
        me.record({ kind: 'click', item: shown[3] });
        rest.push(...shown);
      }
      const candidates = first.map((id) => ({ id }));
      return { first, rest, again: await turn(8), own: await ids(candidates, { offset: 2, limit: 3 }) };
    });
    const all = [...first, ...rest];
    assert.equal(all.length, 48);
    assert.equal(new Set(all).size, 48, 'no item twice');
    assert.deepEqual(again, rest.slice(0, 8), 'turning back shows the same page');
    assert.equal(own.length, 3);
    await page.context().close();
  });

  test('"not interested" is felt at the next ranking, and can be taken back', async () => {
    const page = await visitor(browser, shop);
    const seen = await page.evaluate(async () => {
      let changes = 0;
      me.on('change', () => changes++);
      const rank = () => me.rank(undefined, { limit: 40, policy: { diversity: 1 } });
      const before = await rank();
      const [{ id, item }] = before;
      const told = [me.dismiss(id)];
      const after = await rank();
      const heard = changes;
      const strength = async () => (await me.profile()).facets.find(({ kind, name }) => kind === 'category' && name === item.category)?.strength ?? 0;
      const lower = await strength();
      told.push(me.undo(id));
      const back = await rank();
      const refused = (await me.profile()).items.find((one) => one.id === id)?.refused ?? false;
      return { id, told, heard, refused, before: before.map(({ id }) => id), after: after.map(({ id }) => id), back: back.map(({ id }) => id), lower, higher: await strength() };
    });
    assert.deepEqual(seen.told, [true, true]);
    assert.ok(seen.heard > 0, 'a change was told');
    assert.ok(seen.before.includes(seen.id) && !seen.after.includes(seen.id));
    assert.ok(!seen.refused && seen.back.includes(seen.id), 'taken back');
    assert.ok(seen.higher > seen.lower, `its category fell and rose again: ${seen.lower}, ${seen.higher}`);
    await page.context().close();
  });

  test('likes, dislikes and stars are felt; what is none is reported', async () => {
    const page = await visitor(browser, shop);
    const felt = await page.evaluate(async () => {
      const scores = async () => new Map((await me.rank(undefined, { policy: { diversity: 1 } })).map(({ id, item, score }) => [id, { score, item }]));
      const before = await scores();
      const [liked, { item }] = [...before].at(-1);
      const kin = (map) => [...map].filter(([id, other]) => id !== liked && other.item.category === item.category).reduce((sum, [, { score }]) => sum + score, 0);
      me.like(liked);
      const after = await scores();
      me.rate('one', 9);
      me.rate('one', 4);
      me.answer('one', 0.5);
      me.record({ kind: 'nonsense', item: 'one' });
      await me.rank();
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { before: kin(before), after: kin(after), codes: errors.map(({ code }) => code), rated: (await me.profile()).items.find(({ id }) => id === 'one')?.last_kind };
    });
    assert.notEqual(felt.after, felt.before);
    assert.deepEqual(felt.codes, ['options', 'options']);
    assert.ok(['rating', 'survey'].includes(felt.rated), felt.rated);
    await page.context().close();
  });

  test('the circumstances are found on the page, and what is given takes their place', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, timezoneId: 'America/Lima' });
    const page = await openLab(context, shop);
    const found = await page.evaluate(async () => {
      const { pageContext } = await import('/pkg/rank/page.js');
      return [pageContext(), pageContext({ hour: 8, referrer: null })];
    });
    const { hour, weekday, ...rest } = found[0];
    assert.deepEqual(rest, { device: 'phone', viewport: 390, region: 'America', referrer: 'direct' });
    assert.ok(hour >= 0 && hour < 24 && weekday >= 0 && weekday < 7);
    assert.deepEqual([found[1].hour, found[1].referrer, found[1].device], [8, null, 'phone']);
    await context.close();
  });

  test('a change of segment is told once, in the task of the interaction, and in other tabs too', async () => {
    const context = await browser.newContext();
    const page = await openLab(context, shop);
    const told = await page.evaluate(async () => {
      await start();
      await me.consent.acceptAll();
      await me.rank();
      const changes = [];
      me.on('segment', (change) => changes.push({ ...change, now: me.segment }));
      const none = me.segment;
      const list = await ids();
      for (const item of list.slice(0, 3)) me.record({ kind: 'click', item });
      await ids();
      const early = changes.length;
      for (const item of list.slice(3, 12)) me.record({ kind: 'cart_add', item });
      await ids();
      return { none, early, changes, segment: me.segment, intent: await me.intent() };
    });
    assert.equal(told.none, null);
    assert.equal(told.early, 1);
    assert.deepEqual(told.changes[0], { from: null, to: 'browser', now: 'browser' });
    assert.deepEqual(told.changes.slice(1), [{ from: 'browser', to: 'buyer', now: 'buyer' }]);
    assert.equal(told.segment, 'buyer');
    assert.equal(told.intent, null, 'this pool has no model of it');
    await sleep(SAVED_MS);
    const second = await openLab(context, shop);
    await second.evaluate(async () => {
      window.changes = [];
      await start();
      me.on('segment', (change) => changes.push(change));
      await me.rank();
    });
    await until('the second tab knows', () => second.evaluate(() => me.segment === 'buyer'));
    assert.deepEqual(await second.evaluate(() => changes), [], 'opening a page moves nobody');
    await context.close();
  });

  test('what was shown can be audited', async () => {
    const page = await visitor(browser, shop);
    const audit = await page.evaluate(async () => {
      for (const item of (await ids()).slice(0, 25)) me.record({ kind: 'impression', item });
      return me.audit();
    });
    assert.equal(audit.impressions, 25);
    for (const share of ['entropy', 'gini', 'coverage', 'known']) assert.ok(audit[share] >= 0 && audit[share] <= 1, share);
    assert.ok(audit.coverage > 0 && Array.isArray(audit.alarms));
    await page.context().close();
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`newcomers are asked, by keyboard, in ${colorScheme}`, async () => {
      const context = await browser.newContext({ colorScheme });
      const page = await openLab(context, shop);
      const first = await page.evaluate(async () => {
        await start();
        const before = await me.onboarding.show(document.querySelector('main'));
        await me.consent.acceptAll();
        const neutral = await ids(undefined, { limit: 12 });
        document.title = 'questions';
        window.over = 0;
        document.addEventListener('hb:onboarding-done', () => over++);
        await me.onboarding.show(document.querySelector('main'));
        return { before, neutral };
      });
      assert.equal(first.before, null, 'nothing is asked before consent');
      assert.deepEqual(await axe(page), []);
      const question = page.locator('hb-onboarding .question');
      const asked = [];
      await page.locator('hb-onboarding').getByRole('button', { name: 'Yes' }).focus();
      for (;;) {
        if ((await page.evaluate(() => over)) || asked.length > 5) break;
        const text = await question.textContent();
        asked.push(text);
        if (asked.length === 1) await page.keyboard.press('Enter');
        else {
          // No stands after Yes; the focus has stayed on the button that was pressed.
          if (asked.length === 2) await page.keyboard.press('Tab');
          await page.keyboard.press('Space');
        }
        await page.waitForFunction((last) => over || document.querySelector('hb-onboarding').shadowRoot.querySelector('.question').textContent !== last, text);
      }
      assert.ok(asked.length >= 2 && new Set(asked).size === asked.length, String(asked));
      const done = page.locator('hb-onboarding .done');
      assert.match(await done.textContent(), /Thank you/);
      assert.ok(await page.evaluate(() => document.querySelector('hb-onboarding').shadowRoot.activeElement?.className === 'done'), 'the focus is on what is said');
      assert.deepEqual(await axe(page), []);
      const after = await page.evaluate(async () => ({ list: await ids(undefined, { limit: 12 }), next: await me.onboarding.next(), personal: (await me.rank())[0].personalized }));
      assert.equal(after.next, null);
      assert.ok(after.personal);
      assert.notDeepEqual(after.list, first.neutral, 'the first list differs from everybody’s');
      await context.close();
    });
  }

  test('nobody has to answer', async () => {
    const page = await openLab(await browser.newContext(), shop);
    const left = await page.evaluate(async () => {
      await start();
      await me.consent.acceptAll();
      const question = await me.onboarding.next();
      await me.onboarding.answer(question, 'skip');
      const second = await me.onboarding.next();
      await me.onboarding.skip();
      return { question, second, next: await me.onboarding.next(), personalized: (await me.rank())[0].reasons.some(({ kind }) => kind === 'category') };
    });
    assert.ok(TOPICS.includes(left.question.text) && left.second.text !== left.question.text);
    assert.deepEqual([left.next, left.personalized], [null, false]);
    await page.context().close();
  });

  test('met no failure on the way', async () => {
    const page = await openPage(await browser.newContext());
    assert.deepEqual(page.failures, []);
  });
});

/** A visitor who said yes and opened three films. */
async function visitor(browser, shop) {
  const page = await openLab(await browser.newContext(), shop);
  await page.evaluate(async () => {
    await start();
    await me.consent.acceptAll();
    const list = await ids();
    for (const place of [2, 9, 17]) me.record({ kind: 'click', item: list[place] });
    await me.rank();
  });
  return page;
}

/** Keys of the categories; see `protocol::FacetKey`. */
async function facetKeys([names, seed]) {
  const { deriveKey } = await import('/pkg/ids.js');
  return names.map((name) => deriveKey(seed, `category:${name}`));
}

function questionsOf([comedy, horror, drama, musical]) {
  return questionnaire({
    shares: [0.5, 0.5],
    tastes: [
      [[comedy, 1], [horror, -1]],
      [[horror, 1], [musical, -0.5]],
    ],
    questions: [
      { facet: comedy, yes: [0.9, 0.2], text: 'Comedy' },
      { facet: horror, yes: [0.15, 0.8], text: 'Horror' },
      { facet: drama, yes: [0.5, 0.75], text: 'Drama' },
      { facet: musical, yes: [0.6, 0.35], text: 'Musical' },
    ],
  });
}

function twoSegments() {
  const centre = (height) => Array.from({ length: FEATURES }, (_, index) => ([CART_ADDS, IN_CART].includes(index) ? height : 0));
  return segments({ features: FEATURES, hysteresis: 0.5, all: [{ name: 'browser', mean: centre(0) }, { name: 'buyer', mean: centre(2) }] });
}

async function axe(page) {
  if (await page.evaluate(() => !window.axe)) await page.evaluate(`${AXE};0`);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run('hb-onboarding', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}
