// Walks the journey of journey.json with any browser that can click, type and scroll, and compares what was recorded.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { sleep, until } from '../harness.mjs';

export const JOURNEY = JSON.parse(await readFile(new URL('journey.json', import.meta.url), 'utf8'));

/**
 * Walks it. `hand` has `open(path)`, `click(selector, button)`, `type(selector, text)`, `press(key)`, `scroll(px)`, `away(ms)`,
 * `reload()` and `run(code)`, which answers what the page's code evaluates to. Returns the log, its dwell times as the
 * device booked them.
 */
export async function walk(hand) {
  const log = [];
  let booked = 0;
  for (const step of JOURNEY.steps) {
    await take(hand, step);
    if (!(await hand.run('window.begun === true'))) await until('the page', () => hand.run('window.begun === true'));
    const all = await hand.run('log()');
    const fresh = all.slice(log.length);
    log.push(...fresh);
    const dwell = fresh.filter(({ kind }) => kind === 'dwell');
    assert.ok(dwell.length <= 1, 'one page is left in a step');
    if (dwell.length === 0) continue;
    const total = await until('the device', async () => Math.max(await hand.run('active()'), booked) - booked, 4000).catch(() => 0);
    dwell[0].value = Math.round(total);
    booked += total;
  }
  return log;
}

async function take(hand, { open, click, middle, leave, type, into, press, scroll, wait, away, reload }) {
  if (open) await hand.open(open);
  if (click) await hand.click(click, 0);
  if (middle) await hand.click(middle, 1);
  if (leave) {
    await hand.run('void (window.begun = "before")');
    await hand.click(leave, 0);
    await until('the next page', () => hand.run('window.begun === true').catch(() => false));
  }
  if (type) await hand.type(into, type);
  if (press) await hand.press(press);
  if (scroll) await hand.scroll(scroll);
  if (wait) await sleep(wait);
  if (away) await hand.away(away);
  if (reload) await hand.reload();
}

/** The log as the journey's file has it: runs of impressions in order, times of pages as `ms`. */
export function settled(log) {
  const name = ({ kind, item }) => `${kind} ${item}`;
  const all = [];
  for (const { kind, item, value } of log) {
    const entry = kind === 'dwell' ? { kind, item, ms: value } : { kind, item, value };
    const from = all.findLastIndex((each) => each.kind !== 'impression') + 1;
    const run = kind === 'impression' ? [...all.splice(from), entry] : [entry];
    all.push(...run.sort((one, other) => (name(one) < name(other) ? -1 : 1)));
  }
  return all;
}

/** Fails unless the log is the journey's. */
export function assertGolden(log) {
  const bare = (entries) => entries.map(({ ms: _, ...entry }) => entry);
  assert.deepEqual(bare(settled(log)), bare(JOURNEY.log));
  settled(log).forEach(({ kind, item, ms }, place) => {
    const expected = JOURNEY.log[place].ms;
    if (kind === 'dwell') assert.ok(Math.abs(ms - expected) <= JOURNEY.toleranceMs, `${item}: ${ms} ms, expected ${expected}`);
  });
}
