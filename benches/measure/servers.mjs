// The two servers: `homebody serve`, and nginx with the same files and headers. Both are bound to one processor.
import { createServer } from 'node:http';
import { request } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary, run, start, stop, until } from './programs.mjs';
import { writeItems } from './items.mjs';

const SERVER_PROCESSOR = '0';
const ITEMS = 20_000;
/** Chosen so that the two blobs weigh 100 KB and 870 KB on the wire. */
const POOL_ITEMS = 652;
const TABLE_ITEMS = 10_170;
const ENCODED = { 'accept-encoding': 'gzip' };

/** Imports, publishes and serves; `paths` are the manifest and the blobs. */
export async function startHomebody(folder) {
  const [config, data, items] = ['homebody.toml', 'data', 'items.jsonl'].map((name) => join(folder, name));
  await writeItems(items, ITEMS, 'jsonl');
  const placement = `[[placements]]\nname = "home"\nsize = ${POOL_ITEMS}\n`;
  await writeFile(config, `[catalog]\ntable_items = ${TABLE_ITEMS}\n${placement}[limits]\nconnections_per_ip = 0\n`);
  const homebody = ['--config', config, '--data', data, '--json'];
  await run(binary('homebody'), [...homebody, 'import', 'catalog', items]);
  const published = JSON.parse((await run(binary('homebody'), [...homebody, 'publish'])).stdout);
  const ports = ['--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0'];
  const child = start('taskset', ['-c', SERVER_PROCESSOR, binary('homebody'), ...homebody, 'serve', ...ports], { stdio: ['ignore', 'pipe', 'ignore'] });
  const said = await new Promise((resolve) => child.stdout.once('data', resolve));
  const origin = JSON.parse(said).listening.data;
  const blob = (name) => `/v1/blobs/${published.tables.find((table) => table.name === name).sha256}`;
  const paths = { manifest: '/v1/manifest.json', pool: blob('home'), table: blob('catalog') };
  await until(async () => (await get(origin, paths.manifest).catch(() => null))?.status === 200, 'homebody serve');
  return { origin, paths, pid: child.pid, stop: () => stop(child) };
}

/** nginx over copies of what the other server answers, precompressed, with its headers. */
export async function startNginx(folder, original) {
  const root = join(folder, 'nginx');
  await mkdir(join(root, 'v1/blobs'), { recursive: true });
  for (const path of Object.values(original.paths)) {
    const [plain, encoded] = [await get(original.origin, path), await get(original.origin, path, ENCODED)];
    await writeFile(join(root, path), plain.body);
    if (encoded.headers['content-encoding'] === 'gzip') await writeFile(`${join(root, path)}.gz`, encoded.body);
  }
  const port = await freePort();
  const config = join(root, 'nginx.conf');
  await writeFile(config, nginxConfig(root, port));
  const command = [process.env.NGINX ?? '/usr/sbin/nginx', '-p', root, '-c', config];
  const child = start('taskset', ['-c', SERVER_PROCESSOR, ...command], { stdio: ['ignore', 'ignore', 'inherit'] });
  const origin = `http://127.0.0.1:${port}`;
  await until(async () => (await get(origin, original.paths.manifest).catch(() => null))?.status === 200, 'nginx');
  return { origin, paths: original.paths, pid: child.pid, stop: () => stop(child) };
}

function nginxConfig(root, port) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${root}/tmp;`);
  return `daemon off; master_process off; pid ${root}/nginx.pid; error_log ${root}/error.log;
events { worker_connections 256; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; etag on; server_tokens off;
  open_file_cache max=100 inactive=60m; open_file_cache_valid 60m; gzip_static on; gzip_vary on;
  types { application/json json; } default_type application/octet-stream; ${temporary.join(' ')}
  server {
    listen 127.0.0.1:${port}; root ${root};
    add_header access-control-allow-origin *; add_header cache-control "public, max-age=31536000, immutable";
    add_header x-content-type-options nosniff;
  }
}
`;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** GET without any decoding. */
export function get(origin, path, headers = {}) {
  return new Promise((resolve, reject) => {
    const asked = request(`${origin}${path}`, { headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
    });
    asked.on('error', reject);
    asked.end();
  });
}
