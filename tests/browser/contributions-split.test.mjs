// Reports in two halves: from Chromium to a leader and a helper that are two processes, and to the sum of both.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { homebody, launchBrowser, ROOT, SLACK, until } from './harness.mjs';
import { askBoth, begin, DAY_S, listed, LONGEST_DELAY_S, offered, putForward, startCollector, startHelper, task, untilListed, visit } from './contribution-stage.mjs';

const YES = { personalize: true, contribute: true };
const MAX_MS = 20;
const MAX_BYTES = 20 * 1024;

let shop;
let helper;
let browser;

before(async () => {
  [shop, browser] = [await startCollector(), await launchBrowser()];
  helper = await startHelper();
});

/** In the page: builds more reports of a task and uploads them. */
async function uploadMore({ signed, key, site, vectors, atS }) {
  const at = (path) => import(`/pkg/contribute/${path}.js`);
  const [{ sealedReport, UPLOAD_TYPE }, { openTask }, { bytesOf, base64Of }] = await Promise.all(['apart', 'tasks', 'parcel'].map(at));
  const asked = await openTask(signed, { key, site });
  const marker = new TextEncoder().encode('homebody part 1\0');
  const part = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from([...marker, ...asked.id, 0, 0, 0, 0])));
  const id = base64Of(part).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const answers = [];
  for (const numbers of vectors) {
    const vector = bytesOf(numbers);
    const nonce = crypto.getRandomValues(new Uint8Array(16));
    const body = await sealedReport(asked, { part, nonce, vector }, atS, { wasm: undefined, timeoutMs: 5_000 });
    const address = `${asked.task.mode.split.aggregators.leader}tasks/${id}/reports`;
    const response = await fetch(address, { method: 'POST', headers: { 'content-type': UPLOAD_TYPE }, body });
    answers.push(response.status, (await response.arrayBuffer()).byteLength);
  }
  return [...new Set(answers)];
}

/** The sum of a task's first window, once both have aggregated it. */
function release(id) {
  return until('a sum is released', async () => {
    const args = ['batches', 'release', '--task', id, '--window', '0'];
    return (await homebody(shop.data, args, { config: shop.config })).released[0];
  }, 60_000);
}

test('reports from a browser are aggregated by two processes, and released as one sum', async () => {
  // The first window ended an hour ago by the server's clock; the page's clock is within it.
  const wanted = task('halves');
  wanted.starts_at -= DAY_S - 3_600;
  wanted.ends_at = wanted.starts_at + 20 * DAY_S;
  const id = await askBoth(shop, helper, wanted);
  const context = await browser.newContext();
  const page = await visit(context, shop, { choice: YES, aheadS: -20 * 3_600 });
  const [report] = await untilListed(page, 1);
  assert.deepEqual([report.mode, report.operator, report.to, report.state], ['split', 'Partner', shop.server.origin, 'waiting']);
  assert.equal(report.vector.length, 17);
  await putForward(page, shop, LONGEST_DELAY_S);
  await begin(page);
  await until('it is sent', async () => (await listed(page))[0].state !== 'waiting');
  assert.equal((await listed(page))[0].state, 'sent');

  const signed = (await offered(shop)).find(({ payload }) => payload.includes('"halves"'));
  const vectors = Array.from({ length: 99 }, () => Array.from({ length: 17 }, (_, index) => Number(index === 12)));
  const more = { signed, key: shop.key, site: shop.site, vectors, atS: wanted.starts_at + 60 };
  assert.deepEqual(await page.evaluate(uploadMore, more), [200, 0]);
  const released = await release(id);
  assert.equal(released.reports, 100, 'the one the visitor was shown is among them');
  // Both add noise of standard deviation 10.
  assert.ok(Math.abs(released.cells[12] - 99) < 70, `${released.cells}`);
  assert.deepEqual(page.failures, []);
  await context.close();
});

