// The law as tests, each by its number: what a visitor of a real page, with the real package and the real server, may
// rely on. The cases that are about a file, a server or a machine of states are named by the same numbers where those
// are tested: docs/law.md has the list.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { catalogued, equip, launchBrowser, NOTHING, openLab, openPage, ROOT, savedRevision, SLACK, startShop, stored, until } from './harness.mjs';
import { watchModules } from './inert.mjs';

const DAY_MS = 86_400_000;
const RIGHTS = ['access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'withdrawal', 'complaint'];
const ASKED = { personalize: { data: ['views'], retentionDays: 90 }, contribute: { retentionDays: 0 } };

let shop;
let browser;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

/** A configuration that asks for `purposes`. */
function config(purposes = ASKED, more = {}) {
  const controller = { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' };
  return { version: 1, id: 'law', controller, rights: RIGHTS, purposes, ...more };
}

/** A fresh visitor's page; `begin` makes `me`. */
async function visitor({ gpc = false, context } = {}) {
  context ??= await browser.newContext();
  if (gpc) await context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  return openLab(context, shop);
}

/** Starts the package on a page with a configuration. */
async function begin(page, consentConfig = config(), options = {}) {
  await page.evaluate(([given, more]) => start({ consentConfig: given, ...more }).then((me) => me.ready), [consentConfig, options]);
  return page;
}

const status = (page, id = 'personalize') => page.evaluate((each) => me.consent.state().purposes[each].status, id);
const allowed = (page, id = 'personalize') => page.evaluate((each) => me.consent.allowed(each), id);
const press = (page, name) => page.locator('hb-consent').getByRole('button', { name }).click();
const banner = (page) => page.locator('hb-consent').getByRole('region');
const yes = (page) => press(page, 'Sort for me');
const no = (page) => press(page, 'No, same for all');

/** Looks at some items, as a visitor would who has agreed. */
async function browse(page, count = 6) {
  await page.evaluate(async (most) => {
    for (const id of (await ids()).slice(0, most)) me.record({ kind: 'click', item: id });
    await me.rank();
  }, count);
}

test('L1: before consent nothing is stored and no module is loaded, whatever the visitor does for a minute', async () => {
  const page = await openPage(await browser.newContext());
  const modules = await watchModules(page);
  await page.goto(`${shop.origin}/t/lab.html`);
  await equip(page, shop);
  await page.clock.install();
  await begin(page);
  await page.evaluate(() => {
    for (const kind of ['view', 'click', 'search', 'cart_add', 'purchase', 'rating']) me.record({ kind, item: 'film-1', value: 1 });
  });
  await page.clock.runFor(60_000);
  await page.evaluate(() => me.rank());
  assert.deepEqual([await stored(page), await modules()], [NOTHING, []]);
});

test('L2: before consent only shared data is fetched, with the same bytes from everybody', async () => {
  const asked = [];
  for (const cookies of [[], [{ name: 'session', value: 'somebody', url: shop.origin }]]) {
    const context = await browser.newContext();
    // Whoever the site knows already is known to it alone.
    await context.addCookies(cookies);
    const page = await visitor({ context });
    shop.front.clear();
    await begin(page);
    await page.evaluate(() => me.rank());
    // What arrived, not what the browser says it would send: it keeps cookies to itself.
    const seen = shop.front.requests.filter(({ url }) => url.startsWith('/v1/')).map(({ method, url, headers, body }) => [method, url, headers, body]);
    asked.push(JSON.stringify(seen));
    assert.ok(seen.length > 0 && seen.every(([method]) => method === 'GET'), JSON.stringify(seen));
    assert.doesNotMatch(JSON.stringify(seen), /"cookie"|authorization|if-none-match|referer|somebody/i);
  }
  assert.equal(asked[0], asked[1]);
});

test('L3: what happens before consent is dropped, and a yes does not bring it back', async () => {
  const page = await begin(await visitor());
  assert.equal(await page.evaluate(() => me.record({ kind: 'click', item: 'early' })), false);
  await yes(page);
  await until('allowed', () => allowed(page));
  const known = await page.evaluate(async () => (await me.profile())?.items.map(({ id }) => id) ?? []);
  assert.deepEqual(known, []);
});

test('L4: contextual without a yes, a session in memory alone where the notice says so, a profile otherwise', async () => {
  const contextual = await begin(await visitor());
  assert.equal(await contextual.evaluate(() => me.personalized), false);
  const session = await begin(await visitor(), config({ personalize: { tier: 'session', data: ['views'], retentionDays: 0 } }));
  await yes(session);
  await until('allowed', () => allowed(session));
  await browse(session);
  assert.ok((await session.evaluate(async () => (await me.profile()).items.length)) > 0);
  const { databases, files, local } = await stored(session);
  assert.deepEqual([databases, files, local.map(([name]) => name)], [[], [], ['hb.c']]);
  const profile = await begin(await visitor());
  await yes(profile);
  await until('kept', async () => (await stored(profile)).databases.length === 1);
});

test('L5: looking, scrolling, leaving and Escape are no consent', async () => {
  const page = await begin(await visitor());
  await banner(page).waitFor();
  await page.mouse.wheel(0, 2000);
  await page.mouse.click(5, 5);
  await page.keyboard.press('Escape');
  await banner(page).waitFor({ state: 'detached' });
  assert.deepEqual([await allowed(page), await status(page)], [false, 'deferred']);
  await page.reload();
  assert.deepEqual(await stored(page), NOTHING);
});

test('L6: nothing is ticked that was not chosen', async () => {
  const page = await begin(await visitor());
  await page.evaluate(() => me.consent.open('preferences'));
  const ticks = page.locator('hb-consent input[type=checkbox]');
  await ticks.first().waitFor();
  assert.equal(await ticks.count(), 2);
  for (const tick of await ticks.all()) assert.equal(await tick.isChecked(), false);
});

test('L7: yes and no look alike, and no is not further away', async () => {
  const page = await begin(await visitor());
  const choices = page.locator('hb-consent [part~=choice]');
  await choices.first().waitFor();
  const looks = await choices.evaluateAll((all) =>
    all.map((each) => {
      const { color, backgroundColor, fontSize, fontWeight, borderTopWidth, borderTopColor } = getComputedStyle(each);
      const { width, height } = each.getBoundingClientRect();
      return { tag: each.localName, style: [color, backgroundColor, fontSize, fontWeight, borderTopWidth, borderTopColor], area: width * height };
    }),
  );
  assert.equal(looks.length, 2);
  assert.deepEqual([looks[0].tag, looks[0].style], [looks[1].tag, looks[1].style]);
  const ratio = looks[0].area / looks[1].area;
  assert.ok(ratio > 0.8 && ratio < 1.25, `${ratio}`);
  const order = [];
  for (let presses = 0; presses < 12 && order.length < 2; presses++) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => document.querySelector('hb-consent')?.shadowRoot.activeElement?.textContent ?? '');
    if (/Sort for me|No, same/.test(name)) order.push(name);
  }
  assert.match(order[0], /No/);
});

