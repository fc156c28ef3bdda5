// Importing a catalogue: rows a second, and memory that does not grow with the file.
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { writeItems } from '../measure/items.mjs';
import { peakBytes } from '../measure/process-cost.mjs';
import { binary, inTemporaryFolder, start } from '../measure/programs.mjs';
import { ratio, table, within } from '../measure/report.mjs';
import { takeTurns } from '../measure/turns.mjs';

/** Rows of the files; the rate is that of the middle one. */
const SIZES = { small: 20_000, middle: 100_000, large: 300_000 };
/** What three times the rows may do to the peak. */
const GROWTH_LIMIT = 1.1;
const LOOK_MS = 5;

export const heading = 'Import';

/** The tables of this part. */
export function measure({ rounds }) {
  return inTemporaryFolder(async (folder) => {
    const rows = [];
    const baseline = join(folder, 'baseline.jsonl');
    await writeItems(baseline, SIZES.middle, 'jsonl');
    for (const format of ['jsonl', 'csv']) rows.push(await contest(folder, baseline, format, Math.ceil(rounds / 6)));
    const sizes = Object.values(SIZES).map((count) => `${count / 1000}k`);
    const columns = ['format', `rows a second here, of ${sizes[1]}`, 'time ÷ bare JSON.parse of every line', `peak memory at ${sizes.join(' / ')} rows`, `peak at ${sizes[2]} ÷ peak at ${sizes[1]}`, `≤ ${GROWTH_LIMIT} ×`];
    return [table('`homebody import catalog` into an empty folder', columns, rows, [
      'Parsed, checked and committed in one transaction; the bare loop only reads the same items as JSON Lines in Node.',
      'What grows up to 100k rows is the page cache of the database, which is bounded (32 MiB); nothing else does.',
    ])];
  });
}

async function contest(folder, baseline, format, rounds) {
  const peaks = {};
  const slices = { bare: () => parsedLines(baseline) };
  for (const [size, count] of Object.entries(SIZES)) {
    const file = join(folder, `${size}.${format}`);
    await writeItems(file, count, format);
    slices[size] = async () => {
      const { seconds, peak } = await imported(folder, file, count);
      peaks[size] = Math.max(peaks[size] ?? 0, peak);
      return [seconds];
    };
  }
  const found = await takeTurns(slices, rounds);
  const growth = peaks.large / peaks.middle;
  const megabytes = Object.keys(SIZES).map((size) => (peaks[size] / 1e6).toFixed(0));
  const rate = `${Math.round(SIZES.middle / found.middle.min / 1000)} thousand`;
  return [format, rate, ratio(found.middle.min / found.bare.min), `${megabytes.join(' / ')} MB`, ratio(growth), within(growth, GROWTH_LIMIT)];
}

async function imported(folder, file, count) {
  const data = join(folder, 'data');
  const begun = performance.now();
  const child = start(binary('homebody'), ['--data', data, '--json', 'import', 'catalog', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let peak = 0;
  const looking = setInterval(async () => (peak = Math.max(peak, await peakBytes(child.pid))), LOOK_MS);
  let said = '';
  child.stdout.on('data', (part) => (said += part));
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(looking);
  const seconds = (performance.now() - begun) / 1000;
  assert.equal(code, 0, `import ended with ${code}`);
  assert.equal(JSON.parse(said).added, count);
  await rm(data, { recursive: true });
  return { seconds, peak };
}

async function parsedLines(file) {
  const begun = performance.now();
  let items = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) items += JSON.parse(line).id ? 1 : 0;
  assert.equal(items, SIZES.middle);
  return [(performance.now() - begun) / 1000];
}
