// What changes a choice later: another notice, the law of a place, a withdrawal.
import { answer, comesToAsk, goOn, granted, settle, SHOWN_LIMIT_MS, visit } from '../visit.mjs';
import { no, partial, whether, yes } from './answers.mjs';

const LEFT = { cookie: 'left_cookie', item: 'left_item', database: 'left_database' };

/** C36: another text of a purpose asks again; by itself, or when the site counts a number up. */
export async function asksAfterChange(run) {
  const page = await visit(run, { changeable: true });
  await answer(page, run.manager, 'accept');
  await goOn(run, page, { changeable: true });
  if (await comesToAsk(page, run.manager)) return no('asks on every page');
  await goOn(run, page, { changeable: true, revised: true });
  if (await comesToAsk(page, run.manager, SHOWN_LIMIT_MS)) return yes('by itself');
  if (!run.manager.wishes.includes('revise')) return no();
  await goOn(run, page, { changeable: true, reviseAsTold: true });
  return (await comesToAsk(page, run.manager, SHOWN_LIMIT_MS)) ? partial(`another text does not; ${run.manager.revision}`) : no();
}

/** Says yes, leaves things behind as a tag would, and takes the yes back; what is still there. */
async function afterWithdrawal(run) {
  const wishes = run.manager.wishes.includes('clear') ? { clear: LEFT } : {};
  const page = await visit(run, wishes);
  await answer(page, run.manager, 'accept');
  await page.evaluate(
    ({ cookie, item, database }) =>
      new Promise((resolve, reject) => {
        document.cookie = `${cookie}=1; path=/; max-age=86400`;
        localStorage.setItem(item, '1');
        const opening = indexedDB.open(database, 1);
        opening.onsuccess = () => resolve(opening.result.close());
        opening.onerror = reject;
      }),
    LEFT,
  );
  await run.manager.withdraw(page);
  await settle(page, 1500);
  await goOn(run, page, wishes);
  return page.evaluate(async ({ cookie, item, database }) => {
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    return { cookie: document.cookie.includes(cookie), item: localStorage.getItem(item) !== null, database: databases.includes(database) };
  }, LEFT);
}

/** C38: cookies that a purpose names are gone after a withdrawal. */
export async function clearsCookies(run) {
  const left = await afterWithdrawal(run);
  return whether(!left.cookie);
}

/** C39: and so are entries of localStorage and databases. */
export async function clearsStores(run) {
  const left = await afterWithdrawal(run);
  if (!left.item && !left.database) return yes();
  return left.item && left.database ? no() : partial(left.item ? 'not localStorage' : 'not IndexedDB');
}

/** C40: a withdrawal is in force on the page on which it was made. */
export async function withdrawsInPlace(run) {
  const page = await visit(run);
  await answer(page, run.manager, 'accept');
  let loads = 0;
  page.on('framenavigated', (frame) => (loads += frame === page.mainFrame() ? 1 : 0));
  await run.manager.withdraw(page);
  await settle(page, 1500);
  if ((await granted(page, run.manager)).length > 0) return no('still granted');
  return whether(loads === 0, loads > 0 ? 'loads the page anew' : '');
}

/** C49: markup that waits in a `<template data-purpose>` comes to life with the yes, and not before. */
export async function gatesMarkup(run) {
  const body = `<template data-purpose="analytics"><script>window.gateOpened = true;</script></template>`;
  const page = await visit(run, { body, ...(run.manager.wishes.includes('gates') && { gates: true }) });
  const opened = () => page.evaluate(() => window.gateOpened === true);
  if (await opened()) return no('runs before the choice');
  await answer(page, run.manager, 'accept');
  await settle(page, 800);
  return whether(await opened());
}
