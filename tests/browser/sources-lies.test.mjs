// Consent managers that never answer, answer empty, lie, throw or change their mind. The real packages are in
// `sources-managers.test.mjs`; these pages do with the interface of each what no honest package does.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codes, launchBrowser, sleep, startShop, until } from './harness.mjs';
import { allowed, assertGone, assertGranted, assertNothing, openWith, ours, pageWith, read, status } from './platforms.mjs';

let shop;
let browser;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

/** In the page: what every manager below says, by `now`. `say` changes it and calls whoever listens. */
function mind() {
  window.now = 'nothing';
  window.listeners = [];
  window.granted = () => {
    if (now === 'throws') throw new Error('platform');
    return { yes: true, no: false, text: 'true', object: {}, one: 1 }[now];
  };
  window.say = (what) => {
    window.now = what;
    for (const each of [...listeners]) each();
  };
}

/** Each manager by the global that its reader looks for, as an expression; answers are those of `granted`. */
const MANAGERS = {
  klaro: {
    reader: ['klaro', 'klaro'],
    global: 'klaro',
    made: `{ manager: { get confirmed() { return now !== 'nothing'; }, config: {}, getService: () => ({}), get savedConsents() { return { homebody: granted(), 'homebody-statistics': granted() }; },
      watch: ({ update }) => listeners.push(update), unwatch() {} }, getManager() { return this.manager; } }`,
  },
  'vanilla-cookieconsent': {
    reader: ['vanilla-cookieconsent', 'vanillaCookieConsent'],
    global: 'CookieConsent',
    made: `(listeners.push(() => dispatchEvent(new Event('cc:onChange'))), { validConsent: () => now !== 'nothing', acceptedCategory: granted, getConfig: () => ({}) })`,
  },
  orejime: {
    reader: ['orejime', 'orejime'],
    global: 'orejime',
    made: `{ config: { purposes: [{ id: 'homebody' }, { id: 'homebody-statistics' }] },
      manager: { isDirty: () => now === 'nothing', getConsent: granted, on: (event, listener) => event === 'update' && listeners.push(listener), off() {} } }`,
  },
  tarteaucitron: {
    reader: ['tarteaucitron', 'tarteaucitron'],
    global: 'tarteaucitron',
    made: `(listeners.push(() => document.dispatchEvent(new Event('homebody_allowed'))), { parameters: { highPrivacy: true },
      services: { homebody: { needConsent: true }, 'homebody-statistics': { needConsent: true } },
      state: { get homebody() { return granted(); }, get 'homebody-statistics'() { return granted(); } } })`,
  },
  c15t: {
    reader: ['c15t', 'c15t'],
    global: 'c15tStore',
    made: `{ getState: () => ({ consentInfo: now === 'nothing' ? null : { subjectId: 'drawn' }, has: granted }), subscribe: (listener) => { listeners.push(listener); return () => {}; } }`,
  },
};

/** What may stand there instead of a manager: half of one, something else, or what throws when it is looked at. */
const GLOBALS = {
  null: 'null', number: '1', text: `'yes'`, 'nothing in it': '{}', list: '[]', function: '() => true',
  'what throws': `new Proxy({}, { get() { throw new Error('platform'); } })`,
};

for (const [name, { reader, global, made }] of Object.entries(MANAGERS)) {
  describe(name, () => {
    test('it changes its mind, throws, and answers nonsense: frozen or gone, told once, heard again', async () => {
      const page = await openWith(browser, shop, pageWith());
      await page.evaluate(`(${mind})(); window.${global} = ${made}; 0`);
      await read(page, ...reader);
      await sleep(200);
      await assertNothing(page, 'unknown');
      assert.ok(await page.evaluate(() => listeners.length > 0), 'somebody listens');
      await page.evaluate(() => say('yes'));
      await assertGranted(page);
      for (let time = 0; time < 3; time++) await page.evaluate(() => say('throws'));
      assert.equal(await allowed(page), '');
      await until('told', async () => (await codes(page)).length > 0);
      await sleep(200);
      assert.deepEqual(await codes(page), ['consent_source']);
      assert.ok((await ours(page)).includes('homebody'), 'frozen, not deleted');
      await page.evaluate(() => say('yes'));
      await until('heard again', async () => (await allowed(page)) === 'personalize,contribute');
      await page.evaluate(() => say('no'));
      await assertGone(page);
      for (const lie of ['text', 'object', 'one', 'nothing']) {
        await page.evaluate((what) => say(what), lie);
        await assertNothing(page);
      }
      await page.evaluate(() => say('yes'));
      await assertGranted(page);
      assert.deepEqual([page.failures, await codes(page)], [[], ['consent_source']]);
      await page.close();
    });

    test('something else, half of it, or what throws stands in its place: nothing is allowed, the page lives', async () => {
      for (const [what, value] of Object.entries(GLOBALS)) {
        const page = await openWith(browser, shop, pageWith());
        await page.evaluate(`(${mind})(); window.${global} = ${value}; 0`);
        await read(page, ...reader);
        await sleep(150);
        await page.evaluate((event) => {
          for (const each of [event, 'cc:onChange', 'cc:onConsent']) dispatchEvent(new Event(each));
          document.dispatchEvent(new Event('homebody_allowed'));
        }, 'any');
        await assertNothing(page).catch((error) => assert.fail(`${what}: ${error.message}`));
        assert.ok((await codes(page)).every((code) => code === 'consent_source') && (await codes(page)).length <= 1, `${what}: ${await codes(page)}`);
        await page.context().close();
      }
    });

    test('its global throws: told once after a while, and the real one that comes later is found', async () => {
      const page = await openWith(browser, shop, pageWith());
      await page.evaluate(`(${mind})(); Object.defineProperty(window, '${global}', { configurable: true, get() { throw new Error('platform'); } }); 0`);
      await read(page, ...reader);
      await until('told', async () => (await codes(page)).length > 0, 15_000);
      await assertNothing(page, 'unknown');
      await page.evaluate(`Object.defineProperty(window, '${global}', { configurable: true, value: ${made} }); window.now = 'yes'; 0`);
      await until('found', async () => (await allowed(page)) === 'personalize,contribute', 20_000);
      assert.deepEqual([page.failures, await codes(page), await status(page)], [[], ['consent_source'], 'given']);
      await page.close();
    });
  });
}
