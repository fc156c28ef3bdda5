// The story of the product, told once from beginning to end in a real browser against the real server.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { assertDocumented } from './documented.mjs';
import { launchBrowser, NOTHING, openPage, startShop, stored, until } from './harness.mjs';
import { accept, closePanel, eraseInPanel, mode, openPanel, order, ready, reasons, visitFilm } from './shop.mjs';

describe('a visitor of the demo shop', () => {
  let shop;
  let page;
  let other;
  let neutral;
  let exported;
  const visited = [];

  before(async () => {
    shop = await startShop();
    const browsers = [await launchBrowser(), await launchBrowser()];
    [page, other] = await Promise.all(browsers.map(async (browser) => openPage(await browser.newContext({ acceptDownloads: true }))));
  });

  test('meets the same list as everybody, and nothing is kept', async () => {
    await page.goto(shop.origin);
    await ready(page);
    await other.goto(shop.origin);
    await ready(other);
    neutral = await order(page);
    assert.ok(neutral.length >= 12, `${neutral.length} films`);
    assert.deepEqual(await order(other), neutral, 'the same in two fresh profiles');
    assert.deepEqual(neutral, (await publishedOrder(shop)).slice(0, neutral.length), 'it is the published order');
    assert.equal(await mode(page), 'shared');
    assert.equal(new Set(await reasons(page)).size, 1, 'nobody has a reason of their own');
    assert.deepEqual(await stored(page), NOTHING);
  });

  test('agrees in the banner and opens three films', async () => {
    await page.locator('hb-consent').waitFor();
    await accept(page);
    await page.locator('hb-consent').waitFor({ state: 'detached' });
    const { local, files, databases } = await stored(page);
    assert.match(Object.fromEntries(local)['hb.c'], /^2\.[0-9a-f]{8}\.p1[0-9a-f]{6}\d{6}[rslie]$/, 'the choice has no identifier');
    assert.deepEqual([files, databases], [['homebody.shard'], ['homebody']]);
    for (const place of [5, 9, 14]) visited.push(await visitFilm(page, place, { but: visited }));
    assert.equal(new Set(visited).size, 3);
  });

  test('sees another order, and every film says why', async () => {
    await until('a personal order', async () => (await mode(page)) === 'personal' && (await order(page)).join() !== neutral.join());
    const lines = await reasons(page);
    assert.ok(lines.every((line) => line.trim().length > 3), JSON.stringify(lines));
    assert.ok(new Set(lines).size > 1, 'reasons of their own');
    await page.locator('#films .card-open').first().click();
    const why = page.locator('#film hb-why');
    await why.waitFor();
    assert.ok((await why.evaluate((element) => element.shadowRoot.textContent)).trim().length > 3);
    await page.locator('#film .film-close').click();
    assert.deepEqual(await order(other), neutral, 'nobody else sees another order');
  });

  test('still has that order after coming back', async () => {
    await page.reload();
    await ready(page);
    await until('the order comes back', async () => (await mode(page)) === 'personal' && (await order(page)).join() !== neutral.join());
  });

  test('reads in the panel what is known', async () => {
    const panel = await openPanel(page);
    const text = await panel.innerText();
    const films = new Map((await readFile(shop.catalogue, 'utf8')).trim().split('\n').map((line) => [JSON.parse(line).id, JSON.parse(line)]));
    for (const id of visited) assert.ok(text.includes(films.get(id).title), `${films.get(id).title} in: ${text}`);
    assert.ok(visited.some((id) => text.includes(films.get(id).category)), 'and a genre');
  });

  test('downloads it', async () => {
    const download = page.waitForEvent('download');
    await page.locator('hb-privacy-panel [data-key="download"]').click();
    const file = await download;
    assert.match(file.suggestedFilename(), /\.json$/);
    exported = JSON.parse(await readFile(await file.path(), 'utf8'));
    assertDocumented('ProfileExport', exported);
    assert.equal(exported.schema_version, 2);
    const kept = exported.items.map(({ id }) => id);
    for (const id of visited) assert.ok(kept.includes(id), `${id} is in the export`);
  });

  test('switches to the order of everybody and back', async () => {
    await page.locator('hb-privacy-panel [data-key="neutral"]').click();
    await closePanel(page);
    await until('the neutral order', async () => (await mode(page)) === 'neutral' && (await order(page)).join() === neutral.join());
    await page.locator('#neutral').click();
    await until('the personal order', async () => (await mode(page)) === 'personal' && (await order(page)).join() !== neutral.join());
  });

  test('erases everything, and the page says so', async () => {
    const said = await eraseInPanel(page);
    assert.match(said, /^Erased in \d+ ms: .*key.*database.*\.$/);
    await until('the neutral order', async () => (await order(page)).join() === neutral.join());
    assert.deepEqual(await withoutChoice(page), NOTHING);
    await page.reload();
    await ready(page);
    assert.deepEqual(await order(page), neutral);
    assert.deepEqual(await withoutChoice(page), NOTHING);
    assert.match(await (await openPanel(page)).innerText(), /Nothing\./);
    await closePanel(page);
  });

  test('comes back with the downloaded file', async () => {
    await page.goto(`${shop.origin}/t/lab.html`);
    const back = await page.evaluate(
      async ({ origin, key, exported }) => {
        const { personalize } = await import('/pkg/index.js');
        const me = await personalize({ server: origin, key, consent: 'manual' });
        await me.consent.set({ personalize: true });
        const before = (await me.rank()).map(({ id }) => id);
        await me.importData(exported);
        return { before, after: (await me.rank()).map(({ id }) => id), again: await me.exportData() };
      },
      { origin: shop.origin, key: shop.key, exported },
    );
    assert.notDeepEqual(back.after, back.before, 'the file changes the order');
    const bare = ({ exported_at_ms: _, ...rest }) => rest;
    assert.deepEqual(bare(back.again), bare(exported), 'what comes out again is what went in');
  });

  test('met no failure on the way', () => {
    assert.deepEqual([...page.failures, ...other.failures], []);
    assert.deepEqual([...page.stray, ...other.stray], []);
  });
});

/** Every id of the home pool in its own order, read by the package's own reader. */
async function publishedOrder(shop) {
  const { Table } = await import('../../js/dist/table.js');
  const { payload } = await (await fetch(`${shop.server.origin}/v1/manifest.json`)).json();
  const bytes = await (await fetch(`${shop.server.origin}/v1/blobs/${JSON.parse(payload).placements.home.sha256}`)).arrayBuffer();
  const table = new Table(new Uint8Array(bytes));
  return Array.from({ length: table.rows }, (_, row) => table.id(row));
}

/** What is kept, leaving out a record of the choice: it has no identifier and may stay. */
async function withoutChoice(page) {
  const kept = await stored(page);
  return { ...kept, local: kept.local.filter(([name]) => name !== 'hb.c') };
}