test('L8: taking back takes one step more than giving, the way back', async () => {
  const page = await begin(await visitor());
  await yes(page);
  await catalogued(page);
  await page.locator('hb-privacy-link').getByRole('button').click();
  await page.getByRole('dialog').getByRole('switch', { name: 'Personal order' }).click();
  await until('taken back', async () => !(await allowed(page)));
});

test('L9, L10: a withdrawal ends with nothing left in storage or memory, in every tab, at once and without a reload', async () => {
  const context = await browser.newContext();
  const [page, other] = [await begin(await visitor({ context })), await begin(await visitor({ context }))];
  await yes(page);
  await until('the other tab', () => allowed(other));
  await page.evaluate(async () => {
    for (let item = 0; item < 2000; item++) me.record({ kind: 'click', item: `film-${item}`, value: 1 });
    await me.rank();
  });
  await page.evaluate(() => (window.stayed = true));
  const { ms, ...left } = await page.evaluate(async () => {
    const begun = performance.now();
    await me.consent.withdraw();
    const ms = performance.now() - begun;
    // At once: when it has resolved there is nothing left to come.
    const files = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    return { ms, files, databases: (await indexedDB.databases()).map(({ name }) => name), known: await me.profile() };
  });
  assert.deepEqual(left, { files: [], databases: [], known: null });
  assert.ok(ms < 500 * SLACK, `${ms} ms`);
  await until('the other tab lets go', async () => !(await allowed(other)));
  // What the other tab does now brings nothing back, whichever came first.
  await other.evaluate(() => me.record({ kind: 'click', item: 'film-1' }));
  await other.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  assert.equal(await other.evaluate(() => me.profile()), null);
  const { databases, files, local } = await stored(page);
  assert.deepEqual([databases, files, local.map(([name]) => name)], [[], [], ['hb.c']]);
  assert.equal(await page.evaluate(() => window.stayed), true);
});

