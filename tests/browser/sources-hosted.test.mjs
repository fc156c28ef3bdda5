// OneTrust and Cookiebot are not to be had as packages: pages that do with their documented globals and events what they
// do. And `custom`, for whatever else there is.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launchBrowser, sleep, until } from './harness.mjs';
import { allowed, assertGone, assertGranted, assertNothing, openWith, pageWith, read, startPlatforms, status } from './platforms.mjs';

let shop;
let browser;

before(async () => {
  shop = await startPlatforms();
  browser = await launchBrowser();
});

/** In the page: OneTrust under a consent model, with what is active without a choice. */
function oneTrust(model, active) {
  window.OnetrustActiveGroups = active;
  let isClosed = false;
  window.OneTrust = { IsAlertBoxClosed: () => isClosed, GetDomainData: () => ({ ConsentModel: { Name: model } }) };
  window.choose = (groups) => {
    isClosed = true;
    window.OnetrustActiveGroups = `,${groups.join()},`;
    dispatchEvent(new CustomEvent('OneTrustGroupsUpdated', { detail: groups }));
  };
}

test('OneTrust: shown, accepted, changed, withdrawn', async () => {
  const page = await openWith(browser, shop, pageWith());
  await read(page, 'onetrust', 'onetrust');
  await sleep(100);
  await page.evaluate(`(${oneTrust})('opt-in', ',C0001,C0003,')`);
  await sleep(600);
  await assertNothing(page, 'unknown');
  await page.evaluate(() => choose(['C0001', 'C0002', 'C0003']));
  await assertGranted(page);
  await page.evaluate(() => choose(['C0001', 'C0003']));
  assert.equal(await allowed(page), 'personalize');
  await page.evaluate(() => choose(['C0001', 'C00030']));
  await assertGone(page);
  await page.close();
});

test('OneTrust: a model that is not opt-in, and every half or wrong answer, grant nothing', async () => {
  const lies = {
    'opt-out': (page) => page.evaluate(`(${oneTrust})('opt-out', ''); choose(['C0002', 'C0003'])`),
    'no model': (page) => page.evaluate(`(${oneTrust})(undefined, ''); choose(['C0002', 'C0003'])`),
    'no groups': (page) => page.evaluate(`(${oneTrust})('opt-in', ''); choose([]); OnetrustActiveGroups = null`),
    'a list': (page) => page.evaluate(`(${oneTrust})('opt-in', ''); choose([]); OnetrustActiveGroups = ['C0003']`),
    'no function': (page) => page.evaluate(`OneTrust = { IsAlertBoxClosed: true }; OnetrustActiveGroups = ',C0003,'`),
    throws: (page) => page.evaluate(`OneTrust = { IsAlertBoxClosed() { throw new Error('platform') } }; OnetrustActiveGroups = ',C0003,'`),
    'not closed': (page) => page.evaluate(`(${oneTrust})('opt-in', ',C0002,C0003,')`),
  };
  for (const [name, lie] of Object.entries(lies)) {
    const page = await openWith(browser, shop, pageWith());
    await lie(page);
    await read(page, 'onetrust', 'onetrust');
    await page.evaluate(() => dispatchEvent(new CustomEvent('OneTrustGroupsUpdated')));
    assert.equal(await allowed(page), '', name);
    await assertNothing(page);
    await page.close();
  }
});

/** In the page: Cookiebot before an answer. */
function cookieBot() {
  window.Cookiebot = { hasResponse: false, consent: { necessary: true, preferences: false, statistics: false, marketing: false, method: null } };
  window.choose = (consent, method = 'explicit') => {
    Object.assign(Cookiebot.consent, consent, { method });
    Cookiebot.hasResponse = true;
    const some = Object.values(consent).includes(true);
    for (const event of ['CookiebotOnConsentReady', some ? 'CookiebotOnAccept' : 'CookiebotOnDecline']) dispatchEvent(new Event(event));
  };
}

test('Cookiebot: shown, accepted, changed, withdrawn; an implied consent is none', async () => {
  const page = await openWith(browser, shop, pageWith());
  await read(page, 'cookiebot', 'cookiebot');
  await page.evaluate(`(${cookieBot})()`);
  await sleep(600);
  await assertNothing(page, 'unknown');
  await page.evaluate(() => choose({ preferences: true, statistics: true }, 'implied'));
  await until('heard', async () => (await status(page)) === 'refused');
  await assertNothing(page, 'refused');
  await page.evaluate(() => choose({ preferences: true, statistics: true }));
  await assertGranted(page);
  await page.evaluate(() => choose({ statistics: false }));
  assert.equal(await allowed(page), 'personalize');
  await page.evaluate(() => choose({ preferences: false, statistics: false }));
  await assertGone(page);
  await page.close();
});

test('Cookiebot: half or wrong answers grant nothing', async () => {
  const lies = [
    'null', `'yes'`, '{}', '{ hasResponse: true }', '{ hasResponse: true, consent: null }',
    `{ hasResponse: 1, consent: { preferences: true, method: 'explicit' } }`,
    `{ hasResponse: true, consent: { preferences: 'true', method: 'explicit' } }`,
    `{ get hasResponse() { throw new Error('platform') } }`,
  ];
  for (const lie of lies) {
    const page = await openWith(browser, shop, pageWith(`<script>window.Cookiebot = ${lie};</script>`));
    await read(page, 'cookiebot', 'cookiebot');
    await page.evaluate(() => dispatchEvent(new Event('CookiebotOnAccept')));
    assert.equal(await allowed(page), '', lie);
    await assertNothing(page);
    await page.close();
  }
});

test('custom: told, changed, withdrawn, and whatever else it is told', async () => {
  const page = await openWith(browser, shop, pageWith());
  await read(page, 'custom', 'custom', '(tell) => void (window.tell = tell)');
  await assertNothing(page, 'unknown');
  for (const lie of ['null', 'undefined', `'yes'`, 'true', '[]', '{}', `{ personalize: 'true' }`, '{ personalize: 1 }', '{ admin: true }']) {
    await page.evaluate(`tell(${lie})`);
    assert.equal(await allowed(page), '', lie);
  }
  await page.evaluate(() => tell({ personalize: true, contribute: true }));
  await assertGranted(page);
  await page.evaluate(() => tell(null));
  assert.equal(await status(page), 'unknown', 'frozen');
  await page.evaluate(() => tell({ personalize: false }));
  await assertGone(page);
  await page.close();

  const broken = await openWith(browser, shop, pageWith());
  await read(broken, 'custom', 'custom', `(tell) => { tell({ personalize: true }); throw new Error('platform'); }`);
  assert.equal(await status(broken), 'unknown', 'what fails right after its answer is not believed');
  assert.deepEqual(broken.failures, []);
  await broken.close();
});

test('a no in one tab counts in the other, whose platform has not heard of it', async () => {
  const context = { newContext: async () => one.context() };
  const one = await openWith(browser, shop, pageWith());
  const other = await openWith(context, shop, pageWith());
  for (const page of [one, other]) {
    await read(page, 'custom', 'custom', '(tell) => void (window.tell = tell)');
    await page.evaluate(() => tell({ personalize: true, contribute: true }));
  }
  await assertGranted(one);
  await one.evaluate(() => tell({}));
  await assertGone(one);
  await assertGone(other);
  assert.equal(await other.evaluate(() => me.record({ kind: 'click', item: 'late' })), false);
  await other.context().close();
});
