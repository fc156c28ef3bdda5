// Tables and manifests that are damaged, forged, late or missing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertFailsSoftly, context, forge, host, shop } from './fault-stage.mjs';
import { flipped, json, serving, withHeader } from './forge.mjs';
import { codes, NOTHING, openPage, stored, until } from './harness.mjs';

/** What the page of a slow server waits for it. */
const TIMEOUT_MS = 1000;
const OVERSIZE = (64 << 20) + (1 << 20);

describe('tables and manifests that are not right', () => {
  const pool = () => forge.pool;
  const home = () => `/v1/blobs/${forge.manifest.placements.home.sha256}`;
  const manifest = (answer) => serving({ '/v1/manifest.json': answer });
  const cases = {
    'a pool cut short on the way': ['blob_hash', () => serving({ [home()]: { body: pool().subarray(0, 5000) } })],
    'a pool whose transfer breaks off': ['server_unreachable', () => serving({ [home()]: { body: pool(), cut: true } })],
    'a pool with one bit flipped': ['blob_hash', () => serving({ [home()]: { body: flipped(pool()) } })],
    'an HTML page instead of a pool': ['blob_hash', () => serving({ [home()]: { body: '<!doctype html><p>Not found' } })],
    'a missing pool': ['server_status', () => serving({ [home()]: { status: 404, body: 'gone' } })],
    'a pool larger than any may be': ['response_too_large', () => serving({ [home()]: { body: endless } })],
    'a signed pool that is cut short': ['table_length', () => forge.offering(pool().subarray(0, 5000))],
    'a signed pool with one bit flipped': ['table_checksum', () => forge.offering(flipped(pool()))],
    'a signed pool that claims to be oversized': ['table_too_large', () => forge.offering(withHeader(pool(), (bytes) => bytes.writeUInt32LE(OVERSIZE, 8)))],
    'a signed pool of a future version': ['table_version', () => forge.offering(withHeader(pool(), (bytes) => bytes.writeUInt16LE(2, 4)))],
    'a signed pool that is none': ['table_magic', () => forge.offering(Buffer.from('PK\x03\x04 something else entirely, and long enough'))],
    'a signed pool with a section outside': ['table_malformed', () => forge.offering(withHeader(pool(), (bytes) => bytes.writeUInt32LE(0x7ffffff0, 36)))],
    'a manifest with a wrong signature': ['manifest_signature', () => manifest(json(JSON.stringify({ ...forge.envelope, payload: forge.envelope.payload.replace('"version":1', '"version":9') })))],
    'a manifest of another site': ['manifest_site', () => manifest(json(forge.signed({ site: 'other.example' })))],
    'a manifest of a future format': ['manifest_format', () => manifest(json(forge.signed({ format: 2 })))],
    'a manifest without placements': ['manifest_malformed', () => manifest(json(forge.signed({ placements: 7 })))],
    'a manifest that names no hash': ['manifest_hash', () => manifest(json(forge.signed({ placements: { home: { sha256: '../../etc', bytes: 9 } } })))],
    'a manifest without this placement': ['placement_unknown', () => manifest(json(forge.signed({ placements: {} })))],
    'an HTML page instead of a manifest': ['server_not_json', () => manifest({ headers: { 'content-type': 'text/html' }, body: '<!doctype html><p>Login' })],
    'JSON that is no manifest': ['server_not_json', () => manifest(json('{"hello":1}'))],
    'a manifest that never ends': ['response_too_large', () => manifest({ body: endless })],
    'a server that fails': ['server_status', () => manifest({ status: 503, body: '{}' })],
    'a server that is down': ['server_unreachable', () => async ({ url }) => (url.startsWith('/v1/') ? { drop: true } : undefined)],
    'a server that is slow': ['server_timeout', () => manifest({ delayMs: TIMEOUT_MS * 3, ...json(JSON.stringify(forge.envelope)) })],
  };
  for (const [name, [code, fault]] of Object.entries(cases)) {
    test(`${name}: ${code}`, async () => {
      shop.front.fault = fault();
      const page = await host(code === 'server_timeout' ? { timeoutMs: TIMEOUT_MS } : {});
      await assertFailsSoftly(page, code);
      assert.deepEqual(await page.evaluate(() => ids()), [], 'there is no pool');
      assert.deepEqual(await stored(page), NOTHING);
      await context.close();
    });
  }

  test('a key that is not the server\'s: manifest_signature; one that is no key: manifest_key', async () => {
    const page = await host({ key: Buffer.alloc(32, 7).toString('base64') });
    await assertFailsSoftly(page, 'manifest_signature');
    await page.evaluate(async () => {
      const list = Object.assign(document.body.appendChild(document.createElement('ul')), { innerHTML: '<li data-hb-id="sku-1">a' });
      await me.rerank(list);
      await new Promise((resolve) => setTimeout(resolve, 5500));
    });
    assert.ok(!(await codes(page)).includes('list_unmatched'), 'what is wrong is the key, not the list');
    const other = await host({ key: 'aGVsbG8=' });
    await assertFailsSoftly(other, 'manifest_key');
    const thrown = await other.evaluate(() => hb.personalize({ server: "http://[", key: "x" }).then(() => [], ({ code, hint }) => [code, hint.length > 10]));
    assert.deepEqual(thrown, ['options', true]);
  });

  test('a placement that is not there is told once, however often it is asked for', async () => {
    const page = await host();
    await page.evaluate(async () => {
      for (let time = 0; time < 3; time++) await me.rank(undefined, { placement: 'nowhere' });
    });
    // Its hint is fetched first.
    await until('it is told', async () => (await codes(page)).length > 0);
    assert.deepEqual(await codes(page), ['placement_unknown']);
  });

  test('with no file but the script itself: script_unavailable, and what to serve', async () => {
    shop.front.fault = async ({ url }) => (/^\/pkg\/.*\.js$/.test(url) && !url.endsWith('/homebody.js') ? { status: 404, body: 'gone' } : undefined);
    const page = await openPage(context);
    const told = new Promise((resolve) => page.on('console', (message) => message.text().startsWith('homebody: ') && resolve(message.text())));
    shop.front.pages.set('/t/alone.html', `<!doctype html><title>alone</title><link rel="icon" href="data:,"><script src="/pkg/homebody.js" data-server="${shop.origin}" data-key="${shop.key}"></script>`);
    await page.goto(`${shop.origin}/t/alone.html`);
    assert.match(await told, /^homebody: script_unavailable .*whole folder/);
    assert.deepEqual(page.failures, []);
  });
});

/** More bytes than are allowed, until the reader hangs up. */
function endless(response) {
  const part = Buffer.alloc(1 << 20);
  let left = OVERSIZE;
  const more = () => {
    while (left > 0) {
      left -= part.length;
      if (!response.write(part)) return response.once('drain', more);
    }
    return response.end();
  };
  response.on('error', () => undefined);
  more();
}
