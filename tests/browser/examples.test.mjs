// Every example of examples/, served as its README says and used as a visitor uses it, with a picture of what came of it.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { examples, serveExample } from '../../examples/serve.mjs';
import { atEnd, launchBrowser, openPage, ROOT, until } from './harness.mjs';

/** Pictures; `HOMEBODY_PICTURES=1` puts them where the documentation takes them from. */
const PICTURES = process.env.HOMEBODY_PICTURES ? join(ROOT, 'docs/images') : join(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'), 'examples');
const VIEW = { width: 800, height: 560 };
/** What visitors click: things for the snow. */
const WANTED = /snow|winter|ski|insulated|avalanche|season|crampon|cold/;

let browser;

before(async () => {
  await mkdir(PICTURES, { recursive: true });
  browser = await launchBrowser();
});

/** Opens an example as a new visitor; every complaint of the page or the console is collected. */
async function openExample(which, javaScriptEnabled = true) {
  const { origin, name, close } = await serveExample(which);
  atEnd(close);
  const context = await browser.newContext({ viewport: VIEW, javaScriptEnabled });
  const page = await openPage(context);
  page.complaints = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && page.complaints.push(message.text()));
  page.on('response', (response) => response.status() >= 400 && page.complaints.push(`${response.status()} ${response.url()}`));
  await page.goto(origin);
  page.name = name;
  return page;
}

const order = (page, list = '#items') => page.locator(`${list} > [data-hb-id]`).evaluateAll((rows) => rows.map((row) => row.dataset.hbId));

async function accept(page, button = 'Sort for me') {
  await page.locator('hb-consent').getByRole('button', { name: button }).click();
  await page.waitForSelector('hb-consent', { state: 'detached' });
}

/** Clicks the last few things for the snow, so that they have somewhere to rise to. */
async function shop(page, { list = '#items', press = (row) => row.click({ position: { x: 8, y: 8 } }) } = {}) {
  const neutral = await order(page, list);
  const clicked = neutral.filter((id) => WANTED.test(id)).slice(-3);
  assert.ok(clicked.length >= 2, `nothing for ${WANTED} in ${neutral}`);
  for (const id of clicked) await press(page.locator(`${list} > [data-hb-id="${id}"]`));
  return { neutral, clicked };
}

async function assertPersonal(page, { neutral, clicked }, list = '#items') {
  await until('a personal order', async () => (await order(page, list)).join() !== neutral.join());
  const rank = (all) => clicked.reduce((sum, id) => sum + (all.includes(id) ? all.indexOf(id) : all.length), 0) / clicked.length;
  await until('what was clicked has risen', async () => rank(await order(page, list)) < rank(neutral));
}

async function assertQuiet(page) {
  assert.deepEqual(page.failures, []);
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.stray, []);
}

async function picture(page) {
  await page.evaluate(() => scrollTo(0, 0));
  await page.mouse.move(0, 0);
  const { length } = await page.screenshot({ path: join(PICTURES, `${page.name}.jpg`), quality: 60 });
  assert.ok(length <= 60 * 1024, `${page.name}.jpg has ${length} bytes`);
}

test('01: by a script tag, and without JavaScript', async () => {
  const page = await openExample('01');
  await accept(page);
  const shopped = await shop(page);
  await assertPersonal(page, shopped);
  await picture(page);
  const still = await openExample('01', false);
  assert.deepEqual(await order(still), shopped.neutral, 'without JavaScript the list is there as it was written');
  await assertQuiet(page);
});

test('02: drawn by the page, with reasons', async () => {
  const page = await openExample('02');
  await until('a list', async () => (await order(page)).length === 18);
  await accept(page);
  await assertPersonal(page, await shop(page));
  const why = page.locator('#items hb-why').getByRole('button').first();
  await why.click();
  await until('reasons', async () => /%/.test(await page.locator('#items > li').first().locator('hb-why').evaluate((element) => element.shadowRoot.textContent)));
  await picture(page);
  await assertQuiet(page);
});

test('03: what is seen stays, what is below is ordered', async () => {
  const page = await openExample('03');
  const said = () => page.locator('#told').textContent();
  await until('neutral', async () => (await said()) === 'new: neutral, like: neutral');
  await accept(page);
  const seen = await order(page, '#new');
  await page.locator('#like > li').first().scrollIntoViewIfNeeded();
  const shopped = await shop(page, { list: '#like' });
  await page.evaluate(() => scrollTo(0, 0));
  // Saves are a second apart, from when there is a session; a page that is left cannot be held back to finish one.
  await until('personal', async () => !/like: neutral/.test(await said()));
  await page.waitForTimeout(1500);
  await page.reload();
  await assertPersonal(page, shopped, '#like');
  await until('told', async () => /like: (ordered|unchanged)/.test(await said()));
  assert.deepEqual((await order(page, '#new')).toSorted(), seen.toSorted());
  await picture(page);
  await assertQuiet(page);
});

