// The open consent managers, each the real package with its own buttons: what its reader lets us do at every step.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { equip, launchBrowser, sleep, until } from './harness.mjs';
import { allowed, assertGone, assertGranted, assertNothing, openWith, ours, pageWith, read, startPlatforms, status } from './platforms.mjs';

let shop;
let browser;

before(async () => {
  shop = await startPlatforms({ c15t: `export { getOrCreateConsentRuntime } from 'c15t';` });
  browser = await launchBrowser();
});

const text = (value) => JSON.stringify(value);
const inline = (code) => `<script>${code}</script>`;
const whenParsed = (code) => inline(`(() => {
  const run = () => { ${code}; };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', run);
  else run();
})();`);
const script = (address) => `<script src="${address}"></script>`;

/** Its buttons are there a while before they do something. */
async function pressUntilGone(page, button) {
  await until(`${button} works`, async () => {
    await page.locator(button).click({ timeout: 500 }).catch(() => undefined);
    return page.locator(button).isHidden();
  });
}

/** A manager: its page, and how a visitor says yes, says no, and takes a yes back. `reloads` when that loads the page anew. */
const MANAGERS = {
  klaro: {
    page: inline(`window.klaroConfig = ${text({
      version: 1, storageMethod: 'localStorage', acceptAll: true, privacyPolicy: '/privacy',
      services: [{ name: 'homebody', purposes: ['functional'] }, { name: 'homebody-statistics', purposes: ['analytics'] }, { name: 'needed', purposes: ['functional'], required: true }],
    })}`) + script('/lib/klaro/dist/klaro.js'),
    reader: ['klaro', 'klaro'],
    shown: '.klaro .cookie-notice',
    accept: (page) => page.locator('.klaro .cm-btn-success').click(),
    reject: (page) => page.locator('.klaro .cn-decline').click(),
    async withdraw(page) {
      await page.evaluate(() => klaro.show(undefined, true));
      await page.locator('.klaro .cm-btn-accept').waitFor();
      await page.evaluate(() => document.querySelectorAll('.klaro .cm-purpose > input:checked:not([disabled])').forEach((each) => each.click()));
      assert.equal(await allowed(page), 'personalize,contribute', 'not before it is saved');
      await page.locator('.klaro .cm-btn-accept').click();
    },
    unavoidable: `{ needs: { personalize: 'needed' } }`,
    listeners: () => klaro.getManager().watchers.size,
  },
  'vanilla-cookieconsent': {
    page: script('/lib/vanilla-cookieconsent/dist/cookieconsent.umd.js') + whenParsed(`CookieConsent.run(${text({
      hideFromBots: false, cookie: { secure: false },
      categories: { necessary: { enabled: true, readOnly: true }, functionality: {}, analytics: {} },
      language: { default: 'en', translations: { en: {
        consentModal: { title: 'Cookies', description: 'x', acceptAllBtn: 'Accept', acceptNecessaryBtn: 'Reject', showPreferencesBtn: 'Choose' },
        preferencesModal: { title: 'Choose', acceptAllBtn: 'Accept all', acceptNecessaryBtn: 'Reject all', savePreferencesBtn: 'Save', sections: [{ title: 'Functions', linkedCategory: 'functionality' }] },
      } } },
    })})`),
    reader: ['vanilla-cookieconsent', 'vanillaCookieConsent'],
    shown: '#cc-main .cm',
    accept: (page) => page.evaluate(() => document.querySelector('#cc-main .cm [data-role="all"]').click()),
    reject: (page) => page.evaluate(() => document.querySelector('#cc-main .cm [data-role="necessary"]').click()),
    async withdraw(page) {
      await page.evaluate(() => CookieConsent.showPreferences());
      await page.evaluate(() => document.querySelector('#cc-main .pm [data-role="necessary"]').click());
    },
    unavoidable: `{ needs: { personalize: 'necessary' } }`,
  },
  orejime: {
    page: inline(`window.orejimeConfig = ${text({
      privacyPolicyUrl: '/privacy',
      purposes: [
        { id: 'homebody', title: 'Sorting', cookies: [] },
        { id: 'group', title: 'Group', purposes: [{ id: 'homebody-statistics', title: 'Sums', cookies: [] }] },
        { id: 'needed', title: 'Needed', isMandatory: true, cookies: [] },
      ],
    })}`) + script('/lib/orejime/dist/orejime-standard-en.js'),
    reader: ['orejime', 'orejime'],
    shown: '.orejime-Banner',
    accept: (page) => page.locator('.orejime-Banner-saveButton').click(),
    reject: (page) => page.locator('.orejime-Banner-declineButton').click(),
    async withdraw(page) {
      await page.evaluate(() => orejime.prompt());
      await page.locator('.orejime-PurposeToggles-disableAll, .orejime-PurposeToggles-button').last().click();
      await page.locator('.orejime-Modal-saveButton').click();
    },
    unavoidable: `{ needs: { personalize: 'needed' } }`,
  },
  tarteaucitron: {
    page: script('/lib/tarteaucitronjs/tarteaucitron.js') + inline(`
      tarteaucitron.init(${text({
        privacyUrl: '/privacy', orientation: 'bottom', highPrivacy: true, DenyAllCta: true, AcceptAllCta: true, showIcon: true,
        removeCredit: true, googleConsentMode: false, bingConsentMode: false, softConsentMode: false, dataLayer: false,
        serverSide: false, partnersList: false,
      })});
      for (const key of ['homebody', 'homebody-statistics']) {
        tarteaucitron.services[key] = { key, type: 'other', name: key, needConsent: true, cookies: [], js() {}, fallback() {}, uri: '' };
        (tarteaucitron.job ??= []).push(key);
      }`),
    reader: ['tarteaucitron', 'tarteaucitron'],
    shown: '#tarteaucitronAlertBig',
    accept: (page) => pressUntilGone(page, '#tarteaucitronPersonalize2'),
    reject: (page) => pressUntilGone(page, '#tarteaucitronAllDenied2'),
    async withdraw(page) {
      await until('the panel', async () => {
        await page.locator('#tarteaucitronManager').click({ timeout: 500 }).catch(() => undefined);
        return page.locator('#tarteaucitronAllDenied').isVisible();
      });
      await page.locator('#tarteaucitronAllDenied').click();
      await page.locator('#tarteaucitronClosePanel').click();
    },
    reloads: true,
    unavoidable: `(tarteaucitron.services.homebody.needConsent = false, { needs: { personalize: 'homebody' } })`,
  },
  c15t: {
    page: script('/bundles/c15t.js') + whenParsed(`
      const { consentStore } = c15t.getOrCreateConsentRuntime({ mode: 'offline', consentCategories: ['necessary', 'experience', 'measurement'], overrides: { country: 'DE' } });
      window.banner = () => consentStore.getState();
    `),
    reader: ['c15t', 'c15t'],
    accept: (page) => page.evaluate(() => banner().saveConsents('all')),
    reject: (page) => page.evaluate(() => banner().saveConsents('necessary')),
    withdraw: (page) => page.evaluate(() => void banner().saveConsents('necessary')),
    reloads: true,
    unavoidable: `{ needs: { personalize: 'necessary' } }`,
  },
};

