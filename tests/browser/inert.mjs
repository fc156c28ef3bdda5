// What a page must not have before a yes: WebAssembly, and the parts that come with it, known by what they are and not by
// what they are called.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './processes.mjs';

const MAGIC = Buffer.from('\0asm', 'latin1');
/** What calls WebAssembly, and modules as text. */
const CALLS = /\bWebAssembly\b|\bAGFzbQ/;
/** Files without code, of which there are several alike. */
const EMPTY_BYTES = 100;

/** The ranking part and what belongs to it, in every form it is built in. */
const PARTS = new Map([...under('js/dist/rank'), ...under('js/dist', /^(care|homebody\.(annex|care|rank|rerank|worker))\.js$/), ...under('www/dist/assets', /^homebody\.(annex|care|rank|rerank)\./)]);

function under(folder, name = /\.js$/) {
  const files = readdirSync(join(ROOT, folder)).filter((file) => name.test(file));
  const read = files.map((file) => [file, readFileSync(join(ROOT, folder, file))]).filter(([, bytes]) => bytes.length > EMPTY_BYTES);
  return read.map(([file, bytes]) => [digest(bytes), `${folder}/${file}`]);
}

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What a response is, where it is one of these; undefined for everything else. */
function named(type, body) {
  if (/wasm/i.test(type) || body.subarray(0, MAGIC.length).equals(MAGIC)) return 'a module';
  const part = PARTS.get(digest(body));
  if (part) return part;
  return /script/i.test(type) && CALLS.test(body.toString('latin1')) ? 'what calls WebAssembly' : undefined;
}

/**
 * Watches a page, from before it is opened. The function it returns says what came so far of modules and what belongs to
 * them, and what was compiled.
 */
export async function watchModules(page) {
  const responses = [];
  page.on('response', (response) => responses.push(response));
  await page.addInitScript(() => {
    window.compiled = [];
    for (const name of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming', 'Module', 'Instance']) {
      const original = WebAssembly[name];
      WebAssembly[name] = new Proxy(original, {
        apply: (call, self, given) => (compiled.push(name), Reflect.apply(call, self, given)),
        construct: (make, given) => (compiled.push(name), Reflect.construct(make, given)),
      });
    }
  });
  return async () => {
    const looks = responses.filter((response) => response.ok()).map(async (response) => {
      const body = await response.body().catch(() => Buffer.alloc(0));
      const what = named(response.headers()['content-type'] ?? '', body);
      return what && `${what}: ${response.url()}`;
    });
    const came = (await Promise.all(looks)).filter(Boolean);
    return [...came, ...(await page.evaluate(() => compiled)), ...page.workers().map((worker) => `a worker: ${worker.url()}`)];
  };
}
