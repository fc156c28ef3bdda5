import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Consent, type ConsentOptions } from '../src/consent/consent.js';
import type { Choice, ConsentSource } from '../src/consent/types.js';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-11-23T12:00:00Z');

/** A visitor: one storage, as many tabs and pages as wanted. */
class Visitor {
  kept: string | null = null;
  nowMs = START;
  wiped = 0;
  announced = 0;

  page(options: Partial<ConsentOptions> = {}): Consent {
    return new Consent({
      asked: ['personalize'],
      revision: '00000001',
      load: () => this.kept,
      store: (record) => {
        this.kept = record;
      },
      nowMs: () => this.nowMs,
      gpc: false,
      wipe: () => Promise.resolve(void this.wiped++),
      show: () => Promise.resolve(),
      announce: () => void this.announced++,
      ...options,
    });
  }
}

const status = (consent: Consent) => consent.state().purposes.personalize.status;

test('nothing is allowed, stored or announced before a choice', () => {
  const visitor = new Visitor();
  const consent = visitor.page();
  consent.requested();
  assert.equal(status(consent), 'requested');
  assert.equal(consent.allowed('personalize'), false);
  assert.equal(consent.bits(), 0);
  assert.deepEqual([visitor.kept, visitor.announced], [null, 0]);
});

test('a yes is kept for the next page, with its dates', async () => {
  const visitor = new Visitor();
  await visitor.page().acceptAll('banner');
  assert.equal(visitor.kept, '1.00000001.p1c0s0m0.261123');
  const { personalize, contribute } = visitor.page().state().purposes;
  assert.deepEqual(personalize, { status: 'given', effective: true, via: 'record', since: '2026-11-23', expires: '2027-11-23' });
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
  consent.requested();
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
  const consent = visitor.page({ asked: ['personalize', 'contribute'] });
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

test('erasing leaves no choice behind and allows nothing', async () => {
  const visitor = new Visitor();
  const consent = visitor.page();
  await consent.acceptAll();
  consent.erased();
  assert.equal(visitor.kept, null);
  assert.equal(status(consent), 'withdrawn');
  assert.equal(status(visitor.page()), 'unknown');
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

test('a new notice asks again', async () => {
  const visitor = new Visitor();
  await visitor.page().acceptAll();
  assert.equal(status(visitor.page({ revision: '00000002' })), 'unknown');
});

test('Global Privacy Control: contribute is never effective, and shown as such', async () => {
  const visitor = new Visitor();
  const consent = visitor.page({ gpc: true, asked: ['personalize', 'contribute'] });
  assert.equal(consent.state().purposes.contribute.via, 'gpc');
  await consent.acceptAll();
  assert.equal(consent.allowed('contribute'), false);
  assert.equal(consent.allowed('personalize'), true);
  assert.equal(consent.bits(), 1);
});

test('a damaged record is asked again', () => {
  const visitor = new Visitor();
  visitor.kept = '1.00000001.p1';
  assert.equal(status(visitor.page()), 'unknown');
});

/** A consent platform under test control. */
class Platform implements ConsentSource {
  answers: Choice | null;
  #changed: () => void = () => undefined;
  constructor(answers: Choice | null) {
    this.answers = answers;
  }
  read = () => this.answers;
  subscribe = (changed: () => void) => {
    this.#changed = changed;
    return () => undefined;
  };
  say(answers: Choice | null): void {
    this.answers = answers;
    this.#changed();
  }
}

test('a platform is mirrored; pending freezes, a no wipes', async () => {
  const visitor = new Visitor();
  const source = new Platform(null);
  const consent = visitor.page({ source });
  assert.equal(status(consent), 'unknown');
  source.say({ personalize: true });
  assert.equal(consent.allowed('personalize'), true);
  source.say(null);
  assert.equal(consent.allowed('personalize'), false);
  assert.equal(visitor.wiped, 0);
  source.say({ personalize: true });
  source.say({});
  await Promise.resolve();
  assert.equal(consent.allowed('personalize'), false);
  assert.equal(visitor.wiped, 1);
  assert.equal(visitor.kept, null);
});

test('a platform’s yes is on record as long as there may be a profile, and no longer', async () => {
  const visitor = new Visitor();
  const source = new Platform({ personalize: true });
  visitor.page({ source });
  assert.equal(visitor.kept, '1.00000001.p1c0s0m0.261123');
  source.say({});
  await Promise.resolve();
  assert.deepEqual([visitor.kept, visitor.wiped], [null, 1]);
  source.say({ contribute: true });
  await Promise.resolve();
  assert.deepEqual([visitor.kept, visitor.wiped], [null, 1], 'nothing was kept, so nothing is deleted');
});

test('a platform that said no where we were not deletes what an earlier page kept; silence does not', async () => {
  const visitor = new Visitor();
  visitor.page({ source: new Platform({ personalize: true }) });
  const source = new Platform(null);
  const consent = visitor.page({ source });
  assert.deepEqual([status(consent), visitor.wiped], ['unknown', 0]);
  source.say({});
  await Promise.resolve();
  assert.deepEqual([status(consent), visitor.wiped, visitor.kept], ['refused', 1, null]);
});

test('a deletion that a reload cut short is finished by the next page', async () => {
  const visitor = new Visitor();
  const source = new Platform({ personalize: true });
  visitor.page({ source, wipe: () => new Promise(() => undefined) });
  source.say({});
  await Promise.resolve();
  assert.notEqual(visitor.kept, null);
  visitor.page({ source: new Platform({}) });
  await Promise.resolve();
  assert.deepEqual([visitor.wiped, visitor.kept], [1, null]);
});

test('a yes during a deletion stays on record', async () => {
  const visitor = new Visitor();
  const source = new Platform({ personalize: true });
  visitor.page({ source });
  source.say({});
  source.say({ personalize: true });
  await Promise.resolve();
  assert.deepEqual([visitor.wiped, visitor.kept], [1, '1.00000001.p1c0s0m0.261123']);
});

test('beside a platform another tab can take away and not give', () => {
  const visitor = new Visitor();
  const [one, two] = [{ personalize: true }, null].map((answers) => visitor.page({ source: new Platform(answers) })) as [Consent, Consent];
  for (const page of [one, two]) page.reload();
  assert.deepEqual([one, two].map((page) => page.allowed('personalize')), [true, false]);
  visitor.kept = null;
  one.reload();
  assert.equal(one.allowed('personalize'), false);
});

test('with a platform nobody else can say yes, but the visitor can always say no', async () => {
  const visitor = new Visitor();
  const consent = visitor.page({ source: new Platform({ personalize: true }) });
  await assert.rejects(consent.acceptAll(), { code: 'options' });
  await consent.withdraw();
  assert.equal(consent.allowed('personalize'), false);
  assert.equal(visitor.wiped, 1);
});
