// The public account: its data is what the schema says, its page says the same, to everybody, on any screen and on paper.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { VIEWS } from '../../www/tour.mjs';
import { assertReadable } from './axe.mjs';
import { startFront } from './front.mjs';
import { atEnd, demoData, homebody, launchBrowser, openLab, openPage, ROOT, SITE, startServer } from './harness.mjs';

const DAY_S = 86_400;
/** Photographs for people go here, if anywhere. */
const SHOTS = process.env.TRANSPARENCY_SHOTS;
const OTHERS = [
  { name: 'narrow', viewport: { width: 320, height: 640 } },
  { name: 'forced-colors', viewport: { width: 390, height: 844 }, forcedColors: 'active' },
];
/** Samples of tasks by mode, and when each runs, in days from now. */
const TASKS = [['gate', -3, 25], ['head-pairs', -20, 100], ['categories', 2, 32], ['checkout-ab', -2, 40], ['segments', -90, -60]];
/** The gate as the server asks it by itself. */
const MODES = { gate: { trusted: { noise: { laplace: { milli_scale: 20_000 } } } } };

describe('the public account', () => {
  let server, browser, account, key;

  before(async () => {
    const demo = await demoData();
    key = demo.publication.public_key;
    const run = (...args) => homebody(demo.data, args, { config: demo.config });
    await run('consent', 'publish', join(ROOT, 'core/protocol/testdata/consent/lint/clean.json'));
    for (const [name, from, to] of TASKS) await run('tasks', 'add', await sample(demo.folder, name, from, to));
    const { tasks } = await run('tasks', 'list');
    await run('tasks', 'close', tasks.find(({ name }) => name === 'checkout-ab').task);
    server = await startServer(demo.data, { config: demo.config });
    atEnd(() => server.stop());
    browser = await launchBrowser();
    account = await (await fetch(`${server.origin}/.well-known/homebody.json`)).json();
  });

  test('is what its published schema says', async () => {
    const schema = JSON.parse(await readFile(join(ROOT, 'docs/transparency.schema.json'), 'utf8'));
    const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
    assert.ok(validate(account), JSON.stringify(validate.errors, null, 1));
    assert.deepEqual([account.tasks.length, account.past_tasks.length], [3, 2]);
    assert.deepEqual(new Set([...account.tasks, ...account.past_tasks].map(({ mode }) => mode)).size, 3, 'all three modes');
    assert.equal(validate({ ...account, visitors: 7 }), false, 'nothing else is told');
  });

  for (const { name, ...view } of [...VIEWS, ...OTHERS]) {
    test(`can be read by everybody: ${name}`, async () => {
      const page = await openPage(await browser.newContext(view));
      await assertReadable(page, `${server.origin}/transparency`, name, SHOTS);
      await page.context().close();
    });
  }

  test('says on its page what it says as data, without scripts', async () => {
    const page = await openPage(await browser.newContext({ javaScriptEnabled: false }));
    await page.goto(`${server.origin}/transparency`);
    assert.equal(await page.locator('script').count(), 0);
    const [{ parameters, rules, also }] = Object.values(account.placements);
    const list = page.locator('#lists + p + article');
    assert.deepEqual(await texts(list.locator('.parameters strong')), parameters.map(({ name }) => name));
    assert.deepEqual(await texts(list.locator('.share')), parameters.map(({ share }) => `${Math.round(100 * share)} %`));
    assert.deepEqual(await texts(list.locator('.plain li')), [...also, ...rules]);
    assert.deepEqual(await texts(page.locator('section[aria-labelledby=asked] article h3')), account.tasks.map(({ question }) => question));
    for (const task of account.tasks) await says(page.locator('article', { hasText: task.id }), taskTexts(task));
    const past = page.locator('section[aria-labelledby=asked] .rows li');
    assert.deepEqual(await texts(past.locator('strong')), account.past_tasks.map(({ question }) => question));
    const models = page.locator('section[aria-labelledby=models] .rows li');
    assert.equal(await models.count(), account.models.length);
    for (const [index, { id, name, why }] of account.models.entries()) await says(models.nth(index), [`Model ${id}, ${name}`, why]);
    assert.match(account.models[0].why, /held out NDCG@10 0\.\d{3}, by popularity alone/);
    assert.deepEqual((await texts(page.locator('section[aria-labelledby=kept] tbody th'))).sort(), account.retention.map(({ what }) => what).sort());
    assert.deepEqual(await texts(page.locator('section[aria-labelledby=choices] dt')), account.choices.map(({ name }) => name));
    await says(page.locator('section[aria-labelledby=responsible]'), Object.values(account.responsible));
    await says(page.locator('section[aria-labelledby=check]'), [account.signing_key.public_key, account.software.version]);
    await page.context().close();
  });

  test('is where the privacy panel of a page leads to', async () => {
    const front = await startFront(server.origin, { '/pkg/': join(ROOT, 'js/dist') });
    atEnd(() => front.close());
    const page = await openLab(await browser.newContext(), { origin: front.origin, key, site: SITE });
    await page.evaluate(async () => {
      await start({ consent: 'manual' });
      me.consent.open('panel');
    });
    await page.locator('hb-privacy-panel').getByRole('link', { name: 'Why you see this' }).click();
    await page.waitForURL(`${front.origin}/transparency`);
    assert.match(await page.locator('h1').textContent(), /matinee\.example/);
    assert.deepEqual(page.failures, []);
    await page.context().close();
  });

  test('can be printed: all of it is on paper, what only leads around is not', async () => {
    const page = await openPage(await browser.newContext());
    await page.goto(`${server.origin}/transparency`);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('nav').isVisible(), false);
    for (const { id } of account.tasks) assert.ok(await page.getByText(id).isVisible());
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(paper, 'rgb(255, 255, 255)');
    if (SHOTS) await writeFile(join(SHOTS, 'print.pdf'), await page.pdf({ format: 'A4' }));
    await page.context().close();
  });
});

/** A sample task of this site, that runs so many days from now. */
async function sample(folder, name, from, to) {
  const task = JSON.parse(await readFile(join(ROOT, `core/protocol/testdata/tasks/${name}.json`), 'utf8'));
  const now = Math.floor(Date.now() / 3_600_000) * 3_600;
  // Whole windows, so that none is cut short.
  const windows = Math.max(1, Math.floor(((to - from) * DAY_S) / task.window_s));
  const starts_at = now + from * DAY_S;
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify({ ...task, mode: MODES[name] ?? task.mode, site: SITE, starts_at, ends_at: starts_at + windows * task.window_s }));
  return file;
}

/** What the card of a task has to say. */
function taskTexts({ name, mode, description, mode_words, bound_words, noise, budget, min_batch_size, aggregators, kept }) {
  const numbers = [budget.epsilon_per_report, min_batch_size].map((value) => value.toLocaleString('en'));
  const who = aggregators.flatMap(({ operator, role, url }) => [operator, role, url ?? '']);
  return [name, mode, description, mode_words, bound_words, noise.words, ...numbers, ...who, ...Object.values(kept)];
}

async function says(place, all) {
  const text = (await place.textContent()).replace(/\s+/g, ' ');
  for (const each of all) assert.ok(text.includes(each), `${each} is not in: ${text}`);
}

async function texts(places) {
  return (await places.allTextContents()).map((text) => text.trim());
}
