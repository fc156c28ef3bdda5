// Measures and prints ratios: `node benches/run.mjs [rank] [peers] [vitals] [pools] [import] [split] [--quick] [--write]`.
// Needs the browser side (`cargo xtask build`) and the release binaries; `cargo xtask bench` builds both first.
import { join } from 'node:path';
import { ROOT } from './measure/programs.mjs';
import { show, write } from './measure/report.mjs';

const PARTS = ['rank', 'peers', 'vitals', 'pools', 'import', 'split'];
const ROUNDS = 30;
const QUICK_ROUNDS = 5;

const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = [...named.filter((word) => !PARTS.includes(word)), ...flags.filter((flag) => !['--quick', '--write'].includes(flag))];
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(' ')}\nusage: node benches/run.mjs [${PARTS.join('] [')}] [--quick] [--write]`);
  process.exit(2);
}

const rounds = flags.includes('--quick') ? QUICK_ROUNDS : ROUNDS;
const found = [];
for (const name of PARTS.filter((part) => named.length === 0 || named.includes(part))) {
  const part = await import(`./parts/${name}.mjs`);
  console.log(`\n# ${part.heading}`);
  const tables = await part.measure({ rounds });
  tables.forEach(show);
  found.push([part.heading, tables]);
}
if (flags.includes('--write')) await write(join(ROOT, 'benches/results.md'), found);
