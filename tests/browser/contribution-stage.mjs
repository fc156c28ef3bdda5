// Tasks, visitors who contribute, and clocks that can be put forward.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demoData, equip, homebody, openLab, ROOT, SITE, startServer, temporaryFolder, until, atEnd, sleep } from './harness.mjs';
import { startFront } from './front.mjs';

export const DAY_S = 86_400;
/** Longer than a report ever waits. */
export const LONGEST_DELAY_S = 6 * 3_600 + 60;

/** A shop whose server asks for contributions, told so by its configuration. */
export async function startCollector(collect = '') {
  const demo = await demoData();
  await writeFile(demo.config, `${await readFile(demo.config, 'utf8')}\n[collect]\njob_interval_ms = 50\n${collect}\n`);
  const server = await startServer(demo.data, { config: demo.config });
  const front = await startFront(server.origin, { '/pkg/': join(ROOT, 'js/dist') });
  atEnd(() => Promise.all([front.close(), server.stop()]));
  return { ...demo, server, front, origin: front.origin, key: demo.publication.public_key, site: SITE };
}

/** A server with a catalogue about which nothing is known; `placement` is TOML of its one placement. */
export async function startEmptyShop(name, { items, category, placement = '' }) {
  const folder = await temporaryFolder(name);
  const [data, config, catalogue] = ['data', 'homebody.toml', 'items.jsonl'].map((file) => join(folder, file));
  await writeFile(config, `site = "${SITE}"\n[collect]\njob_interval_ms = 50\n[train]\nenabled = false\n[[placements]]\nname = "home"\n${placement}`);
  const line = (item) => JSON.stringify({ id: `i${item}`, title: `${item}`, category: category(item) });
  await writeFile(catalogue, Array.from({ length: items }, (_, item) => `${line(item)}\n`).join(''));
  await homebody(data, ['import', 'catalog', catalogue], { config });
  const { public_key: key } = await homebody(data, ['publish'], { config });
  const server = await startServer(data, { config });
  const front = await startFront(server.origin, { '/pkg/': join(ROOT, 'js/dist') });
  atEnd(() => Promise.all([front.close(), server.stop()]));
  return { folder, data, config, server, front, origin: front.origin, key, site: SITE };
}

/** A task of 17 cells, one-hot: which purposes are allowed. */
export function task(name, { purpose = 'contribute', mode = trusted(), windowS = DAY_S, ...more } = {}) {
  const startsAt = Math.floor(Date.now() / 3_600_000) * 3_600 - 2 * 3_600;
  return {
    format: 1, site: SITE, name, description: 'Which choices are made.', purpose, measurement: { decisions: {} }, length: 17,
    bound: 'one_hot', mode, micro_rho: 10_000, window_s: windowS, time_precision_s: 3_600, min_batch_size: 100, starts_at: startsAt,
    ends_at: startsAt + 20 * windowS, ...more,
  };
}

export const trusted = () => ({ trusted: { noise: { gaussian: { milli_sigma: 10_000 } } } });

export const split = (leader, helper) => ({
  split: { noise: { gaussian: { milli_sigma: 10_000 } }, aggregators: { leader: `${leader}/dap/`, helper: `${helper}/dap/`, helper_operator: 'Partner' } },
});

/** Has the server ask a task; resolves with its id once it is offered. */
export async function ask(shop, wanted, args = []) {
  const file = join(shop.folder, `${wanted.name}.json`);
  await writeFile(file, JSON.stringify(wanted));
  const { task: id } = await homebody(shop.data, ['tasks', 'add', file, ...args], { config: shop.config });
  await until('the task is offered', async () => (await offered(shop)).some(({ payload }) => JSON.parse(payload).name === wanted.name));
  return id;
}

/** Another server, of another party: the helper of split tasks. */
export async function startHelper() {
  // A server that is ready has something published, whatever else it does.
  const demo = await demoData();
  await writeFile(demo.config, `${await readFile(demo.config, 'utf8')}\n[collect]\nenabled = false\nhelper = true\njob_interval_ms = 50\n`);
  const server = await startServer(demo.data, { config: demo.config });
  atEnd(() => server.stop());
  return { ...demo, server };
}

/** Has leader and helper agree on a task. */
export async function askBoth(shop, helper, wanted, noise) {
  const mode = split(shop.server.origin, helper.server.origin);
  if (noise) mode.split.noise = noise;
  const id = await ask(shop, { ...wanted, mode }, ['--helper-url', `${helper.server.origin}/dap`]);
  const invitation = await homebody(shop.data, ['tasks', 'invite', id], { config: shop.config });
  const file = join(helper.folder, 'invitation.json');
  await writeFile(file, JSON.stringify(invitation));
  await homebody(helper.data, ['tasks', 'join', file], { config: helper.config });
  return id;
}

/** The signed tasks, as the server offers them. */
export async function offered(shop) {
  return (await (await fetch(`${shop.server.origin}/v1/tasks`)).json()).tasks;
}

/** Opens a page of a visitor, `aheadS` seconds ahead of the clock. */
export async function visit(context, shop, { aheadS = 0, choice, options } = {}) {
  const page = await openLab(context, shop);
  if (aheadS) await putForward(page, shop, aheadS);
  await begin(page, options);
  if (choice) await page.evaluate((given) => me.consent.set(given), choice);
  return page;
}

/** Loads a page anew with its clock put forward, by so much more each time. */
export async function putForward(page, shop, aheadS) {
  await page.addInitScript((ms) => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + ms;
  }, aheadS * 1_000);
  await page.reload();
  await equip(page, shop);
}

/** Begins as every page of the site does. */
export async function begin(page, options = {}) {
  const purposes = ['personalize', 'contribute', 'measure'];
  await page.evaluate((given) => start(given).then((me) => me.ready), { purposes, ...options });
}

/** What the visitor is shown of their contributions. */
export const listed = (page) =>
  page.evaluate(async () => (await me.contributions.list()).map(({ bytes, ...rest }) => ({ ...rest, bytes: bytes && [...bytes] })));

/** Waits until so many reports are listed. */
export const untilListed = (page, count) => until(`${count} reports`, async () => (await listed(page)).length === count && listed(page));

/** Whatever is sent is lost: a report may be due within seconds, and a test that looks at it finds it waiting all the same. */
export const lost = ({ url }) => (url.startsWith('/v1/reports/') ? { drop: true } : undefined);

/** Requests that have to do with contributions. */
export const contributed = (shop) => shop.front.requests.filter(({ url }) => /^\/v1\/(tasks|reports)|^\/dap/.test(url));

/** Reports posted so far. */
export const posts = (shop) => shop.front.requests.filter(({ method, url }) => method === 'POST' && url.startsWith('/v1/reports'));

/** Gives a page time to do what it must not. */
export const idle = () => sleep(2_500);

export function assertBare({ headers }) {
  const names = headers.map(([name]) => name.toLowerCase());
  for (const name of ['cookie', 'referer', 'authorization']) assert.ok(!names.includes(name), `${name} in ${names}`);
}