test('L11, L12, L13: a no is not asked over, a yes runs out, and another question is another answer', async () => {
  const context = await browser.newContext();
  const page = await begin(await visitor({ context }));
  await no(page);
  const again = async (days, given) => {
    const next = await visitor({ context });
    await next.clock.install({ time: Date.now() + days * DAY_MS });
    return begin(next, given);
  };
  assert.equal(await status(await again(179)), 'refused');
  assert.equal(await banner(await again(179)).count(), 0);
  await banner(await again(182)).waitFor();

  await page.evaluate(() => me.consent.acceptAll());
  await browse(page);
  await until('kept', async () => (await stored(page)).databases.length === 1);
  assert.equal(await status(await again(364)), 'given');
  const late = await again(366);
  await banner(late).waitFor();
  // With the notice shown, what had expired is requested.
  assert.equal(await status(late), 'requested');
  assert.deepEqual([await allowed(late), await late.evaluate(() => me.profile())], [false, null], 'nobody reads it');
  assert.equal((await stored(late)).databases.length, 1, 'frozen, not erased');
  const changed = await again(1, config({ ...ASKED, personalize: { data: ['views', 'purchases'], retentionDays: 90 } }));
  assert.deepEqual([await status(changed), await status(changed, 'contribute')], ['requested', 'given']);
  assert.equal((await stored(changed)).databases.length, 1, 'frozen, not erased');

  const over = await again(397);
  await until('erased thirty days later', async () => (await stored(over)).databases.length === 0);
  assert.deepEqual((await stored(over)).files, []);
});

test('L14: with everything refused the site works: the same list as for everybody', async () => {
  const page = await begin(await visitor());
  const before = await page.evaluate(() => ids());
  await no(page);
  assert.deepEqual(await page.evaluate(() => ids()), before);
  assert.ok(before.length > 5);
  assert.deepEqual(page.failures, []);
});

test('L16: everything known can be read and taken along, in a documented form', async () => {
  const page = await begin(await visitor());
  await yes(page);
  await browse(page);
  const exported = await page.evaluate(() => me.exportData());
  const schema = JSON.parse(readFileSync(join(ROOT, 'docs/profile-export.schema.json'), 'utf8'));
  const accepts = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);
  assert.ok(accepts(exported), JSON.stringify(accepts.errors));
  assert.equal(exported.items.length, 6);
  await page.evaluate(() => me.consent.open('panel'));
  await page.getByRole('dialog').getByRole('heading', { name: 'What is known' }).waitFor();
});

