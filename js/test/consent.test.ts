import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asking, DAY_MS, kept, START, status, Visitor } from './visitor.js';

test('nothing is allowed, stored or announced before a choice', () => {
  const visitor = new Visitor();
  const consent = visitor.page();
  consent.shown();
  assert.equal(status(consent), 'requested');
  assert.equal(consent.allowed('personalize'), false);
  assert.equal(consent.bits(), 0);
  assert.deepEqual([visitor.kept, visitor.announced], [null, 0]);
});

test('a yes is kept for the next page, with its dates', async () => {
  const visitor = new Visitor();
  await visitor.page().acceptAll('banner');
  assert.equal(visitor.kept, kept('1', 'r'));
  const { personalize, contribute } = visitor.page().state().purposes;
  assert.deepEqual(personalize, { status: 'given', effective: true, mode: 'ask', via: 'record', since: '2026-11-23', expires: '2027-11-23' });
  assert.equal(contribute.status, 'unknown');
});

test('a no is kept 180 days, then asked again', async () => {
  const visitor = new Visitor();
  await visitor.page().refuseAll('banner');
  assert.equal(status(visitor.page()), 'refused');
  visitor.nowMs += 180 * DAY_MS;
  assert.equal(status(visitor.page()), 'refused');
  visitor.nowMs += DAY_MS;
  assert.equal(status(visitor.page()), 'unknown');
});

test('later is for this page only', () => {
  const visitor = new Visitor();
  const consent = visitor.page();
  consent.shown();
  consent.defer();
  assert.equal(status(consent), 'deferred');
  assert.equal(visitor.kept, null);
  assert.equal(status(visitor.page()), 'unknown');
});

test('withdrawing wipes and is remembered as a no', async () => {
  const visitor = new Visitor();
  const consent = visitor.page();
  await consent.set({ personalize: true });
  await consent.withdraw();
  assert.equal(visitor.wiped, 1);
  assert.equal(status(consent), 'withdrawn');
  assert.equal(consent.allowed('personalize'), false);
  assert.equal(status(visitor.page()), 'refused');
});

test('withdrawing another purpose wipes nothing', async () => {
  const visitor = new Visitor();
  const consent = visitor.page({ config: asking('personalize', 'contribute') });
  await consent.acceptAll();
  assert.equal(consent.bits(), 3);
  await consent.withdraw('contribute');
  assert.equal(consent.bits(), 1);
  assert.equal(visitor.wiped, 0);
});

test('a refusal by `set` wipes as well', async () => {
  const visitor = new Visitor();
  const consent = visitor.page();
  await consent.set({ personalize: true });
  await consent.set({ personalize: false });
  assert.equal(visitor.wiped, 1);
});

test('erasing takes every answer back and keeps only that', async () => {
  const visitor = new Visitor();
  const consent = visitor.page();
  await consent.acceptAll();
  consent.erased();
  assert.equal(visitor.kept, kept('0', 'i'));
  assert.equal(status(consent), 'withdrawn');
  assert.equal(status(visitor.page()), 'refused');
});

test('erasing keeps nothing where nothing was answered', () => {
  const visitor = new Visitor();
  visitor.page().erased();
  assert.equal(visitor.kept, null);
});

test('another tab’s choice arrives, once', async () => {
  const visitor = new Visitor();
  const [one, two] = [visitor.page(), visitor.page()];
  const seen: string[] = [];
  two.subscribe((state) => seen.push(state.purposes.personalize.status));
  await one.acceptAll();
  two.reload();
  two.reload();
  assert.deepEqual(seen, ['given']);
  await one.withdraw();
  two.reload();
  assert.deepEqual(seen, ['given', 'refused']);
});

