// A developer's project: the packed package installed into a folder of its own, and what every built page must show.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { serveFolder } from '../browser/front.mjs';
import { atEnd, demoData, launchBrowser, openPage, ROOT, startServer, temporaryFolder, until } from '../browser/harness.mjs';

const execute = promisify(execFile);
/** A packager that takes longer hangs. */
const run = (program, args, options) => execute(program, args, { timeout: 120_000, ...options });

/** Packs a package as it would be published: the file, and what is in it. */
export async function pack(name = 'js') {
  const folder = await temporaryFolder('packed');
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: join(ROOT, name) });
  const [{ filename, files, size }] = JSON.parse(stdout);
  return { file: join(folder, filename), files: files.map(({ path }) => path), size };
}

/** A new project with the packed package installed and these files. */
export async function project(name, packed, files) {
  const folder = await temporaryFolder(`project-${name}`);
  await write(folder, { 'package.json': JSON.stringify({ name, private: true, type: 'module' }), ...files });
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--no-package-lock', packed.file], { cwd: folder });
  return folder;
}

/** Writes files under a folder. */
export async function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** A real server with the demo's data; pages of other origins use it. */
export async function startDemoServer() {
  const demo = await demoData();
  const server = await startServer(demo.data, { config: demo.config });
  atEnd(() => server.stop());
  return { ...server, key: demo.publication.public_key };
}

/** The script of a page, as in the README: a list in the visitor's order; `options` adds to those of `personalize`. */
export function script(server, specifier = 'homebody', options = '') {
  return `import { onClick, personalize } from '${specifier}';
const list = document.querySelector('ul');
const me = await personalize({
  server: '${server.origin}',
  key: '${server.key}',
  placement: 'home',
  policyUrl: '/privacy',
  onError: (error) => failures.push(error.code),${options}
});
onClick(me);
const show = async () => {
  const ranked = await me.rank(undefined, { limit: 40 });
  list.replaceChildren(...ranked.map(({ id, item, reasons }) => {
    const row = document.createElement('li');
    row.dataset.hbId = id;
    row.title = reasons.map(({ kind }) => kind).join();
    row.textContent = item.title;
    return row;
  }));
};
me.on('change', show);
await show();
window.me = me;
`;
}

/** The page around it. */
export function page(scripts) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,">
<script>window.failures = [];</script></head><body><ul></ul>${scripts}</body></html>`;
}

/** Serves a built folder and returns its page in a browser. */
export async function visit(folder, path = '/') {
  const served = await serveFolder(folder);
  atEnd(() => served.close());
  return visitAddress(`${served.origin}${path}`);
}

/** A port nobody listens on, for tools that want to be told one. */
export async function freePort() {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address();
  taken.close();
  await once(taken, 'close');
  return port;
}

/** Opens an address as a new visitor. */
export async function visitAddress(address) {
  const context = await (await launchBrowser()).newContext();
  const visited = await openPage(context);
  visited.complaints = [];
  visited.on('console', (message) => message.type() === 'error' && visited.complaints.push(message.text()));
  await visited.goto(address);
  return visited;
}

/** Fails unless the page shows the list, makes it personal, and finds every part it loads later. */
export async function assertWorks(visited) {
  const order = () => visited.locator('li').evaluateAll((rows) => rows.map((row) => row.dataset.hbId));
  await until('the list', async () => (await order()).length === 40 && (await visited.evaluate(() => 'me' in window)));
  const neutral = await order();
  const liked = [17, 24, 33].map((place) => neutral[place]);
  await visited.evaluate(() => me.consent.set({ personalize: true }));
  // The script-tag bundle brings its listeners with the ranking part.
  await until('the ranking part', () => visited.evaluate(() => me.personalized));
  await visited.evaluate((ids) => {
    for (const id of ids) {
      const row = document.querySelector(`li[data-hb-id="${id}"]`) ?? Object.assign(document.createElement('li'), { hidden: true });
      row.dataset.hbId = id;
      document.querySelector('ul').append(row);
      row.click();
    }
  }, liked);
  await until('a personal order', async () => (await order()).join() !== neutral.join());
  await until('reasons', () => visited.locator('li').first().getAttribute('title'));
  const later = await visited.evaluate(async () => {
    const { items } = await me.exportData();
    await me.consent.open('panel');
    await me.consent.open('banner');
    return { items: items.map(({ id }) => id), parts: ['hb-privacy-panel', 'hb-consent'].map((name) => document.querySelector(name) !== null) };
  });
  assert.deepEqual(later.items.toSorted(), liked.toSorted());
  assert.deepEqual(later.parts, [true, true]);
  const { wiped } = await visited.evaluate(() => me.erase());
  assert.ok(wiped.includes('shard') && wiped.includes('database'), String(wiped));
  await until('the neutral order', async () => (await order()).join() === neutral.join());
  assert.deepEqual(await visited.evaluate(() => failures), []);
  assert.deepEqual(visited.failures, []);
  assert.deepEqual(visited.complaints, []);
  assert.deepEqual(visited.stray, []);
}

