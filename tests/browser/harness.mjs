// What every browser test stands on: the real binaries (`processes.mjs`), a real browser, and a front between the two that
// writes down every request and can misbehave on demand. Builds nothing: `cargo xtask build` and `cargo build` come first.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS } from './chromium.mjs';
import { startFront } from './front.mjs';
import { atEnd, demoData, ROOT, sleep, startServer } from './processes.mjs';

export { atEnd, binary, demoData, homebody, lab, ROOT, sleep, startServer, temporaryFolder } from './processes.mjs';

/** The site the demo is published for. */
export const SITE = 'matinee.example';
/** How much longer than the promise a test on a busy machine waits. */
export const SLACK = 4;
/** From a click to the first byte of the next document, on a fast network: a page has that long to keep the click. */
export const TRIP_MS = 150;
/** What a page is asked is answered by then, also on a busy machine; the browser's driver itself would wait for ever. */
const ANSWER_MS = 120_000;

/**
 * The demo shop: data, server and front, all stopped after the test file. `origin` is the front's, so the browser meets
 * one origin for page and server; the package's files are under `/pkg/`, other folders where `mounts` says.
 */
export async function startShop(mounts = {}) {
  const demo = await demoData();
  const server = await startServer(demo.data, { config: demo.config, args: ['--www', join(ROOT, 'www/dist')] });
  const front = await startFront(server.origin, { '/pkg/': join(ROOT, 'js/dist'), ...mounts });
  atEnd(() => Promise.all([front.close(), server.stop()]));
  return { ...demo, server, front, origin: front.origin, key: demo.publication.public_key, site: SITE };
}

/**
 * A browser without profile on disk; each `newContext()` is a fresh visitor. Closed after the test file. It is the engine
 * without windows where there is one, which opens a page in a third of the time; what needs the browser around it says `whole`.
 */
export async function launchBrowser(flags = [], { whole = false } = {}) {
  const executablePath = (!whole && process.env.CHROMIUM_SHELL) || executable();
  return closedAfter(await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS, ...flags], headless: true }));
}

/** A browser whose profile is kept in `folder`, to look at what it leaves on the disk. */
export async function launchPersistent(folder, flags = []) {
  return closedAfter(await chromium.launchPersistentContext(folder, { executablePath: executable(), args: [...CHROMIUM_FLAGS, ...flags], headless: true }));
}

function closedAfter(browser) {
  atEnd(() => browser.close().catch(() => undefined));
  return browser;
}

function executable() {
  return process.env.CHROMIUM ?? '/usr/bin/chromium';
}

/** A page that fails the test when it throws or reaches for another origin; `visitor.stray` has the addresses. */
export async function openPage(context) {
  const page = await within(ANSWER_MS, 'a new page', context.newPage());
  page.setDefaultTimeout(30_000);
  const evaluate = page.evaluate.bind(page);
  page.evaluate = (asked, ...given) => within(ANSWER_MS, String(asked), evaluate(asked, ...given));
  page.failures = [];
  page.stray = [];
  page.on('pageerror', (error) => page.failures.push(error));
  page.on('request', (request) => {
    if (!/^(http:\/\/(127\.0\.0\.1|localhost):|data:|blob:)/.test(request.url())) page.stray.push(request.url());
  });
  return page;
}

/**
 * A page that does nothing but offer the package as `hb`, and what `personalize` was told as `errors`. `start(options)`
 * makes `me`.
 */
export async function openLab(context, shop, path = '/t/lab.html') {
  const page = await openPage(context);
  await page.goto(shop.origin + path);
  await equip(page, shop);
  return page;
}

/** Gives a page (after each load) the package and `start`. */
export async function equip(page, shop) {
  await page.evaluate(
    async ({ origin, key, site }) => {
      window.hb = await import('/pkg/index.js');
      window.errors = [];
      window.start = async (options = {}) => {
        const onError = (error) => errors.push({ code: error.code, hint: error.hint, message: error.message });
        window.me = await hb.personalize({ server: origin, key, site, placement: 'home', onError, ...options });
        return me;
      };
      window.ids = async (...args) => (await me.rank(...args)).map(({ id }) => id);
    },
    { origin: shop.origin, key: shop.key, site: shop.site },
  );
}

/** The codes reported to `onError` so far. */
export function codes(page) {
  return page.evaluate(() => errors.map(({ code }) => code));
}

/** Waits until a condition holds in node; the last value is in the failure. */
export async function until(what, look, limitMs = 10_000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (Date.now() > end) assert.fail(`not within ${limitMs} ms: ${what} (last: ${JSON.stringify(value)})`);
    await sleep(25);
  }
}

/** Waits for work that has no limit of its own. */
async function within(limitMs, what, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not answered within ${limitMs} ms: ${what}`)), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Waits, on a page with the script tag, for what listens: it comes with the yes, and a click before it is nobody's. */
export async function listens(page) {
  const isThere = () => !window.homebody || performance.getEntriesByType('resource').some(({ name, responseEnd }) => responseEnd > 0 && name.endsWith('homebody.signals.js'));
  await until('what listens is there', () => page.evaluate(isThere));
}

/** In the page: the revision on disk, 0 when nothing is there. */
export async function savedRevision() {
  const { Store } = await import('/pkg/rank/store.js');
  const store = await Store.open(false);
  if (!store) return 0;
  const kept = await store.get('profile', 'profile');
  store.close();
  return kept?.revision ?? 0;
}

/**
 * Waits until lists have all they can have: the catalogue comes in idle time, and an open pool's lists have more with it.
 * For a page with consent; an id that the pool has not is looked up in the catalogue.
 */
export async function catalogued(page) {
  await page.evaluate(async () => void (await me.rank([{ id: 'nobody knows' }])));
}

/** In the page: whether everybody's order is kept as the visitor's choice. */
export async function keptNeutral() {
  const { Store } = await import('/pkg/rank/store.js');
  const store = await Store.open(false);
  const choice = await store?.get('vault', 'neutral');
  store?.close();
  return choice === true;
}

/** Everything this origin keeps in the browser. */
export async function stored(page) {
  const cookies = await page.context().cookies();
  const inPage = await page.evaluate(async () => {
    const files = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    return {
      local: Object.entries(localStorage),
      session: Object.entries(sessionStorage),
      databases: (await indexedDB.databases()).map(({ name }) => name),
      files,
      caches: await caches.keys(),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
      cookie: document.cookie,
    };
  });
  return { ...inPage, cookies };
}

/** What `stored` gives for a visitor of whom nothing is kept. */
export const NOTHING = { local: [], session: [], databases: [], files: [], caches: [], workers: 0, cookie: '', cookies: [] };
