import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipientOf } from '../src/contribute/apart.js';
import { base64Of, bytesOf, fromBase64, hexOf, numbersOf, pack, unpack, utf8 } from '../src/contribute/parcel.js';
import { fetchTasks, modelsOf, openTask, type TaskPayload } from '../src/contribute/tasks.js';

const SITE = 'shop.example';

async function signer(): Promise<{ key: string; sign: (payload: string) => Promise<{ payload: string; key_id: string; signature: string }> }> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const key = base64Of(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
  const sign = async (payload: string) => {
    const signature = await crypto.subtle.sign('Ed25519', pair.privateKey, utf8(payload));
    return { payload, key_id: '', signature: base64Of(new Uint8Array(signature)) };
  };
  return { key, sign };
}

const payload = (more: object = {}): string =>
  JSON.stringify({ format: 1, site: SITE, name: 'a', purpose: 'contribute', measurement: { decisions: {} }, ...more });

test('a task of the site opens, under the hash of its bytes', async () => {
  const { key, sign } = await signer();
  const { hex, task } = await openTask(await sign(payload()), { key, site: SITE });
  assert.equal(hex, hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(payload())))));
  assert.equal(task.name, 'a');
});

test('another key, site, format or shape is refused with its code', async () => {
  const [{ key, sign }, other] = [await signer(), await signer()];
  const code = async (signed: unknown, trust = { key, site: SITE }) => openTask(signed, trust).then(() => '', (error: { code: string }) => error.code);
  assert.equal(await code(await other.sign(payload())), 'task_signature');
  assert.equal(await code({ ...(await sign(payload())), payload: payload({ name: 'b' }) }), 'task_signature');
  assert.equal(await code(await sign(payload({ site: 'other.example' }))), 'task_site');
  assert.equal(await code(await sign(payload({ format: 2 }))), 'task_syntax');
  for (const nothing of [null, 'text', {}, { payload: 1, signature: '' }]) assert.equal(await code(nothing), 'task_syntax');
});

test('what a newer release asks is left out and told, and everything else is answered', async () => {
  const { key, sign } = await signer();
  const newer = [payload({ format: 2, measurement: 'all' }), payload({ measurement: 'all' }), payload({ measurement: undefined }), 'null', 'no JSON'];
  const tasks = await Promise.all([payload({ name: 'first' }), ...newer, payload({ name: 'unknown', measurement: { moods: {} } }), payload({ name: 'last' })].map(sign));
  const real = globalThis.fetch;
  const told: string[] = [];
  try {
    globalThis.fetch = async () => new Response(JSON.stringify({ tasks }));
    const found = await fetchTasks({ server: 'https://shop.example', timeoutMs: 1_000, key, site: SITE, report: ({ code }) => told.push(code) });
    // What its measurement means is for the module, which refuses it when it is answered.
    assert.deepEqual(found.map(({ task }) => task.name), ['first', 'unknown', 'last']);
    assert.deepEqual(told, newer.map(() => 'task_syntax'));
  } finally {
    globalThis.fetch = real;
  }
});

test('tables are those a task names', () => {
  const models = (measurement: object): string[] => modelsOf({ measurement } as TaskPayload);
  assert.deepEqual(models({ decisions: {} }), []);
  assert.deepEqual(models({ gate: { champion: 'aa', candidate: 'bb', top: 10 } }), ['aa', 'bb']);
  assert.deepEqual(models({ votes: { model: 'cc', settings: [], top: 1 } }), ['cc']);
});

test('parcels and numbers come back', () => {
  const values = [utf8('one'), new Uint8Array(), bytesOf([1, 2 ** 32 - 1])];
  assert.deepEqual(unpack(pack(...values)), values);
  assert.deepEqual(numbersOf(bytesOf([1, 2 ** 32 - 1])), [1, 2 ** 32 - 1]);
  assert.deepEqual(fromBase64(base64Of(Uint8Array.of(0, 255, 7))), Uint8Array.of(0, 255, 7));
});

test('of an aggregator’s keys the first that is known is taken, and none of a list that is cut off', () => {
  const config = (id: number, kem: number) => [id, 0, kem, 0, 1, 0, 1, 0, 32, ...Array.from({ length: 32 }, () => id)];
  const list = (...configs: number[][]): Uint8Array<ArrayBuffer> => {
    const bytes = configs.flat();
    return Uint8Array.from([bytes.length >> 8, bytes.length & 255, ...bytes]);
  };
  const found = recipientOf(list(config(5, 0x10), config(6, 0x20), config(7, 0x20)));
  assert.deepEqual([found.id, found.key], [6, new Uint8Array(32).fill(6)]);
  for (const bad of [list(config(5, 0x10)), list(config(6, 0x20)).slice(0, 30), new Uint8Array(), Uint8Array.of(0, 9, 1)]) {
    assert.throws(() => recipientOf(bad), { code: 'split_key' });
  }
});
