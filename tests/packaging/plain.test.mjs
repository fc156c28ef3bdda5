// The packed package without a bundler: what is in it, script tags, Node, and the types.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { ROOT } from '../browser/harness.mjs';
import { assertWorks, pack, page, project, script, startDemoServer, visit, write } from './project.mjs';

const run = promisify(execFile);

let packed;
let server;

before(async () => {
  [packed, server] = [await pack(), await startDemoServer()];
});

test('the package has what it names, and nothing else', async () => {
  const folder = await project('look', packed, {});
  const { default: manifest } = await import(join(folder, 'node_modules/homebody/package.json'), { with: { type: 'json' } });
  const named = Object.values(manifest.exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)));
  for (const path of named) assert.ok(packed.files.includes(path.replace('./', '')), `${path} is exported but not packed`);
  const expected = /^(package\.json|README\.md|LICENSE[\w-]*|dist\/consent\.schema\.json|dist\/.+\.(js|d\.ts|wasm))$/;
  assert.deepEqual(packed.files.filter((path) => !expected.test(path) || /test/.test(path)), []);
  // A fifth of it are the texts of 32 languages, of which a page fetches those of one, another the modules as text.
  assert.ok(packed.size < 960_000, `${packed.size} bytes packed`);
  assert.deepEqual(manifest.dependencies ?? {}, {}, 'no dependencies at run time');
});

test('each reader of a consent platform weighs 0.7 KB at most', async () => {
  const folder = await project('weigh', packed, {});
  const sources = join(folder, 'node_modules/homebody/dist/sources');
  const files = await readdir(sources);
  assert.ok(files.length >= 14, String(files));
  for (const file of files) {
    const { length } = brotliCompressSync(await readFile(join(sources, file)));
    assert.ok(length <= 0.7 * 1024, `${file}: ${length} bytes`);
  }
});

test('a script tag with a server and a key', async () => {
  const folder = await project('script-tag', packed, {
    'index.html': page(`<script src="node_modules/homebody/dist/homebody.js" data-server="${server.origin}" data-key="${server.key}" data-consent="manual"></script>
<script src="page.js"></script>`),
    'page.js': `(async () => {\n${afterTag()}\n})();`,
  });
  const visited = await visit(folder);
  await assertWorks(visited);
});

/** The page's own script when the tag has made the personalizer. */
function afterTag() {
  return script(server)
    .replace(/^import .*\n/, '')
    .replace(/const me = await personalize\([^]*?\n\}\);/, "const me = await homebody.me;\nme.on('error', (error) => failures.push(error.code));\nconst { onClick } = homebody;");
}

test('modules straight from the package', async () => {
  const folder = await project('modules', packed, {
    'index.html': page('<script type="module" src="main.js"></script>'),
    'main.js': script(server, './node_modules/homebody/dist/index.js'),
  });
  await assertWorks(await visit(folder));
});

test('in Node it can be imported, ranks neutrally, and lets the process end', async () => {
  const folder = await project('node', packed, {
    'main.js': `import { onClick, personalize } from 'homebody';
import 'homebody/panel';
import 'homebody/why';
import 'homebody/onboarding';
import 'homebody/list';
import 'homebody/inline';
import { gpp } from 'homebody/consent/gpp';
import { restrict } from 'homebody/consent/restrict';
import { tcf } from 'homebody/consent/tcf';
const errors = [];
const me = await personalize({ server: '${server.origin}', key: '${server.key}', consent: 'banner', onError: ({ code }) => errors.push(code) });
await me.ready;
const ranked = await me.rank(undefined, { limit: 5 });
const own = await me.rank([{ id: 'b' }, { id: 'a' }]);
await me.consent.set({ personalize: true });
// A reader waits for a platform; on a server there will be none, and the process must end all the same.
await personalize({ server: '${server.origin}', key: '${server.key}', consent: restrict(tcf(), gpp()) });
console.log(JSON.stringify({
  errors, titles: ranked.map(({ item }) => item.title), own: own.map(({ id }) => id), personalized: ranked.some((each) => each.personalized),
  recorded: me.record({ kind: 'click', item: 'a' }), profile: await me.profile(), onClick: typeof onClick,
}));
`,
  });
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: folder, timeout: 20_000 });
  const { titles, ...rest } = JSON.parse(stdout);
  assert.equal(titles.length, 5);
  assert.ok(titles.every((title) => typeof title === 'string' && title.length > 0));
  assert.deepEqual(rest, { errors: [], own: ['b', 'a'], personalized: false, recorded: false, profile: null, onClick: 'function' });
});