test('04: a notice of its own, and code that waits for its consent', async () => {
  const page = await openExample('04');
  await until('a list', async () => (await order(page)).length === 18);
  const count = () => page.locator('#count').textContent();
  assert.equal(await count(), 'not allowed');
  await picture(page);
  await accept(page, 'Yes to both');
  await until('counting', async () => (await count()) === '0');
  const shopped = await shop(page);
  await assertPersonal(page, shopped);
  assert.equal(Number(await count()), shopped.clicked.length);
  await page.locator('#panel').click();
  await page.locator('hb-privacy-panel').getByRole('switch', { name: /count clicks/i }).click();
  await until('not counting', async () => (await count()) === 'not allowed');
  await assertQuiet(page);
});

test('05: React', async () => assertFramework(await openExample('05')));

test('06: Vue', async () => assertFramework(await openExample('06')));

/** A shelf with looks, refusals and reasons, by whatever draws it. */
async function assertFramework(page) {
  await until('a list', async () => (await order(page)).length === 18, 60_000);
  assert.equal(await page.getByRole('button', { name: 'Not for me' }).count(), 0);
  await accept(page);
  const shopped = await shop(page, { press: (row) => row.getByRole('button', { name: 'Look' }).click() });
  await assertPersonal(page, shopped);
  await until('a reason', async () => /because of/.test(await page.locator('#items').textContent()));
  const [first] = await order(page);
  await page.locator(`[data-hb-id="${first}"]`).getByRole('button', { name: 'Not for me' }).click();
  await until('it is gone', async () => !(await order(page)).includes(first));
  await picture(page);
  await assertQuiet(page);
}

test('07: likes, the basket, a refusal and its undo', async () => {
  const page = await openExample('07');
  await until('a list', async () => (await order(page)).length === 9);
  await page.getByRole('button', { name: 'I like it' }).first().click();
  assert.equal(await page.locator('#known li').count(), 0, 'before a yes nothing is known');
  await accept(page);
  const row = (place) => page.locator('#items > li').nth(place);
  await row(1).getByRole('button', { name: 'I like it' }).click();
  await until('a taste', async () => /category .+: \d/.test(await page.locator('#known').textContent()));
  await row(1).getByRole('button', { name: 'Into the basket' }).click();
  const [refused] = await order(page);
  await page.locator(`[data-hb-id="${refused}"]`).getByRole('button', { name: 'Not for me' }).click();
  await until('it is gone', async () => !(await order(page)).includes(refused));
  await picture(page);
  await page.getByRole('button', { name: 'Take the refusal back' }).click();
  await until('it is back', async () => (await order(page)).includes(refused));
  await assertQuiet(page);
});

test('08: all Rust', async () => {
  const page = await openExample('08');
  await until('a list', async () => (await order(page)).length === 18);
  const neutral = await order(page);
  await page.locator('#items > li').last().click();
  await page.waitForTimeout(200);
  assert.deepEqual(await order(page), neutral, 'before a yes nothing is recorded');
  await page.getByRole('button', { name: 'Sort for me' }).click();
  const shopped = await shop(page);
  await assertPersonal(page, shopped);
  await until('a reason', async () => /because of .+, \d+ %/.test(await page.locator('#items').textContent()));
  await picture(page);
  await page.getByRole('button', { name: 'No, same for all' }).click();
  await until('the neutral order', async () => (await order(page)).join() === neutral.join());
  await assertQuiet(page);
});

test('09: rendered by React on the server, taken over without a word, and ordered while nobody sees it', async () => {
  const page = await openExample('09');
  const sent = await (await fetch(page.url())).text();
  const written = [...sent.split('id="like"')[1].matchAll(/data-hb-id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(written.length, 24, 'the server sends the whole list');
  await accept(page);
  assert.deepEqual(await order(page, '#like'), written, 'and the browser begins with it');
  const shopped = await shop(page, { list: '#like', press: (row) => row.getByRole('button', { name: 'Look' }).click() });
  await page.waitForTimeout(500);
  assert.deepEqual(await order(page, '#like'), written, 'what is looked at stays');
  await page.evaluate(() => scrollTo(0, 0));
  await assertPersonal(page, shopped, '#like');
  // Saves are a second apart, and a page that is left cannot be held back to finish one.
  await page.waitForTimeout(1500);
  await page.reload();
  await assertPersonal(page, shopped, '#like');
  const shift = await page.evaluate(() => new Promise((told) => {
    const all = new PerformanceObserver((list) => told(list.getEntries().reduce((sum, { value }) => sum + value, 0)));
    all.observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => told(0), 500);
  }));
  assert.equal(shift, 0, 'nothing has moved in sight');
  await picture(page);
  await assertQuiet(page);
});

test('each example says how to run it, and is in the list', async () => {
  const list = await readFile(join(ROOT, 'examples/README.md'), 'utf8');
  const source = await readFile(new URL(import.meta.url), 'utf8');
  for (const name of await examples()) {
    const readme = await readFile(join(ROOT, 'examples', name, 'README.md'), 'utf8');
    assert.ok(readme.includes(`node examples/serve.mjs ${name.slice(0, 2)}\n`), name);
    assert.ok(readme.includes(`](../../docs/images/${name}.jpg)`), `${name} shows no picture`);
    assert.ok(list.includes(`](${name}/)`), `${name} is missing in examples/README.md`);
    assert.ok(source.includes(`test('${name.slice(0, 2)}: `), `${name} has no test`);
  }
  await assert.rejects(serveExample('99'), /no example begins with `99`: there are 01-script-tag/);
});
