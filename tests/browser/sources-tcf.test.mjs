// TCF against the reference library of the IAB, with a made-up vendor list: what `tcf()` lets us do at every step.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launchBrowser, sleep, until } from './harness.mjs';
import { allowed, assertGone, assertGranted, assertNothing, openWith, ours, pageWith, read, startPlatforms, status } from './platforms.mjs';

/** The purposes the publisher asks for itself. */
const ALL = [1, 5, 6, 8, 10];

let shop;
let browser;

before(async () => {
  const reference = `export { CmpApi, CmpApiModel } from '@iabtechlabtcf/cmpapi'; export { GVL, TCModel, TCString } from '@iabtechlabtcf/core';`;
  shop = await startPlatforms({ iab: reference });
  browser = await launchBrowser();
});

/** In the page: the library with `encode(publisher consents)`, made only when `cmp()` is called. */
function library() {
  const named = (ids) => Object.fromEntries(ids.map((id) => [id, { id, name: `n${id}`, description: '', illustrations: [] }]));
  const list = {
    gvlSpecificationVersion: 3, vendorListVersion: 48, tcfPolicyVersion: 5, lastUpdated: '2026-01-01T00:00:00Z',
    purposes: named([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), specialPurposes: named([1, 2, 3]), features: named([1, 2, 3]),
    specialFeatures: named([1, 2]), stacks: {}, dataCategories: named([1]),
    vendors: {
      7: {
        id: 7, name: 'vendor', purposes: ALL, legIntPurposes: [], flexiblePurposes: [], specialPurposes: [], features: [],
        specialFeatures: [], policyUrl: '', urls: [], cookieMaxAgeSeconds: null, usesCookies: false, cookieRefresh: false,
        usesNonCookieAccess: true,
      },
    },
  };
  window.cmp = () => {
    window.api = new iab.CmpApi(31, 1, true);
  };
  window.encode = (publisher, { vendors = [], purposes = [], custom = [], oneTreatment = false, policy = 5 } = {}) => {
    const model = new iab.TCModel(new iab.GVL({ ...list, tcfPolicyVersion: policy }));
    Object.assign(model, { cmpId: 31, cmpVersion: 1, consentScreen: 1, consentLanguage: 'EN', publisherCountryCode: 'DE' });
    Object.assign(model, { isServiceSpecific: true, purposeOneTreatment: oneTreatment });
    model.publisherConsents.set(publisher);
    model.purposeConsents.set(purposes);
    model.vendorConsents.set(vendors);
    model.vendorsDisclosed.set([7]);
    if (custom.length > 0) {
      model.numCustomPurposes = 3;
      model.publisherCustomConsents.set(custom);
    }
    // Version 2.2 of the framework, whose policy is the fourth, had no segment of disclosed vendors; the library writes it always.
    const isKept = (segment) => policy > 4 || !/^[I-P]/.test(segment);
    return iab.TCString.encode(model).split('.').filter(isKept).join('.');
  };
}

const PAGE = pageWith(`<script src="/bundles/iab.js"></script><script>(${library})()</script>`.replaceAll('ALL', JSON.stringify(ALL)));

/** A page with the library loaded and its platform running. */
async function withCmp(options) {
  const page = await openWith(browser, shop, PAGE);
  await page.evaluate(() => cmp());
  await read(page, 'tcf', 'tcf', options);
  return page;
}

function update(page, publisher, { visible = false, ...more } = {}) {
  return page.evaluate(([ids, visible, more]) => api.update(ids && encode(ids, more), visible), [publisher, visible, more]);
}

test('pending, shown, accepted, looked at again, withdrawn', async () => {
  const page = await withCmp();
  await assertNothing(page, 'unknown');
  await page.evaluate(() => api.update('', true));
  await assertNothing(page, 'unknown');
  await update(page, ALL);
  await assertGranted(page);
  // The visitor opens the dialogue again: what was said lasts until something else is.
  await update(page, [], { visible: true });
  assert.equal(await allowed(page), 'personalize,contribute');
  await update(page, ALL);
  assert.equal(await allowed(page), 'personalize,contribute');
  await update(page, []);
  await assertGone(page);
  await page.close();
});

test('TCF 2.2: strings of the fourth policy, which disclose no vendors, are read like those of the fifth', async () => {
  const page = await withCmp();
  const facts = (ids, policy) =>
    page.evaluate(([ids, policy]) => {
      const text = encode(ids, { policy });
      // A segment begins with its type: three bits, 1 for disclosed vendors, in the first letter of base64.
      return [iab.TCString.decode(text).policyVersion, text.split('.').slice(1).some((each) => /^[I-P]/.test(each))];
    }, [ids, policy]);
  assert.deepEqual([await facts(ALL, 4), await facts(ALL, 5)], [[4, false], [5, true]]);
  await update(page, [], { policy: 4 });
  await until('a clear no', async () => (await status(page)) === 'refused');
  await update(page, ALL, { policy: 4 });
  await assertGranted(page);
  await update(page, [1, 5, 6], { policy: 4 });
  assert.equal(await allowed(page), 'personalize');
  await update(page, [], { policy: 4 });
  await assertGone(page);
  await page.close();
  const vendor = await withCmp('{ vendor: 7 }');
  await update(vendor, [], { policy: 4, purposes: ALL });
  assert.equal(await allowed(vendor), '', 'purposes without the vendor');
  await update(vendor, [], { policy: 4, purposes: ALL, vendors: [7] });
  assert.equal(await allowed(vendor), 'personalize,contribute');
  await vendor.close();
});

test('each purpose needs all of its own, in the publisher’s own consents', async () => {
  const page = await withCmp();
  for (const [given, expected] of [[[1, 5, 6], 'personalize'], [[1, 8, 10], 'contribute'], [[1, 5], ''], [[5, 6, 8, 10], '']]) {
    await update(page, given);
    assert.equal(await allowed(page), expected, String(given));
  }
  await update(page, [], { purposes: ALL, vendors: [7] });
  assert.equal(await allowed(page), '', 'consent for others is none for the site');
  await page.close();
});

test('a returning visitor: granted at once, and a no since then deletes what an earlier page kept', async () => {
  const page = await withCmp();
  await update(page, ALL);
  await assertGranted(page);
  await page.open();
  await page.evaluate(() => cmp());
  await read(page, 'tcf', 'tcf');
  assert.equal(await allowed(page), '', 'not before the platform says so');
  assert.deepEqual((await ours(page)).includes('homebody.shard'), true, 'silence deletes nothing');
  await update(page, []);
  await assertGone(page);
  await page.close();
});

test('empty string, error and "outside the GDPR" grant nothing', async () => {
  const page = await withCmp();
  await page.evaluate(() => api.update('', false));
  await assertNothing(page, 'unknown');
  await page.evaluate(() => api.update(null));
  await assertNothing(page, 'unknown');
  await page.close();

  const broken = await openWith(browser, shop, PAGE);
  await broken.evaluate(() => (cmp(), api.disable()));
  await read(broken, 'tcf', 'tcf');
  await assertNothing(broken, 'unknown');
  await broken.close();
});

test('outside the GDPR the site may decide; a vendor, custom purposes and purpose one are options', async () => {
  const outside = await withCmp('{ outside: () => ({ contribute: true }) }');
  await outside.evaluate(() => api.update(null));
  assert.equal(await allowed(outside), 'contribute');
  const vendor = await withCmp('{ vendor: 7 }');
  await update(vendor, ALL, { purposes: ALL });
  assert.equal(await allowed(vendor), '', 'purposes without the vendor');
  await update(vendor, [], { purposes: ALL, vendors: [7] });
  assert.equal(await allowed(vendor), 'personalize,contribute');
  const custom = await withCmp(`{ needs: { personalize: [1, 'c2'] } }`);
  await update(custom, [1], { custom: [1, 3] });
  assert.equal(await allowed(custom), '');
  await update(custom, [1], { custom: [2] });
  assert.equal(await allowed(custom), 'personalize');
  const strict = await withCmp();
  await update(strict, ALL, { oneTreatment: true });
  assert.equal(await allowed(strict), '', 'not asked for is not granted');
  const lenient = await withCmp('{ acceptPurposeOneTreatment: true }');
  await update(lenient, [5, 6], { oneTreatment: true });
  assert.equal(await allowed(lenient), 'personalize');
  for (const page of [outside, vendor, custom, strict, lenient]) {
    assert.deepEqual(page.failures, []);
    await page.close();
  }
});

test('after the end the platform does not know us any more, whatever number it gave', async () => {
  const page = await withCmp();
  await update(page, ALL);
  const listeners = () => page.evaluate(() => iab.CmpApiModel.eventQueue.size);
  assert.equal(await listeners(), 1);
  await page.evaluate(async () => {
    const { tcf } = await import('/pkg/consent/sources/tcf.js');
    window.second = tcf();
    window.stop = second.subscribe(() => undefined);
  });
  assert.equal(await listeners(), 2);
  await page.evaluate(() => stop());
  assert.equal(await listeners(), 1);
  // The first one ever has the number 0.
  const fresh = await openWith(browser, shop, PAGE);
  await fresh.evaluate(async () => {
    const { tcf } = await import('/pkg/consent/sources/tcf.js');
    cmp();
    api.update(encode([1, 5, 6]));
    tcf().subscribe(() => undefined)();
  });
  assert.equal(await fresh.evaluate(() => iab.CmpApiModel.eventQueue.size), 0);
  await Promise.all([page.close(), fresh.close()]);
});

test('a platform that comes later is found, with and without a stub', async () => {
  const late = await openWith(browser, shop, PAGE);
  await read(late, 'tcf', 'tcf');
  await sleep(500);
  await assertNothing(late, 'unknown');
  await late.evaluate(() => (cmp(), api.update(encode([1, 5, 6]))));
  await until('found', async () => (await allowed(late)) === 'personalize');
  await late.close();

  const stubbed = await openWith(browser, shop, PAGE);
  await stubbed.evaluate(() => {
    const queue = [];
    window.__tcfapi = (...args) => (args.length > 0 ? void queue.push(args) : queue);
  });
  await read(stubbed, 'tcf', 'tcf');
  await assertNothing(stubbed, 'unknown');
  await stubbed.evaluate(() => (cmp(), api.update(encode([1, 5, 6]))));
  assert.equal(await allowed(stubbed), 'personalize', 'by the queue, at once');
  await stubbed.close();
});

test('in a frame the platform of the page around it is asked', async () => {
  const around = await openWith(browser, shop, PAGE);
  shop.front.pages.set('/t/inside.html', pageWith());
  await around.evaluate(async () => {
    cmp();
    window.ids = [];
    addEventListener('message', ({ data, source }) => {
      const call = data?.__tcfapiCall;
      if (!call) return;
      ids.push(call.callId);
      const answer = (returnValue, success) => source.postMessage({ __tcfapiReturn: { returnValue, success, callId: call.callId } }, '*');
      __tcfapi(call.command, call.version, answer, call.parameter);
    });
    const inside = document.createElement('iframe');
    inside.src = '/t/inside.html';
    document.body.append(inside);
    await new Promise((resolve) => (inside.onload = resolve));
  });
  const inside = around.frames().find((frame) => frame.url().endsWith('inside.html'));
  await inside.evaluate(async () => {
    const { tcf } = await import('/pkg/consent/sources/tcf.js');
    window.source = tcf();
    window.stop = source.subscribe(() => undefined);
  });
  await sleep(500);
  assert.equal(await around.evaluate(() => ids.length), 0, 'without its sign there is nobody to ask');
  await around.evaluate(() => {
    const locator = document.createElement('iframe');
    locator.name = '__tcfapiLocator';
    document.body.append(locator);
  });
  const [callId] = await until('asked', () => around.evaluate(() => ids.length > 0 && ids));
  await inside.evaluate(async ([callId, granted]) => {
    // Somebody who is not asked answers.
    postMessage({ __tcfapiReturn: { callId, success: true, returnValue: granted } });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }, [callId, { cmpStatus: 'loaded', eventStatus: 'tcloaded', gdprApplies: true, tcString: 'C', publisher: { consents: { 1: true, 5: true, 6: true } } }]);
  assert.equal(await inside.evaluate(() => source.read()), null);
  await around.evaluate(() => api.update(encode([1, 5, 6])));
  await until('granted', () => inside.evaluate(() => source.read()?.personalize === true && source.read().contribute === false));
  await inside.evaluate(() => stop());
  await around.evaluate(() => api.update(encode([])));
  await sleep(200);
  assert.equal(await inside.evaluate(() => source.read()), null, 'nothing is known after the end');
  assert.deepEqual(around.failures, []);
  await around.close();
});

test('whatever a platform says that is not a clear yes is none, and nothing reaches the page', async () => {
  const lies = {
    never: '() => {}',
    throws: `() => { throw new Error('platform') }`,
    null: '(command, version, answer) => answer(null, true)',
    text: `(command, version, answer) => answer('yes', true)`,
    unsuccessful: `(command, version, answer) => answer(${whole()}, false)`,
    numbers: `(command, version, answer) => answer({ ...${whole()}, publisher: { consents: { 1: 1, 5: 'true', 6: {} } } }, true)`,
    getter: `(command, version, answer) => answer({ ...${whole()}, get publisher() { throw new Error('platform') } }, true)`,
  };
  for (const [name, lie] of Object.entries(lies)) {
    const page = await openWith(browser, shop, pageWith(`<script>window.__tcfapi = ${lie};</script>`));
    await read(page, 'tcf', 'tcf');
    await sleep(300);
    assert.equal(await allowed(page), '', name);
    await assertNothing(page);
    await page.close();
  }
  const honest = await openWith(browser, shop, pageWith(`<script>window.__tcfapi = (command, version, answer) => answer(${whole()}, true);</script>`));
  await read(honest, 'tcf', 'tcf');
  assert.equal(await allowed(honest), 'personalize', 'the same without the lie');
  assert.equal(await status(honest), 'given');
  await honest.close();
});

/** The text of an answer that grants `personalize`. */
function whole() {
  return `{ cmpStatus: 'loaded', eventStatus: 'tcloaded', gdprApplies: true, tcString: 'C', listenerId: 0, publisher: { consents: { 1: true, 5: true, 6: true } } }`;
}