test('what is asked changed: that purpose is asked again and frozen, the others stay answered', async () => {
  const visitor = new Visitor();
  const before = asking('personalize', 'contribute');
  await visitor.page({ config: before }).acceptAll();
  const changed = { ...before, purposes: { ...before.purposes, personalize: { retentionDays: 90 } } };
  const consent = visitor.page({ config: changed });
  const { personalize, contribute } = consent.state().purposes;
  assert.deepEqual([personalize.status, contribute.status], ['requested', 'given']);
  assert.deepEqual([consent.asking, consent.overdue, visitor.wiped], [true, false, 0]);
  await consent.set({ personalize: false });
  assert.equal(visitor.wiped, 1, 'what was frozen goes with the no');
});

test('a yes lasts its days, is frozen, and is overdue a month later', async () => {
  const visitor = new Visitor();
  await visitor.page().acceptAll();
  visitor.nowMs += 365 * DAY_MS;
  assert.equal(status(visitor.page()), 'given');
  visitor.nowMs += DAY_MS;
  const expired = visitor.page();
  assert.deepEqual([status(expired), expired.asking, expired.overdue, expired.allowed('personalize')], ['expired', true, false, false]);
  visitor.nowMs += 30 * DAY_MS;
  const overdue = visitor.page();
  assert.equal(overdue.overdue, true);
  overdue.lapsed();
  assert.deepEqual([visitor.kept, status(overdue)], [null, 'unknown']);
  await expired.acceptAll();
  assert.equal(status(expired), 'renewed');
});

test('a clock that was ahead makes no consent last for ever', async () => {
  const visitor = new Visitor();
  visitor.nowMs += 900 * DAY_MS;
  await visitor.page().acceptAll();
  visitor.nowMs = START;
  assert.equal(status(visitor.page()), 'expired');
});

test('Global Privacy Control: contribute is off and shown as such; “all” is no clear word, a switch is', async () => {
  const visitor = new Visitor();
  visitor.gpc = true;
  const consent = visitor.page({ config: asking('personalize', 'contribute') });
  assert.deepEqual([consent.state().gpc, consent.state().purposes.contribute.via], [true, 'gpc']);
  await consent.acceptAll();
  assert.equal(consent.bits(), 1);
  await consent.set({ contribute: true }, 'panel');
  assert.equal(consent.bits(), 3);
  const next = visitor.page({ config: asking('personalize', 'contribute') });
  assert.deepEqual([next.bits(), next.state().purposes.contribute.despiteGpc], [3, true]);
});

test('Global Privacy Control turned on later ends what leaves the device, in a page that lives on, too', async () => {
  const visitor = new Visitor();
  const consent = visitor.page({ config: asking('personalize', 'contribute') });
  await consent.acceptAll();
  visitor.gpc = true;
  assert.equal(visitor.page({ config: asking('personalize', 'contribute') }).bits(), 1);
  consent.reload();
  assert.deepEqual([consent.bits(), consent.state().purposes.contribute.via], [1, 'gpc']);
});

test('on after notice: nothing before it shows, kept as that, asked until read, one click to object', async () => {
  const visitor = new Visitor();
  visitor.region = 'US-CA';
  const consent = visitor.page();
  assert.deepEqual([consent.asking, consent.allowed('personalize'), visitor.kept], [true, false, null]);
  consent.shown();
  assert.deepEqual([status(consent), consent.allowed('personalize'), visitor.kept], ['noticed', true, kept('3', 'r')]);
  assert.equal(visitor.page().asking, true);
  consent.defer();
  assert.deepEqual([visitor.kept, visitor.page().asking, visitor.page().allowed('personalize')], [kept('4', 'r'), false, true]);
  await consent.set({ personalize: false });
  assert.deepEqual([status(consent), visitor.wiped], ['refused', 1]);
});

test('a notice does not outlive the region or the absence of a signal', () => {
  const visitor = new Visitor();
  visitor.region = 'US';
  visitor.page().shown();
  visitor.region = 'DE';
  assert.equal(visitor.page().allowed('personalize'), false);
  visitor.region = 'US';
  visitor.gpc = true;
  const signalled = visitor.page();
  assert.deepEqual([signalled.allowed('personalize'), signalled.asking], [false, true]);
});