for (const [name, manager] of Object.entries(MANAGERS)) {
  describe(name, () => {
    const html = pageWith(manager.page);
    const start = async (page, options) => {
      await read(page, ...manager.reader, options);
      if (manager.shown) await page.locator(manager.shown).waitFor();
    };

    test('shown, accepted, remembered on the next page, withdrawn', async () => {
      const page = await openWith(browser, shop, html);
      await start(page);
      await sleep(300);
      await assertNothing(page, 'unknown');
      await manager.accept(page);
      await assertGranted(page);
      await page.open();
      await read(page, ...manager.reader);
      await until('remembered', async () => (await allowed(page)) === 'personalize,contribute');
      assert.deepEqual(await page.evaluate(async () => (await me.profile()).items.map(({ id }) => id)), ['seen']);
      const again = manager.reloads && page.waitForEvent('load');
      await manager.withdraw(page);
      if (again) {
        await again;
        await equip(page, shop);
        await read(page, ...manager.reader);
      }
      await assertGone(page);
      await page.close();
    });

    test('rejected, and remembered as that', async () => {
      const page = await openWith(browser, shop, html);
      await start(page);
      await manager.reject(page);
      await until('a clear no', async () => (await status(page)) === 'refused');
      await assertNothing(page, 'refused');
      await page.open();
      await read(page, ...manager.reader);
      await until('remembered', async () => (await status(page)) === 'refused');
      await assertNothing(page, 'refused');
      await page.close();
    });

    test('what nobody can refuse is not consented to', async () => {
      const page = await openWith(browser, shop, html);
      await start(page, manager.unavoidable);
      await manager.accept(page);
      await until('answered', async () => (await status(page)) === 'refused');
      assert.equal(await allowed(page), '');
      assert.deepEqual(page.failures, []);
      await page.close();
    });

    test('comes after us, and is not heard any more when we stop', async () => {
      const page = await openWith(browser, shop, pageWith());
      await read(page, ...manager.reader);
      await sleep(200);
      await assertNothing(page, 'unknown');
      await page.evaluate(async (head) => {
        for (const { src, textContent } of new DOMParser().parseFromString(head, 'text/html').querySelectorAll('script')) {
          const script = document.createElement('script');
          const loaded = src && new Promise((resolve) => (script.onload = resolve));
          Object.assign(script, src ? { src } : { textContent });
          document.head.append(script);
          await loaded;
        }
        window.told = [];
        window.stop = source.subscribe(() => told.push(source.read()));
        window.klaro?.setup(window.klaroConfig);
      }, manager.page);
      if (manager.shown) await page.locator(manager.shown).waitFor();
      await until('found', () => page.evaluate(() => told.length > 0));
      await page.evaluate(() => {
        stop();
        told.length = 0;
      });
      if (manager.listeners) {
        // The page's own source looks for the platform at ever longer intervals: it has found it by then.
        await sleep(2000);
        const before = await page.evaluate(manager.listeners);
        await page.evaluate(() => source.subscribe(() => undefined)());
        assert.equal(await page.evaluate(manager.listeners), before);
      }
      await manager.accept(page);
      await until('granted', async () => (await allowed(page)) === 'personalize,contribute');
      assert.deepEqual(await page.evaluate(() => told), []);
      assert.ok((await ours(page)).includes('hb.c'));
      await page.close();
    });
  });
}
