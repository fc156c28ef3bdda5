import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HomebodyError } from '../src/errors.js';
import { parseManifest, readManifest, verifyBlob } from '../src/manifest.js';
import { golden } from './golden.js';
import { Published } from './published.js';

const server = new Published();
const trust = { key: server.key, site: undefined };

function refused(work: Promise<unknown>, code: string): Promise<void> {
  return assert.rejects(work, (error: unknown) => error instanceof HomebodyError && error.code === code);
}

for (const { name, payload, error } of golden<{ name: string; payload: string; error: string | null }>('manifests.json').cases) {
  test(`golden manifest: ${name}`, () => {
    if (error === null) assert.equal(parseManifest(payload).format, 1);
    else assert.throws(() => parseManifest(payload), { code: error });
  });
}

test('a signed manifest is read', async () => {
  assert.equal((await readManifest(server.envelope({ version: 3 }), trust)).version, 3);
});

test('another key does not sign for this server', async () => {
  await refused(readManifest(new Published().envelope({}), trust), 'manifest_signature');
});

test('one changed character breaks the signature', async () => {
  await refused(readManifest(server.envelope({}).replace('shop.example', 'shop.exampel'), trust), 'manifest_signature');
});

test('a signature that is no base64, or empty, is refused', async () => {
  for (const signature of ['', '%%%', 'AAAA']) {
    const envelope = JSON.stringify({ ...(JSON.parse(server.envelope({})) as object), signature });
    await refused(readManifest(envelope, trust), 'manifest_signature');
  }
});

test('a key that is no key is the developer’s mistake', async () => {
  for (const key of ['AAAA', 'not base64 !']) {
    await refused(readManifest(server.envelope({}), { ...trust, key }), 'manifest_key');
  }
});

test('another site is refused when the site is pinned', async () => {
  await refused(readManifest(server.envelope({}), { ...trust, site: 'other.example' }), 'manifest_site');
  assert.equal((await readManifest(server.envelope({}), { ...trust, site: 'shop.example' })).site, 'shop.example');
});

test('a page in place of the manifest is told apart from a bad manifest', async () => {
  await refused(readManifest('<!doctype html><title>Login</title>', trust), 'server_not_json');
  await refused(readManifest('[]', trust), 'server_not_json');
  await refused(readManifest('{"payload":1}', trust), 'server_not_json');
  await refused(readManifest(server.envelope({ format: 2 }), trust), 'manifest_format');
});

test('a blob has to be the one that was named', async () => {
  await verifyBlob(server.pool, { sha256: server.poolHash, bytes: server.pool.length });
  const other = server.pool.slice();
  other[40] = (other[40] ?? 0) ^ 1;
  await refused(verifyBlob(other, { sha256: server.poolHash, bytes: other.length }), 'blob_hash');
});
