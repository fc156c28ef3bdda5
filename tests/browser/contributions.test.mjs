// Contributions in a real browser, to the real server: built and debited before they leave, seen before they leave, sent once.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, beforeEach, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { codes, homebody, launchBrowser, ROOT, stored, until } from './harness.mjs';
import {
  ask, assertBare, begin, contributed, idle, listed, LONGEST_DELAY_S, lost, offered, posts, putForward, startCollector, task, untilListed,
  visit,
} from './contribution-stage.mjs';

const YES = { personalize: true, contribute: true };

let shop;
let browser;
let context;
let id;

before(async () => {
  [shop, browser] = [await startCollector(), await launchBrowser()];
  id = await ask(shop, task('choices'));
});

beforeEach(async () => {
  shop.front.fault = undefined;
  context = await browser.newContext();
  await context.addCookies([{ name: 'session', value: 'somebody', url: shop.origin }]);
  shop.front.clear();
});

const counted = async () => {
  const { batches } = await homebody(shop.data, ['batches', 'list'], { config: shop.config });
  return batches.reduce((sum, { reports }) => sum + reports, 0);
};

test('without consent to contribute nobody is asked and nothing is fetched', async () => {
  const page = await visit(context, shop, { choice: { personalize: true } });
  await page.evaluate(() => me.record({ kind: 'view', item: 'x' }));
  await idle();
  assert.deepEqual(contributed(shop), []);
  assert.deepEqual(shop.front.requests.filter(({ url }) => /^\/pkg\/(contribute\/|wasm\/(contribute|split))/.test(url)), []);
  await page.evaluate(() => me.consent.set({ contribute: true }));
  await until('tasks are asked for', () => contributed(shop).length > 0);
  await context.close();
});

test('a report is debited and shown, waits, survives a reload, and is counted once', async () => {
  const before = await counted();
  const page = await visit(context, shop, { choice: YES });
  const [report] = await untilListed(page, 1);
  assert.deepEqual([report.task, report.name, report.mode, report.state, report.to], [id, 'choices', 'trusted', 'waiting', shop.origin]);
  assert.equal(report.vector.reduce((sum, value) => sum + value, 0), 1);
  assert.equal(report.vector[3], 1, 'personalize and contribute');
  assert.equal(report.rho, 0.01);
  assert.ok(report.epsilon > 0.7 && report.epsilon < 0.8, `${report.epsilon}`);
  assert.deepEqual(posts(shop), [], 'it is seen before it leaves');
  const { sums, tasks } = await page.evaluate(() => me.contributions.budget());
  assert.deepEqual([sums.month, sums.monthCap, sums.yearCap], [0.01, 0.07, 0.86]);
  assert.deepEqual(tasks, [{ task: id, name: 'choices', reports: 1, rho: 0.01, epsilon: 0 }]);

  // The server takes it, but its answer is lost, and the page is loaded anew.
  shop.front.fault = async ({ url }, answer) => (url.startsWith('/v1/reports') ? (await answer(), { drop: true }) : undefined);
  await putForward(page, shop, LONGEST_DELAY_S);
  await begin(page);
  await until('it was posted', () => posts(shop).length > 0);
  await idle();
  shop.front.fault = undefined;
  await putForward(page, shop, 3_600);
  await begin(page);
  const sent = await until('it is sent', async () => (await listed(page)).find(({ state }) => state === 'sent'));
  assert.equal(sent.bytes, undefined);
  // The browser itself posts again where a connection broke.
  const all = posts(shop);
  assert.ok(all.length >= 2, `${all.length} posts`);
  for (const { body } of all) assert.deepEqual([...Buffer.from(body, 'latin1')], report.bytes, 'what was shown is what was sent');
  contributed(shop).forEach(assertBare);
  assert.equal(await counted(), before + 1);
  await putForward(page, shop, 3_600);
  await begin(page);
  await idle();
  assert.equal((await listed(page)).length, 1, 'one report a window');
  assert.equal(posts(shop).length, all.length);
  assert.deepEqual(page.failures, []);
  await context.close();
});

