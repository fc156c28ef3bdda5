// `homebody/vue` out of the packed package: what it weighs, its types, and Vue on a server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { ROOT } from '../browser/harness.mjs';
import { pack, project, write } from './project.mjs';

const run = promisify(execFile);
const LIMIT_BYTES = 1024;

let folder;

before(async () => {
  folder = await project('vue', await pack(), {});
  for (const each of ['vue', '@vue', 'csstype']) {
    const link = join(folder, 'node_modules', each);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(ROOT, 'node_modules', each), link);
  }
});

test('one file of 1 KB at most, around the Vue of the page', async () => {
  const bytes = await readFile(join(folder, 'node_modules/homebody/dist/vue/binding.js'));
  const { length } = brotliCompressSync(bytes);
  assert.ok(length <= LIMIT_BYTES, `${length} bytes`);
  assert.deepEqual([...bytes.toString().matchAll(/from"([^"]+)"/g)].map(([, from]) => from).sort(), ['../binding.js', '../json.js', '../neutral.js', 'vue']);
});

test('its types hold in a strict project, for bundlers and for Node', async () => {
  await write(folder, {
    'main.ts': `import type { ConsentState, Display, Personalizer, Ranked } from 'homebody';
import { HbGate, provideHomebody, useConsent, useExperiment, useHomebody, useOnboarding, useRanked } from 'homebody/vue';
import { h, ref } from 'vue';
export function setup() {
  provideHomebody({ server: 'https://reco.shop.example', key: 'x', consentConfig: 'server' });
  const me: Personalizer | null = useHomebody().value;
  const consent: ConsentState | null = useConsent().value;
  const pool: readonly Ranked<Display>[] = useRanked('home', () => ({ limit: 20 })).value;
  const own: readonly Ranked<{ id: string; price: number }>[] = useRanked(ref([{ id: 'a', price: 1 }])).value;
  const { question, answer, skip } = useOnboarding();
  const steps: 'three' | 'one' | null = useExperiment('steps', ['three', 'one'], { weights: [9, 1] }).value;
  // @ts-expect-error no such variant
  const other: boolean = steps === 'two';
  // @ts-expect-error there may be none yet
  me.like('a');
  // @ts-expect-error no such answer
  answer('maybe');
  // @ts-expect-error a server is needed
  provideHomebody({ key: 'x' });
  // @ts-expect-error no such choice
  useRanked('home', { most: 20 });
  return () => [h(HbGate, { purpose: 'analytics' }), pool.length, own[0]?.item.price, question.value?.text, consent?.paused, skip, other];
}
`,
  });
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  for (const [module, moduleResolution] of [['ESNext', 'Bundler'], ['NodeNext', 'NodeNext']]) {
    const compilerOptions = { strict: true, noEmit: true, skipLibCheck: true, target: 'ES2022', lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [], module, moduleResolution };
    await write(folder, { 'tsconfig.json': JSON.stringify({ compilerOptions, files: ['main.ts'] }) });
    await run(process.execPath, [tsc, '-p', folder]).catch((error) => assert.fail(`${moduleResolution}: ${error.stdout}`));
  }
});

test('on a server the page is rendered at once, nothing is fetched, and the process ends', async () => {
  await write(folder, {
    'main.js': `import { createSSRApp, h } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { HbGate, provideHomebody, useConsent, useExperiment, useHomebody, useOnboarding, useRanked } from 'homebody/vue';
let fetched = 0;
globalThis.fetch = () => { fetched += 1; throw new Error('fetched'); };
const Shelf = { setup() {
  const [me, consent, pool, { question }, steps] = [useHomebody(), useConsent(), useRanked('home'), useOnboarding(), useExperiment('steps', ['three', 'one'])];
  const own = useRanked([{ id: 'b' }, { id: 'a' }, { id: 'c' }], { limit: 2 });
  return () => h('ol', [JSON.stringify([me.value, consent.value, pool.value, question.value, steps.value]), own.value.map(({ id }) => h('li', id))]);
} };
const gate = () => h(HbGate, { purpose: 'personalize' }, { default: () => h('b'), fallback: () => h('i') });
const App = { setup() { provideHomebody({ server: 'http://127.0.0.1:9', key: 'x' }); return () => h('div', [h(Shelf), gate()]); } };
console.log(await renderToString(createSSRApp(App)));
setTimeout(() => console.log(fetched), 100);
`,
  });
  const { stdout, stderr } = await run(process.execPath, ['main.js'], { cwd: folder, timeout: 20_000 });
  assert.deepEqual(stdout.replace(/<!--.*?-->/g, '').trim().split('\n'), ['<div><ol>[null,null,[],null,null]<li>b</li><li>a</li></ol><i></i></div>', '0']);
  assert.equal(stderr, '');
});
