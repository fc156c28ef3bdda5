// The real binaries: run to their end, or serving the demo's data until the test file is over. Builds nothing: `cargo build`
// comes first.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');

const OLD_MS = 3_600_000;
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 5_000;

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

// Registered here, at the root: a hook registered inside another hook would run when that one ends.
const undo = [];
after(async () => {
  for (const each of undo.reverse()) await each().catch((error) => console.error(error));
});

/** Runs `work` after all tests of the file, the last registered first. */
export function atEnd(work) {
  undo.push(async () => work());
}

/** Path of one of our binaries (or what HOMEBODY_BIN or HOMEBODY_LAB_BIN names); fails with the command that makes it. */
export function binary(name) {
  const path = process.env[`${name.replace('-', '_').toUpperCase()}_BIN`] ?? join(TARGET, 'debug', name);
  assert.ok(existsSync(path), `${path} is missing: cargo build -p homebody-server -p homebody-lab`);
  return path;
}

/** A folder that is gone after the test file. */
export async function temporaryFolder(name) {
  const folder = await mkdtemp(join(tmpdir(), `homebody-${name}-`));
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  return folder;
}

/** Runs a binary to its end and returns what it printed as JSON. */
export async function homebody(data, args, { config } = {}) {
  const settings = config ? ['--config', config] : [];
  const all = [...settings, '--data', data, '--json', ...args];
  const options = { env: cleanEnvironment(), maxBuffer: 64 << 20 };
  const { stdout } = await run(binary('homebody'), all, options).catch((error) => {
    throw new Error(`homebody ${args.join(' ')}: ${error.stderr || error.message}`);
  });
  return stdout.trim() ? JSON.parse(stdout) : null;
}

/** Runs the laboratory to its end and returns what it printed. */
export async function lab(args) {
  const { stdout } = await run(binary('homebody-lab'), args, { env: cleanEnvironment(), maxBuffer: 256 << 20 });
  return stdout;
}

/** The settings of whoever runs the tests are none of theirs. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HOMEBODY_')));
}

/**
 * A data folder with the demo's films and simulated visitors, imported, trained and published by the real binaries; a
 * fresh copy for every call. Made once for each build of the binaries and kept in the target folder.
 */
export async function demoData() {
  const kept = await keptDemo();
  const folder = await temporaryFolder('data');
  const data = join(folder, 'data');
  await cp(join(kept, 'data'), data, { recursive: true });
  const config = join(folder, 'homebody.toml');
  await cp(join(kept, 'homebody.toml'), config);
  return { folder, data, config, catalogue: join(kept, 'catalog.jsonl'), ...(await readPublication(kept)) };
}

async function readPublication(kept) {
  return { publication: JSON.parse(await readFile(join(kept, 'publication.json'), 'utf8')) };
}

async function keptDemo() {
  const inputs = [binary('homebody'), binary('homebody-lab'), join(ROOT, 'www/demo/films.mjs'), join(ROOT, 'www/demo/prepare.mjs')];
  const stamp = createHash('sha256');
  for (const input of inputs) {
    const { size, mtimeMs } = await stat(input);
    stamp.update(`${basename(input)} ${size} ${mtimeMs}\n`);
  }
  const home = join(TARGET, 'browser-tests');
  const kept = join(home, stamp.digest('hex').slice(0, 16));
  if (existsSync(kept)) return kept;
  const making = `${kept}.${process.pid}`;
  await mkdir(making, { recursive: true });
  await dropOld(home);
  await makeDemo(making);
  // Another run may have been faster: then its folder is as good.
  await rename(making, kept).catch((error) => (existsSync(kept) ? rm(making, { recursive: true }) : Promise.reject(error)));
  return kept;
}

/** Drops what earlier builds left; not what another run may be using. */
async function dropOld(home) {
  for (const name of await readdir(home)) {
    const { mtimeMs } = await stat(join(home, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > OLD_MS) await rm(join(home, name), { recursive: true, force: true });
  }
}

async function makeDemo(folder) {
  const [data, catalogue, history, config] = ['data', 'catalog.jsonl', 'history.csv', 'homebody.toml'].map((name) => join(folder, name));
  await run(process.execPath, [join(ROOT, 'www/demo/prepare.mjs'), '--out', catalogue, '--config', config]);
  await lab(['simulate', '--catalog', catalogue, '--out', history, '--seed', '7']);
  await homebody(data, ['import', 'catalog', catalogue], { config });
  await homebody(data, ['import', 'history', history], { config });
  const publication = await homebody(data, ['publish'], { config });
  await writeFile(join(folder, 'publication.json'), JSON.stringify(publication));
}

/** Starts `homebody serve` on free ports and waits until it is ready. */
export async function startServer(data, { config, args = [] } = {}) {
  const settings = config ? ['--config', config] : [];
  const free = ['--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0'];
  const child = spawn(binary('homebody'), [...settings, '--data', data, '--json', 'serve', ...free, ...args], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let complaints = '';
  child.stderr.on('data', (part) => (complaints += part));
  const ended = new Promise((resolve) => child.once('exit', resolve)).then(() => running.delete(child));
  const { listening } = await firstLine(child, () => complaints);
  await ready(listening.admin, () => complaints);
  const stop = async () => {
    child.kill('SIGTERM');
    const insist = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(insist);
  };
  return { origin: listening.data, admin: listening.admin, stop, complaints: () => complaints };
}

function firstLine(child, complaints) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`the server says nothing: ${complaints()}`)), START_LIMIT_MS);
    child.stdout.on('data', (part) => {
      text += part;
      const at = text.indexOf('\n');
      // One line, or pretty-printed over several: as soon as it parses it is whole.
      const whole = at >= 0 && parsed(text);
      if (!whole) return;
      clearTimeout(timer);
      resolve(whole);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${code}: ${complaints()}`));
    });
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function ready(admin, complaints) {
  const until = Date.now() + START_LIMIT_MS;
  while (Date.now() < until) {
    const answer = await fetch(`${admin}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`the server does not get ready: ${complaints()}`);
}

/** Waits. */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