test('a task that costs more than the notice promised is not answered, and no failure', async () => {
  const controller = { name: 'Shop', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' };
  const options = (epsilon) => {
    const purposes = { personalize: { retentionDays: 90 }, contribute: { retentionDays: 0, epsilon } };
    return { consentConfig: { version: 1, id: 'promise', controller, rights: [], purposes } };
  };
  // ρ = .01 is ε = .75 at δ = 10⁻⁶.
  const wary = await visit(context, shop, { choice: YES, options: options(0.7) });
  await until('tasks are asked for', () => contributed(shop).length > 0);
  await idle();
  assert.deepEqual([await listed(wary), await codes(wary)], [[], []]);
  await context.close();
  context = await browser.newContext();
  const ready = await visit(context, shop, { choice: YES, options: options(0.8) });
  const [report] = await untilListed(ready, 1);
  assert.ok(report.epsilon > 0.7 && report.epsilon <= 0.8, `${report.epsilon}`);
  await context.close();
});

test('of two tabs one answers', async () => {
  const a = await visit(context, shop, { choice: YES });
  const b = await visit(context, shop);
  await untilListed(a, 1);
  await Promise.all([putForward(a, shop, LONGEST_DELAY_S), putForward(b, shop, LONGEST_DELAY_S)]);
  await Promise.all([begin(a), begin(b)]);
  await until('it is sent', async () => (await listed(a))[0].state === 'sent');
  await idle();
  assert.equal(posts(shop).length, 1);
  assert.equal((await b.evaluate(() => me.contributions.budget())).tasks[0].reports, 1);
  await context.close();
});

test('a task signed by another key is not answered, and that is reported', async () => {
  const [signed] = await offered(shop);
  const other = signed.payload.replace('choices', 'chances');
  shop.front.fault = ({ url }) =>
    url === '/v1/tasks' ? { body: JSON.stringify({ tasks: [{ ...signed, payload: other }] }), headers: { 'content-type': 'application/json' } } : undefined;
  const page = await visit(context, shop, { choice: YES });
  await until('it is reported', async () => (await codes(page)).includes('task_signature'));
  await idle();
  assert.deepEqual(await listed(page), []);
  assert.deepEqual(posts(shop), []);
  await context.close();
});

test('erased is erased: outbox, ledger and witness are gone and nothing is sent afterwards', async () => {
  const page = await visit(context, shop, { choice: YES });
  await untilListed(page, 1);
  assert.ok((await stored(page)).local.some(([name]) => name === 'homebody.debits'));
  await page.evaluate(() => me.erase());
  const { local, databases, files } = await stored(page);
  assert.deepEqual([local.map(([name]) => name), databases, files], [['hb.c'], [], []]);
  await putForward(page, shop, LONGEST_DELAY_S);
  await begin(page);
  await idle();
  assert.deepEqual(posts(shop), []);
  await page.evaluate((choice) => me.consent.set(choice), YES);
  await untilListed(page, 1);
  assert.equal((await page.evaluate(() => me.contributions.budget())).tasks[0].reports, 1, 'a new ledger');
  await context.close();
});

test('taking back a purpose takes back what waits for it; a pause only holds it', async () => {
  const page = await visit(context, shop, { choice: YES });
  await untilListed(page, 1);
  await page.evaluate(() => me.consent.pause());
  await putForward(page, shop, LONGEST_DELAY_S);
  await begin(page);
  await idle();
  assert.deepEqual(posts(shop), []);
  await page.evaluate(() => me.consent.withdraw('contribute'));
  await page.evaluate(() => me.consent.resume());
  await until('nothing waits', async () => (await listed(page)).length === 0);
  await idle();
  assert.deepEqual(posts(shop), []);
  const { sums } = await page.evaluate(() => me.contributions.budget());
  assert.equal(sums.month, 0.01, 'what was spent is not forgotten');
  await context.close();
});

test('Global Privacy Control: what the signal forbids is not contributed', async () => {
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }));
  await visit(context, shop, { choice: { personalize: true, contribute: true, measure: true } });
  await idle();
  assert.deepEqual(contributed(shop), []);
  await context.close();
});

test('a ledger that was put back stops everything', async () => {
  const page = await visit(context, shop, { choice: YES });
  await untilListed(page, 1);
  await page.evaluate(() => localStorage.setItem('homebody.debits', '7'));
  await putForward(page, shop, 2 * 3_600);
  await begin(page);
  await until('it is reported', async () => (await codes(page)).includes('ledger_rolled_back'));
  assert.equal((await listed(page)).length, 1);
  await context.close();
});

test('past the budget of a month nothing is built', async () => {
  // 70 thousandths a month: three of 20 leave no room for a fourth.
  for (const name of ['dear-1', 'dear-2', 'dear-3', 'dear-4']) await ask(shop, task(name, { purpose: 'measure', micro_rho: 20_000 }));
  const page = await visit(context, shop, { choice: { personalize: true, measure: true } });
  await untilListed(page, 3);
  await idle();
  const { sums, tasks } = await page.evaluate(() => me.contributions.budget());
  assert.deepEqual([sums.month, tasks.length], [0.06, 3]);
  await context.close();
});

test('lists are audited by the module that ranks, which nobody else loads', async () => {
  const page = await visit(context, shop, { choice: YES });
  await untilListed(page, 1);
  const loaded = () => shop.front.requests.some(({ url }) => url.endsWith('/wasm/judge.wasm'));
  assert.equal(loaded(), false);
  const varied = await ask(shop, task('varied', { measurement: { diversity: { bins: 2 } }, length: 5, purpose: 'contribute' }));
  const other = await browser.newContext();
  const reports = await untilListed(await visit(other, shop, { choice: YES }), 2);
  const report = reports.find(({ task }) => task === varied);
  assert.deepEqual(report.vector, [0, 0, 0, 0, 1], 'too little was shown: the last cell');
  assert.equal(loaded(), true);
  await Promise.all([context.close(), other.close()]);
});

