// The packed package in the bundlers people use, built with their defaults and run against a real server.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { build, createServer } from 'vite';
import webpack from 'webpack';
import { atEnd } from '../browser/harness.mjs';
import { assertWorks, freePort, pack, page, project, script, startDemoServer, visit, visitAddress } from './project.mjs';

let packed;
let server;

before(async () => {
  [packed, server] = [await pack(), await startDemoServer()];
});

async function wasmFiles(folder) {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.wasm'));
}

/** `rank`, its annex, and `care`. */
const MODULES = 3;

test('webpack, production, nothing configured', async () => {
  const folder = await project('webpack', packed, {
    'src/index.js': script(server),
    'dist/index.html': page('<script defer src="main.js"></script>'),
  });
  const stats = await new Promise((resolve, reject) => {
    const compiler = webpack({ mode: 'production', context: folder, output: { path: join(folder, 'dist') } });
    compiler.run((error, result) => compiler.close(() => (error ? reject(error) : resolve(result))));
  });
  assert.deepEqual(stats.toJson({ errors: true }).errors.map(({ message }) => message), []);
  assert.deepEqual(stats.toJson({ warnings: true }).warnings.map(({ message }) => message).filter((text) => !/size limit|performance/.test(text)), []);
  assert.equal((await wasmFiles(join(folder, 'dist'))).length, MODULES);
  await assertWorks(await visit(join(folder, 'dist')));
});

test('Vite, production, nothing configured', async () => {
  const folder = await viteProject('vite-build');
  await build({ root: folder, logLevel: 'error', configFile: false });
  const files = await wasmFiles(join(folder, 'dist'));
  assert.equal(files.length, MODULES, String(files));
  await assertWorks(await visit(join(folder, 'dist')));
});

test('Vite, development server, nothing configured', async () => {
  const folder = await viteProject('vite-dev');
  const vite = await createServer({ root: folder, logLevel: 'error', configFile: false, server: { host: '127.0.0.1', port: await freePort() } });
  await vite.listen();
  atEnd(() => vite.close());
  await assertWorks(await visitAddress(`http://127.0.0.1:${vite.httpServer.address().port}/`));
});

function viteProject(name) {
  return project(name, packed, {
    'index.html': page('<script type="module" src="/main.js"></script>'),
    'main.js': script(server),
  });
}
