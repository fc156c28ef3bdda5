import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveFolder } from '../../../tests/browser/front.mjs';
import { ROOT } from '../../measure/programs.mjs';
import { partial, whether } from '../probes/answers.mjs';
import { answer, visit } from '../visit.mjs';
import { configuration } from './homebody-config.mjs';
import { json } from './page-code.mjs';

const ITEM = 'sku-000001';
const WAIT_MS = 8000;
/** What nobody else would write into a banner. */
const TYPED = 'Written in the editor';

/** The sources of `homebody/consent/…` that a row asks for, as a page writes them. */
const SOURCES = { tcf: 'tcf.tcf()', gcm: 'gcm.gcm()', gpp: 'restrict.restrict(tcf.tcf(), gpp.gpp(), usp.usp())' };

/** What can be done in the panel, and whether it does what its words say; erasing, after which there is nothing, is last. */
const RIGHTS = {
  export: async (page, panel) => {
    const [file] = await Promise.all([page.waitForEvent('download', { timeout: WAIT_MS }), panel.locator('[data-key=download]').click()]);
    return JSON.parse(await readFile(await file.path(), 'utf8')).items.some(({ id }) => id === ITEM);
  },
  reasons: async (_, panel) => (await panel.getByRole('heading', { name: 'Why you see this' }).locator('xpath=following-sibling::ul[1]/li').count()) > 0,
  'neutral order': async (page, panel) => {
    await panel.locator('[data-key=neutral]').check();
    return page.evaluate(() => me.neutral && !me.personalized);
  },
  pause: async (page, panel) => {
    await panel.locator('[data-key=pause]').check();
    const paused = await page.evaluate(() => !me.consent.allowed('personalize'));
    await panel.locator('[data-key=pause]').uncheck();
    await page.waitForFunction(() => me.consent.allowed('personalize'), null, { timeout: WAIT_MS });
    return paused;
  },
  edit: async (page, panel) => {
    await panel.locator(`[data-key="item-${ITEM}"]`).click();
    return known(page, (profile, item) => profile !== null && profile.items.every(({ id }) => id !== item));
  },
  erase: async (page, panel) => {
    await panel.locator('[data-key=erase]').click();
    await panel.locator('[data-key=erase-now]').click();
    return known(page, (profile) => profile === null);
  },
};

/** docs/consent-config.md, its smallest file with a second purpose and the button that opens the preferences. */
export const homebody = {
  name: 'homebody',
  short: 'ours',
  packages: ['homebody'],
  setup: 'The smallest file of `docs/consent-config.md` with a second purpose and the `preferences` button.',
  revision: 'a new revision does',
  wishes: ['clear', 'dark', 'experiment', 'gates', 'gcm', 'refusalDays', 'region', 'revise', 'sources'],
  page: (wishes, site) => ({ scripts: [{ module: true, code: start(wishes, site) }] }),
  parts: {
    banner: '[part~="banner"]',
    accept: '[part~="banner"] button[name="accept"]',
    reject: '[part~="banner"] button[name="reject"]',
    opener: '[part~="banner"] button[name="preferences"]',
    dialog: 'dialog:has([part~="purpose"])',
    toggles: 'dialog:has([part~="purpose"]) :is(input[type="checkbox"], [role="switch"]):not([disabled])',
    roots: '[part~="banner"], dialog, [part~="link"]',
  },
  granted: (page) => page.evaluate(() => Object.keys(me.consent.state().purposes).filter((each) => me.consent.allowed(each)).sort()),
  withdraw: (page) => page.evaluate(() => me.consent.withdraw()),
  receipt: (page) => page.evaluate(async () => (await me.consent.receipt()).text()),
  modes: (page) => page.evaluate(() => Object.fromEntries(['personalize', 'contribute'].map((each) => [each, me.consent.state().purposes[each].mode]))),
  languages,
  noticeKept,
  refuses,
  rights,
  editor,
};