test('the panel shows what is given before it leaves', async () => {
  const page = await visit(context, shop, { choice: YES });
  await until('reports wait', async () => (await listed(page)).length > 0);
  await page.evaluate(() => me.consent.open('panel'));
  const section = page.locator('hb-privacy-panel section[aria-labelledby=given-title]');
  await section.waitFor();
  assert.match(await section.textContent(), /What you contribute.*budget of 30 days.*Which choices are made\..*this site sees all of it.*ε 0\.7.*leaves/s);
  await section.locator('summary').first().click();
  assert.match(await section.locator('code').first().textContent(), /^[01]( [01])+$/);
  await page.evaluate(() => me.consent.withdraw('contribute'));
  await section.waitFor({ state: 'detached' });
  assert.deepEqual(page.failures, []);
  await context.close();
});

test('the ledger and every report are in the export, documented, and stay as they are when it is imported', async () => {
  shop.front.fault = lost;
  const page = await visit(context, shop, { choice: { personalize: true } });
  assert.equal('contributions' in (await page.evaluate(() => me.exportData())), false, 'nothing was contributed');
  assert.ok(!shop.front.requests.some(({ url }) => /contribute/.test(url)), 'nor is anything of it loaded');
  await page.evaluate((choice) => me.consent.set(choice), YES);
  await until('reports wait', async () => (await listed(page)).length > 0);
  // Whatever else is asked is answered, too: the list has come to rest.
  let before = 0;
  await until('at rest', async () => {
    await idle();
    const now = (await listed(page)).length;
    return before === now || void (before = now);
  }, 30_000);
  const exported = await page.evaluate(() => me.exportData());
  const schema = JSON.parse(await readFile(join(ROOT, 'docs/profile-export.schema.json'), 'utf8'));
  const accepts = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);
  assert.ok(accepts(JSON.parse(JSON.stringify(exported))), JSON.stringify(accepts.errors));
  const { budget, reports } = exported.contributions;
  assert.deepEqual(budget, await page.evaluate(() => me.contributions.budget()));
  assert.ok(budget.sums.month >= 0.01 && budget.tasks.some(({ task }) => task === id), JSON.stringify(budget));
  const shown = (await listed(page)).find(({ task }) => task === id);
  const report = reports.find(({ task }) => task === id);
  assert.deepEqual([report.vector, report.microRho / 1e6, [...Buffer.from(report.body, 'base64')]], [shown.vector, shown.rho, shown.bytes]);
  await page.evaluate((data) => me.importData(data), exported);
  assert.deepEqual(await page.evaluate(() => me.contributions.budget()), budget, 'an import gives no budget back');
  // A ledger that cannot be relied on keeps nothing else back.
  await page.evaluate(() => localStorage.setItem('homebody.debits', '7'));
  assert.equal((await page.evaluate(() => me.exportData())).schema_version, exported.schema_version);
  assert.deepEqual(page.failures, []);
  await context.close();
});

test('a report that is early by the server’s clock is kept and comes again', async () => {
  // Thirty hours ahead the second window has begun here, and not there.
  const page = await visit(context, shop, { choice: YES, aheadS: 30 * 3_600 });
  await until('reports wait', async () => (await listed(page)).length > 0);
  const before = await counted();
  const report = (await listed(page)).find(({ task }) => task === id);
  const answers = [];
  shop.front.fault = async ({ url }, answer) => {
    if (!url.endsWith(`/v1/reports/${id}`)) return undefined;
    const { status, body } = await answer();
    answers.push([status, JSON.parse(body).code]);
    return undefined;
  };
  await putForward(page, shop, LONGEST_DELAY_S);
  await begin(page);
  await until('the server finds it early', () => answers.length > 0);
  await idle();
  assert.deepEqual(answers[0], [422, 'report_early']);
  const kept = (await listed(page)).find(({ task }) => task === id);
  assert.deepEqual([kept.state, kept.bytes], ['waiting', report.bytes]);
  await putForward(page, shop, 3_600);
  await begin(page);
  await until('it comes again', () => answers.length > 1);
  assert.equal(await counted(), before);
  // Its time has come.
  shop.front.fault = ({ url }) => (url.endsWith(`/v1/reports/${id}`) ? { status: 204 } : undefined);
  await putForward(page, shop, 3_600);
  await begin(page);
  await until('it is sent', async () => (await listed(page)).find(({ task }) => task === id).state === 'sent');
  await context.close();
});
