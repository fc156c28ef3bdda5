// A walk through every state of the demo shop. The accessibility test looks at each with axe, shots.mjs photographs it.

/** Where the shop has to look right: a phone and a desktop, light and dark. */
export const VIEWS = [
  { name: 'desktop-light', viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true },
];

/** Leads a fresh visitor's page through the shop at `origin`; `look(name)` is called in every state. */
export async function tour(page, origin, look) {
  await page.goto(origin);
  await shelfReady(page);
  const banner = page.locator('hb-consent');
  await banner.waitFor();
  await settled(page);
  await look('1-banner');
  await banner
    .getByRole('button')
    .filter({ hasText: /sort for me/i })
    .click();
  await banner.waitFor({ state: 'detached' });
  await mode(page, 'learning');
  await look('2-consented');
  for (const place of [1, 5, 10]) await visit(page, place);
  await mode(page, 'personal');
  await settled(page);
  await look('3-personal');
  await dialogs(page, look);
  await panel(page, look);
  await page.goto(new URL('/privacy.html', origin).href);
  await look('12-privacy');
  await page.route('**/v1/**', (route) => route.abort());
  await page.goto(origin);
  await shelfReady(page);
  await look('13-offline');
}

async function dialogs(page, look) {
  await page.locator('.card-open').first().click();
  await page.locator('#film hb-why').waitFor();
  await settled(page);
  await look('4-film');
  await page.locator('#film .strong').click();
  await page.keyboard.press('Escape');
  await page.locator('#my-list').click();
  await settled(page);
  await look('5-list');
  await page.keyboard.press('Escape');
  await page.locator('.card').nth(3).hover();
  await page
    .locator('.card-actions')
    .nth(3)
    .getByRole('button', { name: /^Less like/ })
    .click();
  await page.locator('.toast').waitFor();
  await settled(page);
  await look('6-less-like-this');
}

async function panel(page, look) {
  await page.locator('footer [data-open-panel]').click();
  const inside = page.locator('hb-privacy-panel dialog');
  await inside.waitFor();
  await settled(page);
  await look('7-panel');
  await inside.locator('[data-key="neutral"]').click();
  await inside.locator('[data-key^="topic-"]').first().click();
  await inside.locator('.body').evaluate((body) => body.scrollTo(0, body.scrollHeight));
  await look('8-panel-end');
  await inside.locator('[data-key="erase"]').click();
  await inside.locator('.confirm').waitFor();
  await look('9-panel-confirm');
  await inside.locator('[data-key="erase-now"]').click();
  await inside.locator('.live .note').filter({ hasText: 'Erased' }).waitFor();
  await look('10-panel-erased');
  await page.keyboard.press('Escape');
  // What is kept is that the consent was taken back.
  await mode(page, 'refused');
  await look('11-erased');
}

async function visit(page, place) {
  await page.locator('.card-open').nth(place).click();
  await page.locator('#film[open]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#film:not([open])').waitFor({ state: 'attached' });
  await settled(page);
}

async function shelfReady(page) {
  await page.locator('html[data-shelf=ready]').waitFor();
}

async function mode(page, name) {
  await page.locator(`#status[data-mode=${name}]`).waitFor();
}

/** Nothing moves any more. What was just shown starts to move with the next frame. */
async function settled(page) {
  await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))));
  await page.waitForFunction(() => {
    const shadows = [...document.querySelectorAll('*')].map(({ shadowRoot }) => shadowRoot).filter(Boolean);
    return [document, ...shadows].every((root) =>
      root.getAnimations().every(({ playState }) => playState !== 'running'),
    );
  });
}