test('L17: what is wrong can be put right, and the next list differs', async () => {
  const page = await begin(await visitor());
  await yes(page);
  await browse(page, 4);
  const first = await page.evaluate(() => ids());
  const topic = await page.evaluate(async () => (await me.profile()).facets.find(({ strength }) => strength > 0)?.key);
  await page.evaluate((key) => me.mute(key, true), topic);
  const muted = await page.evaluate(() => ids());
  const item = await page.evaluate(async () => (await me.profile()).items[0].id);
  await page.evaluate((id) => me.forget(id), item);
  const forgotten = await page.evaluate(() => ids());
  const before = await page.evaluate(async (key) => (await me.profile()).facets.find((each) => each.key === key), topic);
  await page.evaluate((key) => me.favour(key), topic);
  const favoured = await page.evaluate(() => ids());
  const after = await page.evaluate(async (key) => (await me.profile()).facets.find((each) => each.key === key), topic);
  assert.deepEqual([before.muted, after.muted], [true, false]);
  assert.ok(after.strength > before.strength + 2.9, `${before.strength} to ${after.strength}`);
  assert.notDeepEqual(favoured, first, 'it counts for more than before it was muted');
  assert.notDeepEqual(favoured, forgotten);
  assert.notDeepEqual(muted, first);
  assert.notDeepEqual(forgotten, muted);
  assert.ok(!(await page.evaluate(async () => (await me.profile()).items.map(({ id }) => id))).includes(item));
});

test('L18: erasing leaves the record of the choice and nothing else', async () => {
  const page = await begin(await visitor());
  await yes(page);
  await browse(page);
  const { wiped } = await page.evaluate(() => me.erase());
  assert.deepEqual([...wiped].sort(), ['database', 'memory', 'shard']);
  const { local, ...rest } = await stored(page);
  assert.deepEqual({ ...rest, local: [] }, NOTHING);
  assert.match(Object.fromEntries(local)['hb.c'], /^2\.[0-9a-f]{8}\.p0[0-9a-f]{6}\d{6}i\.c0[0-9a-f]{6}\d{6}i$/);
});

test('L19: paused, nothing is read and nothing written, on the next page too', async () => {
  const context = await browser.newContext();
  const page = await begin(await visitor({ context }));
  const shared = await page.evaluate(() => ids());
  await yes(page);
  await browse(page);
  await until('on disk', () => page.evaluate(savedRevision));
  await page.evaluate(() => me.consent.pause());
  assert.equal(await page.evaluate(() => me.record({ kind: 'click', item: 'while-paused' })), false);
  assert.deepEqual(await page.evaluate(() => ids()), shared);
  const next = await begin(await visitor({ context }));
  assert.equal(await allowed(next), false);
  await next.evaluate(() => me.consent.resume());
  await until('back', () => allowed(next));
  const known = await next.evaluate(async () => (await me.profile()).items.map(({ id }) => id));
  assert.equal(known.length, 6);
  assert.ok(!known.includes('while-paused'));
});

test('L20: every place has its reasons, and what is shown of them is the whole', async () => {
  const page = await begin(await visitor());
  await yes(page);
  await browse(page);
  const told = await page.evaluate(async () => {
    const { defineWhy, tellReasons } = await import('/pkg/elements/why.js');
    defineWhy();
    const ranked = await me.rank(undefined, { limit: 20 });
    tellReasons(ranked);
    return ranked.map(({ id, reasons }) => {
      const why = document.body.appendChild(document.createElement('hb-why'));
      why.setAttribute('item', id);
      why.shadowRoot.querySelector('button').click();
      const shares = [...why.shadowRoot.querySelectorAll('[part~=share]')].map((each) => parseInt(each.textContent, 10));
      return { kinds: reasons.map(({ kind }) => kind), whole: reasons.reduce((sum, { share }) => sum + share, 0), shown: shares.reduce((sum, each) => sum + each, 0) };
    });
  });
  assert.equal(told.length, 20);
  for (const { kinds, whole, shown } of told) {
    assert.ok(kinds.length > 0 && whole <= 1.0001, JSON.stringify(kinds));
    assert.equal(shown, 100, JSON.stringify(kinds));
  }
});

