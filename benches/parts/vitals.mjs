// What visitors feel of a page with us on it: web vitals of a shop page, with and without, in turns.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { ratio, table, within } from '../measure/report.mjs';
import { summary } from '../measure/turns.mjs';
import { serveShop } from '../vitals/shop.mjs';
import { visitor } from '../vitals/visit.mjs';

const MIN_PAIRS = 10;
const LCP_LIMIT = 1.15;
const TBT_LIMIT_MS = 50;
/** Two frames: the browser rounds to 8 ms, and half of one is the luck of the draw. */
const INP_LIMIT_MS = 32;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'];
const NAMES = { with: 'ranking: a yes is kept, a list follows what is clicked', asked: 'before a yes: our banner asks' };

export const heading = 'A page with us on it';

/** The table of this part. */
export async function measure({ rounds }) {
  const shop = await serveShop();
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  try {
    const meet = async (who) => ({ slow: await visitor(browser, shop.origin, who), traced: await visitor(browser, shop.origin, { ...who, traced: true }) });
    const [fresh, known] = [await meet({}), await meet({ agrees: true })];
    await fresh.traced.visit('without'); // The browser itself is cold.
    const isWhole = rounds >= MIN_PAIRS;
    return [vitalsTable(await inTurns({ without: fresh, with: known, asked: fresh }, Math.max(MIN_PAIRS, Math.ceil(rounds / 2)), isWhole), isWhole)];
  } finally {
    await browser.close();
    await shop.close();
  }
}

/** Every way once a round, each round beginning with the next one; the visits of each. With `isWhole` throttled ones, too. */
async function inTurns(ways, rounds, isWhole) {
  const names = Object.keys(ways);
  const visits = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      const visit = await ways[name].traced.visit(name);
      assert.equal(visit.ranked, name === 'with' ? true : null, `${name}: it did not do what is measured`);
      const slow = isWhole && (await ways[name].slow.visit(name));
      visits[name].push({ ...visit, ...(slow && { slowLcp: slow.lcp, slowInp: slow.inp, longtasks: slow.tbt }) });
    }
    console.log(`  pair ${round + 1} of ${rounds}`);
  }
  return visits;
}

function vitalsTable({ without, ...others }, isWhole) {
  const median = (visits, name) => summary(visits.map((visit) => visit[name])).median;
  for (const [way, visits] of Object.entries({ without, ...others })) {
    const names = ['lcp', 'inp', 'tbt', 'main', ...(isWhole ? ['slowLcp', 'slowInp', 'longtasks'] : [])];
    console.log(`  ${way}: median ${names.map((name) => `${name} ${median(visits, name).toFixed(0)} ms`).join(', ')}`);
  }
  const rows = Object.entries(others).flatMap(([way, visits]) => {
    const pairs = (combine) => summary(visits.map((visit, index) => combine(visit, without[index]))).median;
    const quotient = (name) => pairs((mine, theirs) => mine[name] / theirs[name]);
    const added = (name) => pairs((mine, theirs) => mine[name] - theirs[name]);
    const shift = Math.max(...visits.map(({ cls }) => cls));
    return [
      [NAMES[way], 'LCP', ratio(quotient('lcp')), '—', within(quotient('lcp'), LCP_LIMIT)],
      ['', 'INP', ratio(quotient('inp')), `${added('inp').toFixed(0)} ms`, within(added('inp'), INP_LIMIT_MS)],
      ['', 'TBT', '—', `${added('tbt').toFixed(0)} ms`, within(added('tbt'), TBT_LIMIT_MS)],
      ['', 'main thread, its time in all', ratio(quotient('main')), `${added('main').toFixed(0)} ms`, '—'],
      ['', 'CLS, the largest', '—', shift.toFixed(3), within(shift, 0)],
      ...(isWhole ? [['', 'LCP, processor throttled 4×', ratio(quotient('slowLcp')), '—', '—'], ['', 'INP, processor throttled 4×', ratio(quotient('slowInp')), `${added('slowInp').toFixed(0)} ms`, '—']] : []),
    ];
  });
  return table(`Web vitals of ${without.length} pairs of visits, 4G, empty cache`, ['the page with us', 'what', 'with ÷ without', 'added', 'budget'], rows, [
    'A server-rendered page of sixty cards with pictures (`benches/vitals/shop.mjs`) loads, settles, and is clicked six times;',
    'medians over the pairs. TBT and the main thread are by the clock of the thread: TBT is what its tasks would exceed 50 ms by',
    'on a processor four times slower. Throttling by the browser stretches whatever else the machine does with the page, so what',
    'it shows has no budget; `--quick` leaves it out.',
  ]);
}
