// Writes the demo's catalogue: node www/demo/prepare.mjs --out FILE.jsonl [--config FILE.toml]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { catalogueOf } from './films.mjs';

/** The films as catalogue items, from the installed `vega-datasets`. */
export function filmCatalogue() {
  const path = fileURLToPath(new URL('../../node_modules/vega-datasets/data/movies.json', import.meta.url));
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Error('the film data is not installed; run `npm ci` in the repository first');
  }
  return catalogueOf(JSON.parse(text));
}

function main() {
  const { values } = parseArgs({ options: { out: { type: 'string' }, config: { type: 'string' } } });
  if (!values.out) throw new Error('usage: node www/demo/prepare.mjs --out FILE.jsonl [--config FILE.toml]');
  const { items, dropped } = filmCatalogue();
  write(values.out, items.map((item) => JSON.stringify(item)).join('\n') + '\n');
  if (values.config) write(values.config, DEMO_CONFIG);
  const reasons = Object.entries(dropped)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
  process.stdout.write(`${items.length} films written to ${values.out} (left out: ${reasons})\n`);
}

const DEMO_CONFIG = `# The demo shop's settings; every other one keeps its default.
site = "matinee.example"
`;

function write(path, text) {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  writeFileSync(path, text);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    process.stderr.write(`prepare: ${error.message}\n`);
    process.exitCode = 1;
  }
}
