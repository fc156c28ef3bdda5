// `data-consent` names a consent platform: its reader, and nothing else, is fetched; where there is none nothing is allowed.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launchBrowser, openPage, sleep, until } from './harness.mjs';
import { ours, pageWith, startPlatforms } from './platforms.mjs';

let shop;
let browser;

before(async () => {
  shop = await startPlatforms();
  browser = await launchBrowser();
});

/** Opens a page with the script tag; `files` is what it fetched of the package. */
async function openTag(consent, head = '') {
  const path = `/t/tag-${Math.random().toString(36).slice(2)}.html`;
  const tag = `<script src="/pkg/homebody.js" data-server="${shop.origin}" data-key="${shop.key}" data-site="${shop.site}" data-consent="${consent}"></script>`;
  shop.front.pages.set(path, pageWith(head + tag));
  const page = await openPage(await browser.newContext());
  page.files = [];
  page.on('request', (request) => {
    const [, file] = /\/pkg\/(.*)$/.exec(request.url()) ?? [];
    // What every page has, and what beside a platform takes over its answers.
    const isCore = ['homebody.js', 'homebody.consent.js', 'homebody.mirror.js'].includes(file);
    if (file && !isCore) page.files.push(file);
  });
  page.warnings = [];
  page.on('console', (message) => page.warnings.push(message.text()));
  await page.goto(shop.origin + path);
  await page.evaluate(async () => (window.me = await homebody.me));
  return page;
}

test('the named reader is fetched, and after its yes the ranking part', async () => {
  const page = await openTag('tcf', '<script>window.__tcfapi = (command, version, answer) => { window.answer = answer; };</script>');
  await sleep(300);
  assert.deepEqual(page.files, ['sources/tcf.js']);
  assert.equal(await page.evaluate(() => me.record({ kind: 'click', item: 'early' })), false);
  assert.deepEqual(await ours(page), []);
  await page.evaluate(() => answer({ cmpStatus: 'loaded', eventStatus: 'useractioncomplete', gdprApplies: true, tcString: 'C', listenerId: 0, publisher: { consents: { 1: true, 5: true, 6: true } } }, true));
  assert.equal(await page.evaluate(() => me.record({ kind: 'click', item: 'seen' })), true);
  await until('kept', async () => (await ours(page)).includes('homebody.shard'));
  assert.ok(page.files.includes('homebody.rank.js') && !page.files.includes('homebody.banner.js'), String(page.files));
  assert.deepEqual(page.failures, []);
  await page.close();
});

test('what the reader looks for is what the configuration maps', async () => {
  const stub = '<script>window.__tcfapi = (command, version, answer) => { window.answer = answer; };</script>';
  const controller = { name: 'Shop', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' };
  const purposes = { personalize: { retentionDays: 90, map: { tcf: { all: [1, 7] } } }, contribute: { retentionDays: 0 } };
  const config = { version: 1, id: 'mapped', controller, rights: [], purposes, source: { kind: 'tcf' } };
  const address = '/t/mapped.json';
  shop.front.pages.set(address, JSON.stringify(config));
  const page = await openTag(`tcf" data-config="${address}`, stub);
  const say = (...ids) => page.evaluate((yes) => answer({ cmpStatus: 'loaded', eventStatus: 'useractioncomplete', gdprApplies: true, tcString: 'C', listenerId: 0, publisher: { consents: Object.fromEntries(yes.map((id) => [id, true])) } }, true), ids);
  const allowed = () => page.evaluate(() => ['personalize', 'contribute'].map((id) => me.consent.allowed(id)));
  await until('the reader listens', () => page.evaluate(() => typeof answer === 'function'));
  await say(1, 5, 6, 8, 10);
  assert.deepEqual(await allowed(), [false, false], 'the defaults of the reader are not asked for');
  await say(1, 7);
  assert.deepEqual(await allowed(), [true, false]);
  assert.deepEqual([page.warnings, page.failures], [[], []]);
  await page.close();
});

test('every reader that can say yes goes by its name', async () => {
  for (const name of ['c15t', 'cookiebot', 'gcm', 'klaro', 'onetrust', 'orejime', 'tarteaucitron', 'tcf', 'vanilla-cookieconsent']) {
    const page = await openTag(name);
    assert.deepEqual([page.files, page.warnings, page.failures], [[`sources/${name}.js`], [], []], name);
    assert.equal(await page.evaluate(() => me.consent.state().purposes.personalize.status), 'unknown');
    await page.close();
  }
});

test('a name that is none, or of what only denies, is told and allows nothing; the page works', async () => {
  for (const name of ['tfc', 'gpp', 'custom', '../index']) {
    const page = await openTag(name);
    const said = page.warnings.find((text) => text.startsWith('homebody: options:'));
    assert.ok(said?.includes(`\`${name}\``) && /data-consent/.test(said), String(page.warnings));
    assert.equal(await page.evaluate(() => me.consent.allowed('personalize')), false);
    assert.ok((await page.evaluate(() => me.rank())).length > 0, 'a list all the same');
    await sleep(1200);
    assert.equal(await page.locator('hb-consent').count(), 0, 'no second banner beside a platform’s');
    assert.deepEqual(page.failures, []);
    await page.close();
  }
});

test('in a frame the reader fetches the way to the page around it', async () => {
  const page = await openTag('tcf');
  const inner = new URL(page.url()).pathname;
  shop.front.pages.set('/t/around.html', pageWith().replace('<main></main>', `<iframe src="${inner}"></iframe>`));
  await page.goto(`${shop.origin}/t/around.html`);
  await until('fetched', () => page.files.includes('sources/frame.js'));
  assert.deepEqual(page.failures, []);
  await page.close();
});
