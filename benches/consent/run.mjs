// Compares consent managers: `node benches/consent/run.mjs [row …] [--only MANAGER,…]`. Needs `cargo xtask build` and
// `cargo build -p homebody-server`. Asks what is named, or everything, keeps the answers in the target folder, and writes
// docs/consent-comparison.md as soon as every cell has one.
import { join } from 'node:path';
import { ROOT } from '../measure/programs.mjs';
import { ask } from './ask.mjs';
import { COLUMNS } from './columns.mjs';
import { keep, lastAnswers } from './kept.mjs';
import { write } from './report.mjs';
import { ROWS } from './rows.mjs';
import { withSite } from './site.mjs';

/** Pages at work at one time; more would measure the machine. */
const AT_ONCE = 6;
const PAGE = 'docs/consent-comparison.md';

const words = process.argv.slice(2);
const only = words.includes('--only') ? words[words.indexOf('--only') + 1].split(',') : null;
const numbers = words.filter((word) => /^\d+$/.test(word)).map(Number);
const columns = COLUMNS.filter(({ short }) => !only || only.includes(short));
const rows = ROWS.filter(({ number }) => numbers.length === 0 || numbers.includes(number));
if (columns.length === 0 || rows.length === 0) {
  console.error(`usage: node benches/consent/run.mjs [1 … ${ROWS.length}] [--only ${COLUMNS.map(({ short }) => short).join(',')}]`);
  process.exit(2);
}

const began = Date.now();
const { answers, browser } = await withSite(compare);
console.log(`${rows.length} rows, ${columns.length} managers, ${Math.round((Date.now() - began) / 1000)} s`);
await keep(answers);
const missing = ROWS.flatMap(({ number }) => COLUMNS.filter(({ short }) => !answers.get(number)?.has(short)).map(({ short }) => `C${number} ${short}`));
if (missing.length > 0) {
  console.log(`not written, because some were never asked: ${missing.slice(0, 5).join(', ')} …`);
} else {
  await write(join(ROOT, PAGE), answers, browser);
  console.log(`written: ${PAGE}`);
}

/** Asks everything that is wanted; `answers` is a map from a row's number to the answers by column, earlier ones included. */
async function compare(site) {
  const answers = await lastAnswers();
  const waiting = columns.flatMap((manager) => rows.map((row) => ({ manager, row })));
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { manager, row } = next;
      const answer = await ask(site, manager, row, (error) => console.error(`  C${row.number} ${manager.short}: ${error.stack}`));
      answers.get(row.number).set(manager.short, answer);
      console.log(`C${String(row.number).padEnd(3)} ${manager.short.padEnd(4)} ${answer.answer.padEnd(8)} ${answer.note}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { answers, browser: site.browser.version() };
}
