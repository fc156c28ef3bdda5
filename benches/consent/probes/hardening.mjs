// Strict policies, texts as markup, and style sheets of the site.
import { openPreferences, settle, visit } from '../visit.mjs';
import { mentions } from './files.mjs';
import { no, notRun, partial, whether, yes } from './answers.mjs';

const STYLES_OF_FILES = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; style-src 'self'";
const WAIT_MS = 5000;

async function under(run, csp) {
  const page = await visit(run, { csp, awaited: false });
  const shown = await page
    .waitForFunction((banner) => look.seen(banner).length > 0, run.manager.parts.banner, { timeout: WAIT_MS })
    .then(() => true, () => false);
  await settle(page);
  const refused = await page.evaluate(() => look.refused);
  if (!shown) return no('no banner in sight');
  return whether(refused.length === 0, refused.length > 0 ? `${refused.length} refused: ${[...new Set(refused)].join(', ')}` : '');
}

/** C24: a policy that allows style sheets of files only. */
export const strictStyles = (run) => under(run, STYLES_OF_FILES);

/** C25: a policy that refuses texts where code or markup is made of them. */
export const trustedTypes = (run) => under(run, "require-trusted-types-for 'script'");

/** C26: a text of the configuration is shown as text; no text is made to code. */
export async function textsStayTexts(run) {
  const page = await visit(run, { marked: 'Read <b data-mark>this</b>' });
  const words = await page.evaluate((banner) => look.words(banner), run.manager.parts.banner);
  const made = () => page.evaluate(() => look.all('[data-mark]').length > 0);
  if (await made()) return no('markup of a text in the banner becomes elements');
  await openPreferences(page, run.manager);
  if (await made()) return no('markup of a text in the preferences becomes elements');
  if (!words.includes('this')) return notRun('the text does not appear');
  const code = await mentions(run.manager, /new Function\(/);
  return code ? partial('texts stay texts; the package contains `new Function`') : yes();
}

/** C27: a rule of the site for its own buttons and paragraphs. */
export async function styleSheetsStayOut(run) {
  const page = await visit(run);
  const { accept, reject } = run.manager.parts;
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('button, a, p, h2, div, section, span { display: none !important }');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  });
  const left = await page.evaluate((selectors) => selectors.every((each) => look.seen(each).length > 0), [accept, reject]);
  return whether(left, left ? '' : 'its buttons vanish');
}
