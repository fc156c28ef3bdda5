// What bindings have in common: a page that webpack bundles with the framework's own checks on, and what each of them has to
// do for it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import webpack from 'webpack';
import { launchBrowser, openPage, ROOT, startShop, temporaryFolder, until } from './harness.mjs';

/**
 * The stage of the binding `name`, whose page is `NAME/main.mjs`: `shop`, `browser`, and `own`, the ids of the page's own
 * candidates, are there when tests begin. `plugins`: of the bundle. `isStrict` goes to the page's `mount`.
 */
export function bindingStage(name, plugins = []) {
  const path = `/t/${name}.html`;
  const stage = { page, open, given, mounted };

  before(async () => {
    stage.shop = await startShop({ [`/${name}/`]: await bundled(name, plugins) });
    stage.shop.front.pages.set(path, page());
    stage.browser = await launchBrowser();
    const visited = await open();
    stage.own = await visited.evaluate(async ([server, key]) => {
      const me = await personalize({ server, key });
      return (await me.rank(undefined, { limit: 60 })).map(({ id }) => id).filter((_, index) => index % 10 === 5);
    }, [stage.shop.origin, stage.shop.key]);
  });

  function page(inside = '') {
    return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title><link rel="icon" href="data:,"><main>${inside}</main><script src="/${name}/main.js"></script>`;
  }

  /** A fresh visitor's page; it fails by whatever the framework or the browser complains about. */
  async function open(address = path) {
    const visited = await openPage(await stage.browser.newContext());
    visited.complaints = [];
    visited.on('console', (message) => ['error', 'warning'].includes(message.type()) && visited.complaints.push(message.text()));
    await visited.goto(stage.shop.origin + address);
    return visited;
  }

  function given(more = {}) {
    const controller = { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' };
    const analytics = { kind: 'site-tag', text: 'tags.analytics', data: ['views'], retentionDays: 30 };
    const texts = { en: { 'tags.analytics.title': 'Counting', 'tags.analytics.body': 'We count which pages are read.' } };
    const consentConfig = { version: 1, id: name, controller, purposes: { personalize: { retentionDays: 90 }, analytics }, texts };
    return { options: { server: stage.shop.origin, key: stage.shop.key, consent: 'manual', consentConfig, ...more }, own: stage.own ?? [] };
  }

  /** Mounts the page and waits until its list is there. */
  async function mounted(more = {}, isStrict = false) {
    const visited = await open();
    await visited.evaluate(([all, strict]) => mount(all, strict), [given(more), isStrict]);
    await visited.locator('#shelf li').nth(7).waitFor();
    await visited.waitForFunction(() => window.me !== undefined);
    return visited;
  }

  return stage;
}

/** The page's scripts as a developer's build makes them; frameworks complain about mistakes in those only. */
async function bundled(name, plugins) {
  const folder = await temporaryFolder(name);
  const compiler = webpack({
    mode: 'development',
    devtool: false,
    entry: join(ROOT, `tests/browser/${name}/main.mjs`),
    output: { path: folder, filename: 'main.js', publicPath: `/${name}/` },
    plugins,
  });
  const stats = await new Promise((resolve, reject) => compiler.run((error, done) => compiler.close(() => (error ? reject(error) : resolve(done)))));
  assert.deepEqual(stats.toJson({ errors: true }).errors, []);
  return folder;
}

/** Ids in a list of the page, in order. */
export const order = (visited, list = '#shelf') => visited.locator(`${list} > li`).evaluateAll((rows) => rows.map((row) => row.dataset.id));

export const choose = (visited, choice) => visited.evaluate((all) => me.consent.set(all), choice);

/** A yes in the banner and a click put both lists in another order. */
export async function assertRanks(visited) {
  const [shelf, candidates] = [await order(visited), await order(visited, '#own')];
  await visited.locator('hb-consent').getByRole('button', { name: /^(Sort for me|Accept all|Yes)/ }).first().click();
  await visited.locator('#shelf > li').nth(6).click();
  await until('the shelf follows', async () => String(await order(visited)) !== String(shelf));
  await until('the candidates follow', async () => String(await order(visited, '#own')) !== String(candidates));
}

/** Nothing failed, nothing was complained of, and nobody else was asked. */
export async function assertQuiet(visited) {
  assert.deepEqual(await visited.evaluate(() => failures), []);
  assert.deepEqual([visited.complaints, visited.failures, visited.stray], [[], [], []]);
}

/** What every binding has to do; `part`: what it calls the parts of a page that use it. */
export function testsOfEveryBinding(stage, part) {
  test(`the page is there before it has started, and every ${part} hears of the start`, async () => {
    const visited = await stage.open();
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    stage.shop.front.fault = async ({ url }) => void (url.startsWith('/v1/') && (await held));
    await visited.evaluate((all) => mount(all), stage.given());
    await visited.locator('#own li').nth(5).waitFor();
    assert.deepEqual([await order(visited), await order(visited, '#own')], [[], stage.own]);
    answer();
    await visited.locator('#shelf li').nth(7).waitFor();
    stage.shop.front.fault = undefined;
    assert.equal(await visited.locator('#said').textContent(), 'unknown false');
    assert.equal(await visited.locator('#said').getAttribute('data-started'), 'true');
    await assertQuiet(visited);
  });

  test('a gate opens with the yes, closes with the withdrawal, and does not heed other purposes', async () => {
    const visited = await stage.mounted();
    await visited.locator('#uncounted').waitFor();
    await choose(visited, { personalize: true });
    await until('the choice is told', async () => (await visited.locator('#said').textContent()) === 'given false');
    assert.equal(await visited.locator('#counted').count(), 0);
    await choose(visited, { analytics: true });
    await visited.locator('#counted').waitFor();
    assert.equal(await visited.locator('#uncounted').count(), 0);
    await visited.evaluate(() => me.consent.pause());
    await visited.locator('#uncounted').waitFor();
    assert.equal(await visited.locator('#said').textContent(), 'given true');
    await visited.evaluate(() => me.consent.resume());
    await visited.locator('#counted').waitFor();
    await visited.evaluate(() => me.consent.withdraw('analytics'));
    await visited.locator('#uncounted').waitFor();
    assert.equal(await visited.locator('#counted').count(), 0);
    await assertQuiet(visited);
  });

  test('after clicks both lists are in the visitor’s order, and after the withdrawal in everybody’s', async () => {
    const visited = await stage.mounted();
    const [shelf, candidates] = [await order(visited), await order(visited, '#own')];
    assert.deepEqual(candidates, stage.own);
    await choose(visited, { personalize: true });
    await visited.locator('#shelf > li').nth(6).click();
    await visited.evaluate((id) => me.like(id), stage.own[4]);
    await until('the shelf follows', async () => String(await order(visited)) !== String(shelf));
    await until('the candidates follow', async () => String(await order(visited, '#own')) !== String(stage.own));
    assert.deepEqual((await order(visited, '#own')).sort(), [...stage.own].sort(), 'all of them, each once');
    await until('all of them by the profile', async () => (await visited.locator('#own > [data-personal="true"]').count()) === stage.own.length);
    await visited.evaluate(() => me.consent.withdraw());
    await until('the shelf is everybody’s', async () => String(await order(visited)) === String(shelf));
    await until('the candidates are', async () => String(await order(visited, '#own')) === String(stage.own));
    await assertQuiet(visited);
  });

  test('an experiment shows the first variant until the visitor takes part, and again when they take it back', async () => {
    const visited = await stage.mounted();
    const tried = visited.locator('#tried');
    await until('the first', async () => (await tried.textContent()) === 'steps three');
    await visited.evaluate(() => (window.shown = [], me.on('experiment', ({ variant }) => shown.push(variant)), undefined));
    await choose(visited, { personalize: true });
    await until('their own', async () => (await tried.textContent()) === 'steps one');
    // Whatever else changes, to be shown it is told once.
    await choose(visited, { analytics: true });
    await visited.locator('#shelf > li').nth(6).click();
    await visited.locator('#counted').waitFor();
    assert.deepEqual(await visited.evaluate(() => shown), ['one']);
    await visited.evaluate(() => me.consent.withdraw());
    await until('the first again', async () => (await tried.textContent()) === 'steps three');
    await assertQuiet(visited);
  });

  test('candidates and options are ranked again only when they say something else', async () => {
    const visited = await stage.mounted();
    await visited.evaluate(() => {
      const rank = me.rank;
      window.asked = [];
      me.rank = (candidates, options) => {
        asked.push(candidates ? 'own' : options.limit);
        return rank(candidates, options);
      };
    });
    await visited.locator('#dearer').click();
    await until('the new prices are there', async () => (await visited.locator('#own').textContent()) === '2'.repeat(stage.own.length));
    assert.deepEqual(await visited.evaluate(() => asked), []);
    await visited.locator('#more').click();
    await visited.locator('#shelf > li').nth(15).waitFor();
    assert.deepEqual(await visited.evaluate(() => asked), [16]);
    await assertQuiet(visited);
  });
}
