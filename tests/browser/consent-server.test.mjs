// A notice published on the real server: what a page is asked, what it tells, and the receipt that the server signed.
import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { startFront } from './front.mjs';
import { atEnd, demoData, homebody, launchBrowser, openLab, ROOT, SITE, startServer, stored, until } from './harness.mjs';

const CLEAN = join(ROOT, 'core/protocol/testdata/consent/lint/clean.json');

let shop;
let browser;
let notice;

before(async () => {
  const demo = await demoData();
  await appendFile(demo.config, '[consent]\nregion_header = "x-country"\nwrite_interval_ms = 100\n');
  ({ sha256: notice } = await publish(demo, CLEAN));
  const server = await startServer(demo.data, { config: demo.config });
  const front = await startFront(server.origin, { '/pkg/': join(ROOT, 'js/dist') });
  atEnd(() => Promise.all([front.close(), server.stop()]));
  shop = { ...demo, server, front, origin: front.origin, key: demo.publication.public_key, site: SITE };
  browser = await launchBrowser();
});

async function publish({ data, config }, file) {
  const published = await homebody(data, ['consent', 'publish', file], { config });
  return { sha256: published.sha256 ?? published.notice };
}

/** A page of a visitor whom the edge places in a country. */
async function visitor(country, { gpc = false, script = () => undefined } = {}) {
  const context = await browser.newContext({ extraHTTPHeaders: { ...(country && { 'x-country': country }), ...(gpc && { 'sec-gpc': '1' }) } });
  if (gpc) await context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  await context.addInitScript(script);
  const page = await openLab(context, shop);
  shop.front.clear();
  await page.evaluate(() => start({ consentConfig: 'server' }).then((me) => me.ready));
  return page;
}

/** What was asked for and what it says of the visitor; the notice and the pool are fetched side by side, in any order. */
const asked = () => {
  const personal = (headers) => headers.filter(([name]) => /cookie|etag|authorization/i.test(name));
  return shop.front.seen().map(({ method, url, headers }) => [method, url, personal(headers)]).sort(([, one], [, two]) => (one < two ? -1 : 1));
};
const told = () => shop.front.seen().filter(({ method }) => method === 'POST').map(({ url, body, headers }) => ({ url, body: JSON.parse(body), headers }));

test('the region comes from the edge, the notice from the registry, and both are the same for everybody there', async () => {
  assert.match(notice, /^[0-9a-f]{64}$/);
  const german = await visitor('DE');
  const first = asked();
  assert.equal(await german.evaluate(() => me.consent.state().region), 'DE');
  assert.deepEqual(told(), [], 'nothing is told before a choice');
  await visitor('DE');
  const second = asked();
  assert.deepEqual(second, first);
  const unknown = await visitor(undefined);
  assert.equal(await unknown.evaluate(() => me.consent.state().region), '');
  const kept = await fetch(`${shop.origin}/v1/notices/${notice}`);
  assert.equal(await kept.text(), await readFile(CLEAN, 'utf8'));
});

test('a decision is one word to the server, and the record names nobody', async () => {
  const page = await visitor('DE');
  await page.locator('hb-consent').getByRole('button', { name: 'Sort for me' }).click();
  await until('told', () => told().length > 0);
  const [{ url, body, headers }] = told();
  assert.equal(url, '/v1/decisions');
  assert.deepEqual(Object.keys(body).sort(), ['action', 'language', 'notice']);
  assert.deepEqual([body.notice, body.action], [notice, 'accept']);
  assert.ok(!headers.some(([name]) => /^(cookie|authorization|referer)$/i.test(name)));
  assert.match(Object.fromEntries((await stored(page)).local)['hb.c'], /^2\.[0-9a-f]{8}(\.[pcsmx][0-4][0-9a-f]{6}\d{6}[rslie])+$/);
});

test('a page that teaches objects `toJSON` spoils no count', async () => {
  const page = await visitor('DE', { script: () => void Object.defineProperty(Object.prototype, 'toJSON', { configurable: true, writable: true, value: () => 'patched' }) });
  await page.locator('hb-consent').getByRole('button', { name: 'Sort for me' }).click();
  await until('told', () => told().length > 0);
  assert.deepEqual([told()[0].body.notice, told()[0].body.action], [notice, 'accept']);
});

test('under Global Privacy Control the device tells nothing', async () => {
  const page = await visitor('DE', { gpc: true });
  await page.locator('hb-consent').getByRole('button', { name: 'No, same for all' }).click();
  await page.waitForTimeout(500);
  assert.deepEqual(told(), []);
});

test('the receipt is signed, and the command line says so; a changed one is found', async () => {
  const page = await visitor('DE');
  await page.evaluate(() => me.consent.acceptAll());
  const receipt = JSON.parse(await page.evaluate(async () => (await me.consent.receipt()).text()));
  for (const field of ['schema_version', 'record_id', 'pii_principal_id', 'privacy_notice', 'language', 'purposes', 'pii_controllers']) {
    assert.ok(receipt[field], field);
  }
  assert.equal(receipt.homebody.notice, notice);
  assert.equal(receipt.purposes.find(({ purpose }) => purpose === 'personalize').event.event_state, 'dpv:ConsentGiven');
  const file = join(shop.folder, 'receipt.json');
  await writeFile(file, JSON.stringify(receipt));
  await homebody(shop.data, ['consent', 'verify-receipt', file], { config: shop.config });
  receipt.homebody.choices.personalize = false;
  await writeFile(file, JSON.stringify(receipt));
  await assert.rejects(homebody(shop.data, ['consent', 'verify-receipt', file], { config: shop.config }));
  const kept = (await stored(page)).local.flat().join();
  assert.ok(!kept.includes(receipt.record_id) && !kept.includes(receipt.pii_principal_id), 'the ids live in the file alone');
});
