import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Consent } from '../src/consent/consent.js';
import type { Choice, ConsentSource } from '../src/consent/types.js';
import { asking, kept, status, Visitor } from './visitor.js';

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
  assert.equal(visitor.kept, kept('1', 'e'));
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
  assert.deepEqual([visitor.wiped, visitor.kept], [1, kept('1', 'e')]);
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

test('a no that was said to us outlasts the platform’s yes, until the platform itself says no', async () => {
  const visitor = new Visitor();
  await visitor.page({ source: new Platform({ personalize: true }) }).withdraw();
  const source = new Platform({ personalize: true });
  const next = visitor.page({ source });
  assert.deepEqual([next.allowed('personalize'), visitor.kept], [false, kept('0', 'i')]);
  source.say({});
  source.say({ personalize: true });
  assert.equal(next.allowed('personalize'), true);
});

test('a platform’s yes does not speak for the browser’s signal', () => {
  const visitor = new Visitor();
  visitor.gpc = true;
  const source = new Platform({ personalize: true, contribute: true });
  assert.equal(visitor.page({ source, config: asking('personalize', 'contribute') }).bits(), 1);
});

test('an erasure beside a platform takes back what the platform gave, all of it', () => {
  const visitor = new Visitor();
  const source = new Platform({ personalize: true, contribute: true });
  const consent = visitor.page({ source, config: asking('personalize', 'contribute') });
  assert.equal(consent.bits(), 3);
  consent.erased();
  assert.equal(consent.bits(), 0);
});

test('a platform that throws, or answers what is no answer, is told of once, freezes, and is heard again', async () => {
  const visitor = new Visitor();
  const source = new Platform({ personalize: true });
  const consent = visitor.page({ source });
  assert.equal(consent.allowed('personalize'), true);
  for (const lie of ['yes', 1, true, undefined, () => true]) source.say(lie as unknown as Choice);
  source.read = () => {
    throw new Error('half there');
  };
  source.say(null);
  await Promise.resolve();
  assert.deepEqual([consent.allowed('personalize'), status(consent), visitor.wiped], [false, 'unknown', 0]);
  assert.deepEqual(visitor.faults.map((fault) => (fault as { code: string }).code), ['consent_source']);
  source.read = () => source.answers;
  source.say({ personalize: true });
  assert.equal(consent.allowed('personalize'), true);
});

test('a platform that is half there at first is not told of unless it stays so', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const broken: ConsentSource = { read: () => null, fault: new TypeError('half there'), subscribe: () => () => undefined };
  const page = Object.defineProperty(globalThis, 'document', { configurable: true, value: {} });
  try {
    const visitor = new Visitor();
    visitor.page({ source: broken });
    t.mock.timers.tick(9_999);
    assert.equal(visitor.faults.length, 0);
    t.mock.timers.tick(1);
    assert.match(String(visitor.faults), /consent_source: half there/);
  } finally {
    delete (page as { document?: unknown }).document;
  }
});
