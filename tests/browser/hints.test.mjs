// Hints of the site's own records: signed, under consent, seen and deleted by the visitor.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { catalogued, codes, launchBrowser, openLab, startShop, until } from './harness.mjs';

let shop;
let browser;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const KEY = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
const SITE = 'shop.example';
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

/** What the documentation tells a site to do. */
function signed(facts, fields = {}) {
  const payload = JSON.stringify({ for: SITE, expires: inAnHour(), facts, ...fields });
  return JSON.stringify({ payload, key_id: '0000000000000000', signature: sign(null, Buffer.from(payload), privateKey).toString('base64') });
}

async function open(consent = true) {
  const page = await openLab(await browser.newContext(), shop);
  await page.evaluate(async (consent) => {
    await start();
    if (consent) await me.consent.set({ personalize: true });
    window.applyHints = (await import('/pkg/crm/records/hints.js')).applyHints;
  }, consent);
  return page;
}

const apply = (page, envelope, trust = { key: KEY, site: SITE }) => page.evaluate(([envelope, trust]) => applyHints(me, envelope, trust), [envelope, trust]);
const hints = (page) => page.evaluate(async () => (await me.profile()).hints.map(({ text, value }) => [text, value]));

test('merged by name, exported, imported, and nothing before consent', async () => {
  const page = await open(false);
  const facts = [{ name: 'tier', value: 'silver' }, { category: 'Crime', weight: 0.5 }];
  assert.equal(await apply(page, signed(facts)), 0);
  await page.evaluate(() => me.consent.set({ personalize: true }));
  assert.deepEqual(await hints(page), []);
  assert.equal(await apply(page, signed(facts)), 2);
  assert.equal(await apply(page, JSON.parse(signed([{ name: 'tier', value: 'gold' }]))), 1, 'parsed will do');
  assert.deepEqual(await hints(page), [['tier=gold', 0], ['category:Crime', 0.5]]);
  const profile = await page.evaluate(() => me.profile());
  assert.deepEqual([profile.interactions, profile.sessions, profile.items], [0, 0, []]);
  assert.ok(Math.abs(profile.hints[0].at_ms - Date.now() - 3_600_000) < 60_000);
  const again = await page.evaluate(async () => {
    const data = await me.exportData();
    await me.erase();
    await me.consent.set({ personalize: true });
    const none = (await me.profile()).hints.length;
    await me.importData(data);
    return [data.hints.length, none, (await me.profile()).hints.length];
  });
  assert.deepEqual(again, [2, 0, 2]);
  assert.equal(await apply(page, signed([{ name: 'tier', value: null }, { category: 'Crime', weight: null }])), 2);
  assert.deepEqual([await hints(page), await codes(page), page.failures], [[], [], []]);
  await page.close();
});

test('seen in the panel, deleted there, and not taken again', async () => {
  const page = await open();
  await apply(page, signed([{ name: 'tier', value: 'gold' }, { name: 'plan', value: 'year' }]));
  await catalogued(page);
  await page.evaluate(() => me.consent.open('panel'));
  const rows = page.locator('hb-privacy-panel').locator('[part=hint]');
  await rows.first().waitFor();
  assert.deepEqual(await rows.locator('.what').evaluateAll((all) => all.map((row) => row.firstChild.textContent)), ['plan=year', 'tier=gold']);
  await rows.nth(1).getByRole('button', { name: 'Forget: tier=gold' }).click();
  await until('deleted', async () => (await rows.count()) === 1);
  await apply(page, signed([{ name: 'tier', value: 'platinum' }]));
  assert.deepEqual(await hints(page), [['plan=year', 0]]);
  await page.reload();
  assert.deepEqual(page.failures, []);
  await page.close();
});

test('a newcomer’s list follows a hinted taste', async () => {
  const page = await open();
  const films = (await readFile(shop.catalogue, 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
  const category = new Map(films.map((film) => [film.id, film.category]));
  const share = async () => (await page.evaluate(() => ids(undefined, { limit: 20 }))).filter((id) => category.get(id) === 'Horror').length;
  const neutral = await share();
  await apply(page, signed([{ name: 'tier', value: 'gold' }]));
  assert.equal(await share(), neutral, 'a fact is no taste');
  await apply(page, signed([{ category: 'Horror' }]));
  assert.ok((await share()) > neutral + 3, `${neutral} before`);
  await page.evaluate(() => me.forget('category:Horror'));
  assert.equal(await share(), neutral);
  assert.deepEqual(page.failures, []);
  await page.close();
});

test('what is wrong is told, nothing is taken, nothing rejects', async () => {
  const page = await open();
  const facts = [{ name: 'tier', value: 'gold' }];
  const envelope = signed(facts);
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  const wrong = [
    [envelope, { key: other, site: SITE }, 'hints_signature'],
    [envelope, { key: 'short', site: SITE }, 'hints_signature'],
    [envelope.replace('gold', 'lead'), { key: KEY, site: SITE }, 'hints_signature'],
    [envelope.replace(/"signature":"..../, '"signature":"!!!!'), { key: KEY, site: SITE }, 'hints_signature'],
    [envelope, { key: KEY, site: 'other.example' }, 'hints_site'],
    [signed(facts, { expires: inAnHour() - 7200 }), { key: KEY, site: SITE }, 'hints_expired'],
    [signed([{ name: 'a'.repeat(80), value: 1 }]), { key: KEY, site: SITE }, 'hints_malformed'],
    ['<html>', { key: KEY, site: SITE }, 'hints_malformed'],
    [null, { key: KEY, site: SITE }, 'hints_malformed'],
    [{}, { key: KEY, site: SITE }, 'hints_malformed'],
  ];
  for (const [index, [given, trust]] of wrong.entries()) {
    assert.equal(await apply(page, given, trust), 0);
    // Each fetches its sentence, so of two at once either may be told first.
    await until('told', async () => (await codes(page)).length > index);
  }
  assert.deepEqual(await codes(page), wrong.map(([, , code]) => code));
  assert.ok(await page.evaluate(() => errors.every(({ hint }) => hint.length > 10)));
  assert.deepEqual([await hints(page), page.failures], [[], []]);
  await page.close();
});