test('paused: nothing is allowed, nothing deleted, on every page; resumed as before', async () => {
  const visitor = new Visitor();
  const consent = visitor.page();
  await consent.acceptAll();
  consent.pause();
  const next = visitor.page();
  assert.deepEqual([consent.bits(), next.bits(), next.state().paused, visitor.wiped, next.asking], [0, 0, true, 0, false]);
  next.resume();
  consent.reload();
  assert.deepEqual([consent.bits(), visitor.page().bits()], [1, 1]);
});

test('a minor is asked nothing, has nothing, and keeps nothing', async () => {
  const visitor = new Visitor();
  const consent = visitor.page({ config: asking('personalize', 'contribute') });
  await consent.acceptAll();
  await consent.setAudience('minor');
  assert.deepEqual([status(consent), consent.bits(), consent.asking, visitor.wiped, visitor.kept], ['invalidated', 0, false, 1, null]);
  await consent.acceptAll();
  assert.deepEqual([consent.bits(), visitor.kept, consent.state().asked.length], [0, null, 0]);
  await consent.setAudience('adult');
  assert.deepEqual([status(consent), consent.asking], ['unknown', true]);
});

test('yes to everything is no explicit consent: what needs a sentence of its own stays unanswered, or as it is', async () => {
  const visitor = new Visitor();
  const asked = asking('personalize', 'diet');
  const config = { ...asked, purposes: { ...asked.purposes, diet: { explicit: 'purposes.diet.explicit' } } };
  const consent = visitor.page({ config });
  await consent.acceptAll();
  const diet = () => consent.state().purposes['diet']?.status;
  assert.deepEqual([consent.allowed('personalize'), diet(), consent.asking], [true, 'unknown', true]);
  await consent.set({ diet: true });
  await consent.acceptAll();
  assert.deepEqual([diet(), status(consent), consent.asking], ['given', 'renewed', false]);
});

test('`when` resolves with the yes and aborts with its end', async () => {
  const visitor = new Visitor();
  const consent = visitor.page();
  const waiting = consent.when('personalize');
  await consent.acceptAll();
  const { revoked } = await waiting;
  assert.equal(revoked.aborted, false);
  await consent.withdraw();
  assert.equal(revoked.aborted, true);
  const gone = AbortSignal.abort('gone');
  await assert.rejects(consent.when('personalize', { signal: gone }), (reason) => reason === 'gone');
});

test('a purpose that nobody asks for cannot be had', async () => {
  const consent = new Visitor().page();
  await assert.rejects(consent.set({ share: true }), { code: 'options' });
  await assert.rejects(consent.set({ toString: true }), { code: 'options' });
  assert.equal(consent.allowed('toString'), false);
  await consent.set({ share: false });
});

test('a choice of the first form still counts for the question it answered', () => {
  const visitor = new Visitor();
  visitor.kept = '1.00000001.p1c0s0m0.261123';
  assert.equal(status(visitor.page({ legacy: '00000001' })), 'given');
  assert.equal(status(visitor.page({ legacy: '00000002' })), 'requested');
  assert.equal(status(visitor.page()), 'requested');
});

test('a damaged record is asked again', () => {
  const visitor = new Visitor();
  visitor.kept = '2.9f68db56.p1';
  assert.equal(status(visitor.page()), 'unknown');
});

test('what is allowed and what the state says is effective are one thing', async () => {
  for (const [region, gpc] of [['DE', false], ['US', false], ['US', true], ['GB', false]] as const) {
    const visitor = new Visitor();
    [visitor.region, visitor.gpc] = [region, gpc];
    const consent = visitor.page({ config: asking('personalize', 'contribute', 'measure') });
    const agree = (when: string): void => {
      for (const [id, { effective }] of Object.entries(consent.state().purposes)) {
        assert.equal(consent.allowed(id), effective, `${region} ${gpc} ${when} ${id}`);
      }
    };
    consent.shown();
    agree('shown');
    await consent.acceptAll();
    agree('accepted');
    consent.pause();
    agree('paused');
    consent.resume();
    await consent.setAudience('minor');
    agree('a minor');
  }
});
