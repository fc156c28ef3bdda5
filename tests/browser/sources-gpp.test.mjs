// GPP against the reference library of the IAB, and the older USP by its documented function: both can only take away.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launchBrowser, sleep, until } from './harness.mjs';
import { allowed, assertGone, assertGranted, assertNothing, openWith, ours, pageWith, startPlatforms, status } from './platforms.mjs';

let shop;
let browser;

before(async () => {
  shop = await startPlatforms({ iab: `export { CmpApi } from '@iabgpp/cmpapi';` });
  browser = await launchBrowser();
});

const PAGE = pageWith('<script src="/bundles/iab.js"></script>');
/** The platform is there before us. */
const RUNNING = PAGE.replace('</head>', '<script>window.api = new iab.CmpApi(31, 1);</script></head>');

/** A page whose visitor said yes to everything, restricted by what `restriction` (text) gives in the page. */
async function restricted(restriction, html = PAGE) {
  const page = await openWith(browser, shop, html);
  await page.evaluate(async (text) => {
    const [{ custom }, { gpp }, { usp }, { restrict }] = await Promise.all(
      ['custom', 'gpp', 'usp', 'restrict'].map((name) => import(`/pkg/consent/sources/${name}.js`)),
    );
    const visitor = custom((tell) => void (window.tell = tell));
    window.source = restrict(visitor, ...new Function('gpp', 'usp', `return [${text}]`)(gpp, usp));
    await start({ consent: source, purposes: ['personalize', 'contribute'] });
  }, restriction);
  return page;
}

function agree(page) {
  return page.evaluate(() => tell({ personalize: true, contribute: true }));
}

/** In the page: the library runs and says this of the national section. */
function signal(page, fields, { applicable = [7], section = 'usnat' } = {}) {
  return page.evaluate(
    ([fields, applicable, section]) => {
      window.api ??= new iab.CmpApi(31, 1);
      api.setCmpStatus('loaded');
      api.setSignalStatus('not ready');
      for (const [name, value] of Object.entries(fields)) api.setFieldValue(section, name, value);
      api.setApplicableSections(applicable);
      api.fireSectionChange(section);
      api.setSignalStatus('ready');
    },
    [fields, applicable, section],
  );
}

/** Told of everything, opted out of nothing. */
const NOTHING_OUT = {
  SharingNotice: 1, SaleOptOutNotice: 1, SharingOptOutNotice: 1, TargetedAdvertisingOptOutNotice: 1,
  SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 2, Gpc: false,
};

test('what GPP covers waits for its word; an opt-out takes it away and leaves the profile', async () => {
  const page = await restricted('gpp()', RUNNING);
  await assertNothing(page, 'unknown');
  await agree(page);
  assert.equal(await allowed(page), 'personalize', 'no word yet');
  await signal(page, NOTHING_OUT);
  await assertGranted(page);
  await page.evaluate(() => api.setSignalStatus('not ready'));
  assert.equal(await allowed(page), 'personalize', 'not ready again');
  await signal(page, { SaleOptOut: 1 });
  assert.equal(await allowed(page), 'personalize');
  assert.ok((await ours(page)).includes('homebody.shard'), 'the profile stays');
  await page.evaluate(() => tell(null));
  assert.equal(await allowed(page), '', 'it cannot grant');
  await page.evaluate(() => tell({}));
  await assertGone(page);
  await page.close();
});

test('every field that says no is a no', async () => {
  const noes = [
    [{ Gpc: true, GpcSegmentIncluded: true }], [{ SharingOptOut: 1 }], [{ TargetedAdvertisingOptOut: 1 }], [{ SaleOptOutNotice: 2 }],
    [{ SharingOptOutNotice: 0 }], [{ KnownChildSensitiveDataConsents: [0, 1, 0] }], [{ PersonalDataConsents: 2 }],
    [{ SaleOptOut: 1, SaleOptOutNotice: 1 }, { applicable: [8], section: 'usca' }],
  ];
  for (const [fields, where] of noes) {
    const page = await restricted('gpp()', RUNNING);
    await agree(page);
    await signal(page, NOTHING_OUT);
    assert.equal(await allowed(page), 'personalize,contribute', 'opted out of nothing');
    await signal(page, fields, where);
    assert.equal(await allowed(page), 'personalize', JSON.stringify(fields));
    assert.deepEqual(page.failures, []);
    await page.close();
  }
  const elsewhere = await restricted('gpp()', RUNNING);
  await agree(elsewhere);
  await signal(elsewhere, { SaleOptOut: 1 }, { applicable: [-1] });
  assert.equal(await allowed(elsewhere), 'personalize,contribute', 'a law that does not apply');
  await elsewhere.close();
});

/** Sections of states by their numbers; the fields of each as the library knows them, `hasGpc` where it has the segment. */
const STATES = { usca: [8, true], usva: [9, false], usco: [10, true], usut: [11, false], usct: [12, true], usmt: [14, true], usor: [15, true], ustx: [16, true] };

