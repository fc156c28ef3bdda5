// Consent where things go wrong: whatever it is, nothing is allowed that nobody allowed, and the page works on.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { codes, launchBrowser, NOTHING, openLab, openPage, startShop, stored, until } from './harness.mjs';

const CONFIG = {
  version: 1,
  id: 'faults',
  controller: { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' },
  rights: ['access'],
  purposes: { personalize: { data: ['views'], retentionDays: 90 } },
};

let shop;
let browser;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

const lists = (page) => page.evaluate(async () => (await ids()).length);

for (const [what, consentConfig] of [
  ['a wrong value', { ...CONFIG, ask: { position: 'middle' } }],
  ['an unknown field', { ...CONFIG, purposes: { personalize: { dta: [] } } }],
  ['an address without an answer', '/nowhere.json'],
  ['a server that has published none', 'server'],
  ['a platform without its reader', { ...CONFIG, source: { kind: 'tcf' } }],
]) {
  test(`${what}: an error that names it, nothing asked, nothing allowed, the list there`, async () => {
    const page = await openLab(await browser.newContext(), shop);
    await page.evaluate((given) => start({ consentConfig: given }).then((me) => me.ready), consentConfig);
    await until('told', () => page.evaluate(() => errors.length > 0));
    const said = await page.evaluate(() => errors.map(({ code, message }) => `${code} ${message}`));
    assert.match(said[0], /^(consent_config .*`(ask\.position|purposes\.personalize\.dta)`|server_status |consent_unpublished|consent_config.*`source\.kind`)/, said.join());
    assert.equal(await page.evaluate(() => me.consent.allowed('personalize')), false);
    await page.evaluate(() => me.consent.acceptAll());
    assert.equal(await page.evaluate(() => me.consent.allowed('personalize')), false);
    assert.equal(await page.locator('hb-consent').count(), 0);
    assert.ok((await lists(page)) > 5);
    assert.deepEqual(await stored(page), NOTHING);
  });
}

test('a configuration that is lost freezes what is kept and erases nothing', async () => {
  const context = await browser.newContext();
  const page = await openLab(context, shop);
  await page.evaluate((given) => start({ consentConfig: given }).then((me) => me.ready), CONFIG);
  await page.evaluate(() => me.consent.acceptAll());
  await until('kept', async () => (await stored(page)).databases.length === 1);
  const record = (await stored(page)).local;
  const next = await openLab(context, shop);
  await next.evaluate(() => start({ consentConfig: '/nowhere.json' }).then((me) => me.ready));
  assert.equal(await next.evaluate(() => me.consent.allowed('personalize')), false);
  const { local, databases } = await stored(next);
  assert.deepEqual([local, databases], [record, ['homebody']]);
});

test('a hostile page: no crypto, a full storage', async () => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    Object.defineProperty(window, 'crypto', { value: undefined });
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  const page = await openLab(context, shop);
  await page.evaluate((given) => start({ consentConfig: given }).then((me) => me.ready), CONFIG);
  await page.locator('hb-consent section').waitFor();
  assert.equal(await page.evaluate(() => me.consent.allowed('personalize')), false);
  await page.locator('hb-consent').getByRole('button', { name: 'No, same for all' }).click();
  assert.equal(await page.evaluate(() => me.consent.state().purposes.personalize.status), 'refused');
  assert.ok((await codes(page)).every((code) => code === 'crypto_unavailable'), (await codes(page)).join());
  assert.deepEqual(page.failures, []);
});

/** What is in the stores of the visitor's database, none where there is no database. */
const contents = (page) =>
  page.evaluate(async () => {
    const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    if ((await indexedDB.databases()).length === 0) return [];
    const database = await done(indexedDB.open('homebody'));
    const names = [...database.objectStoreNames];
    const counts = await Promise.all(names.map((name) => done(database.transaction(name).objectStore(name).count())));
    database.close();
    return names.filter((_, at) => counts[at] > 0);
  });

test('a yes without crypto: the yes is kept and nothing else, both are told, and the page goes on in everybody’s order', async () => {
  const context = await browser.newContext();
  await context.addInitScript(() => Object.defineProperty(window, 'crypto', { value: undefined }));
  const page = await openLab(context, shop);
  await page.evaluate((given) => start({ consentConfig: given }).then((me) => me.ready), CONFIG);
  await page.locator('hb-consent').getByRole('button', { name: 'Sort for me' }).click();
  await until('yes', () => page.evaluate(() => me.consent.allowed('personalize')));
  await page.evaluate(() => me.record({ kind: 'click', item: 'b' }));
  assert.deepEqual(await page.evaluate(() => ids([{ id: 'a' }, { id: 'b' }, { id: 'c' }])), ['a', 'b', 'c']);
  await until('told', async () => (await codes(page)).includes('storage_unavailable'));
  const { local, databases, ...rest } = await stored(page);
  assert.match(JSON.stringify(local), /^\[\["hb\.c","2\.[0-9a-f]{8}\.p1[0-9a-f]{6}\d{6}r"\]\]$/);
  assert.deepEqual({ ...rest, local: [], databases: [] }, NOTHING);
  assert.deepEqual(await contents(page), []);
  assert.deepEqual([...new Set(await codes(page))].sort(), ['crypto_unavailable', 'storage_unavailable']);
  await page.evaluate(() => me.consent.withdraw());
  await until('deleted', async () => (await stored(page)).databases.length === 0);
  assert.deepEqual(page.failures, []);
});

test('the script tag takes a configuration and a region', async () => {
  shop.front.pages.set('/t/notice.json', { html: JSON.stringify(CONFIG), headers: { 'content-type': 'application/json' } });
  const script = `<script src="/pkg/homebody.js" data-server="${shop.origin}" data-key="${shop.key}" data-site="${shop.site}" data-config="/t/notice.json" data-region="US-CA"></script>`;
  shop.front.pages.set('/t/tag-config.html', { html: `<!doctype html><html lang="en"><head><title>Tag</title><link rel="icon" href="data:,"></head><body>${script}</body></html>` });
  const page = await openPage(await browser.newContext());
  await page.goto(`${shop.origin}/t/tag-config.html`);
  await page.locator('hb-consent').getByRole('heading', { name: 'This is switched on here' }).waitFor();
  const state = await page.evaluate(async () => (await homebody.me).consent.state());
  assert.deepEqual([state.region, state.purposes.personalize.status, state.purposes.personalize.mode], ['US-CA', 'noticed', 'notice']);
});
