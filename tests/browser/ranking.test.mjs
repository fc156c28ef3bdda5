// What a page can ask of the ranking and tell it, in the real browser: policies, pages, feedback, circumstances, the audit.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openLab } from './harness.mjs';
import { leave, startStage, visitor } from './ranking-stage.mjs';

let shop;
let browser;

before(async () => {
  ({ shop, browser } = await startStage());
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
  await leave(page);
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
  await leave(page);
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
  await leave(page);
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
    // The hints of errors are fetched first; then a third would be there soon.
    for (let left = 200; left > 0 && errors.length < 2; left--) await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { before: kin(before), after: kin(after), codes: errors.map(({ code }) => code), rated: (await me.profile()).items.find(({ id }) => id === 'one')?.last_kind };
  });
  assert.notEqual(felt.after, felt.before);
  assert.deepEqual(felt.codes, ['options', 'options']);
  assert.ok(['rating', 'survey'].includes(felt.rated), felt.rated);
  await leave(page);
});

test('the circumstances are found on the page, and what is given takes their place', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, timezoneId: 'America/Lima' });
  const page = await openLab(context, shop);
  const found = await page.evaluate(async () => {
    const { pageContext } = await import('/pkg/rank/page.js');
    // The first formatter of a process takes tens of milliseconds of the page's thread: none is made.
    const { DateTimeFormat } = Intl;
    Intl.DateTimeFormat = undefined;
    const now = [pageContext(), pageContext({ hour: 8, referrer: null })];
    Intl.DateTimeFormat = DateTimeFormat;
    delete globalThis.Temporal;
    document.body.id = 'Temporal';
    return [...now, pageContext()];
  });
  const { hour, weekday, ...rest } = found[0];
  assert.deepEqual(rest, { device: 'phone', viewport: 390, region: 'America', referrer: 'direct' });
  assert.ok(hour >= 0 && hour < 24 && weekday >= 0 && weekday < 7);
  assert.deepEqual([found[1].hour, found[1].referrer, found[1].device], [8, null, 'phone']);
  assert.equal(found[2].region, 'America', 'in a browser without `Temporal`, on a page with an element of that name');
  await leave(page);
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
  await leave(page);
});
