// Global Privacy Control, and a second tab.
import { answer, comesToAsk, granted, openPreferences, settle, visit } from '../visit.mjs';
import { no, notRun, partial, whether, yes } from './answers.mjs';

const TOLD = /global privacy control|\bGPC\b|opt-?out (preference )?signal|privacy signal/i;
const AT_ONCE_MS = 250;
const TAB_LIMIT_MS = 2000;
/** Where the law makes the signal count. */
const REGION = 'US-CA';

/** C29: somebody on the page reads `navigator.globalPrivacyControl`. */
export async function readsGpc(run) {
  const reads = async (wishes) => {
    const page = await visit(run, { gpc: true, awaited: false, ...wishes });
    await comesToAsk(page, run.manager);
    return page.evaluate(() => window.gpcReads);
  };
  if ((await reads({})) > 0) return yes();
  if (!run.manager.wishes.includes('region')) return no('never read');
  return (await reads({ region: REGION })) > 0 ? partial(`only in ${REGION}`) : no(`never read, not in ${REGION} either`);
}

/** C30: the banner or the preferences say that the signal was seen. */
export async function showsGpc(run) {
  const wishes = run.manager.wishes.includes('region') ? [{}, { region: REGION }] : [{}];
  for (const wish of wishes) {
    const page = await visit(run, { gpc: true, awaited: false, ...wish });
    await comesToAsk(page, run.manager);
    const { banner, dialog, roots } = run.manager.parts;
    let words = await page.evaluate((roots) => look.words(roots), `${banner}, ${roots}`);
    if (await openPreferences(page, run.manager)) words += await page.evaluate((dialog) => look.text(dialog), dialog);
    if (TOLD.test(words)) return yes();
  }
  return no();
}

/** C31: who said yes and turns the signal on later is not counted as before. */
export async function honoursGpcLater(run) {
  const first = await visit(run);
  await answer(first, run.manager, 'accept');
  await settle(first, 800);
  const before = await granted(first, run.manager);
  if (before.length === 0) return notRun('nothing was granted');
  const page = await visit(run, { context: first.context(), gpc: true, awaited: false });
  await granted(page, run.manager);
  await settle(page, 1500);
  const after = await granted(page, run.manager);
  return whether(after.length < before.length, after.length < before.length ? `${before.filter((each) => !after.includes(each)).join(', ')} ends` : 'all stays granted');
}

/** C28: a choice in one tab closes the banner of another within 250 ms. */
export async function tabsAgree(run) {
  const other = await visit(run);
  const here = await visit(run, { context: other.context() });
  await here.evaluate(() => addEventListener('click', () => (window.clickedAt = Date.now()), { capture: true }));
  const closed = other.evaluate(
    ([banner, limit]) =>
      new Promise((resolve) => {
        const end = Date.now() + limit;
        const timer = setInterval(() => {
          const gone = look.seen(banner).length === 0;
          if (!gone && Date.now() < end) return;
          clearInterval(timer);
          resolve(gone ? Date.now() : null);
        }, 10);
      }),
    [run.manager.parts.banner, 3 * TAB_LIMIT_MS],
  );
  await answer(here, run.manager, 'accept');
  const [at, clicked] = [await closed, await here.evaluate(() => window.clickedAt)];
  if (at === null) return no(`not within ${(3 * TAB_LIMIT_MS) / 1000} s`);
  const agrees = (await granted(other, run.manager)).join() === (await granted(here, run.manager)).join();
  return whether(at - clicked <= AT_ONCE_MS && agrees, at - clicked <= AT_ONCE_MS ? '' : 'later than 250 ms');
}
