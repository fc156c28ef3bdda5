// Two copies of the package on one page, as two vendors or a bundle beside a script tag bring them: modules of their own that
// share nothing but the page, its storage and its channel.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { deriveKey } from '../../js/dist/ids.js';
import { launchBrowser, openPage, ROOT, startShop, stored, until } from './harness.mjs';

const CONFIG = {
  version: 1,
  id: 'copies',
  controller: { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' },
  rights: ['access'],
  purposes: { personalize: { data: ['views'], retentionDays: 90 } },
};

let shop;
let browser;

before(async () => {
  shop = await startShop({ '/other/': join(ROOT, 'js/dist') });
  browser = await launchBrowser();
  shop.front.pages.set('/t/copies.json', { html: JSON.stringify(CONFIG), headers: { 'content-type': 'application/json' } });
});

/** How a page comes by a copy: the modules under a path, or the bundle by its script tag. */
const COPIES = {
  modules: `await import('/pkg/index.js').then(({ personalize }) => personalize(options))`,
  'modules elsewhere': `await import('/other/index.js').then(({ personalize }) => personalize(options))`,
  'the script tag': `await tagged('/pkg/homebody.js')`,
};

/** A page with two copies as `two`, begun one after the other or at once, and what each hears as `heard`. */
async function open(context, first, second, isAtOnce = false) {
  const page = await openPage(context);
  page.codes = () => page.evaluate(() => window.codes);
  await page.goto(`${shop.origin}/t/lab.html`);
  const begin = isAtOnce
    ? `await Promise.all([(async () => ${COPIES[first]})(), (async () => ${COPIES[second]})()])`
    : `[${COPIES[first]}, ${COPIES[second]}]`;
  await page.evaluate(`(async () => {
    window.codes = [];
    const options = { server: '${shop.origin}', key: '${shop.key}', site: '${shop.site}', consentConfig: '/t/copies.json', onError: ({ code }) => codes.push(code) };
    const tagged = (src) => new Promise((loaded, failed) => {
      const script = Object.assign(document.createElement('script'), { src, onload: () => homebody.me.then(loaded, failed), onerror: failed });
      Object.assign(script.dataset, { server: options.server, key: options.key, site: options.site, config: options.consentConfig });
      document.body.append(script);
    });
    window.two = ${begin};
    for (const me of two) me.on('error', ({ code }) => codes.push(code));
    await Promise.all(two.map((me) => me.ready));
    window.heard = two.map((me) => {
      const all = [];
      me.consent.subscribe(({ purposes }) => all.push(purposes.personalize.effective));
      return all;
    });
  })()`);
  return page;
}

const allowed = (page) => page.evaluate(() => two.map(({ consent }) => consent.allowed('personalize')).join());

for (const [first, second] of [['modules', 'modules elsewhere'], ['modules', 'the script tag'], ['the script tag', 'modules']]) {
  for (const isAtOnce of [false, true]) {
    test(`${first}, then ${second}${isAtOnce ? ', at once' : ''}: asked once, one choice, heard and taken back in both`, async () => {
      const context = await browser.newContext();
      const page = await open(context, first, second, isAtOnce);
      assert.ok(await page.evaluate(() => two[0].consent.constructor !== two[1].consent.constructor));
      await page.locator('hb-consent section').waitFor();
      await page.waitForTimeout(300);
      assert.deepEqual([await page.locator('hb-consent').count(), await page.locator('hb-consent section').count()], [1, 1]);
      await page.locator('hb-consent').getByRole('button', { name: 'Sort for me' }).click();
      await until('yes in both', async () => (await allowed(page)) === 'true,true');
      await until('nobody asks', async () => (await page.locator('hb-consent').count()) === 0);
      await until('kept', async () => (await stored(page)).databases.length === 1);
      assert.ok((await page.evaluate(async () => (await Promise.all(two.map((me) => me.rank()))).map((list) => list.length))).every((length) => length > 5));
      await page.evaluate(() => two[1].consent.withdraw());
      await until('no in both', async () => (await allowed(page)) === 'false,false');
      assert.deepEqual(await page.evaluate(() => heard.map((all) => all.at(-1))), [false, false]);
      await until('deleted', async () => (await stored(page)).databases.length === 0);
      await page.evaluate(() => two[1].consent.set({ personalize: true }));
      await until('yes in both again', async () => (await allowed(page)) === 'true,true');
      await page.evaluate(() => two[0].consent.withdraw());
      await until('no in both again', async () => (await allowed(page)) === 'false,false');
      await until('deleted again', async () => (await stored(page)).databases.length === 0);
      assert.ok((await page.locator('hb-privacy-link').count()) <= 1, 'one way back');
      assert.deepEqual([page.failures, await page.codes()], [[], []]);
      await context.close();
    });
  }
}

test('a choice that an older copy wrote in the first form counts in both, and is written anew in the second', async () => {
  const context = await browser.newContext();
  const revision = deriveKey(0, '1|personalize').toString(16).padStart(8, '0');
  const date = new Date().toISOString().slice(2, 10).replaceAll('-', '');
  await context.addInitScript((record) => localStorage.getItem('hb.c') ?? localStorage.setItem('hb.c', record), `1.${revision}.p1c0s0m0.${date}`);
  const page = await openPage(context);
  await page.goto(`${shop.origin}/t/lab.html`);
  await page.evaluate(async ({ origin, key, site }) => {
    const options = { server: origin, key, site, consent: 'banner' };
    const copies = [await import('/pkg/index.js'), await import('/other/index.js')];
    window.two = await Promise.all(copies.map(({ personalize }) => personalize(options)));
    await Promise.all(two.map((me) => me.ready));
  }, { origin: shop.origin, key: shop.key, site: shop.site });
  assert.equal(await allowed(page), 'true,true');
  assert.equal(await page.locator('hb-consent').count(), 0);
  await page.evaluate(() => two[0].consent.withdraw());
  await until('no in both', async () => (await allowed(page)) === 'false,false');
  assert.match(await page.evaluate(() => localStorage.getItem('hb.c')), /^2\.[0-9a-f]{8}\.p0/);
  await until('deleted', async () => (await stored(page)).databases.length === 0);
  assert.deepEqual(page.failures, []);
});
