// The answers of earlier runs, so that a run of some cells renews the page. An answer counts for the version of the package
// that gave it.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT } from '../measure/programs.mjs';
import { COLUMNS } from './columns.mjs';
import { manifestOf } from './probes/files.mjs';
import { ROWS } from './rows.mjs';

const FILE = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'), 'consent-comparison.json');

/** What was answered last, by row and column. */
export async function lastAnswers() {
  const kept = JSON.parse(await readFile(FILE, 'utf8').catch(() => '{}'));
  const found = new Map(ROWS.map(({ number }) => [number, new Map()]));
  for (const { short, packages } of COLUMNS) {
    const { version, answers } = kept[short] ?? {};
    if (version !== (await manifestOf(packages[0])).version) continue;
    for (const [number, answer] of Object.entries(answers)) found.get(Number(number))?.set(short, answer);
  }
  return found;
}

/** Keeps them. */
export async function keep(found) {
  const kept = {};
  for (const { short, packages } of COLUMNS) {
    const answers = ROWS.filter(({ number }) => found.get(number).has(short)).map(({ number }) => [number, found.get(number).get(short)]);
    kept[short] = { version: (await manifestOf(packages[0])).version, answers: Object.fromEntries(answers) };
  }
  await mkdir(dirname(FILE), { recursive: true });
  await writeFile(FILE, JSON.stringify(kept));
}
