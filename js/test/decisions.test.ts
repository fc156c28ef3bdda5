import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Consent } from '../src/consent/consent.js';
import { onDecision } from '../src/consent/decisions.js';
import { termsOf } from '../src/consent/terms.js';
import type { ConsentConfig } from '../src/consent/types.js';

const controller = { name: '', contact: '', policyUrl: '', authority: '' };
const config: ConsentConfig = { version: 1, id: 'shop', controller, rights: [], purposes: { personalize: {}, measure: {} } };

/** A page, and what it told about the visitor's decisions. */
function page(region: string, kept: { text: string | null } = { text: null }): { consent: Consent; told: string[] } {
  const consent = new Consent({
    terms: () => termsOf(config, region, false),
    load: () => kept.text,
    store: (text) => {
      kept.text = text;
    },
    nowMs: () => Date.parse('2026-11-23T12:00:00Z'),
    wipe: () => Promise.resolve(),
    show: () => Promise.resolve(),
    hide: () => undefined,
    receipt: () => Promise.resolve(new Blob()),
    announce: () => undefined,
  });
  const told: string[] = [];
  onDecision(consent, (action) => told.push(action));
  return { consent, told };
}

test('each decision is one word', async () => {
  const { consent, told } = page('DE');
  consent.shown();
  consent.defer();
  await consent.acceptAll('banner');
  await consent.set({ measure: false }, 'panel');
  await consent.set({ measure: true }, 'panel');
  assert.deepEqual(told, ['later', 'accept', 'withdraw', 'accept']);
});

test('a no, a part of it, and an objection', async () => {
  const asked = page('DE');
  await asked.consent.refuseAll('banner');
  assert.deepEqual(asked.told, ['refuse']);
  const part = page('DE');
  await part.consent.set({ personalize: true, measure: false }, 'preferences');
  assert.deepEqual(part.told, ['partial']);
  const noticed = page('US');
  noticed.consent.shown();
  await noticed.consent.refuseAll('banner');
  assert.deepEqual(noticed.told, ['noticed', 'object']);
  const mixed = page('GB');
  mixed.consent.shown();
  await mixed.consent.refuseAll('banner');
  assert.deepEqual(mixed.told, ['noticed', 'refuse'], 'a no in Britain is a no');
});

test('what another tab decided is not told twice', async () => {
  const kept = { text: null };
  const [one, two] = [page('DE', kept), page('DE', kept)];
  await one.consent.acceptAll('banner');
  two.consent.reload();
  assert.deepEqual([one.told, two.told], [['accept'], []]);
});
