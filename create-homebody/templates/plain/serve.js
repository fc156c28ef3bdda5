// Serves `dist` on this machine: node serve.js [port]
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json', '.wasm': 'application/wasm' };

const server = createServer((request, response) => {
  const path = normalize(decodeURI(new URL(request.url, 'http://localhost').pathname));
  const file = join('dist', path.endsWith('/') ? `${path}index.html` : path);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404).end('not found');
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-cache' });
  return createReadStream(file).pipe(response);
});
const [, , port] = process.argv;
server.on('listening', () => console.log(`http://127.0.0.1:${server.address().port}`));
server.on('error', (error) => {
  // Somebody else has the usual port: any other will do, unless one was asked for.
  if (error.code === 'EADDRINUSE' && !port) return server.listen(0, '127.0.0.1');
  console.error(`${error.message}; name another port: node serve.js 5174`);
  process.exitCode = 1;
});
server.listen(Number(port ?? 5173), '127.0.0.1');