function start(wishes, { origin, key }) {
  const { counted, gcm, region, source } = wishes;
  const own = json(configuration(wishes));
  const files = [...new Set([...(SOURCES[source] ?? '').matchAll(/(\w+)\./g)].map(([, file]) => file))];
  return `
import { personalize } from '/pkg/index.js';
${files.map((file) => `import * as ${file} from '/pkg/consent/sources/${file}.js';`).join('\n')}
${gcm ? `import { gcmOut } from '/pkg/consent/sources/gcm-out.js';` : ''}
window.me = await personalize({
  server: ${json(origin)},
  key: ${json(key)},
  consentConfig: ${counted ? `(await fetch('/v1/consent.json')).ok ? 'server' : ${own}` : own},
  ${region ? `region: ${json(region)},` : ''}
  ${source ? `consent: ${SOURCES[source]},` : ''}
});
${gcm ? `gcmOut(me.consent);` : ''}
`;
}

/** Languages of the notice, a file each. */
async function languages() {
  const names = await readdir(join(ROOT, 'js/dist/texts/notice'));
  return names.map((name) => /^([a-z]{2})(?:-\w+)?\.js$/.exec(name)?.[1]).filter(Boolean);
}

/** The notice is published under the hash of its bytes, and the receipt names it. */
async function noticeKept({ site, ...run }) {
  const { notice = '' } = await (await fetch(`${site.origin}/v1/consent.json`)).json();
  const page = await visit({ site, ...run }, { counted: true });
  await answer(page, homebody, 'accept');
  const receipt = await homebody.receipt(page);
  return whether(/^[0-9a-f]{64}$/.test(notice) && receipt.includes(notice), 'counts by notice, and a receipt that names its hash');
}

/** Whether the lint refuses a configuration. */
async function refuses({ homebody, folder }, wishes) {
  const path = join(folder, 'refused.json');
  const lint = (config) => writeFile(path, json(config)).then(() => new Promise((resolve) => execFile(homebody, ['consent', 'lint', path], (error) => resolve(error !== null))));
  // A lint that refuses everything would say nothing.
  if (await lint(configuration({}))) throw new Error('the lint refuses the plain configuration');
  return lint(configuration(wishes));
}

/** What the panel lacks for somebody who looked at something: what is not there, or does not do what it says. */
async function rights(page) {
  await page.evaluate((item) => me.record({ kind: 'click', item }), ITEM);
  await page.evaluate(() => void me.consent.open('panel'));
  const panel = page.locator('hb-privacy-panel');
  await panel.locator(`[data-key="item-${ITEM}"]`).waitFor({ timeout: WAIT_MS }).catch(() => undefined);
  const missing = [];
  for (const [right, works] of Object.entries(RIGHTS)) {
    if (!(await works(page, panel).catch(() => false))) missing.push(right);
  }
  return missing;
}

/** Whether what is known comes to be as it should. */
async function known(page, isSo) {
  for (let wait = 0; wait < WAIT_MS; wait += 100) {
    const [profile, item] = [await page.evaluate(() => me.profile()), ITEM];
    if (isSo(profile, item)) return true;
    await page.waitForTimeout(100);
  }
  return false;
}

/** The editor is a page that the repository builds: what is typed has to show in the real element. */
async function editor({ browser }) {
  const folder = join(ROOT, 'www/designer/dist');
  if (!existsSync(join(folder, 'index.html'))) throw new Error('www/designer/dist is missing: cargo xtask build');
  const served = await serveFolder(folder);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  try {
    await page.goto(`${served.origin}/`);
    const heading = page.frameLocator('iframe').locator('hb-consent h2');
    await heading.waitFor({ timeout: 15_000 });
    await page.getByRole('tab', { name: 'Words' }).click();
    await page.locator('[id="f-texts.en.banner.title"]').fill(TYPED);
    const follows = await heading.filter({ hasText: TYPED }).waitFor({ timeout: 15_000 }).then(() => true, () => false);
    return follows ? whether(true, '`www/designer`') : partial('without preview');
  } finally {
    await page.close();
    await served.close();
  }
}
