// Pages with a consent platform on them, the real one where it can be had, and what must be true of us at each step.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import webpack from 'webpack';
import { equip, openPage, ROOT, startShop, stored, temporaryFolder, until } from './harness.mjs';

/** The shop with the packages of node_modules under `/lib/` and `modules` (by name, what they export) under `/bundles/`. */
export async function startPlatforms(modules = {}) {
  const bundles = await temporaryFolder('platforms');
  await Promise.all(Object.entries(modules).map(([name, exports]) => bundle(bundles, name, exports)));
  return startShop({ '/lib/': join(ROOT, 'node_modules'), '/bundles/': bundles });
}

/** Makes a classic script that puts what `exports` exports on the page. */
async function bundle(folder, name, exports) {
  const entry = join(folder, `${name}.entry.mjs`);
  await writeFile(entry, exports);
  const compiler = webpack({
    mode: 'development',
    devtool: false,
    target: ['web', 'es2022'],
    entry,
    resolve: { modules: [join(ROOT, 'node_modules')] },
    output: { path: folder, filename: `${name}.js`, library: { name, type: 'window' } },
  });
  const stats = await new Promise((resolve, reject) => {
    compiler.run((error, result) => compiler.close(() => (error ? reject(error) : resolve(result))));
  });
  assert.deepEqual(stats.toJson({ errors: true }).errors.map(({ message }) => message), []);
}

/** The text of a page with these things in its head. */
export function pageWith(head = '') {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,">${head}</head><body><main></main></body></html>`;
}

/** Opens a page of this text for a new visitor, gives it the package, and has `open()` do so again on the next page. */
export async function openWith(browser, shop, html) {
  const path = `/t/${Math.random().toString(36).slice(2)}.html`;
  shop.front.pages.set(path, html);
  const page = await openPage(await browser.newContext());
  page.open = async () => {
    await page.goto(shop.origin + path);
    await equip(page, shop);
  };
  await page.open();
  return page;
}

/**
 * Starts with a reader, by name of its file and function: `read(page, 'tcf', 'tcf', { … })`. What needs an object of the
 * page is given as text to evaluate there.
 */
export async function read(page, file, name, options = '') {
  await page.evaluate(
    async ([file, name, options]) => {
      const module = await import(`/pkg/consent/sources/${file}.js`);
      window.source = module[name](new Function(`return ${options || 'undefined'}`)());
      await start({ consent: window.source, purposes: ['personalize', 'contribute'] });
    },
    [file, name, options],
  );
}

/** Whether each purpose is allowed: `personalize`, `contribute`, both, or `''`. */
export function allowed(page) {
  return page.evaluate(() => ['personalize', 'contribute'].filter((purpose) => me.consent.allowed(purpose)).join());
}

/** Where `personalize` stands. */
export function status(page) {
  return page.evaluate(() => me.consent.state().purposes.personalize.status);
}

/** What we keep in the browser; the platform's own things are its own. */
export async function ours(page) {
  const { local, session, databases, files } = await stored(page);
  return [...local, ...session].map(([key]) => key).filter((key) => key.startsWith('hb')).concat(databases, files);
}

/** Nothing is allowed, taken or kept. */
export async function assertNothing(page, expected) {
  assert.equal(await allowed(page), '', 'nothing is allowed');
  if (expected) assert.equal(await status(page), expected);
  assert.equal(await page.evaluate(() => me.record({ kind: 'click', item: 'seen-too-early' })), false);
  await page.evaluate(() => me.rank());
  assert.deepEqual(await ours(page), [], 'nothing is kept');
  assert.deepEqual(page.failures, []);
}

/** `wanted` comes to be allowed, and what is done from now on is kept. */
export async function assertGranted(page, wanted = 'personalize,contribute') {
  await until(`allowed: ${wanted}`, async () => (await allowed(page)) === wanted);
  assert.equal(await page.evaluate(() => me.record({ kind: 'click', item: 'seen' })), true);
  await until('kept', async () => (await ours(page)).includes('homebody.shard'));
  const items = await page.evaluate(async () => (await me.profile()).items.map(({ id }) => id));
  assert.deepEqual(items, ['seen'], 'what was seen before the grant is not known');
  assert.deepEqual(page.failures, []);
}

/** The profile goes, and with it every trace of ours. */
export async function assertGone(page) {
  await until('not allowed', async () => (await allowed(page)) === '');
  await until('nothing is kept', async () => (await ours(page)).length === 0);
  assert.equal(await page.evaluate(() => me.profile()), null);
  assert.deepEqual(page.failures, []);
}
