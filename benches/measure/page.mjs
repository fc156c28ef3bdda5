// The page in which ranking is measured, in a real browser.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT } from './programs.mjs';

const TYPES = { '.html': 'text/html', '.mjs': 'text/javascript', '.js': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };
/** Isolated pages get a timer of 5 µs, others one of 100 µs. */
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** Opens a page over the tables in `fixture` and hands it to `work`; `folders` are served besides. */
export async function withPage(fixture, work, { name = 'index.html', folders = {} } = {}) {
  const own = { '/page/': join(ROOT, 'benches/page'), '/wasm/': join(ROOT, 'js/dist/wasm'), '/fixture/': fixture };
  const server = await serve({ ...own, ...folders });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(`page: ${error.stack}`));
    await page.goto(`http://127.0.0.1:${server.address().port}/page/${name}`);
    await page.waitForFunction(() => globalThis.bench !== undefined, undefined, { timeout: 30_000 });
    return await work(page);
  } finally {
    await browser.close();
    server.close();
  }
}

async function serve(folders) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, 'http://localhost').pathname);
    const prefix = Object.keys(folders).find((each) => path.startsWith(each));
    const file = prefix && join(folders[prefix], path.slice(prefix.length));
    if (!file || !existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', ...ISOLATED });
    return createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
