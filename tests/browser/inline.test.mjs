// Where the WebAssembly modules come from: every form that `wasm`, `annexWasm` and `careWasm` take, and `homebody/inline`,
// in a page that can have no `.wasm` file.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { codes, launchBrowser, openLab, ROOT, startShop, until } from './harness.mjs';

let shop;
let browser;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

/** A page whose server has no `.wasm` where the package looks for it. */
async function open() {
  shop.front.clear();
  shop.front.fault = async ({ url }) => (/^\/pkg\/.*\.wasm$/.test(url) ? { status: 404 } : undefined);
  return openLab(await browser.newContext(), shop);
}

/** Uses all three modules. */
const useAll = async (more) => {
  const options = typeof more === 'string' ? await new Function(`return ${more}`)() : {};
  await start(options);
  await me.consent.set({ personalize: true });
  const ranked = await me.rank(undefined, { limit: 12 });
  me.record({ kind: 'click', item: ranked[3].id });
  me.record({ kind: 'impression', item: ranked[0].id });
  return { personal: ranked.some(({ personalized }) => personalized), varied: (await me.audit()) !== null, known: (await me.profile()) !== null };
};

test('from text: the whole device works, and nothing of it is fetched before the yes', async () => {
  const page = await open();
  await page.evaluate(async () => {
    const { inline } = await import('/pkg/inline/index.js');
    await start(inline);
    await me.ready;
  });
  assert.deepEqual(inlined(), [], 'not before it is needed');
  await page.evaluate(() => me.consent.set({ personalize: true }));
  await until('ranked by the profile', () => page.evaluate(() => me.personalized));
  assert.deepEqual(inlined().filter((url) => /care/.test(url)), [], 'only what is needed');
  const told = await page.evaluate(useAll, "import('/pkg/inline/index.js').then(({ inline }) => inline)");
  assert.deepEqual(told, { personal: true, varied: true, known: true });
  assert.deepEqual(inlined(), ['/pkg/wasm/annex.inline.js', '/pkg/wasm/care.inline.js', '/pkg/wasm/rank.inline.js']);
  assert.deepEqual(shop.front.requests.filter(({ url }) => url.endsWith('.wasm')), []);
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await page.context().close();
});

const inlined = () => [...new Set(shop.front.requests.map(({ url }) => url).filter((url) => url.endsWith('.inline.js')))].toSorted();

/** Another address under which the files are to be had. */
const elsewhere = {
  'an address': (name) => `'/t/${name}.wasm'`,
  'a URL': (name) => `new URL('/t/${name}.wasm', location.href)`,
  'bytes': (name) => `await (await fetch('/t/${name}.wasm')).arrayBuffer()`,
  'a module': (name) => `await WebAssembly.compile(await (await fetch('/t/${name}.wasm')).arrayBuffer())`,
  'an answer, given when it is needed': (name) => `() => fetch('/t/${name}.wasm')`,
};

for (const [form, write] of Object.entries(elsewhere)) {
  test(`from ${form}`, async () => {
    const page = await open();
    shop.front.fault = async ({ url }) => {
      if (/^\/pkg\/.*\.wasm$/.test(url)) return { status: 404 };
      const [, name] = /^\/t\/(\w+)\.wasm$/.exec(url) ?? [];
      return name && { headers: { 'content-type': 'application/wasm' }, body: await readFile(join(ROOT, `js/dist/wasm/${name}.wasm`)) };
    };
    const told = await page.evaluate(useAll, `(async () => ({ wasm: ${write('rank')}, annexWasm: ${write('annex')}, careWasm: ${write('care')} }))()`);
    assert.deepEqual(told, { personal: true, varied: true, known: true });
    assert.deepEqual([await codes(page), page.failures], [[], []]);
    await page.context().close();
  });
}

test('what cannot be had is told, and the order stays everybody’s', async () => {
  for (const bad of ["() => { throw new Error('no') }", '() => Promise.reject(new Error("no"))', "() => 'nowhere.wasm'", 'new Uint8Array(3)']) {
    const page = await open();
    const ranked = await page.evaluate(async (bad) => {
      await start({ wasm: new Function(`return ${bad}`)() });
      await me.consent.set({ personalize: true });
      return (await me.rank(undefined, { limit: 3 })).map(({ personalized }) => personalized);
    }, bad);
    assert.deepEqual(ranked, [false, false, false], bad);
    await until('it is told', async () => (await codes(page)).includes('wasm_unavailable'));
    assert.deepEqual(page.failures, [], bad);
    await page.context().close();
  }
});
