import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../src/consent/reading/needs.js';
import { readSignals, takeUpdate } from '../src/consent/sources/gcm.js';
import { readState } from '../src/consent/sources/gcm-out.js';
import { isOptedOut } from '../src/consent/sources/gpp.js';
import { restrict, type Restriction } from '../src/consent/sources/restrict.js';
import { readTcData, type TcfOptions } from '../src/consent/sources/tcf.js';
import { isSaleOptedOut } from '../src/consent/sources/usp.js';
import type { Choice, ConsentSource, ConsentState } from '../src/consent/types.js';
import { NONSENSE } from './nonsense.js';

test('a purpose needs all it names, each exactly `true`', () => {
  assert.deepEqual(decide({ personalize: ['a', 'b'], contribute: 'a' }, (need) => need === 'a'), { personalize: false, contribute: true });
  assert.deepEqual(decide({ personalize: ['a', 'b'] }, () => true), { personalize: true });
  assert.deepEqual(decide({ personalize: [] }, () => true), { personalize: false });
  for (const wrong of NONSENSE) assert.deepEqual(decide({ personalize: 'a' }, () => wrong), { personalize: false });
});

/** Data that grants both purposes. */
const TC_DATA = {
  cmpStatus: 'loaded',
  eventStatus: 'useractioncomplete',
  gdprApplies: true,
  tcString: 'C',
  publisher: { consents: { 1: true, 5: true, 6: true, 8: true, 10: true } },
};
const BOTH = { personalize: true, contribute: true };

test('TCF: what is decided, pending, broken or outside', () => {
  const table: [object, Choice | null, (TcfOptions & { inForce?: Choice })?][] = [
    [{}, BOTH],
    [{ eventStatus: 'tcloaded' }, BOTH],
    [{ tcString: '' }, null],
    [{ cmpStatus: 'error' }, null],
    [{ cmpStatus: 'loading' }, null],
    [{ cmpStatus: 'stub' }, null],
    [{ eventStatus: 'cmpuishown' }, null],
    [{ eventStatus: 'cmpuishown', publisher: {} }, BOTH, { inForce: BOTH }],
    [{ eventStatus: 'cmpuishown', cmpStatus: 'error' }, null, { inForce: BOTH }],
    [{ gdprApplies: false }, null],
    [{ gdprApplies: false, tcString: undefined }, { contribute: true }, { outside: () => ({ contribute: true }) }],
    [{ publisher: {} }, { personalize: false, contribute: false }],
    [{ publisher: { consents: { 1: true, 5: true, 6: true } } }, { personalize: true, contribute: false }],
    [{ publisher: undefined, purpose: TC_DATA.publisher, vendor: { consents: { 7: true } } }, { personalize: false, contribute: false }],
    [{ purpose: TC_DATA.publisher, vendor: { consents: { 7: true } } }, BOTH, { vendor: 7 }],
    [{ purpose: TC_DATA.publisher, vendor: { consents: { 8: true } } }, { personalize: false, contribute: false }, { vendor: 7 }],
    [{ purposeOneTreatment: true }, { personalize: false, contribute: false }],
    [{ purposeOneTreatment: true }, BOTH, { acceptPurposeOneTreatment: true }],
  ];
  for (const [change, expected, options] of table) {
    assert.deepEqual(readTcData({ ...TC_DATA, ...change }, options?.inForce ?? null, options), expected, JSON.stringify(change));
  }
});

test('TCF: restrictions on a vendor', () => {
  const granted = { ...TC_DATA, purpose: TC_DATA.publisher, vendor: { consents: { 7: true } } };
  for (const [restriction, personalize] of [[0, false], [1, true], [2, false], ['1', false], [null, true]] as const) {
    const restrictions = { 5: { 7: restriction, 8: 0 } };
    const data = { ...granted, publisher: { restrictions } };
    assert.equal(readTcData(data, null, { vendor: 7 })?.personalize, personalize, String(restriction));
  }
});

test('TCF: every field, missing or of a wrong type, grants nothing', () => {
  for (const [field, right] of Object.entries(TC_DATA)) {
    for (const wrong of NONSENSE.filter((each) => typeof each !== typeof right || typeof each === 'object')) {
      let read: Choice | null = null;
      try {
        read = readTcData({ ...TC_DATA, [field]: wrong } as never, null);
      } catch {
        // The reader around it takes what throws for "not known".
      }
      assert.notEqual(read?.personalize, true, `${field}: ${String(wrong)}`);
    }
  }
  for (const id of [1, 5, 6]) {
    for (const wrong of NONSENSE) {
      const consents = { ...TC_DATA.publisher.consents, [id]: wrong };
      assert.equal(readTcData({ ...TC_DATA, publisher: { consents } }, null)?.personalize, false);
    }
  }
});

/** A national section that opts out of nothing, told of everything. */
const US = {
  SaleOptOut: 2, SaleOptOutNotice: 1, SharingOptOut: 2, SharingOptOutNotice: 1, TargetedAdvertisingOptOut: 0, SharingNotice: 1,
  Gpc: false, PersonalDataConsents: 0, KnownChildSensitiveDataConsents: [0, 0, 0],
};
const ready = { signalStatus: 'ready', cmpStatus: 'loaded', applicableSections: [7] };
const ping = (section: unknown, more = {}) => ({ ...ready, parsedSections: { usnat: section }, ...more });

