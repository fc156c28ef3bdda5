// Manifest and tables from memory, against nginx with the same precompressed files: CPU time a request.
import assert from 'node:assert/strict';
import { cpuUs } from '../measure/process-cost.mjs';
import { inTemporaryFolder, run } from '../measure/programs.mjs';
import { ratio, table, within } from '../measure/report.mjs';
import { get, startHomebody, startNginx } from '../measure/servers.mjs';
import { takeTurns } from '../measure/turns.mjs';

const CLIENT_PROCESSOR = '1';
const SLICE_S = 1;
const CONNECTIONS = 32;
const ENCODED = { 'accept-encoding': 'gzip' };

export const heading = 'Serving';

/** The tables of this part. */
export function measure({ rounds }) {
  return inTemporaryFolder(async (folder) => {
    const homebody = await startHomebody(folder);
    const nginx = await startNginx(folder, homebody);
    try {
      return [await contest({ homebody, nginx }, Math.ceil(rounds / 3))];
    } finally {
      await Promise.all([homebody.stop(), nginx.stop()]);
    }
  });
}

async function contest(servers, rounds) {
  const { manifest, pool, table: catalogue } = servers.homebody.paths;
  const kinds = [
    { name: 'manifest, 304', path: manifest, revalidate: true, limit: 1.3 },
    { name: 'manifest, 200', path: manifest, limit: 1.3 },
    { name: 'pool', path: pool, limit: 1.4 },
    { name: 'catalogue table', path: catalogue, limit: 1.9 },
  ];
  const rows = [];
  for (const { name, path, revalidate, limit } of kinds) {
    const { bytes, headers } = await prepared(servers, path, revalidate);
    const slice = (who) => () => cpuPerRequest(servers[who], path, headers[who], revalidate ? 304 : 200);
    const found = await takeTurns({ homebody: slice('homebody'), nginx: slice('nginx') }, rounds);
    console.log(`  ${name}: CPU µs a request, median: homebody ${found.homebody.median.toFixed(1)}, nginx ${found.nginx.median.toFixed(1)}`);
    const middle = found.homebody.median / found.nginx.median;
    rows.push([name, bytes, ratio(found.homebody.min / found.nginx.min), ratio(middle), `${limit} ×`, within(middle, limit)]);
  }
  return table('CPU time a request, homebody ÷ nginx', ['answer', 'bytes sent', 'min', 'median', 'budget', ''], rows, [
    'Both on one processor, the client on another; nginx sends the same precompressed files from its open file cache',
    'by `sendfile`, which spares it a copy of the body: about half of what a large one costs here.',
  ]);
}

/** Both must send the same bytes; what each then asks with. */
async function prepared(servers, path, revalidate) {
  const headers = {};
  const bodies = [];
  for (const [who, { origin }] of Object.entries(servers)) {
    const first = await get(origin, path, ENCODED);
    assert.equal(first.status, 200);
    headers[who] = revalidate ? { ...ENCODED, 'if-none-match': first.headers.etag } : ENCODED;
    const answer = await get(origin, path, headers[who]);
    assert.equal(answer.status, revalidate ? 304 : 200, `${who} ${path}`);
    bodies.push(answer.body);
  }
  assert.ok(bodies[0].equals(bodies[1]), `${path}: the servers answer differently`);
  const kilobytes = bodies[0].length / 1000;
  return { headers, bytes: kilobytes < 10 ? `${kilobytes.toFixed(1)} KB` : `${kilobytes.toFixed(0)} KB` };
}

async function cpuPerRequest({ origin, pid }, path, headers, status) {
  const asked = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const before = await cpuUs(pid);
  const load = ['-t1', `-c${CONNECTIONS}`, `-d${SLICE_S}s`, ...asked, `${origin}${path}`];
  const { stdout } = await run('taskset', ['-c', CLIENT_PROCESSOR, 'wrk', ...load]);
  const used = (await cpuUs(pid)) - before;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  assert.ok(requests > 0, `wrk: ${stdout}`);
  // wrk counts every answer that is not 2xx or 3xx.
  assert.ok(!/Non-2xx|Socket errors: connect [1-9]/.test(stdout), `not all were answered ${status}: ${stdout}`);
  return [used / requests];
}
