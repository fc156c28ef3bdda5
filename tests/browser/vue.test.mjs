// `homebody/vue` in a real page: bundled by webpack with Vue's own checks on, rendered by Vue on a server first where the
// test says so, and used as a visitor would.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import webpack from 'webpack';
import { assertQuiet, assertRanks, bindingStage, testsOfEveryBinding } from './bindings.mjs';
import { until } from './harness.mjs';
import { App } from './vue/app.mjs';

const FLAGS = { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true' };
const stage = bindingStage('vue', [new webpack.DefinePlugin(FLAGS)]);

testsOfEveryBinding(stage, 'composable');

test('whoever leaves the page listens no more, and whoever comes back starts nothing twice', async () => {
  // Without a configuration nothing of the package's own listens to the choices.
  const visited = await stage.mounted({ consentConfig: undefined });
  const [listening, first] = await visited.evaluate(() => [window.listening, (window.first = window.me) !== undefined]);
  assert.ok(listening >= 4 && first, String(listening));
  for (let round = 0; round < 3; round += 1) {
    await visited.evaluate(() => app.unmount());
    await until('nobody listens', async () => (await visited.evaluate(() => window.listening)) === 0);
    await visited.evaluate((all) => mount(all), stage.given());
    await visited.locator('#shelf li').nth(7).waitFor();
    await until('as many as before', async () => (await visited.evaluate(() => window.listening)) === listening);
  }
  assert.equal(await visited.evaluate(() => me === first), true);
  await assertQuiet(visited);
});

test('what a server rendered is taken over without a warning, and then ranked', async () => {
  const rendered = await renderToString(createSSRApp(App, stage.given()));
  assert.match(rendered, /nothing yet/);
  assert.match(rendered, /uncounted/);
  assert.match(rendered, /steps unknown/);
  assert.equal(rendered.match(/data-personal="false"/g).length, stage.own.length);
  stage.shop.front.pages.set('/t/hydrated-vue.html', stage.page(rendered));
  const visited = await stage.open('/t/hydrated-vue.html');
  await visited.evaluate(() => (document.querySelector('#own li').isServers = true));
  await visited.evaluate((all) => hydrate(all), stage.given({ consent: 'banner' }));
  await visited.locator('#shelf li').nth(7).waitFor();
  assert.ok(await visited.evaluate(() => document.querySelector('#own li').isServers), 'the server’s elements stay');
  await assertRanks(visited);
  await assertQuiet(visited);
});

test('options no page can work with are told once, and the page stays', async () => {
  const visited = await stage.open();
  const told = visited.waitForEvent('pageerror');
  await visited.evaluate((all) => mount(all), stage.given({ key: '' }));
  assert.match(String(await told), /`key` is missing/);
  await visited.locator('#own li').nth(5).waitFor();
  assert.equal(visited.failures.every((error) => /key/.test(String(error))), true);
  assert.equal(await visited.locator('#said').getAttribute('data-started'), 'false');
});
