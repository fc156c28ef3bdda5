import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/web-sdk';
import * as homebody from '../src/index.js';
import { openFeatureProvider } from '../src/flags/providers/openfeature.js';
import { Published } from './published.js';

const realFetch = globalThis.fetch;
afterEach(async () => {
  globalThis.fetch = realFetch;
  await OpenFeature.close();
});

async function client() {
  const server = new Published();
  globalThis.fetch = server.fetch;
  const me = await homebody.personalize({ server: 'http://reco.test', key: server.key });
  const ready = new Promise((resolve) => OpenFeature.addHandler(ProviderEvents.Ready, resolve));
  await OpenFeature.setProviderAndWait('homebody', openFeatureProvider(me));
  await ready;
  return { me, flags: OpenFeature.getClient('homebody') };
}

test('on a server every flag has its default, and nothing is asked for', async () => {
  const { flags } = await client();
  assert.equal(flags.providerStatus, ProviderStatus.READY);
  assert.equal(flags.getBooleanValue('homebody.personalized', true), false);
  assert.equal(flags.getBooleanValue('homebody.neutral', true), false);
  assert.deepEqual([flags.getStringValue('homebody.segment', 'browsers'), flags.getNumberValue('homebody.intent', 0.5)], ['browsers', 0.5]);
  assert.equal(flags.getStringDetails('homebody.segment', 'browsers').reason, 'DEFAULT');
});

test('neutral mode is told by the SDK’s event, once for each change', async () => {
  const { me, flags } = await client();
  const changes: unknown[] = [];
  flags.addHandler(ProviderEvents.ConfigurationChanged, (details) => void changes.push(details?.flagsChanged));
  me.neutral = true;
  assert.equal(flags.getBooleanValue('homebody.neutral', false), true, 'at once');
  me.neutral = true;
  me.neutral = false;
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(changes, [['homebody.neutral'], ['homebody.neutral']]);
});

test('a flag that is none, and one of another type, are the SDK’s errors with the default', async () => {
  const { flags } = await client();
  for (const name of ['checkout-button', '__proto__', 'constructor', '']) {
    const { value, errorCode, reason } = flags.getBooleanDetails(name, true);
    assert.deepEqual([value, errorCode, reason], [true, 'FLAG_NOT_FOUND', 'ERROR'], name);
  }
  assert.deepEqual(flags.getObjectDetails('homebody.segment', {}).errorCode, 'TYPE_MISMATCH');
  const { value, errorCode, errorMessage } = flags.getStringDetails('homebody.neutral', 'x');
  assert.deepEqual([value, errorCode, errorMessage], ['x', 'TYPE_MISMATCH', '`homebody.neutral` is a boolean']);
});

test('closed it listens no more', async () => {
  const { me, flags } = await client();
  const changes: unknown[] = [];
  flags.addHandler(ProviderEvents.ConfigurationChanged, (details) => void changes.push(details?.flagsChanged));
  await OpenFeature.setProviderAndWait('homebody', openFeatureProvider(me));
  me.neutral = true;
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(changes.length, 1, 'the new provider alone');
});