for (const [section, [id, hasGpc]] of Object.entries(STATES)) {
  test(`the section of a state, ${section}: its opt-outs${hasGpc ? ' and its GPC segment' : ''} are a no, and their end is none`, async () => {
    const page = await restricted('gpp()', RUNNING);
    await agree(page);
    const where = { applicable: [id], section };
    const told = section === 'usca' ? { SharingOptOut: 2, SharingOptOutNotice: 1 } : { TargetedAdvertisingOptOut: 2, TargetedAdvertisingOptOutNotice: 1 };
    const nothingOut = { SaleOptOut: 2, SaleOptOutNotice: 1, ...told, ...(hasGpc && { Gpc: false }) };
    const other = Object.keys(told)[0];
    for (const no of [{ SaleOptOut: 1 }, { [other]: 1 }, { SaleOptOutNotice: 2 }, ...(hasGpc ? [{ Gpc: true }] : [])]) {
      await signal(page, nothingOut, where);
      assert.equal(await allowed(page), 'personalize,contribute', 'opted out of nothing');
      await signal(page, no, where);
      assert.equal(await allowed(page), 'personalize', JSON.stringify(no));
    }
    assert.deepEqual(page.failures, []);
    await page.context().close();
  });
}

test('covering `personalize`: silence freezes and keeps, an opt-out deletes', async () => {
  const page = await restricted(`gpp({ covers: ['personalize'] })`, RUNNING);
  await agree(page);
  await assertNothing(page, 'unknown');
  await signal(page, NOTHING_OUT);
  await assertGranted(page);
  await page.evaluate(() => api.setSignalStatus('not ready'));
  await until('frozen', async () => (await status(page)) === 'unknown');
  assert.ok((await ours(page)).includes('homebody.shard'), 'nothing is deleted');
  await signal(page, { SaleOptOut: 1 });
  assert.equal(await page.evaluate(() => me.consent.allowed('personalize')), false);
  await until('deleted', async () => (await ours(page)).length === 0);
  await page.close();
});

test('a liar, a thrower and nobody at all take away, and nothing reaches the page', async () => {
  const ready = `{ signalStatus: 'ready', cmpStatus: 'loaded', applicableSections: [7]`;
  const lies = {
    nobody: 'undefined',
    throws: `() => { throw new Error('platform') }`,
    null: '(command, answer) => answer(null, true)',
    'no data': '(command, answer) => answer({ listenerId: 0 }, true)',
    'no sections': `(command, answer) => answer({ pingData: ${ready} } }, true)`,
    'no fields': `(command, answer) => answer({ pingData: ${ready}, parsedSections: { usnat: {} } } }, true)`,
    'null section': `(command, answer) => answer({ pingData: ${ready}, parsedSections: { usnat: null } } }, true)`,
    text: `(command, answer) => answer({ pingData: ${ready}, parsedSections: { usnat: { SaleOptOut: 'no' } } } }, true)`,
    'applicable text': `(command, answer) => answer({ pingData: { signalStatus: 'ready', applicableSections: '7' } }, true)`,
  };
  for (const [name, lie] of Object.entries(lies)) {
    const page = await restricted('gpp()', pageWith(`<script>window.__gpp = ${lie};</script>`));
    await agree(page);
    await sleep(200);
    assert.equal(await allowed(page), 'personalize', name);
    assert.deepEqual(page.failures, []);
    await page.close();
  }
  const segments = `[{ SaleOptOut: 2, SaleOptOutNotice: 1 }, { Gpc: false }]`;
  const honest = await restricted('gpp()', pageWith(`<script>window.__gpp = (command, answer) => answer({ listenerId: 0, pingData: ${ready}, parsedSections: { usnat: ${segments} } } }, true);</script>`));
  await agree(honest);
  assert.equal(await allowed(honest), 'personalize,contribute', 'segments as the specification writes them');
  await honest.close();
});

test('a platform that comes later is found, and one that was left is not heard', async () => {
  const page = await restricted('gpp()');
  await agree(page);
  await sleep(400);
  await signal(page, NOTHING_OUT);
  await until('found', async () => (await allowed(page)) === 'personalize,contribute');
  const listeners = () => page.evaluate(() => api.cmpApiContext.eventQueue.eventQueue.size);
  assert.equal(await listeners(), 1);
  await page.evaluate(async () => {
    const { gpp } = await import('/pkg/consent/sources/gpp.js');
    window.heard = 0;
    window.other = gpp();
    other.subscribe(() => heard++)();
  });
  await signal(page, { SaleOptOut: 1 });
  assert.equal(await listeners(), 1, 'the second one is gone from the platform');
  assert.ok((await page.evaluate(() => heard)) <= 1, 'heard when it registered at the most');
  assert.equal(await page.evaluate(() => other.denies()), null);
  await page.close();
});

const USP = pageWith(`<script>
  window.usp = '1---';
  window.__uspapi = (command, version, answer) => {
    if (command === 'registerDeletion') window.performDeletion = answer;
    else answer({ version: 1, uspString: window.usp }, true);
  };
</script>`);

test('USP: an opt-out by a click on the platform’s own button, and a wish to be deleted', async () => {
  const page = await restricted('usp({ onDeletion: () => me.erase() })', USP.replace('<main>', `<main><button onclick="usp = '1YYN'">Do not sell</button>`));
  await agree(page);
  await assertGranted(page);
  await page.getByRole('button', { name: 'Do not sell' }).click();
  await until('opted out', async () => (await allowed(page)) === 'personalize');
  await page.evaluate(() => performDeletion());
  await until('erased but for the no', async () => (await ours(page)).join() === 'hb.c');
  assert.deepEqual(page.failures, []);
  await page.close();
});

test('USP: only a string that says so is no opt-out', async () => {
  for (const [said, expected] of [[`'1YNN'`, 'personalize,contribute'], [`'1NYN'`, 'personalize'], [`'2YNN'`, 'personalize'], ['null', 'personalize'], ['{}', 'personalize'], [`''`, 'personalize']]) {
    const page = await restricted('usp()', USP.replace(`'1---'`, said));
    await agree(page);
    assert.equal(await allowed(page), expected, said);
    await page.close();
  }
});
