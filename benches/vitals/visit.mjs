// Visits of the page over a mobile network, with nothing in the cache, and the vitals of each.
import { setTimeout as sleep } from 'node:timers/promises';
import { LONG_MS, watchTasks } from '../../tests/browser/tasks.mjs';

/** How much slower the visitor's processor is. */
export const THROTTLE = 4;
/** 4G: round trips of 60 ms, 9 Mbit/s. */
const NETWORK = { offline: false, latency: 60, downloadThroughput: 1_125_000, uploadThroughput: 190_000 };
const VIEWPORT = { width: 1200, height: 900 };
/** After `load`: whatever begins in idle time has begun. */
const SETTLED_MS = 2500;
const BETWEEN_CLICKS_MS = 350;
const CLICKS = 6;
const PRESS_MS = 60;
/** The emulated network forgets a request now and then: such a page never loads, and is opened again. */
const PATIENCE_MS = 45_000;
const TRIES = 3;

/** Watches from the first moment on; `vitals()` says what it saw. */
const WATCH = `(() => {
  const seen = { lcp: 0, tbt: 0, cls: 0, taps: new Map() };
  const watch = (type, each, more) => new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true, ...more });
  watch('largest-contentful-paint', ({ startTime }) => (seen.lcp = startTime));
  watch('longtask', ({ duration }) => (seen.tbt += Math.max(0, duration - ${LONG_MS})));
  watch('layout-shift', ({ value, hadRecentInput }) => hadRecentInput || (seen.cls += value));
  watch('event', ({ interactionId, duration }) => interactionId && seen.taps.set(interactionId, Math.max(duration, seen.taps.get(interactionId) ?? 0)), { durationThreshold: 16 });
  window.vitals = () => ({ lcp: seen.lcp, tbt: seen.tbt, cls: seen.cls, inp: Math.max(0, ...seen.taps.values()), taps: seen.taps.size, ranked: window.me?.personalized ?? null });
})()`;

/**
 * A visitor; `agrees` is one who said yes and did something on an earlier page. Their `visit(way)` measures as the browser
 * does, its processor throttled. With `traced` TBT is that of the page's own time on the processor, stretched afterwards:
 * throttling would stretch what this machine gives to others, too.
 */
export async function visitor(browser, origin, { agrees = false, traced = false } = {}) {
  const context = await browser.newContext({ viewport: VIEWPORT });
  await context.addInitScript(WATCH);
  if (agrees) await agree(context, origin);
  const again = async (way, tries = TRIES) => visit(context, `${origin}/${way}`, traced).catch((error) => {
    if (tries === 1 || error.name !== 'TimeoutError') throw error;
    return again(way, tries - 1);
  });
  return { visit: (way) => again(way), close: () => context.close() };
}

async function agree(context, origin) {
  const page = await context.newPage();
  await page.goto(`${origin}/with`);
  await page.waitForFunction(() => window.me);
  await page.evaluate(() => me.consent.set({ personalize: true }));
  // What listens comes with the yes: a click before it is nobody's.
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name, responseEnd }) => responseEnd > 0 && name.endsWith('homebody.signals.js')));
  for (const place of [1, 5, 1]) await page.locator('#new h3').nth(place).click();
  await page.waitForFunction(async () => (await me.profile())?.items.filter(({ count }) => count > 0).length === 2);
  await sleep(1500);
  await page.close();
}

/** One visit: the page loads and settles, six real clicks, and what it all cost; `main` is the main thread's time. */
async function visit(context, address, traced) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  try {
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    await session.send('Network.emulateNetworkConditions', NETWORK);
    if (!traced) await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const tasks = traced && (await watchTasks(page, THROTTLE));
    await page.goto(address);
    await sleep(SETTLED_MS);
    for (const place of await places(page)) {
      await page.mouse.click(...place, { delay: PRESS_MS });
      await sleep(BETWEEN_CLICKS_MS);
    }
    const vitals = await page.evaluate(() => vitals());
    const { metrics } = await session.send('Performance.getMetrics');
    const main = 1000 * metrics.find(({ name }) => name === 'TaskDuration').value;
    return { ...vitals, main, ...(tasks && { tbt: blocked(await tasks.end()) }) };
  } finally {
    if (traced) await context.browser().stopTracing().catch(() => undefined); // Of a visit that failed.
    await page.close();
  }
}

/** TBT: what tasks are longer than one that keeps nobody waiting. */
function blocked(tasks) {
  return tasks.reduce((sum, ms) => sum + Math.max(0, ms - LONG_MS), 0);
}

/** Where to click: the button of one card, the name of the next. */
function places(page) {
  return page.evaluate((count) => Array.from({ length: count }, (_, click) => {
    const target = document.querySelectorAll('#new li')[click % 4].querySelector(click % 2 === 0 ? 'button' : 'h3');
    const { left, top, width, height } = target.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  }), CLICKS);
}
