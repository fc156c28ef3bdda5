// Serves an example: node examples/serve.mjs 01 [port]
//
// `/` is the example's folder, `/homebody/` the built package (`cargo xtask build`), `/reco/` a pool as files: no Homebody
// server anywhere. Examples with a `vite.config.js` are built by Vite first; those with a `server.js` make the page themselves.
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const DEFAULT_PORT = 8090;

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** What a site that uses Homebody may forbid: everything but its own files and WebAssembly (and the policy that Vue makes). */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types vue";

/** Names of the examples, smallest first. */
export async function examples() {
  return (await readdir(at('.'))).filter((name) => /^\d\d-/.test(name)).sort();
}

/** Serves the example whose name begins with `which` until `close` is called; port 0 takes a free one. */
export async function serveExample(which, port = 0) {
  const name = (await examples()).find((each) => each.startsWith(which));
  if (!name) throw new Error(`no example begins with \`${which}\`: there are ${(await examples()).join(', ')}`);
  const folder = at(`${name}/`);
  if ((await exists(join(folder, 'Cargo.toml'))) && !(await exists(join(folder, 'pkg')))) throw new Error(`${name} is not compiled: run \`cargo xtask rust-page\` first`);
  const built = (await exists(join(folder, 'vite.config.js'))) && (await build(folder));
  const mounts = { '/homebody/': at('../js/dist/'), '/reco/': at('../create-homebody/pool/'), '/shared/': at('shared/'), '/': built || folder };
  const page = (await exists(join(folder, 'server.js'))) && (await import(pathToFileURL(join(folder, 'server.js')).href)).page;
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://example').pathname;
    if (page && path === '/') return response.writeHead(200, headersOf('index.html')).end(page(await readFile(join(built, 'index.html'), 'utf8')));
    const mount = Object.keys(mounts).find((prefix) => path.startsWith(prefix));
    return send(mounts[mount], path.slice(mount.length), response);
  });
  await new Promise((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    if (built) await rm(built, { recursive: true, force: true });
  };
  return { name, origin: `http://127.0.0.1:${server.address().port}`, close };
}

function exists(path) {
  return stat(path).then(() => true, () => false);
}

/** Builds an example by Vite, into a folder that is gone when it is no longer served. */
async function build(root) {
  const vite = await import('vite');
  const outDir = await mkdtemp(join(tmpdir(), 'homebody-example-'));
  await vite.build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true, target: 'es2022' } });
  return outDir;
}

async function send(folder, path, response) {
  const file = join(folder, normalize(`/${path.endsWith('/') || path === '' ? `${path}index.html` : path}`));
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
  response.writeHead(200, headersOf(file));
  return createReadStream(file).pipe(response);
}

function headersOf(file) {
  return { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-cache', 'content-security-policy': POLICY };
}

async function main([which, port = DEFAULT_PORT]) {
  if (!which) return process.stdout.write(`usage: node examples/serve.mjs NUMBER [port]\n\n${(await examples()).join('\n')}\n`);
  if (!(await exists(at('../js/dist/homebody.js')))) throw new Error('the package is not built: run `cargo xtask build` first');
  const { name, origin } = await serveExample(which, Number(port));
  process.stdout.write(`${name}: ${origin}\nCtrl-C stops it.\n`);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`examples: ${error.message}\n`);
    process.exitCode = 1;
  });
}
