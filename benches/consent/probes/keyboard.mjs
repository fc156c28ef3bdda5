// What a keyboard meets.
import { asks, comesToAsk, goOn, kept, openPreferences, settle, SHOWN_LIMIT_MS, visit } from '../visit.mjs';
import { no, none, partial, whether, yes } from './answers.mjs';

const PRESSES = 30;
const DIALOG_PRESSES = 25;

/** Where the focus is: `page`, `banner`, `nowhere`. */
function place(page, { parts }) {
  return page.evaluate((banner) => {
    const active = look.active();
    if (!active || active === document.body || active === document.documentElement) return 'nowhere';
    if (look.within(active, 'main')) return 'page';
    return look.within(active, banner) ? 'banner' : 'elsewhere';
  }, parts.banner);
}

/** C11: Tab comes to the links of a page that can still be seen and pressed. */
export async function tabLeaves(run) {
  const page = await visit(run);
  const covered = await page.evaluate(() => {
    const link = document.querySelector('#page-link').getBoundingClientRect();
    return !look.within(document.elementFromPoint(link.x + 4, link.y + link.height / 2), 'main');
  });
  if (covered) return none('modal: the page is covered');
  for (let press = 0; press < PRESSES; press += 1) {
    if ((await place(page, run.manager)) === 'page') return yes();
    await page.keyboard.press('Tab');
  }
  return no(`${PRESSES} presses never leave it`);
}

/** C12: the focus stays where it was. */
export async function focusStays(run) {
  const page = await visit(run);
  const at = await place(page, run.manager);
  return whether(at === 'nowhere', at === 'nowhere' ? '' : `moved to: ${at}`);
}

/** C13: no is not further away than yes. */
export async function rejectNotLater(run) {
  const page = await visit(run);
  const { accept, reject } = run.manager.parts;
  const at = {};
  for (let press = 0; press <= PRESSES && !(at.accept && at.reject); press += 1) {
    const on = await page.evaluate(([accept, reject]) => {
      const active = look.active();
      if (!active) return null;
      if (look.within(active, accept)) return 'accept';
      return look.within(active, reject) ? 'reject' : null;
    }, [accept, reject]);
    if (on) at[on] ??= press;
    await page.keyboard.press('Tab');
  }
  if (at.accept === undefined || at.reject === undefined) return no('one of them cannot be reached');
  return whether(at.reject <= at.accept, `reject ${at.reject}, accept ${at.accept}`);
}

/** C14: Escape closes the banner, keeps nothing, and the next page asks again. */
export async function escapeDefers(run) {
  const page = await visit(run);
  const before = await kept(page);
  await page.keyboard.press('Escape');
  await settle(page);
  if (await asks(page, run.manager)) await page.evaluate((reject) => look.seen(reject)[0]?.focus(), run.manager.parts.reject);
  if (await asks(page, run.manager)) await page.keyboard.press('Escape');
  await settle(page);
  if (await asks(page, run.manager)) return no('nothing happens');
  const after = await kept(page);
  if (after.join() !== before.join()) return no('closes it and keeps an answer');
  await goOn(run, page);
  const again = await comesToAsk(page, run.manager, SHOWN_LIMIT_MS);
  return whether(again, again ? '' : 'the next page does not ask');
}

/** C15: the preferences are a dialog by name, take the focus, keep it, give it back, and close on Escape. */
export async function preferencesAreDialog(run) {
  const { manager } = run;
  if (!manager.parts.opener) return none('has no preferences');
  const page = await visit(run);
  if (!(await openPreferences(page, manager))) return no('no way to them');
  const missing = await ofDialog(page, manager);
  await page.keyboard.press('Escape');
  await settle(page, 800);
  const closed = await page.evaluate((dialog) => look.seen(dialog).length === 0, manager.parts.dialog);
  if (!closed) missing.push('Escape does not close it');
  const back = closed && (await page.evaluate((opener) => look.within(look.active(), opener), manager.parts.opener));
  if (!back) missing.push('the focus does not return');
  if (missing.length === 0) return yes();
  return missing.length <= 2 ? partial(missing.join(', ')) : no(missing.join(', '));
}

async function ofDialog(page, { parts: { dialog } }) {
  const missing = [];
  const named = await page.evaluate((dialog) => {
    const holder = look.seen(dialog).flatMap((found) => [found, ...found.querySelectorAll('*')]).concat(ancestors(look.seen(dialog)[0]));
    const found = holder.find((each) => each.tagName === 'DIALOG' || /^(alert)?dialog$/.test(each.role ?? ''));
    const label = found && (found.ariaLabel || found.getAttribute('aria-labelledby'));
    return { role: Boolean(found), name: Boolean(label) };
    function ancestors(element) {
      const all = [];
      for (let each = element?.parentElement; each && each !== document.body; each = each.parentElement) all.push(each);
      return all;
    }
  }, dialog);
  if (!named.role) missing.push('no role');
  else if (!named.name) missing.push('no name');
  if (!(await focusInside(page, dialog))) missing.push('the focus stays outside');
  for (let press = 0; press < DIALOG_PRESSES; press += 1) {
    await page.keyboard.press('Tab');
    if (!(await focusInside(page, dialog, true))) return [...missing, 'Tab leaves it'];
  }
  return missing;
}

/** Inside, or, in a native modal dialog, on its way around through the browser's own controls. */
function focusInside(page, dialog, passing = false) {
  return page.evaluate(([dialog, passing]) => {
    const active = look.active();
    const nowhere = !active || active === document.body || active === document.documentElement;
    return look.within(active, dialog) || (passing && nowhere && look.all('dialog:modal').length > 0);
  }, [dialog, passing]);
}

/** C16: nothing is ticked that is not necessary. */
export async function nothingTicked(run) {
  const { manager } = run;
  if (!manager.parts.opener) return none('has no preferences');
  const page = await visit(run);
  if (!(await openPreferences(page, manager))) return no('no way to them');
  const toggles = await page.evaluate((toggles) => look.all(toggles).map((each) => each.checked === true || [each.ariaChecked, each.ariaPressed].includes('true')), manager.parts.toggles);
  if (toggles.length === 0) return no('no switches are found');
  return whether(!toggles.includes(true), `${toggles.length} switches`);
}