const FORMS = {
  // Up to four ones of eight cells.
  popularity: (number) => Array.from({ length: 8 }, (_, cell) => Number(cell < number % 5)),
  // Numbers up to 14 with a bound on their total.
  'k-means': (number) => Array.from({ length: 51 }, (_, cell) => (cell % 10 === number % 10 ? 5 + (number % 10) : 0)),
  // Numbers up to 14 with none: all at their largest, too.
  moments: (number) => Array.from({ length: 152 }, (_, cell) => (number ? (cell + number) % 15 : 14)),
};

for (const [kind, numbers] of Object.entries(FORMS)) {
  test(`${kind}: vectors of its form from a browser come out of both aggregators as their exact sum`, { timeout: 180_000 }, async () => {
    const { measurement, length, bound } = JSON.parse(await readFile(join(ROOT, `core/protocol/testdata/tasks/${kind}.json`), 'utf8'));
    const noise = { gaussian: { milli_sigma: 100 } };
    const wanted = task(`form-${kind}`, { measurement, length, bound, micro_rho: 2 ** 32 - 1 });
    wanted.starts_at -= DAY_S - 3_600;
    wanted.ends_at = wanted.starts_at + 20 * DAY_S;
    const id = await askBoth(shop, helper, wanted, noise);
    const signed = (await offered(shop)).find(({ payload }) => JSON.parse(payload).name === wanted.name);
    const vectors = Array.from({ length: 100 }, (_, number) => numbers(number));
    const context = await browser.newContext();
    const page = await visit(context, shop);
    assert.deepEqual(await page.evaluate(uploadMore, { signed, key: shop.key, site: shop.site, vectors, atS: wanted.starts_at + 60 }), [200, 0]);
    const { reports, cells } = await release(id);
    assert.equal(reports, 100);
    // So little noise that it is 0 but once in 10²¹ cells.
    assert.deepEqual(cells, vectors[0].map((_, cell) => vectors.reduce((sum, vector) => sum + vector[cell], 0)));
    assert.deepEqual(page.failures, []);
    await context.close();
  });
}

test('a report of 1,024 cells is built in time and is small', async () => {
  const context = await browser.newContext();
  const page = await visit(context, shop);
  const { ms, bytes } = await page.evaluate(async () => {
    const [glue, { pack, bytesOf, utf8 }, { seal }] = await Promise.all([import('/pkg/wasm/split.js'), import('/pkg/contribute/parcel.js'), import('/pkg/contribute/hpke.js')]);
    await glue.default(() => WebAssembly.compileStreaming(fetch('/pkg/wasm/split.wasm')));
    const key = new Uint8Array(await crypto.subtle.exportKey('raw', (await crypto.subtle.generateKey('X25519', true, ['deriveBits'])).publicKey));
    const cells = bytesOf(Array.from({ length: 1024 }, (_, cell) => Number(cell === 700)));
    const input = pack(new Uint8Array(32), new Uint8Array(32), utf8('https://a/'), utf8('https://b/'), new Uint8Array(16), new Uint8Array(128), cells, bytesOf([0, 0, 0, 3600, 500, 0, 3600]));
    const { result } = await import('/pkg/contribute/engine.js');
    const times = [];
    let size = 0;
    for (let round = 0; round < 12; round++) {
      const start = performance.now();
      const [head, aad, leaderInfo, leader, helperInfo, helper] = result(glue.split(input, 500_000));
      const seals = await Promise.all([seal(key, leaderInfo, aad, leader), seal(key, helperInfo, aad, helper)]);
      times.push(performance.now() - start);
      size = head.length + seals.reduce((sum, { enc, ciphertext }) => sum + 7 + enc.length + ciphertext.length, 0);
    }
    return { ms: times.sort((a, b) => a - b)[6], bytes: size };
  });
  console.log(`1,024 cells: ${ms.toFixed(1)} ms, ${bytes} bytes`);
  assert.ok(ms <= MAX_MS * SLACK, `${ms} ms`);
  assert.ok(bytes <= MAX_BYTES, `${bytes} bytes`);
  await context.close();
});
