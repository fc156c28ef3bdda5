// The receipt on a later page and in another tab: for every purpose what was answered, to which notice, on which day, and by
// what; and that a record which says so is still the same for all who chose alike.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launchBrowser, openLab, startShop, until } from './harness.mjs';

const CONFIG = {
  version: 1,
  id: 'receipt',
  controller: { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' },
  rights: ['access'],
  languages: { default: 'en', available: ['en'] },
  purposes: { personalize: { data: ['views'], retentionDays: 90 }, contribute: { retentionDays: 0 } },
};

let shop;
let browser;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

async function open(context) {
  const page = await openLab(context, shop);
  await page.evaluate((config) => start({ consentConfig: config }).then((me) => me.ready), CONFIG);
  return page;
}

/** The events of a receipt, by purpose. */
const events = (page) => page.evaluate(async () => {
  const { purposes, notice_revision: revision } = JSON.parse(await (await me.consent.receipt()).text());
  return { revision, ...Object.fromEntries(purposes.map(({ purpose, event }) => [purpose, event])) };
});
const record = (page) => page.evaluate(() => localStorage.getItem('hb.c'));
const TODAY = new Date().toISOString().slice(0, 10);

/** Somebody for whom it is noon all day. */
async function somebody() {
  const context = await browser.newContext();
  await context.clock.setFixedTime(`${TODAY}T12:00:00Z`);
  return context;
}

test('after a reload it says when, to which notice and by what each purpose was answered', async () => {
  const records = [];
  for (let visitor = 0; visitor < 2; visitor++) {
    const context = await somebody();
    const page = await open(context);
    await page.locator('hb-consent').getByRole('button', { name: 'Sort for me' }).click();
    await until('kept', () => record(page));
    records.push(await record(page));
    const next = await open(context);
    const { revision, personalize, contribute } = await events(next);
    for (const event of [personalize, contribute]) {
      assert.deepEqual([event.event_time, event.entity_id, event.event_state], [TODAY, 'banner', 'dpv:ConsentGiven']);
      assert.match(event.notice_version, /^[0-9a-f]{6}$/);
    }
    assert.notEqual(personalize.notice_version, contribute.notice_version);
    assert.match(revision, /^[0-9a-f]{8}$/);
    // One is taken back in the panel: each has its own giver, on the page after it, too, and in a tab that only heard of it.
    await next.evaluate(() => me.consent.set({ contribute: false }, 'panel'));
    await until('heard', () => page.evaluate(() => !me.consent.allowed('contribute')));
    for (const each of [page, await open(context)]) {
      const later = await events(each);
      assert.deepEqual([later.personalize.entity_id, later.contribute.entity_id, later.contribute.event_type], ['banner', 'panel', 'dpv:ConsentRefused']);
    }
    await context.close();
  }
  assert.equal(records[0], records[1], 'the same for all who chose alike');
});

test('a record of before is still an answer; who gave it is not known', async () => {
  const context = await somebody();
  const page = await open(context);
  await page.evaluate(() => me.consent.acceptAll('preferences'));
  assert.equal((await events(await open(context))).personalize.entity_id, 'preferences');
  await page.evaluate(() => localStorage.setItem('hb.c', localStorage.getItem('hb.c').replace(/(\d{6})[a-z]/g, '$1')));
  const old = await open(context);
  const { personalize } = await events(old);
  assert.deepEqual([personalize.entity_id, personalize.event_time, personalize.event_state], ['record', TODAY, 'dpv:ConsentGiven']);
});