test('GPP: the deny rule', () => {
  const table: [object, boolean | null][] = [
    [ping(US), false],
    [ping([{ SaleOptOut: 2, SaleOptOutNotice: 1 }, { Gpc: false }]), false],
    [ping([{ SaleOptOut: 2, SaleOptOutNotice: 1 }, { Gpc: true }]), true],
    [ping({ ...US, SaleOptOut: 1 }), true],
    [ping({ ...US, SharingOptOut: 1 }), true],
    [ping({ ...US, TargetedAdvertisingOptOut: 1 }), true],
    [ping({ ...US, SaleOptOutNotice: 2 }), true],
    [ping({ ...US, SaleOptOutNotice: 0 }), true],
    [ping({ ...US, SharingNotice: 2 }), true],
    [ping({ ...US, KnownChildSensitiveDataConsents: [0, 0, 2] }), true],
    [ping({ ...US, KnownChildSensitiveDataConsents: 1 }), true],
    [ping({ ...US, PersonalDataConsents: 2 }), true],
    [ping(US, { parsedSections: { usnat: US, usca: { SaleOptOut: 1 } } }), true],
    [ping(US, { applicableSections: [-1] }), false],
    [ping(US, { applicableSections: [2], parsedSections: { tcfeuv2: {} } }), false],
    [ping(US, { applicableSections: [] }), null],
    [ping(US, { applicableSections: [0] }), null],
    [ping(US, { signalStatus: 'not ready' }), null],
    [ping(US, { cmpStatus: 'error' }), null],
    [ping(US, { parsedSections: undefined }), true],
    [ping(US, { parsedSections: { uspv1: { OptOutSale: 'N' } }, applicableSections: [6] }), false],
    [ping(US, { parsedSections: { uspv1: { OptOutSale: 'Y' } }, applicableSections: [6] }), true],
  ];
  for (const [data, expected] of table) assert.equal(isOptedOut(data), expected, JSON.stringify(data));
});

test('GPP: a section or an opt-out of a wrong type is an opt-out', () => {
  for (const wrong of NONSENSE) assert.equal(isOptedOut(ping(wrong)), true, String(wrong));
  for (const wrong of NONSENSE.filter((each) => each !== 0)) assert.equal(isOptedOut(ping({ ...US, SaleOptOut: wrong })), true, String(wrong));
  for (const wrong of [undefined, null, 7, '7', {}]) assert.equal(isOptedOut(ping(US, { applicableSections: wrong })), null);
});

test('USP: the third letter', () => {
  const table: [unknown, boolean | null][] = [
    ['1YNN', false], ['1YYN', true], ['1nyn', true], ['1---', false], ['1YN', null], ['2YNN', null], ['1YXN', null],
    [['1YNN'], null], ...NONSENSE.map((each): [unknown, null] => [each, null]),
  ];
  for (const [text, expected] of table) assert.equal(isSaleOptedOut(text), expected, String(text));
});

test('Consent Mode in: only updates, only `granted`, null until one that is needed', () => {
  const signals: Record<string, unknown> = {};
  assert.equal(takeUpdate(['consent', 'default', { personalization_storage: 'granted' }], signals), false);
  assert.equal(readSignals(signals), null);
  assert.equal(takeUpdate(['consent', 'update', { ad_storage: 'granted' }], signals), true);
  assert.equal(readSignals(signals), null);
  assert.equal(takeUpdate({ 0: 'consent', 1: 'update', 2: { personalization_storage: 'granted' } }, signals), true);
  assert.deepEqual(readSignals(signals), { personalize: true, contribute: false });
  for (const wrong of NONSENSE.filter((each) => each !== 'granted')) {
    assert.equal(readSignals({ personalization_storage: wrong })?.personalize, false, String(wrong));
  }
});

test('Consent Mode out: what is effective, and only what was asked for', () => {
  const state = (status: string, effective: boolean, asked = ['personalize']) =>
    ({ purposes: { personalize: { status, effective }, contribute: { status: 'given', effective: false } }, asked }) as unknown as ConsentState;
  const signals = { personalize: ['p'], contribute: ['a'] };
  const table: [ConsentState, boolean, object][] = [
    [state('unknown', false), false, {}],
    [state('given', true), false, { p: 'granted' }],
    [state('refused', false), false, { p: 'denied' }],
    [state('withdrawn', false), true, { p: 'denied' }],
    [state('unknown', false), true, { p: 'denied' }],
    [state('given', true, ['personalize', 'contribute']), true, { p: 'granted', a: 'denied' }],
  ];
  for (const [given, wasTold, expected] of table) assert.deepEqual(readState(given, signals, wasTold), expected);
});

test('a restriction can take away and never give', () => {
  const source = (answers: Choice | null): ConsentSource => ({ read: () => answers, subscribe: () => () => undefined });
  type Purposes = readonly ('personalize' | 'contribute')[];
  const denying = (denied: Purposes | null, covers: Purposes = ['contribute']): Restriction =>
    ({ covers, denies: () => denied, subscribe: () => () => undefined });
  assert.deepEqual(restrict(source(BOTH), denying([])).read(), BOTH);
  assert.deepEqual(restrict(source(BOTH), denying(['contribute'])).read(), { personalize: true, contribute: false });
  assert.deepEqual(restrict(source(BOTH), denying(null)).read(), { personalize: true, contribute: false });
  assert.equal(restrict(source(BOTH), denying([]), denying(null, ['personalize'])).read(), null);
  assert.equal(restrict(source(null), denying([])).read(), null);
  assert.deepEqual(restrict(source({}), denying([])).read(), {});
  assert.deepEqual(BOTH, { personalize: true, contribute: true }, 'nobody’s answers are changed');
});
