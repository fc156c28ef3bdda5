import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { explained, HomebodyError, toHomebodyError } from '../src/errors.js';
import { HINTS } from '../src/hints.js';
import * as homebody from '../src/index.js';
import { KINDS } from '../src/kinds.js';
import { REASON_KINDS } from '../src/reasons.js';
import { Published } from './published.js';

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

test('the public surface', () => {
  assert.deepEqual(Object.keys(homebody).sort(), [
    'HomebodyError', 'autocapture', 'onCart', 'onCheckout', 'onClick', 'onDismiss', 'onDwell', 'onImpression', 'onPurchase', 'onRating',
    'onScroll', 'onSearch', 'onShare', 'onSurvey', 'onThumbs', 'onView', 'onWishlist', 'personalize',
  ]);
});

test('every reader is a subpath, named as its file, with the functions of its documentation', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { exports: object };
  const files = readdirSync(new URL('../../../src/consent/sources/', import.meta.url)).map((file) => file.replace('.ts', ''));
  const subpaths = Object.keys(manifest.exports).filter((path) => path.startsWith('./consent/'));
  assert.deepEqual(subpaths.sort(), files.map((file) => `./consent/${file}`).sort());
  for (const file of files) {
    const reader = (await import(`../src/consent/sources/${file}.js`)) as Record<string, unknown>;
    const name = file.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()).replace('Cookieconsent', 'CookieConsent');
    assert.equal(typeof reader[name], 'function', file);
    // What can say yes, and needs nothing to be told, can be named by `data-consent`.
    const canGrant = !['custom', 'gcm-out', 'gpp', 'restrict', 'usp'].includes(file);
    assert.equal(reader['default'], canGrant ? reader[name] : undefined, file);
  }
});

test('every feed and every bridge is a subpath, named as its file, with the function of its documentation', async () => {
  const { exports } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { exports: object };
  const functions = {
    feeds: { adobe: 'fromAdobe', 'data-layer': 'fromDataLayer', segment: 'fromSegment', snowplow: 'fromSnowplow' },
    bridges: { 'data-layer': 'toDataLayer', gtag: 'toGtag', segment: 'toSegment' },
  };
  for (const [part, folder] of [['feeds', 'sources'], ['bridges', 'targets']] as const) {
    const files = readdirSync(new URL(`../../../src/${part}/${folder}/`, import.meta.url)).map((file) => file.replace('.ts', ''));
    const subpaths = Object.keys(exports).filter((path) => path.startsWith(`./${part}/`));
    assert.deepEqual(subpaths.sort(), files.map((file) => `./${part}/${file}`).sort());
    assert.deepEqual(files.sort(), Object.keys(functions[part]));
    for (const [file, name] of Object.entries(functions[part])) {
      const module = (await import(`../src/${part}/${folder}/${file}.js`)) as Record<string, unknown>;
      assert.equal(typeof module[name], 'function', file);
      // What `data-feeds` can name.
      assert.equal(module['default'], part === 'feeds' ? module[name] : undefined, file);
    }
  }
});

test('the verbs of a personalizer', async () => {
  const server = new Published();
  globalThis.fetch = server.fetch;
  const me = await homebody.personalize({ server: 'http://reco.test', key: server.key });
  await me.ready;
  assert.deepEqual(Object.keys(me).sort(), [
    'answer', 'attend', 'audit', 'consent', 'contributions', 'dislike', 'dismiss', 'display', 'erase', 'experiment', 'exportData', 'favour', 'forget', 'importData',
    'intent', 'like', 'mute', 'neutral', 'on', 'onboarding', 'personalized', 'profile', 'rank', 'rate', 'ready', 'record',
    'report', 'rerank', 'segment', 'undo',
  ]);
});

test('codes of the vocabulary are the wire’s', () => {
  const source = readFileSync(new URL('../../../../core/protocol/src/kind.rs', import.meta.url), 'utf8');
  for (const [name, code] of Object.entries(KINDS)) {
    const variant = name.replace(/(^|_)(.)/g, (_, __, letter: string) => letter.toUpperCase());
    assert.match(source, new RegExp(`\\b${variant} = ${code}\\b`));
  }
  assert.equal(REASON_KINDS.length, 14);
});

test('every code has a hint, and only errors of ours have codes', async () => {
  for (const [code, hint] of Object.entries(HINTS)) assert.match(hint, /[.?!]$/, code);
  const ours = new HomebodyError('profile_version');
  const error = await explained(toHomebodyError(ours));
  assert.equal(error, ours);
  assert.deepEqual([error.message, error.hint], ['profile_version', HINTS.profile_version]);
  assert.equal(toHomebodyError(Object.assign(new Error('x'), { code: 'ENOENT' })).code, 'internal');
});

test('without a browser: neutral order, nothing recorded, no profile', async () => {
  const server = new Published();
  globalThis.fetch = server.fetch;
  const me = await homebody.personalize({ server: 'http://reco.test', key: server.key, consent: 'banner' });
  const ranked = await me.rank(undefined, { limit: 2 });
  assert.equal(ranked.length, 2);
  assert.ok(ranked.every(({ personalized, reasons }) => !personalized && reasons.length === 0));
  const own = [{ id: 'x', n: 1 }, { id: ranked[0]?.id ?? '', n: 2 }];
  assert.deepEqual((await me.rank(own)).map(({ item }) => item.n), [1, 2]);
  assert.equal(me.record({ kind: 'click', item: 'x' }), false);
  assert.equal(await me.profile(), null);
  await assert.rejects(me.exportData(), { code: 'consent_required' });
  assert.deepEqual([me.like('x'), me.dislike('x'), me.rate('x', 5), me.dismiss('x'), me.undo('x'), me.answer('x', 1)], Array(6).fill(false));
  assert.deepEqual([me.segment, await me.intent(), await me.audit(), await me.onboarding.next()], [null, null, null, null]);
  assert.equal(await me.experiment('checkout', ['old', 'new']), 'old');
  for (const stop of [homebody.autocapture(me), homebody.onClick(me), homebody.onCart(me), homebody.onView(me, { item: 'x' })]) stop();
  await me.onboarding.answer({ key: 1, text: 'comedies' }, 'yes');
  await me.onboarding.skip();
  assert.deepEqual((await me.rank(undefined, { limit: 1, offset: 1 })).map(({ id }) => id), [ranked[1]?.id]);
  assert.deepEqual(server.asked, ['/v1/manifest.json', `/v1/blobs/${server.poolHash}`]);
});

test('whatever the server does, rank answers and the error has a code and a hint', async () => {
  const server = new Published();
  server.answers.set('/v1/manifest.json', () => new Response('<html>'));
  globalThis.fetch = server.fetch;
  const errors: HomebodyError[] = [];
  const onError = (error: HomebodyError): void => void errors.push(error);
  const me = await homebody.personalize({ server: 'http://reco.test', key: server.key, onError });
  assert.deepEqual(await me.rank(), []);
  assert.deepEqual((await me.rank([{ id: 'b' }, { id: 'a' }])).map(({ id }) => id), ['b', 'a']);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(errors.map(({ code, hint }) => [code, hint]), [['server_not_json', HINTS.server_not_json]]);
});

test('options no page can work with are refused at once', async () => {
  await assert.rejects(homebody.personalize({ server: 'not an address', key: 'k' }), { code: 'options' });
  await assert.rejects(homebody.personalize({ server: 'http://reco.test', key: '' }), { code: 'options' });
});
