// How visitors decide, as the operator's page says it: readable by everybody, and the numbers are those of the rows to download.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { VIEWS } from '../../www/tour.mjs';
import { assertReadable } from './axe.mjs';
import { atEnd, homebody, launchBrowser, openPage, ROOT, startServer, temporaryFolder } from './harness.mjs';

/** Photographs for people go here, if anywhere. */
const SHOTS = process.env.RATES_SHOTS;
const OTHERS = [
  { name: 'narrow', viewport: { width: 320, height: 640 } },
  { name: 'forced-colors', viewport: { width: 390, height: 844 }, forcedColors: 'active' },
];
/** Decisions by region, language and action, in whole twenties: a day that is not over is told in steps of them. */
const DECIDED = [
  ['DE', 'de', { accept: 60, partial: 20, refuse: 40, later: 20 }],
  ['FR', 'en', { accept: 20, refuse: 20 }],
  ['IT', 'en', { accept: 7, refuse: 5 }],
  ['PT', 'en', { accept: 8, refuse: 3 }],
];
const PLACES = [...VIEWS, ...OTHERS];

describe('how visitors decide', () => {
  let server, browser, rows, notice;

  before(async () => {
    const folder = await temporaryFolder('rates');
    const [data, config] = ['data', 'homebody.toml'].map((name) => join(folder, name));
    await writeFile(config, 'site = "shop.example"\n[consent]\nregion_header = "CF-IPCountry"\n');
    const asked = join(ROOT, 'core/protocol/testdata/consent/lint/clean-edges.json');
    ({ notice } = await homebody(data, ['consent', 'publish', asked], { config }));
    await homebody(data, ['import', 'catalog', await catalogue(folder)], { config });
    await homebody(data, ['publish'], { config });
    server = await startServer(data, { config });
    atEnd(() => server.stop());
    const languages = JSON.parse(await readFile(asked, 'utf8')).languages.available;
    for (const [region, language, actions] of DECIDED) {
      assert.ok(languages.includes(language), `${language} of ${languages}`);
      await decide(server, notice, region, language, actions);
    }
    browser = await launchBrowser();
    const exported = await fetch(`${server.admin}/v1/admin/export/consent`);
    rows = (await exported.text()).trim().split('\n').map((line) => JSON.parse(line));
  });

  for (const { name, ...view } of PLACES) {
    test(`can be read by everybody: ${name}`, async () => {
      const page = await openPage(await browser.newContext(view));
      await assertReadable(page, `${server.admin}/consent`, name, SHOTS);
      await page.context().close();
    });
  }

  test('says what the rows say, without scripts', async () => {
    const page = await openPage(await browser.newContext({ javaScriptEnabled: false }));
    await page.goto(`${server.admin}/consent`);
    assert.equal(await page.locator('script').count(), 0);
    const answers = rows.filter((row) => row.kind === 'answers' && row.notice === notice);
    const sum = (column) => answers.reduce((total, row) => total + (row[column] ?? 0), 0);
    const section = page.locator(`section[data-notice="${notice}"]`);
    const table = section.getByRole('region', { name: /^Answers, notice/ });
    for (const [action, name] of [['accept', 'Accepted all'], ['partial', 'Chosen by purpose'], ['refuse', 'Rejected all'], ['later', 'Not now']]) {
      const row = table.locator('tr', { hasText: name });
      assert.equal(await row.locator('data').getAttribute('value'), String(sum(action)), name);
      const low = ((100 * sum(action)) / sum('total')).toFixed(1);
      assert.ok((await row.locator('td').nth(1).textContent()).startsWith(low), name);
    }
    const regions = await section.locator('.by-region th').allTextContents();
    assert.deepEqual(regions.sort(), ['DE', 'FR', 'Small regions together'], 'IT and PT have too few of their own');
    assert.equal(sum('total'), 200, '23 of the small regions are told as 20');
    await page.context().close();
  });

  test('leads with the keyboard alone to a notice, to its tables and to the rows', async () => {
    const page = await openPage(await browser.newContext({ viewport: { width: 390, height: 844 }, acceptDownloads: true }));
    await page.goto(`${server.admin}/consent`);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'All pages');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.hash === `#n${notice.slice(0, 12)}`);
    await page.keyboard.press('Tab');
    assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /^Answers, notice/);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.activeElement.scrollLeft > 0);
    const link = page.getByRole('link', { name: 'consent.csv' });
    await link.focus();
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    assert.equal(file.suggestedFilename(), 'consent.csv');
    const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n');
    assert.equal(lines.length, rows.length + 1);
    await page.context().close();
  });

  test('can be printed: all of it is on paper, what only leads around is not', async () => {
    const page = await openPage(await browser.newContext({ colorScheme: 'dark' }));
    await page.goto(`${server.admin}/consent`);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('nav').isVisible(), false);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
    if (SHOTS) await writeFile(join(SHOTS, 'print.pdf'), await page.pdf({ format: 'A4' }));
    await page.context().close();
  });
});

async function decide({ origin }, notice, region, language, actions) {
  for (const [action, times] of Object.entries(actions)) {
    for (let at = 0; at < times; at += 1) {
      const body = JSON.stringify({ notice, language, action });
      const answer = await fetch(`${origin}/v1/decisions`, { method: 'POST', headers: { 'cf-ipcountry': region }, body });
      assert.equal(answer.status, 204);
    }
  }
}

async function catalogue(folder) {
  const file = join(folder, 'items.jsonl');
  await writeFile(file, Array.from({ length: 20 }, (_, at) => `${JSON.stringify({ id: `i${at}`, title: `Item ${at}` })}\n`).join(''));
  return file;
}