test('L21: the neutral order is the same whatever is known, and costs no consent', async () => {
  const lists = [];
  for (const taste of [0, 40]) {
    const page = await begin(await visitor());
    await yes(page);
    await page.evaluate(async (from) => {
      for (const id of (await ids()).slice(from, from + 6)) me.record({ kind: 'purchase', item: id });
      await me.rank();
      me.neutral = true;
    }, taste);
    lists.push(await page.evaluate(() => ids()));
    assert.equal(await allowed(page), true);
  }
  assert.deepEqual(lists[0], lists[1]);
});

test('L23: Global Privacy Control keeps everything on the device, is shown, and holds when it comes later', async () => {
  const context = await browser.newContext();
  const page = await begin(await visitor({ context }));
  await page.evaluate(() => me.consent.acceptAll());
  assert.equal(await allowed(page, 'contribute'), true);
  const later = await begin(await visitor({ context, gpc: true }));
  assert.deepEqual([await allowed(later), await allowed(later, 'contribute')], [true, false]);
  await later.evaluate(() => me.consent.open('panel'));
  await later.getByRole('dialog').getByText('Global Privacy Control').first().waitFor();
  const fresh = await begin(await visitor({ gpc: true }), config(), { region: 'US-CA' });
  assert.equal(await allowed(fresh), false, 'notice is not enough under the signal');
  await banner(fresh).getByText('Global Privacy Control').waitFor();
});

test('L25: a minor is asked nothing, has no profile, and what there was is gone', async () => {
  const page = await begin(await visitor());
  await yes(page);
  await browse(page);
  await page.evaluate(() => me.consent.setAudience('minor'));
  assert.deepEqual(await stored(page), NOTHING);
  await page.evaluate(() => me.consent.acceptAll());
  assert.equal(await allowed(page), false);
  assert.equal(await banner(page).count(), 0);
});

test('L27: what was promised to be kept for 90 days is gone after them, though the tab slept', async () => {
  const context = await browser.newContext();
  const page = await begin(await visitor({ context }));
  await yes(page);
  await browse(page);
  await until('kept', () => page.evaluate(async () => (await me.profile()).items.length === 6));
  const asleep = await visitor({ context });
  await asleep.clock.install();
  await begin(asleep);
  await until('known here, too', () => asleep.evaluate(async () => (await me.profile()).items.length === 6));
  await page.close();
  // As a lid that is closed and opened: no timer has run, and the page was not loaded anew.
  await asleep.clock.setSystemTime(Date.now() + 91 * DAY_MS);
  assert.deepEqual(await asleep.evaluate(async () => (await me.exportData()).items), [], 'the tab that slept');
  await asleep.close();
  const late = await visitor({ context });
  await late.clock.install({ time: Date.now() + 91 * DAY_MS });
  await begin(late);
  assert.equal(await allowed(late), true, 'the yes still holds');
  assert.deepEqual(await late.evaluate(async () => (await me.profile()).items), []);
});

test('L28: in Britain statistics are on after notice, with one press to object; a profile is asked for', async () => {
  const page = await begin(await visitor(), config(), { region: 'GB' });
  await banner(page).waitFor();
  assert.deepEqual([await status(page), await status(page, 'contribute')], ['requested', 'noticed']);
  await no(page);
  assert.deepEqual([await allowed(page), await allowed(page, 'contribute')], [false, false]);
});

test('L29: no price comes out of a ranking', async () => {
  const page = await begin(await visitor());
  await yes(page);
  await browse(page);
  const mine = await page.evaluate(async () => (await me.rank([{ id: 'film-1', price: 7 }, { id: 'film-2', price: 9 }])).map(({ item }) => item));
  assert.deepEqual(mine.map(({ id, price }) => [id, price]).sort(), [['film-1', 7], ['film-2', 9]]);
  const fields = await page.evaluate(async () => Object.keys((await me.rank(undefined, { limit: 1 }))[0]));
  assert.ok(!fields.some((field) => /price/i.test(field)), fields.join());
});

test('L30: the banner shows itself to automatons like this one', async () => {
  const page = await begin(await visitor());
  assert.equal(await page.evaluate(() => navigator.webdriver), true);
  await banner(page).waitFor();
});
