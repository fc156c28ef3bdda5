// The programs that are measured and the places they are found in.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const START_LIMIT_MS = 30_000;

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a program to its end. */
export const run = promisify(execFile);

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** Path of a release binary; fails with the command that makes it. */
export function binary(name) {
  const path = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'), 'release', name);
  if (existsSync(path)) return path;
  throw new Error(`${path} is missing: cargo build --release -p homebody-server -p homebody-benches`);
}

/** Starts a program that ends when this one does. */
export function start(command, args, options) {
  const child = spawn(command, args, options);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Ends a program and waits until it has. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** A program that answers each line with a line of JSON. */
export function conversation(child) {
  const waiting = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line)));
  child.once('exit', (code) => waiting.splice(0).forEach(({ reject }) => reject(new Error(`ended with ${code}`))));
  return (line) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.stdin.write(`${line}\n`);
    });
}

/** A folder that is gone after `work`. */
export async function inTemporaryFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), 'homebody-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits until a question is answered with something true. */
export async function until(question, what) {
  const end = Date.now() + START_LIMIT_MS;
  while (Date.now() < end) {
    const answer = await question();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what}: not within ${START_LIMIT_MS / 1000} s`);
}
