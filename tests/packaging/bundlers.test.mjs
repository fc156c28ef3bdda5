// The packed package in the bundlers people use, built with their defaults and run against a real server.
import assert from 'node:assert/strict';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { importMetaAssets } from '@web/rollup-plugin-import-meta-assets';
import esbuild from 'esbuild';
import { rollup } from 'rollup';
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

/** For bundlers that emit no assets for `new URL(…, import.meta.url)`: the files of the package, by import. */
const WASM_IMPORTS = ['rank', 'annex', 'care'].map((name) => `import ${name} from 'homebody/${name}.wasm';\n`).join('');
const WASM_OPTIONS = `
  wasm: rank,
  annexWasm: annex,
  careWasm: care,`;

/** `rank`, its annex, and `care`. */
const MODULES = 6;

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

test('esbuild: the modules are imported as files', async () => {
  const folder = await project('esbuild', packed, {
    'main.js': WASM_IMPORTS + script(server, 'homebody', WASM_OPTIONS),
    'dist/index.html': page('<script type="module" src="main.js"></script>'),
  });
  const { errors, warnings } = await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ['main.js'],
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    loader: { '.wasm': 'file' },
    outdir: 'dist',
    logLevel: 'silent',
  });
  assert.deepEqual([errors, warnings], [[], []]);
  // esbuild takes no `new URL(…)` for a file: those that are imported.
  assert.equal((await wasmFiles(join(folder, 'dist'))).length, 3);
  await assertWorks(await visit(join(folder, 'dist')));
});

test('esbuild, the modules copied beside the page', async () => {
  const folder = await project('esbuild-copied', packed, {
    'main.js': script(server, 'homebody', ['wasm', 'annexWasm', 'careWasm'].map((name) => `\n  ${name}: '/wasm/${name.replace(/^wasm$/, 'rank').replace('Wasm', '')}.wasm',`).join('')),
    'dist/index.html': page('<script type="module" src="main.js"></script>'),
  });
  await esbuild.build({ absWorkingDir: folder, entryPoints: ['main.js'], bundle: true, splitting: true, format: 'esm', outdir: 'dist', logLevel: 'silent' });
  await cp(join(folder, 'node_modules/homebody/dist/wasm'), join(folder, 'dist/wasm'), { recursive: true });
  await assertWorks(await visit(join(folder, 'dist')));
});

test('rollup, with the plugin for `new URL(…, import.meta.url)`', async () => {
  const folder = await project('rollup', packed, {
    'main.js': script(server),
    'dist/index.html': page('<script type="module" src="main.js"></script>'),
  });
  const warnings = [];
  const bundle = await rollup({ input: join(folder, 'main.js'), plugins: [nodeResolve(), importMetaAssets()], onwarn: ({ message }) => warnings.push(message) });
  await bundle.write({ dir: join(folder, 'dist'), format: 'es' });
  await bundle.close();
  assert.deepEqual(warnings, []);
  assert.equal((await wasmFiles(join(folder, 'dist'))).length, MODULES);
  await assertWorks(await visit(join(folder, 'dist')));
});

function viteProject(name) {
  return project(name, packed, {
    'index.html': page('<script type="module" src="/main.js"></script>'),
    'main.js': script(server),
  });
}