test('the snippets of docs/consent-sources.md hold', async () => {
  const text = await readFile(join(ROOT, 'docs/consent-sources.md'), 'utf8');
  const snippets = Array.from(text.matchAll(/^```ts\n([^]*?)^```/gm), ([, snippet]) => snippet);
  assert.ok(snippets.length >= 12, String(snippets.length));
  const names = snippets.map((_, index) => `snippet-${index}.ts`);
  const folder = await project('snippets', packed, Object.fromEntries(snippets.map((snippet, index) => [names[index], snippet])));
  const compilerOptions = { strict: true, noEmit: true, target: 'ES2022', lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [], module: 'ESNext', moduleResolution: 'Bundler' };
  await write(folder, { 'tsconfig.json': JSON.stringify({ compilerOptions, files: names }) });
  await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder]).catch((error) => assert.fail(error.stdout));
});

test('its types hold in a strict project, for bundlers and for Node', async () => {
  const folder = await project('types', packed, {
    'main.ts': `import { type HomebodyError, autocapture, onClick, onDwell, onImpression, onView, personalize, type ProfileExport, type Ranked, type Display } from 'homebody';
import { onPurchase } from 'homebody/signals';
import { custom } from 'homebody/consent/custom';
import { gcmOut } from 'homebody/consent/gcm-out';
import { gpp } from 'homebody/consent/gpp';
import { klaro } from 'homebody/consent/klaro';
import { restrict } from 'homebody/consent/restrict';
import { tcf } from 'homebody/consent/tcf';
import { openPanel } from 'homebody/panel';
const me = await personalize({ server: 'https://reco.shop.example', key: 'x', consent: 'banner', onError: (error: HomebodyError) => error.hint });
const pool: Ranked<Display>[] = await me.rank();
const own: Ranked<{ id: string; price: number }>[] = await me.rank([{ id: 'a', price: 1 }]);
const data: ProfileExport = await me.exportData();
for (const stop of [autocapture(me, { impressions: { ms: 500 } }), onClick(me), onImpression(me), onView(me, { item: 'a' }), onDwell(me, { item: 'a' }), onPurchase(me)]) stop();
await openPanel(me);
await personalize({ server: 'https://reco.shop.example', key: 'x', consent: restrict(tcf({ needs: { personalize: [1, 5, 'c2'] } }), gpp()) });
await personalize({ server: 'https://reco.shop.example', key: 'x', consent: klaro({ needs: { personalize: 'shop' } }) });
await personalize({ server: 'https://reco.shop.example', key: 'x', consent: custom((tell) => tell({ personalize: true })) });
gcmOut(me.consent)();
// @ts-expect-error a signal that can only deny is no source
await personalize({ server: 'https://reco.shop.example', key: 'x', consent: gpp() });
// @ts-expect-error no purpose of ours
tcf({ needs: { advertise: 4 } });
// @ts-expect-error a view is of an item
onView(me);
// @ts-expect-error an unknown kind
me.record({ kind: 'cliqued', item: 'a' });
// @ts-expect-error a server is needed
await personalize({ key: 'x' });
console.log(pool, own, data.items[0]?.id);
`,
  });
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  for (const [module, moduleResolution] of [['ESNext', 'Bundler'], ['NodeNext', 'NodeNext']]) {
    const compilerOptions = { strict: true, noEmit: true, target: 'ES2022', lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [], module, moduleResolution };
    await write(folder, { 'tsconfig.json': JSON.stringify({ compilerOptions, files: ['main.ts'] }) });
    await run(process.execPath, [tsc, '-p', folder]).catch((error) => assert.fail(`${moduleResolution}: ${error.stdout}`));
  }
});
