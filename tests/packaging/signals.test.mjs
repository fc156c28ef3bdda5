// Each signal is a function of its own: a bundler that is asked for one takes nothing of the others.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import esbuild from 'esbuild';
import { rollup } from 'rollup';
import { pack, project } from './project.mjs';

/** What only one of them needs, as it stands in the code. */
const MARKS = {
  action: 'data-hb-present',
  click: 'kind:"click"',
  dwell: 'hasFocus',
  impression: 'IntersectionObserver',
  scroll: 'scrollingElement',
  search: 'data-hb-query',
  view: 'kind:"view"',
  onCart: '["cart_add","cart_remove"]',
  onCheckout: '["checkout"]',
  onDismiss: '["dismiss","undo"]',
  onPurchase: '["purchase"]',
  onRating: '["rating"]',
  onShare: '["share"]',
  onSurvey: '["survey"]',
  onThumbs: '["thumbs_up","thumbs_down","undo"]',
  onWishlist: '["wishlist"]',
};
const OWN = { onClick: ['click'], onDwell: ['dwell'], onImpression: ['impression'], onScroll: ['scroll'], onSearch: ['search'], onView: ['view'] };
/** What no signal needs: consent, storage, modules. */
const FOREIGN = ['indexedDB', '.wasm', 'localStorage', 'BroadcastChannel'];

let folder;
let all;
let names;

before(async () => {
  folder = await project('signals', await pack(), {});
  all = await withEsbuild("export * from 'homebody/signals'");
  names = Object.keys(await import(`${folder}/node_modules/homebody/dist/signals/index.js`)).filter((name) => name !== 'autocapture');
});

async function withEsbuild(contents) {
  const { outputFiles } = await esbuild.build({ stdin: { contents, resolveDir: folder }, bundle: true, minify: true, format: 'esm', write: false });
  assert.equal(outputFiles.length, 1);
  return outputFiles[0].text;
}

/** Rollup drops what is not used; esbuild makes both comparable. */
async function withRollup(contents) {
  const entry = { resolveId: (id) => (id === 'entry' ? `${folder}/entry.js` : null), load: (id) => (id.endsWith('/entry.js') ? contents : null) };
  const bundle = await rollup({ input: 'entry', plugins: [entry, nodeResolve()] });
  const { output } = await bundle.generate({ format: 'es' });
  await bundle.close();
  assert.equal(output.length, 1);
  return (await esbuild.transform(output[0].code, { minify: true })).code;
}

const marks = (code) => Object.keys(MARKS).filter((mark) => code.includes(MARKS[mark]));

for (const [bundler, bundle] of Object.entries({ esbuild: withEsbuild, rollup: withRollup })) {
  for (const specifier of ['homebody/signals', 'homebody']) {
    test(`${bundler} takes one function of \`${specifier}\` without the others`, async () => {
      assert.equal(marks(all).length, Object.keys(MARKS).length, 'every mark is one of the code');
      for (const name of names) {
        const code = await bundle(`export { ${name} } from '${specifier}';`);
        assert.deepEqual(marks(code).sort(), (OWN[name] ?? ['action', name]).toSorted(), name);
        for (const mark of FOREIGN) assert.ok(!code.includes(mark), `${name} brings ${mark}`);
        assert.ok(code.length < 0.6 * all.length, `${name}: ${code.length} of ${all.length}`);
      }
    });
  }
}
