// Questions for newcomers with an interface of one's own, in both bindings: the first list is another one, nobody has to
// answer, and no answer leaves the page.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import webpack from 'webpack';
import { forger, questionnaire, withSections } from './forge.mjs';
import { launchBrowser, openLab, openPage, ROOT, startShop, temporaryFolder, until } from './harness.mjs';

const BINDINGS = ['react', 'vue'];
const TOPICS = ['Comedy', 'Horror', 'Drama', 'Musical'];

let shop;
let browser;

before(async () => {
  const folder = await bundled();
  shop = await startShop({ '/questions/': folder });
  browser = await launchBrowser();
  const forge = await forger(shop);
  const page = await openLab(await browser.newContext(), shop);
  const keys = await page.evaluate(async ([names, seed]) => {
    const { deriveKey } = await import('/pkg/ids.js');
    return names.map((name) => deriveKey(seed, `category:${name}`));
  }, [TOPICS, forge.manifest.id_seed]);
  shop.front.fault = forge.offering(withSections(forge.pool, { QUES: questionsAbout(keys) }), { catalog: null });
  for (const binding of BINDINGS) {
    shop.front.pages.set(`/t/${binding}.html`, `<!doctype html><html lang="en"><meta charset="utf-8"><title>questions</title><link rel="icon" href="data:,"><main></main><script src="/questions/${binding}.js"></script>`);
  }
});

function questionsAbout([comedy, horror, drama, musical]) {
  return questionnaire({
    shares: [0.5, 0.5],
    tastes: [[[comedy, 1], [horror, -1]], [[horror, 1], [musical, -0.5]]],
    questions: [
      { facet: comedy, yes: [0.9, 0.2], text: 'Comedy' },
      { facet: horror, yes: [0.15, 0.8], text: 'Horror' },
      { facet: drama, yes: [0.5, 0.75], text: 'Drama' },
      { facet: musical, yes: [0.6, 0.35], text: 'Musical' },
    ],
  });
}

async function bundled() {
  const folder = await temporaryFolder('questions');
  const compiler = webpack({
    mode: 'development',
    devtool: false,
    entry: Object.fromEntries(BINDINGS.map((name) => [name, join(ROOT, `tests/browser/questions/${name}.mjs`)])),
    output: { path: folder, filename: '[name].js', publicPath: '/questions/' },
    plugins: [new webpack.DefinePlugin({ __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' })],
  });
  const stats = await new Promise((resolve, reject) => compiler.run((error, done) => compiler.close(() => (error ? reject(error) : resolve(done)))));
  assert.deepEqual(stats.toJson({ errors: true }).errors, []);
  return folder;
}

async function open(binding) {
  const page = await openPage(await browser.newContext());
  await page.goto(`${shop.origin}/t/${binding}.html`);
  await page.evaluate((options) => begin(options), { server: shop.origin, key: shop.key });
  await page.waitForFunction(() => window.me);
  return page;
}

const list = (page) => page.evaluate(async () => (await me.rank(undefined, { limit: 12 })).map(({ id }) => id));

for (const binding of BINDINGS) {
  test(`${binding}: one question after the other, and the first list is the visitor’s`, async () => {
    const page = await open(binding);
    assert.equal(await page.locator('main p').textContent(), 'nothing to ask', 'nothing is asked before consent');
    const popular = await list(page);
    await page.evaluate(() => me.consent.acceptAll());
    await page.getByRole('button', { name: 'yes' }).waitFor();
    shop.front.clear();
    const asked = [];
    for (let text; (text = await page.locator('main p').textContent()) !== 'nothing to ask' && asked.length < 6; ) {
      asked.push(text);
      // A second press before the next question is none.
      await page.getByRole('button', { name: asked.length === 1 ? 'yes' : 'no', exact: true }).dblclick();
      await until('the next', async () => (await page.locator('main p').textContent()) !== text);
    }
    assert.ok(asked.length >= 2 && new Set(asked).size === asked.length && asked.every((text) => TOPICS.includes(text)), String(asked));
    assert.notDeepEqual(await list(page), popular);
    const stored = await page.evaluate(async () => (await me.exportData()).answers?.length);
    assert.ok(stored === undefined || stored >= asked.length, String(stored));
    assert.deepEqual(shop.front.seen().filter(({ method }) => method !== 'GET'), [], 'no answer leaves the page');
    assert.deepEqual(page.failures, []);
    await page.context().close();
  });

  test(`${binding}: nobody has to answer`, async () => {
    const page = await open(binding);
    await page.evaluate(() => me.consent.acceptAll());
    await page.getByRole('button', { name: 'skip' }).waitFor();
    const first = await page.locator('main p').textContent();
    await page.getByRole('button', { name: 'skip' }).click();
    await until('another', async () => (await page.locator('main p').textContent()) !== first);
    assert.notEqual(await page.locator('main p').textContent(), 'nothing to ask');
    await page.getByRole('button', { name: 'no more' }).click();
    await until('the end', async () => (await page.locator('main p').textContent()) === 'nothing to ask');
    assert.deepEqual([await page.evaluate(() => me.onboarding.next()), page.failures], [null, []]);
    await page.context().close();
  });
}
