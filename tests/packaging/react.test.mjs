// `homebody/react` out of the packed package: what it weighs, its types, and React on a server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { ROOT } from '../browser/harness.mjs';
import { pack, project, startDemoServer, write } from './project.mjs';

const run = promisify(execFile);
/** React and its types, as a project that uses React has them. */
const REACT = ['react', 'react-dom', 'scheduler', '@types/react', 'csstype'];
const LIMIT_BYTES = 1024;

let packed;

before(async () => {
  packed = await pack();
});

/** A project with React beside the package. */
async function reactProject(name, files) {
  const folder = await project(name, packed, files);
  for (const each of REACT) {
    const link = join(folder, 'node_modules', each);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(ROOT, 'node_modules', each), link);
  }
  return folder;
}

/** The first snippet with these fences, in a text. */
function snippet(text, pattern) {
  const [, found] = pattern.exec(text) ?? assert.fail(`no ${pattern}`);
  return found;
}

async function assertTypes(folder, files, modules) {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  for (const [module, moduleResolution] of modules) {
    const compilerOptions = { strict: true, noEmit: true, jsx: 'react-jsx', target: 'ES2022', lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [], module, moduleResolution };
    await write(folder, { 'tsconfig.json': JSON.stringify({ compilerOptions, files }) });
    await run(process.execPath, [tsc, '-p', folder]).catch((error) => assert.fail(`${moduleResolution}: ${error.stdout}`));
  }
}

test('one file of 1 KB at most, for the browser’s side of the page', async () => {
  const folder = await project('react-weigh', packed, {});
  const manifest = JSON.parse(await readFile(join(folder, 'node_modules/homebody/package.json'), 'utf8'));
  const bytes = await readFile(join(folder, 'node_modules/homebody', manifest.exports['./react'].default));
  const { length } = brotliCompressSync(bytes);
  assert.ok(length <= LIMIT_BYTES, `${length} bytes`);
  assert.match(bytes.toString(), /^'use client';/);
  assert.deepEqual([...bytes.toString().matchAll(/from"([^"]+)"/g)].map(([, from]) => from).sort(), ['../binding.js', '../json.js', '../neutral.js', 'react']);
});

test('its types hold in a strict project, for bundlers and for Node', async () => {
  const folder = await reactProject('react-types', {
    'main.tsx': `import type { ConsentState, Display, Personalizer, Ranked } from 'homebody';
import { Gate, HomebodyProvider, useConsent, useExperiment, useHomebody, useRanked } from 'homebody/react';
const options = { server: 'https://reco.shop.example', key: 'x', consentConfig: 'server' };
export function Shelf() {
  const me: Personalizer | null = useHomebody();
  const consent: ConsentState | null = useConsent();
  const pool: readonly Ranked<Display>[] = useRanked();
  const named: readonly Ranked<Display>[] = useRanked('home', { limit: 20 });
  const own: readonly Ranked<{ id: string; price: number }>[] = useRanked([{ id: 'a', price: 1 }] as const);
  const steps: 'three' | 'one' | null = useExperiment('steps', ['three', 'one'], { weights: [9, 1] });
  // @ts-expect-error no such variant
  const other: boolean = steps === 'two';
  // @ts-expect-error an experiment has variants
  useExperiment('steps');
  // @ts-expect-error there may be none yet
  me.like('a');
  // @ts-expect-error candidates have an id
  useRanked([{ name: 'a' }]);
  // @ts-expect-error no such choice
  useRanked('home', { most: 20 });
  return <p onClick={() => me?.like('a')}>{pool.length + named.length + (own[0]?.item.price ?? 0)} {String(other)} {String(consent?.paused)}</p>;
}
export const page = <HomebodyProvider options={options}><Shelf /><Gate purpose="analytics" fallback={<i />}><b /></Gate></HomebodyProvider>;
// @ts-expect-error a server is needed
export const without = <HomebodyProvider options={{ key: 'x' }} />;
// @ts-expect-error a purpose is needed
export const open = <Gate><b /></Gate>;
`,
  });
  await assertTypes(folder, ['main.tsx'], [['ESNext', 'Bundler'], ['NodeNext', 'NodeNext']]);
});

test('the examples of the documentation hold', async () => {
  const readme = await readFile(join(ROOT, 'js/README.md'), 'utf8');
  const provider = await readFile(join(ROOT, 'js/src/react/provider.ts'), 'utf8');
  const declared = `declare const Counter: () => null;\n`;
  const folder = await reactProject('react-examples', {
    'readme.tsx': snippet(readme, /^```tsx\n([^]*?)^```/m) + declared,
    'provider.tsx': snippet(provider, /@example\n([^]*?)\n \*\//).replace(/^ \* ?/gm, '') + `\n${declared}`,
  });
  await assertTypes(folder, ['readme.tsx', 'provider.tsx'], [['ESNext', 'Bundler']]);
});

test('on a server the page is rendered at once, nothing is fetched, and the process ends', async () => {
  const server = await startDemoServer();
  const folder = await reactProject('react-server', {
    'main.js': `import { createElement as h } from 'react';
import { renderToString } from 'react-dom/server';
import { Gate, HomebodyProvider, useConsent, useExperiment, useHomebody, useRanked } from 'homebody/react';
let fetched = 0;
const fetch = globalThis.fetch;
globalThis.fetch = (...all) => (fetched += 1, fetch(...all));
function Shelf() {
  const own = useRanked([{ id: 'b' }, { id: 'a' }, { id: 'c' }], { limit: 2 });
  return h('ol', null, JSON.stringify([useHomebody(), useConsent(), useRanked('home'), useExperiment('steps', ['three', 'one'])]), own.map(({ id }) => h('li', { key: id }, id)));
}
const gated = h(Gate, { purpose: 'personalize', fallback: h('i') }, h('b'));
console.log(renderToString(h(HomebodyProvider, { options: { server: '${server.origin}', key: '${server.key}' } }, h(Shelf), gated)));
console.log(renderToString(h(Gate, { purpose: 'personalize' }, h('b'))) + '|');
setTimeout(() => console.log(fetched), 200);
`,
  });
  const { stdout, stderr } = await run(process.execPath, ['main.js'], { cwd: folder, timeout: 20_000 });
  assert.deepEqual(stdout.trim().split('\n'), ['<ol>[null,null,[],null]<li>b</li><li>a</li></ol><i></i>', '|', '0']);
  assert.equal(stderr, '');
});
