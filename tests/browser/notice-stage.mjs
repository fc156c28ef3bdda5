// A page with our surfaces on it and nothing else: the modules of the package as they are published, a configuration, and
// a visitor's state that the test sets. What the surfaces ask of the consent core is written down.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFront } from './front.mjs';
import { atEnd, openPage, ROOT } from './harness.mjs';

const AXE = readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The strictest policy a site can have that runs our modules. */
export const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' data:; require-trusted-types-for 'script'; trusted-types 'none'";

/** The documentation's example of everything there is. */
export const FULL = JSON.parse(
  /## Everything there is\s+```json\n([^]*?)```/.exec(readFileSync(join(ROOT, 'docs/consent-config.md'), 'utf8'))[1],
);

/** A configuration with these purposes of the full one. */
export function configOf(purposes, changes = {}) {
  const { experiment, theme, ask, regions, ...rest } = FULL;
  return { ...rest, purposes: Object.fromEntries(purposes.map((id) => [id, FULL.purposes[id]])), ...changes };
}

const STAGE = `
const listeners = new Set();
let state;
window.asked = [];
window.settle = (change) => { state = change(state); for (const each of [...listeners]) each(state); };
const standing = (config, { modes = {}, given = [], refused = [], gpc = false, region = 'DE', paused = false, despite = [] }) => {
  const one = (id) => {
    const mode = modes[id] ?? modes['*'] ?? 'ask';
    const signalled = gpc && ['contribute', 'share'].includes(id) && !given.includes(id);
    const status = given.includes(id) ? 'given' : signalled || refused.includes(id) ? 'refused' : mode === 'notice' ? 'noticed' : 'unknown';
    return { mode, status, effective: ['given', 'noticed'].includes(status), ...(signalled && { via: 'gpc' }),
      ...(despite.includes(id) && { despiteGpc: true }),
      ...(given.includes(id) && { via: 'banner', since: '2026-11-26', expires: '2027-11-26' }) };
  };
  const asked = Object.keys(config.purposes);
  const all = ['personalize', 'contribute', 'share', 'measure', ...asked];
  return { purposes: Object.fromEntries(all.map((id) => [id, one(id)])), asked, gpc, revision: '00000001', region, paused, minor: false };
};
window.stage = (config, visitor = {}, context = {}) => {
  state = standing(config, visitor);
  const answered = (name, take) => async (choice, via) => {
    asked.push([name, choice, via].filter((each) => each !== undefined));
    const said = take(choice);
    settle((old) => ({ ...old, purposes: Object.fromEntries(Object.entries(old.purposes).map(([id, each]) =>
      [id, id in said ? { ...each, status: said[id] ? 'given' : 'refused', effective: said[id] } : each])) }));
  };
  const every = (value) => Object.fromEntries(state.asked.map((id) => [id, value]));
  const consent = {
    state: () => state,
    allowed: (id) => state.purposes[id]?.effective === true,
    set: answered('set', (choice) => choice),
    refuseAll: answered('refuseAll', () => every(false)),
    acceptAll: answered('acceptAll', () => every(true)),
    withdraw: answered('withdraw', (id) => ({ [id]: false })),
    defer: () => void asked.push(['defer']),
    pause: () => settle((old) => ({ ...old, paused: true })),
    resume: () => settle((old) => ({ ...old, paused: false })),
    receipt: async () => new Blob(['{"schema_version":"1"}'], { type: 'application/json' }),
    close: () => {},
    open: async (surface) => {
      asked.push(['open', surface]);
      if (surface === 'preferences') window.preferences = hb.showPreferences(ctx);
    },
    subscribe: (listener) => { listeners.add(listener); return () => listeners.delete(listener); },
  };
  window.reports = [];
  window.ctx = { consent, config, report: (thrown) => reports.push(String(thrown)), shown: () => asked.push(['shown']), ...context };
  return ctx;
};
window.panelHost = (profile = null) => ({
  consent: ctx.consent, profile: async () => profile, audit: async () => null, segment: null, neutral: false,
  display: (id) => ({ title: 'Film ' + id }), on: () => () => {}, undo: () => true,
  erase: note('erase'), exportData: note('exportData'), forget: note('forget'), mute: note('mute'),
});
const note = (name) => async (...all) => void asked.push([name, ...all]);
window.hb = await import('/pkg/notice/banner.js');
window.ready = true;
`;

/** Starts the server of the pages; `open(context, options)` gives a page with `stage` and `hb`. */
export async function startStage() {
  const front = await startFront('http://127.0.0.1:9', { '/pkg/': join(ROOT, 'js/dist') });
  atEnd(() => front.close());
  front.pages.set('/t/stage.js', { html: STAGE, headers: { 'content-type': 'text/javascript' } });
  let pages = 0;
  async function open(context, { lang = 'en', dir = 'ltr', head = '', body = BODY, csp = STRICT, css = '' } = {}) {
    const path = `/t/stage-${(pages += 1)}.html`;
    front.pages.set(`/t/site.css`, { html: css, headers: { 'content-type': 'text/css' } });
    const html = `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A shop</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/t/site.css">${head}<script type="module" src="/t/stage.js"></script></head><body>${body}</body></html>`;
    front.pages.set(path, { html, headers: csp ? { 'content-security-policy': csp } : {} });
    const page = await openPage(context);
    page.refused = [];
    page.on('console', (message) => /Content Security Policy|Trusted/.test(message.text()) && page.refused.push(message.text()));
    await page.goto(front.origin + path);
    await page.waitForFunction(() => window.ready);
    return page;
  }
  return { front, open };
}

/** What the banner's tests ask for, if nothing else. */
export const ASKED = ['personalize', 'contribute', 'analytics'];

/** A page with the banner on it. */
export async function openBanner(stage, browser, { view = {}, page: options, purposes = ASKED, changes, visitor, context } = {}) {
  const page = await stage.open(await browser.newContext(view), options);
  await show(page, configOf(purposes, changes), visitor, context);
  await page.locator('hb-consent').waitFor();
  return page;
}

export function show(page, config, visitor = {}, context = {}) {
  return page.evaluate(([config, visitor, context]) => void (window.banner = hb.showBanner(stage(config, visitor, context))), [config, visitor, context]);
}

export const button = (page, name) => page.locator(`hb-consent .banner [name=${name}]`);

/** What the surfaces asked of the consent core so far. */
export const asked = (page) => page.evaluate(() => window.asked);

/** What the rendered lint finds. */
export const findings = (page) => page.evaluate(async () => (await import('/pkg/notice/inspect.js')).inspectNotice(document.querySelector('hb-consent')));

/** A page of a shop, long enough to scroll. */
export const BODY = `<header><a id="logo" href="/">Shop</a> <button id="opener" type="button">Settings</button></header>
<main><h1>Tents and stoves</h1>${'<p>A tent is a shelter of cloth over poles. It keeps the rain off and the wind out.</p>'.repeat(30)}</main>
<footer><a href="/privacy">Privacy</a></footer>`;

/** What axe finds, one line each. */
export async function axe(page) {
  if (await page.evaluate(() => !window.axe)) await page.evaluate(`${AXE};0`);
  return page.evaluate(async (rules) => {
    const { violations } = await window.axe.run(document, { runOnly: rules });
    return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target, any }) => `${target.join(' ')} (${any[0]?.message ?? ''})`).join('; ')}`);
  }, RULES);
}
