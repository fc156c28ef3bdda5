// The demo shop, as a visitor uses it.
import { until } from './harness.mjs';

/** Waits until the shelf is there. */
export async function ready(page) {
  await page.waitForSelector('html[data-shelf="ready"]');
}

/** Ids on the shelf, in order. */
export function order(page) {
  return page.locator('#films > [data-hb-id]').evaluateAll((cards) => cards.map((card) => card.dataset.hbId));
}

/** The line under each film that says why. */
export function reasons(page) {
  return page.locator('#films .card-why').allTextContents();
}

/** What the strip over the shelf is in: `shared`, `personal`, `neutral` … */
export function mode(page) {
  return page.locator('#status').getAttribute('data-mode');
}

/** Says yes in the banner. */
export async function accept(page) {
  await page.locator('hb-consent').getByRole('button', { name: 'Sort for me' }).click();
  await until('consent is on', async () => ['learning', 'personal'].includes(await mode(page)));
}

/** Opens the first film from a place of the shelf on that is not in `but`, looks at it for a while, and closes it. */
export async function visitFilm(page, place, { but = [], lookMs = 0 } = {}) {
  const id = await openFilm(page, place, but);
  if (lookMs) await page.waitForTimeout(lookMs);
  await page.locator('#film .film-close').click();
  await page.waitForSelector('#film:not([open])', { state: 'attached' });
  return id;
}

/** A film may leave the shelf between the look and the click: then the next look takes another. */
async function openFilm(page, place, but) {
  for (let attempt = 0; ; attempt++) {
    const id = (await order(page)).slice(place).find((each) => !but.includes(each));
    const opener = page.locator(`#films > [data-hb-id="${id}"] .card-open`);
    try {
      await opener.click({ timeout: 4000 });
      await page.waitForSelector('#film[open]');
      return id;
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

/** Opens "what this site thinks" and returns it. */
export async function openPanel(page) {
  await page.locator('header [data-open-panel]').click();
  const panel = page.locator('hb-privacy-panel dialog');
  await panel.waitFor({ state: 'visible' });
  return panel;
}

/** Closes it. */
export async function closePanel(page) {
  await page.locator('hb-privacy-panel .close').click();
  await page.locator('hb-privacy-panel dialog').waitFor({ state: 'hidden' });
}

/** Erases everything by the panel's buttons; returns what the panel says about it. */
export async function eraseInPanel(page) {
  const panel = await openPanel(page);
  await panel.locator('[data-key="erase"]').click();
  await panel.locator('[data-key="erase-now"]').click();
  const note = panel.locator('.live .note');
  await note.waitFor();
  const said = await note.textContent();
  await closePanel(page);
  return said;
}
