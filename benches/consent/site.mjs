// Where the pages of the comparison live: our server, a front that serves the packages and the pages, one browser.
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import webpack from 'webpack';
import { CHROMIUM_FLAGS } from '../../tests/browser/chromium.mjs';
import { startFront } from '../../tests/browser/front.mjs';
import { writeItems } from '../measure/items.mjs';
import { inTemporaryFolder, ROOT, run, start, stop } from '../measure/programs.mjs';
import { configuration } from './managers/homebody-config.mjs';

const ITEMS = 40;

/** Runs `work` with a site: `{ origin, key, front, browser, homebody }`, and takes everything down after it; `open` starts the browser. */
export function withSite(work, open = openBrowser) {
  return inTemporaryFolder(async (folder) => {
    const server = await startHomebody(folder);
    const bundles = join(folder, 'bundles');
    await bundle(bundles, 'c15t', new URL('managers/c15t-page.mjs', import.meta.url).pathname);
    const front = await startFront(server.origin, {
      '/pkg/': join(ROOT, 'js/dist'),
      '/lib/': join(ROOT, 'node_modules'),
      '/bundles/': bundles,
    });
    const browser = await open();
    try {
      return await work({ ...server, origin: front.origin, front, browser, folder });
    } finally {
      await browser.close();
      await front.close();
      await server.stop();
    }
  });
}

function openBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_FLAGS, headless: true });
}

/** Imports a small catalogue, publishes and serves it. */
async function startHomebody(folder) {
  const homebody = builtBinary();
  const [data, items] = ['data', 'items.jsonl'].map((name) => join(folder, name));
  await writeItems(items, ITEMS, 'jsonl');
  await run(homebody, ['--data', data, '--json', 'import', 'catalog', items]);
  const published = JSON.parse((await run(homebody, ['--data', data, '--json', 'publish'])).stdout);
  const notice = join(folder, 'consent.json');
  await writeFile(notice, JSON.stringify(configuration({})));
  await run(homebody, ['--data', data, '--json', 'consent', 'publish', notice]);
  const ports = ['--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0'];
  const child = start(homebody, ['--data', data, '--json', 'serve', ...ports], { stdio: ['ignore', 'pipe', 'ignore'] });
  const { listening } = await firstAnswer(child);
  return { origin: listening.data, admin: listening.admin, key: published.public_key, homebody, stop: () => stop(child) };
}

/** The binary: what HOMEBODY_BIN names, else of whichever profile was built last that is there. */
function builtBinary() {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
  const built = ['debug', 'release'].map((profile) => join(target, profile, 'homebody'));
  const named = process.env.HOMEBODY_BIN;
  const found = (named ? [named] : built).find(existsSync);
  if (!found || !existsSync(join(ROOT, 'js/dist/index.js'))) {
    throw new Error('the binary or js/dist is missing: cargo xtask build && cargo build -p homebody-server');
  }
  return found;
}

/** The first whole JSON value that a program prints. */
function firstAnswer(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (part) => {
      text += part;
      try {
        resolve(JSON.parse(text));
      } catch {
        // Not whole yet.
      }
    });
    child.once('exit', (code) => reject(new Error(`homebody serve ended with ${code}`)));
  });
}

/** Bundles a page's script as a site that uses the package would. */
async function bundle(folder, name, entry) {
  await mkdir(folder, { recursive: true });
  const compiler = webpack({
    mode: 'production',
    devtool: false,
    target: ['web', 'es2022'],
    entry,
    resolve: { modules: [join(ROOT, 'node_modules')] },
    performance: { hints: false },
    output: { path: folder, filename: `${name}.js` },
  });
  const stats = await new Promise((resolve, reject) => {
    compiler.run((error, result) => compiler.close(() => (error ? reject(error) : resolve(result))));
  });
  const { errors } = stats.toJson({ errors: true });
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
}
