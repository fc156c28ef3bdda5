// Visits to a page with a manager on it. Every visit is a fresh visitor unless it names the context of an earlier one.
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const LOOK = fileURLToPath(new URL('in-page.js', import.meta.url));
/** A busy machine takes its time; what counts is never how long a page takes to load. */
const LOAD_LIMIT_MS = 20_000;
export const SHOWN_LIMIT_MS = 8000;
const DECIDED_MS = 3000;
const ANSWER_LIMIT_MS = 12_000;
/** After this long without a change a manager has settled. */
const SETTLED_MS = 350;

/**
 * Opens the page of `manager` and waits for its banner. `wishes` are the manager's own, and
 * `csp`: the policy to serve the page with; `body`: more of the page; `before`: code that runs before any script;
 * `at`: the clock in ms; `gpc`: the browser sends Global Privacy Control; `context`: the same visitor as another visit;
 * `browser`: options of the visitor's browser; `awaited: false`: does not wait for a banner.
 */
export async function visit({ site, manager, contexts }, wishes = {}) {
  const context = wishes.context ?? (await site.browser.newContext({ viewport: { width: 1280, height: 800 }, ...wishes.browser }));
  if (!wishes.context) contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(4000);
  page.asked = [];
  page.on('request', (request) => page.asked.push({ url: request.url(), method: request.method() }));
  await page.addInitScript({ path: LOOK });
  if (wishes.gpc) await signal(page);
  if (wishes.before) await page.addInitScript(wishes.before);
  if (wishes.at) await page.clock.setFixedTime(wishes.at);
  page.address = publish(site, manager, wishes);
  await page.goto(page.address, { waitUntil: 'load', timeout: LOAD_LIMIT_MS });
  if (wishes.awaited !== false) await page.waitForFunction((banner) => look.seen(banner).length > 0, manager.parts.banner, { timeout: SHOWN_LIMIT_MS });
  await settle(page);
  return page;
}

/** Goes on to a page with other wishes, as the same visitor. */
export async function goOn({ site, manager }, page, wishes = {}) {
  await page.goto(publish(site, manager, wishes), { waitUntil: 'load', timeout: LOAD_LIMIT_MS });
  await settle(page);
}

/** Puts the page and its scripts where the front finds them; the address is the same for the same wishes. */
function publish(site, manager, wishes) {
  const { csp, body = '', browser, context, before, at, gpc, awaited, ...own } = wishes;
  const { head = '', scripts } = manager.page(own, site);
  const name = createHash('sha256').update(JSON.stringify([manager.short, csp, body, own])).digest('hex').slice(0, 12);
  const tags = scripts.map(({ src, code, module }, index) => {
    const address = src ?? `/t/${name}-${index}.js`;
    if (!src) site.front.pages.set(address, { html: code, headers: { 'content-type': 'text/javascript; charset=utf-8' } });
    return `<script src="${address}"${module ? ' type="module"' : ''}></script>`;
  });
  const language = own.language ?? 'en';
  const html = `<!doctype html><html lang="${language}"${language === 'ar' ? ' dir="rtl"' : ''}><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${head}</head>
<body><main><h1>Shop</h1><p>Words of the page. <a id="page-link" href="#below">A link of the page</a></p>${'<br>'.repeat(60)}<p id="below">The end.</p>${body}</main>${tags.join('')}</body></html>`;
  const path = `/t/${name}.html`;
  site.front.pages.set(path, { html, headers: csp ? { 'content-security-policy': csp } : {} });
  return site.origin + path;
}

/** Has the browser send the signal, and counts who reads it. */
async function signal(page) {
  await page.setExtraHTTPHeaders({ 'Sec-GPC': '1' });
  await page.addInitScript(() => {
    window.gpcReads = 0;
    Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {
      configurable: true,
      get() {
        window.gpcReads += 1;
        return true;
      },
    });
  });
}

/** Waits until what slides in has arrived. */
export function settle(page, ms = SETTLED_MS) {
  return page.waitForTimeout(ms);
}

/** Whether the banner can be seen now. */
export function asks(page, manager) {
  return page.evaluate((banner) => look.seen(banner).length > 0, manager.parts.banner);
}

/** Whether a banner comes within a time in which every manager has made up its mind. */
export function comesToAsk(page, manager, limit = DECIDED_MS) {
  return page.waitForFunction((banner) => look.seen(banner).length > 0, manager.parts.banner, { timeout: limit }).then(
    () => true,
    () => false,
  );
}

/** What is granted, as soon as the manager is there to be asked. */
export async function granted(page, manager) {
  const end = Date.now() + LOAD_LIMIT_MS;
  for (;;) {
    try {
      return await manager.granted(page);
    } catch (error) {
      if (Date.now() > end) throw error;
      await settle(page, 200);
    }
  }
}

/** Answers the banner as a visitor does, and waits until it is gone. A button may be there before it does something. */
export async function answer(page, manager, which) {
  const end = Date.now() + ANSWER_LIMIT_MS;
  while (await asks(page, manager)) {
    if (Date.now() > end) throw new Error(`the banner stays after ${which}`);
    await page.locator(manager.parts[which]).first().click({ timeout: 2000 }).catch(() => undefined);
    await settle(page);
  }
}

/** Opens the preferences from the banner by keyboard, and waits for them; false where the banner has no way to them. */
export async function openPreferences(page, manager) {
  const { opener, dialog } = manager.parts;
  if (!opener || !(await page.evaluate((opener) => look.seen(opener).length > 0, opener))) return false;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    // A banner may go while its preferences are on their way.
    await page.locator(opener).first().focus({ timeout: 1000 }).catch(() => undefined);
    // Pressed once: a second Enter would press what has the focus then.
    if (await page.evaluate((opener) => look.within(look.active(), opener), opener)) await page.keyboard.press('Enter');
    const shown = await page.waitForFunction((dialog) => look.seen(dialog).length > 0, dialog, { timeout: SHOWN_LIMIT_MS / 2 }).catch(() => null);
    await settle(page);
    if (shown) return true;
  }
  throw new Error('the preferences do not open');
}

/** The same when nothing has come or gone for a while: what an answer leaves behind is written in its own time. */
export async function keptAtRest(page) {
  let before = '';
  let alike = 0;
  for (let look = 0; look < 30; look += 1) {
    const now = await kept(page);
    alike = now.length > 0 && now.join('\n') === before ? alike + 1 : 0;
    if (alike === 3) return now;
    before = now.join('\n');
    await settle(page, 2 * SETTLED_MS);
  }
  throw new Error('what is kept does not come to rest');
}

/** Everything that is kept in the visitor's browser, each as `where name=value`. */
export async function kept(page) {
  const cookies = (await page.context().cookies()).map(({ name, value }) => `cookie ${name}=${decodeURIComponent(value)}`);
  const inPage = await page.evaluate(async () => {
    const files = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    return [
      ...Object.entries(localStorage).map(([name, value]) => `localStorage ${name}=${value}`),
      ...Object.entries(sessionStorage).map(([name, value]) => `sessionStorage ${name}=${value}`),
      ...(await indexedDB.databases()).map(({ name }) => `IndexedDB ${name}`),
      ...files.map((name) => `file ${name}`),
      ...(await caches.keys()).map((name) => `cache ${name}`),
    ];
  });
  return [...cookies, ...inPage].sort();
}
