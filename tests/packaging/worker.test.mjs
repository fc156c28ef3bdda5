// The packed package with `worker: true` in the bundlers people use: the script and its modules are found, and used.
import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { importMetaAssets } from '@web/rollup-plugin-import-meta-assets';
import esbuild from 'esbuild';
import { rollup } from 'rollup';
import { build, createServer } from 'vite';
import webpack from 'webpack';
import { atEnd, SLACK, until } from '../browser/harness.mjs';
import { assertWorks, freePort, pack, page, project, script, startDemoServer, visit, visitAddress } from './project.mjs';

let packed;
let server;

before(async () => {
  [packed, server] = [await pack(), await startDemoServer()];
});

const WORKER = '\n  worker: true,';

/** Works, and in a worker. */
async function assertWorksApart(visited) {
  const begun = [];
  visited.on('worker', (worker) => begun.push(worker.url()));
  await assertWorks(visited);
  assert.equal(begun.length, 1, String(begun));
  await until('the worker is gone', () => visited.workers().length === 0, 500 * SLACK);
}

function viteProject(name) {
  return project(name, packed, { 'index.html': page('<script type="module" src="/main.js"></script>'), 'main.js': script(server, 'homebody', WORKER) });
}

test('webpack', async () => {
  const folder = await project('webpack-worker', packed, {
    'src/index.js': script(server, 'homebody', WORKER),
    'dist/index.html': page('<script defer src="main.js"></script>'),
  });
  const stats = await new Promise((resolve, reject) => {
    const compiler = webpack({ mode: 'production', context: folder, output: { path: join(folder, 'dist') } });
    compiler.run((error, result) => compiler.close(() => (error ? reject(error) : resolve(result))));
  });
  assert.deepEqual(stats.toJson({ errors: true }).errors.map(({ message }) => message), []);
  await assertWorksApart(await visit(join(folder, 'dist')));
});

test('Vite, production', async () => {
  const folder = await viteProject('vite-worker');
  await build({ root: folder, logLevel: 'error', configFile: false });
  await assertWorksApart(await visit(join(folder, 'dist')));
});

test('Vite, development server', async () => {
  const folder = await viteProject('vite-dev-worker');
  const vite = await createServer({ root: folder, logLevel: 'error', configFile: false, server: { host: '127.0.0.1', port: await freePort() } });
  await vite.listen();
  atEnd(() => vite.close());
  await assertWorksApart(await visitAddress(`http://127.0.0.1:${vite.httpServer.address().port}/`));
});

test('rollup', async () => {
  const folder = await project('rollup-worker', packed, {
    'main.js': script(server, 'homebody', WORKER),
    'dist/index.html': page('<script type="module" src="main.js"></script>'),
  });
  const bundle = await rollup({ input: join(folder, 'main.js'), plugins: [nodeResolve(), importMetaAssets()] });
  await bundle.write({ dir: join(folder, 'dist'), format: 'es' });
  await bundle.close();
  await assertWorksApart(await visit(join(folder, 'dist')));
});

test('esbuild, with the modules as text and the script copied beside the page', async () => {
  const folder = await project('esbuild-worker', packed, {
    'main.js': `import { inline } from 'homebody/inline';\n${script(server, 'homebody', "\n  ...inline,\n  worker: '/homebody.worker.js',")}`,
    'dist/index.html': page('<script type="module" src="main.js"></script>'),
  });
  await esbuild.build({ absWorkingDir: folder, entryPoints: ['main.js'], bundle: true, splitting: true, format: 'esm', outdir: 'dist', logLevel: 'silent' });
  await copyFile(join(folder, 'node_modules/homebody/dist/homebody.worker.js'), join(folder, 'dist/homebody.worker.js'));
  await assertWorksApart(await visit(join(folder, 'dist')));
});
