// `homebody/react` in a real page: bundled by webpack with React's own checks on, rendered by React on a server first
// where the test says so, and used as a visitor would.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { assertQuiet, assertRanks, bindingStage, choose, testsOfEveryBinding } from './bindings.mjs';
import { until } from './harness.mjs';
import { App } from './react/app.mjs';

const stage = bindingStage('react');

testsOfEveryBinding(stage, 'hook');

test('StrictMode starts once and asks once, and so does who comes back', async () => {
  const visited = await stage.mounted({ consent: 'banner' }, true);
  await visited.locator('hb-consent').getByRole('region').waitFor();
  assert.equal(await visited.locator('hb-consent').count(), 1);
  assert.equal(await visited.evaluate(() => started.size), 1);
  await visited.evaluate(() => root.unmount());
  await visited.evaluate((all) => mount(all, true), stage.given());
  await visited.locator('#shelf li').nth(7).waitFor();
  assert.equal(await visited.locator('hb-consent').count(), 1);
  assert.equal(await visited.evaluate(() => started.size), 1);
  await assertQuiet(visited);
});

test('another experiment in the same place is unknown until it is drawn', async () => {
  const visited = await stage.mounted();
  await choose(visited, { personalize: true });
  await until('the first', async () => (await visited.locator('#tried').textContent()) === 'steps one');
  await visited.evaluate(() => {
    const seen = (window.seen = []);
    const tried = document.querySelector('#tried');
    new MutationObserver(() => seen.push(tried.textContent)).observe(tried, { subtree: true, childList: true, characterData: true });
    tried.click();
  });
  await until('the other', async () => (await visited.locator('#tried').textContent()) === 'other one');
  assert.deepEqual(await visited.evaluate(() => seen), ['other unknown', 'other one']);
  await assertQuiet(visited);
});

test('whoever leaves the page listens no more', async () => {
  // Without a configuration nothing of the package's own listens to the choices.
  const visited = await stage.mounted({ consentConfig: undefined }, true);
  const listening = await visited.evaluate(() => window.listening);
  assert.ok(listening >= 4, String(listening));
  for (let round = 0; round < 3; round += 1) {
    await visited.evaluate(() => root.unmount());
    await until('nobody listens', async () => (await visited.evaluate(() => window.listening)) === 0);
    await visited.evaluate((all) => mount(all, true), stage.given());
    await visited.locator('#shelf li').nth(7).waitFor();
    await until('as many as before', async () => (await visited.evaluate(() => window.listening)) === listening);
  }
  await assertQuiet(visited);
});

test('what a server rendered is taken over without a warning, and then ranked', async () => {
  const rendered = renderToString(createElement(App, stage.given()));
  assert.match(rendered, /nothing yet/);
  assert.match(rendered, /uncounted/);
  assert.match(rendered, /steps unknown/);
  assert.equal(rendered.match(/data-personal="false"/g).length, stage.own.length);
  stage.shop.front.pages.set('/t/hydrated.html', stage.page(rendered));
  const visited = await stage.open('/t/hydrated.html');
  await visited.evaluate(() => (document.querySelector('#uncounted').isServers = true));
  await visited.evaluate((all) => hydrate(all), stage.given({ consent: 'banner' }));
  await visited.locator('#shelf li').nth(7).waitFor();
  assert.ok(await visited.evaluate(() => document.querySelector('#uncounted').isServers), 'the server’s elements stay');
  await assertRanks(visited);
  await assertQuiet(visited);
});

test('options no page can work with are told once, and the children stay', async () => {
  const visited = await stage.open();
  const told = visited.waitForEvent('pageerror');
  await visited.evaluate((all) => mount(all, true), stage.given({ key: '' }));
  assert.match(String(await told), /`key` is missing/);
  await visited.locator('#own li').nth(5).waitFor();
  assert.equal(visited.failures.length, 1);
  assert.equal(await visited.locator('#said').getAttribute('data-started'), 'false');
});
