// A plain HTTP server between the page and `homebody`: passes everything on, writes down every request whole, and
// misbehaves where a test asks for it.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
};

const BLANK = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>lab</title><link rel="icon" href="data:,"><main></main>';

/**
 * Starts a front of `upstream`. `mounts` serves folders under a path. The front's `fault` may be set to
 * `async (request, answer) => …` where `answer` is what the server said (or would, it is a function); it returns
 * `undefined` to pass on, or `{ status, headers, body, delayMs, cut }`.
 */
export async function startFront(upstream, mounts = {}) {
  const front = { requests: [], fault: undefined, pages: new Map([['/t/lab.html', BLANK]]) };
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const noted = { method: request.method, url: request.url, headers: pairs(request.rawHeaders), body: body.toString('latin1') };
    front.requests.push(noted);
    try {
      await answer(front, upstream, mounts, noted, body, response);
    } catch (error) {
      if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain' });
      response.end(`front: ${error.message}`);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  front.origin = `http://127.0.0.1:${server.address().port}`;
  /** The requests since `clear`, without those for the test's own pages. */
  front.seen = () => front.requests.filter(({ url }) => !url.startsWith('/t/') && !url.startsWith('/pkg/'));
  front.clear = () => front.requests.splice(0);
  front.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return front;
}

async function answer(front, upstream, mounts, noted, body, response) {
  const path = new URL(noted.url, 'http://front').pathname;
  const ask = () => passOn(upstream, noted, body);
  const fault = front.fault && (await front.fault(noted, ask));
  if (fault) return misbehave(fault, response);
  const page = front.pages.get(path);
  if (page !== undefined) {
    const { html, headers } = typeof page === 'string' ? { html: page, headers: {} } : page;
    response.writeHead(200, { 'content-type': TYPES['.html'], 'cache-control': 'no-store', ...headers });
    return response.end(html);
  }
  for (const [prefix, folder] of Object.entries(mounts)) {
    if (path.startsWith(prefix)) return serveFile(folder, path.slice(prefix.length), response);
  }
  const { status, headers, body: bytes } = await ask();
  response.writeHead(status, headers);
  response.end(bytes);
}

/** What the server says to a request, as it goes over the wire. */
function passOn(upstream, { method, url, headers }, body) {
  const target = new URL(upstream);
  const own = headers.filter(([name]) => !/^(host|connection)$/i.test(name));
  return new Promise((resolve, reject) => {
    const options = { host: target.hostname, port: target.port, method, path: url, headers: [...own.flat(), 'host', target.host], agent: false };
    const asked = httpRequest(options, async (response) => {
      const dropped = /^(connection|transfer-encoding|content-length|keep-alive)$/i;
      const kept = pairs(response.rawHeaders).filter(([name]) => !dropped.test(name));
      const bytes = await bodyOf(response);
      resolve({ status: response.statusCode, headers: [...kept, ['content-length', String(bytes.length)]].flat(), body: bytes });
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

/** Plain bytes of an address of the server, without the encodings a browser would ask for. */
export async function plain(upstream, url) {
  const response = await fetch(upstream + url, { headers: { 'accept-encoding': 'identity' } });
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  return Buffer.from(await response.arrayBuffer());
}

async function misbehave({ status = 200, headers = {}, body = '', delayMs = 0, cut = false, drop = false }, response) {
  if (delayMs) await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (drop) return response.destroy();
  const all = { 'access-control-allow-origin': '*', 'cache-control': 'no-store', ...headers };
  if (typeof body === 'function') {
    response.writeHead(status, all);
    return body(response);
  }
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-length': String(bytes.length), ...all });
  if (!cut) return response.end(bytes);
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}

async function serveFile(folder, path, response) {
  const file = join(folder, normalize(`/${path}`));
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) {
    response.writeHead(404, { 'content-type': 'text/plain' });
    return response.end('not found');
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-cache' });
  createReadStream(file).pipe(response);
}

/** Serves one folder and nothing else; for pages built by a bundler. */
export async function serveFolder(folder) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://folder').pathname;
    await serveFile(folder, path.endsWith('/') ? `${path}index.html` : path, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function pairs(raw) {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[index * 2], raw[index * 2 + 1]]);
}

