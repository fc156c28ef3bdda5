// The receipt by the fields of ISO/IEC TS 27560:2023: every one that its record structure requires, with its type.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Asked } from '../src/consent/plain.js';
import { receiptOf } from '../src/consent/receipt.js';
import { termsOf } from '../src/consent/terms.js';
import type { ConsentConfig } from '../src/consent/types.js';
import type { Settings } from '../src/options.js';
import { Visitor } from './visitor.js';

const CONFIG: ConsentConfig = {
  version: 1,
  id: 'shop',
  controller: { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' },
  rights: ['access', 'erasure'],
  purposes: {
    personalize: { data: ['views', 'cart'], retentionDays: 90, recipients: ['Cloud AG'] },
    contribute: {},
    analytics: { kind: 'site-tag', retentionDays: 30 },
  },
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SETTINGS = { server: 'https://reco.shop.example' } as Settings;
type Fields = Record<string, unknown>;

beforeEach(() => {
  Object.defineProperty(globalThis, 'document', { configurable: true, value: { documentElement: { lang: 'de' } } });
  Object.defineProperty(globalThis, 'location', { configurable: true, value: { href: 'https://shop.example/page' } });
});
afterEach(() => {
  for (const name of ['document', 'location']) delete (globalThis as Record<string, unknown>)[name];
});

/** The receipt of a visitor who said yes to the first purpose and no to the others, and who then takes it back or not. */
async function receipt(config = CONFIG, { isWithdrawn = false } = {}): Promise<Fields & { purposes: (Fields & { event: Fields })[] }> {
  const consent = new Visitor().page({ config });
  await consent.set({ personalize: true, contribute: false, ...('analytics' in config.purposes && { analytics: false }) }, 'banner');
  if (isWithdrawn) await consent.withdraw();
  const asked: Asked = { config, terms: (gpc) => termsOf(config, 'DE', gpc) };
  const file = await receiptOf(consent.state(), asked, SETTINGS);
  assert.equal(file.type, 'application/json');
  return JSON.parse(await file.text()) as never;
}

test('header, parties and notice: all there, of their types', async () => {
  const { purposes, record_id, pii_principal_id, ...rest } = await receipt();
  assert.match(String(record_id), UUID);
  assert.match(String(pii_principal_id).replace('holder-of-this-file:', ''), UUID);
  assert.notEqual(String(pii_principal_id).split(':')[1], record_id);
  assert.equal(purposes.length, 3);
  assert.match(String(rest['notice_revision']), /^[0-9a-f]{8}$/);
  delete rest['notice_revision'];
  assert.deepEqual(rest, {
    schema_version: 'ISO/IEC TS 27560:2023',
    privacy_notice: '/privacy',
    language: 'de',
    jurisdiction: 'DE',
    pii_controllers: [{ party_name: 'Shop SE', party_role: 'controller', party_contact: 'privacy@shop.example' }],
    authority_party: 'DPC',
    privacy_rights: ['access', 'erasure'],
    withdrawal_method: 'The privacy settings on every page of this site',
    collection_method: 'on the device, by its user’s own actions',
    processing_method: 'on the device',
    storage_locations: ['on the device'],
    global_privacy_control: false,
  });
});

test('each purpose: its name, type, lawful basis, data, recipients, retention and event', async () => {
  const { purposes: [personalize, contribute, analytics] } = await receipt();
  assert.deepEqual(personalize, {
    purpose: 'personalize',
    purpose_type: 'dpv:ProvidePersonalisedRecommendations',
    lawful_basis: 'dpv:Consent',
    pii_information: [{ pii_type: 'views', pii_optional: true }, { pii_type: 'cart', pii_optional: true }],
    recipient_third_parties: ['Cloud AG'],
    retention_period: 'P90D',
    event: { event_type: 'dpv:ConsentGiven', event_state: 'dpv:ConsentGiven', event_time: '2026-11-23', validity_duration: 'P365D', entity_id: 'banner' },
  });
  assert.deepEqual(contribute?.['pii_information'], [{ pii_type: 'interactions with this site', pii_optional: true }], 'never an empty list');
  assert.deepEqual(analytics?.['pii_information'], [{ pii_type: 'unspecified', pii_optional: true }]);
  assert.deepEqual([analytics?.['purpose_type'], analytics?.['retention_period'], analytics?.event['event_state']], [undefined, 'P30D', 'dpv:ConsentRefused']);
});

test('a withdrawal is an event of its own, and ids are drawn anew for each file', async () => {
  const [one, other] = [await receipt(CONFIG, { isWithdrawn: true }), await receipt()];
  assert.deepEqual([one.purposes[0]?.event['event_type'], one.purposes[0]?.event['event_state']], ['dpv:ConsentRefused', 'dpv:ConsentWithdrawn']);
  assert.notEqual(one['record_id'], other['record_id']);
});
