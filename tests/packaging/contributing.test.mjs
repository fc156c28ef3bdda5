// A page that contributes, out of a bundler that has to be told where each module is: all three of its own are found.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import esbuild from 'esbuild';
import { until } from '../browser/harness.mjs';
import { ask, askBoth, startCollector, startHelper, task } from '../browser/contribution-stage.mjs';
import { pack, page, project, visit } from './project.mjs';

const MODULES = { wasm: 'rank', annexWasm: 'annex', careWasm: 'care', contributeWasm: 'contribute', judgeWasm: 'judge', splitWasm: 'split' };

/** The page's script, with the modules imported as files, as docs/recipes/vite.md says. */
const main = ({ server, key, site }) => `${Object.entries(MODULES).map(([option, name]) => `import ${option} from 'homebody/${name}.wasm';\n`).join('')}
import { personalize } from 'homebody';
window.me = await personalize({
  server: '${server.origin}', key: '${key}', site: '${site}', placement: 'home', purposes: ['personalize', 'contribute'],
  onError: (error) => failures.push(error.code), ${Object.keys(MODULES).join(', ')},
});
`;

test('esbuild: a page answers tasks of every kind with the modules it imports', { timeout: 180_000 }, async () => {
  const [shop, helper] = [await startCollector(), await startHelper()];
  await ask(shop, task('choices'));
  await ask(shop, task('varied', { measurement: { diversity: { bins: 2 } }, length: 5 }));
  await askBoth(shop, helper, task('halves'));
  const folder = await project('contributing', await pack(), {
    'main.js': main(shop),
    'dist/index.html': page('<script type="module" src="main.js"></script>'),
  });
  const { errors, warnings } = await esbuild.build({
    absWorkingDir: folder, entryPoints: ['main.js'], bundle: true, splitting: true, minify: true, format: 'esm', loader: { '.wasm': 'file' }, outdir: 'dist', logLevel: 'silent',
  });
  assert.deepEqual([errors, warnings], [[], []]);
  const emitted = (await readdir(join(folder, 'dist'))).filter((name) => name.endsWith('.wasm'));
  assert.equal(emitted.length, Object.keys(MODULES).length, String(emitted));
  const visited = await visit(join(folder, 'dist'));
  const fetched = [];
  visited.on('request', (request) => fetched.push(request.url().split('/').at(-1)));
  await until('me', () => visited.evaluate(() => 'me' in window));
  await visited.evaluate(() => me.consent.set({ personalize: true, contribute: true }));
  const listed = () => visited.evaluate(async () => (await me.contributions.list()).map(({ name, mode, vector }) => [name, mode, vector.length]).sort());
  await until('an answer to each', async () => (await listed()).length === 3, 60_000);
  assert.deepEqual(await listed(), [['choices', 'trusted', 17], ['halves', 'split', 17], ['varied', 'trusted', 5]]);
  const own = ['contribute', 'judge', 'split'].map((name) => fetched.some((file) => file.startsWith(`${name}-`) && file.endsWith('.wasm')));
  assert.deepEqual(own, [true, true, true], String(fetched));
  assert.deepEqual([await visited.evaluate(() => failures), visited.failures, visited.complaints], [[], [], []]);
});
