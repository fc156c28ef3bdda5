// Every entry of the packed package's `exports`, whatever is added to it: found, typed, and harmless on a server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from '../browser/harness.mjs';
import { pack, project, write } from './project.mjs';

const run = promisify(execFile);
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

let packed;
let entries;
let peers;

before(async () => {
  packed = await pack();
  const { exports, peerDependencies } = JSON.parse(await readFile(join(ROOT, 'js/package.json'), 'utf8'));
  entries = Object.entries(exports).map(([path, target]) => ({ specifier: path.replace('.', 'homebody'), target }));
  peers = Object.keys(peerDependencies);
});

/** The entries that are modules with types, and those that are files to be fetched. */
const modules = () => entries.filter(({ target }) => typeof target === 'object');
const files = () => entries.filter(({ target }) => typeof target === 'string');

/** A project that has the frameworks, too, which the package only names as its peers. */
async function withPeers(name, sources) {
  const folder = await project(name, packed, sources);
  const all = [...peers, ...peers.map((peer) => `@types/${peer}`), 'csstype', 'scheduler', '@vue'];
  for (const each of all) await symlink(join(ROOT, 'node_modules', each), await madeFor(join(folder, 'node_modules', each))).catch(ignoreExisting);
  return folder;
}

async function madeFor(path) {
  await mkdir(dirname(path), { recursive: true });
  return path;
}

function ignoreExisting(error) {
  if (error.code !== 'EEXIST') throw error;
}

test('each entry is a module with types, types first, or a plain file', () => {
  assert.ok(modules().length > 15);
  for (const { specifier, target } of modules()) {
    assert.deepEqual(Object.keys(target).at(0), 'types', `${specifier}: TypeScript takes the first condition that fits`);
    assert.deepEqual(Object.keys(target).at(-1), 'default', specifier);
  }
  assert.deepEqual(files().map(({ specifier }) => specifier).filter((each) => !/\.(wasm|json)$/.test(each)), ['homebody/script', 'homebody/worker']);
});

test('types are found by every way TypeScript resolves modules', async () => {
  const uses = modules().map(({ specifier }, index) => `import * as entry${index} from '${specifier}';\nexport const keys${index}: (keyof typeof entry${index})[] = [];\n`);
  const folder = await withPeers('exports-types', { 'main.ts': uses.join('') });
  for (const [module, moduleResolution] of [['ESNext', 'Bundler'], ['Node16', 'Node16'], ['NodeNext', 'NodeNext']]) {
    const compilerOptions = { strict: true, noEmit: true, skipDefaultLibCheck: true, target: 'ES2022', lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [], module, moduleResolution };
    await write(folder, { 'tsconfig.json': JSON.stringify({ compilerOptions, files: ['main.ts'] }) });
    await run(process.execPath, [TSC, '-p', folder]).catch((error) => assert.fail(`${moduleResolution}: ${error.stdout}`));
  }
});

test('in Node each module can be imported, and none reaches for a browser', async () => {
  const folder = await withPeers('exports-node', {
    // What frameworks look at when they are imported is not ours.
    'main.js': `for (const peer of ['react', 'vue', '@openfeature/web-sdk']) await import(peer);
const reached = [];
for (const name of ['window', 'document', 'localStorage', 'indexedDB', 'navigator', 'location']) {
  Object.defineProperty(globalThis, name, { configurable: true, get: () => void reached.push(name) });
}
const found = {};
for (const specifier of ${JSON.stringify(modules().map(({ specifier }) => specifier))}) {
  const before = reached.length;
  found[specifier] = { names: Object.keys(await import(specifier)).length, reached: reached.slice(before) };
}
console.log(JSON.stringify(found));
`,
  });
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: folder, timeout: 20_000 });
  for (const [specifier, { names, reached }] of Object.entries(JSON.parse(stdout))) {
    assert.ok(names > 0, `${specifier} exports nothing`);
    assert.deepEqual(reached, [], `${specifier} looks at the browser when it is imported`);
  }
});

test('files are found by their names, and nothing else can be reached', async () => {
  const folder = await project('exports-files', packed, {
    'main.js': `import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
for (const each of ${JSON.stringify(files().map(({ specifier }) => specifier))}) {
  if (!existsSync(fileURLToPath(import.meta.resolve(each)))) throw new Error(each);
}
const inside = await import('homebody/dist/personalize.js').then(() => 'reached', ({ code }) => code);
console.log(inside);
`,
  });
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: folder });
  assert.equal(stdout.trim(), 'ERR_PACKAGE_PATH_NOT_EXPORTED');
});
