// How a banner fits: small screens, other directions, preferences of the visitor, and the way back.
import { answer, comesToAsk, openPreferences, settle, visit } from '../visit.mjs';
import { no, none, notRun, partial, whether, yes } from './answers.mjs';

/** Longer than any manager takes to show itself. */
const LONG_MS = 3000;
const NARROW = { viewport: { width: 320, height: 640 } };

/** C17: after yes and after no something on the page leads back. */
export async function wayBackStays(run) {
  const found = [];
  for (const which of ['accept', 'reject']) {
    const page = await visit(run);
    await answer(page, run.manager, which);
    await settle(page, 800);
    found.push(await wayBack(page));
  }
  const [worst] = found.sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  if (worst === 'seen') return yes();
  return worst === 'hidden' ? partial('it is there, and out of sight until the pointer comes near') : no();
}

const ORDER = ['none', 'hidden', 'seen'];

/** What can be pressed on the page that the page did not bring itself. */
function wayBack(page) {
  return page.evaluate(() => {
    const pressable = look.all('button, a[href], [role="button"], [tabindex="0"], .cc-revoke').filter((each) => !look.within(each, 'main'));
    const inSight = ({ left, right, top, bottom }) => left + right > 0 && top + bottom > 0 && left + right < 2 * innerWidth && top + bottom < 2 * innerHeight;
    if (pressable.some((each) => look.visible(each) && inSight(each.getBoundingClientRect()))) return 'seen';
    const rendered = pressable.some((each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && each.getBoundingClientRect().width > 0);
    return rendered ? 'hidden' : 'none';
  });
}

/** C19: 320 px wide, nothing to scroll sideways and nothing cut off. */
export async function reflows(run) {
  const page = await visit(run, { browser: NARROW });
  const { width, outside } = await page.evaluate((banner) => {
    const parts = look.seen(`:is(${banner}) *`);
    const lines = parts.flatMap((each) => [...each.childNodes].filter((node) => node.nodeType === 3 && node.data.trim())).flatMap((node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return [...range.getClientRects()];
    });
    const buttons = parts.filter((each) => each.matches('button, [role="button"], input')).map((each) => each.getBoundingClientRect());
    return { width: document.documentElement.scrollWidth, outside: [...lines, ...buttons].some(({ left, right }) => left < -0.5 || right > innerWidth + 0.5) };
  }, run.manager.parts.banner);
  const wide = width > NARROW.viewport.width;
  return whether(!wide && !outside, wide ? `${width} px wide` : outside ? 'cut off' : '');
}

/** C20: what moves for others does not for who wants less motion. */
export async function movesLess(run) {
  const { toggles } = run.manager.parts;
  const moving = async (reducedMotion) => {
    const page = await visit(run, { browser: { reducedMotion }, before: watchMotion });
    if (await openPreferences(page, run.manager)) {
      await page.evaluate((toggles) => look.all(toggles)[0]?.click(), toggles);
      await settle(page);
    }
    return page.evaluate(() => window.moved.size);
  };
  const [plain, reduced] = [await moving('no-preference'), await moving('reduce')];
  if (reduced === 0) return yes(plain > 0 ? '' : 'nothing moves for anybody');
  return reduced < plain ? partial('less moves, but not nothing') : no();
}

/** Notes every property that moves something and is animated for longer than a frame. */
function watchMotion() {
  const names = new Map();
  window.moved = new Set();
  const MOVES = /^(transform|translate|scale|rotate|top|right|bottom|left|width|height|max-?height|margin.*|inset.*)$/i;
  const note = ({ effect, transitionProperty }) => {
    if (effect.getComputedTiming().duration <= 20) return;
    const properties = transitionProperty ? [transitionProperty] : effect.getKeyframes().flatMap((frame) => Object.keys(frame));
    if (!names.has(effect.target)) names.set(effect.target, names.size);
    for (const property of properties) if (MOVES.test(property)) window.moved.add(`${names.get(effect.target)} ${property}`);
  };
  const watch = () => {
    const roots = [document, ...look.all('*').map(({ shadowRoot }) => shadowRoot).filter(Boolean)];
    for (const root of roots) root.getAnimations().forEach(note);
    requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
}

/** C21: styles for forced colours, among those that the page has loaded. */
export async function knowsForcedColours(run) {
  const page = await visit(run, { browser: { forcedColors: 'active' } });
  const known = await page.evaluate(() => {
    const roots = [document, ...look.all('*').map(({ shadowRoot }) => shadowRoot).filter(Boolean)];
    const sheets = roots.flatMap((root) => [...root.styleSheets, ...root.adoptedStyleSheets]);
    const names = (rules) => [...rules].some((rule) => rule.conditionText?.includes('forced-colors') || (rule.cssRules && names(rule.cssRules)));
    return sheets.some((sheet) => names(sheet.cssRules));
  });
  return whether(known, known ? '' : 'no rule in any style sheet');
}

/** C22: in a page from right to left the words begin at the right and nothing is cut off. */
export async function readsFromTheRight(run) {
  const page = await visit(run, { language: 'ar' });
  const found = await page.evaluate((banner) => {
    const words = look.seen(`:is(${banner}) :is(p, h1, h2, h3, span, div)`).find((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim().length > 10));
    if (!words) return null;
    const range = document.createRange();
    range.selectNodeContents(words);
    const [line] = [...range.getClientRects()].sort((a, b) => a.top - b.top);
    const box = words.getBoundingClientRect();
    const { direction } = getComputedStyle(words);
    const boxes = look.seen(`:is(${banner}), :is(${banner}) button`).map((each) => each.getBoundingClientRect());
    const cut = boxes.some(({ left, right }) => left < -0.5 || right > innerWidth + 0.5);
    return { direction, atStart: box.right - line.right <= line.left - box.left + 1, cut };
  }, run.manager.parts.banner);
  if (!found) return notRun('no words are found');
  const wrong = [found.direction !== 'rtl' && 'the direction is not taken over', !found.atStart && 'words begin at the left', found.cut && 'cut off'].filter(Boolean);
  return wrong.length === 0 ? yes() : no(wrong.join(', '));
}

/** C52: an automated browser, as auditors use, sees the banner of the published defaults. */
export async function auditorsSeeIt(run) {
  const page = await visit(run, { asPublished: true, awaited: false });
  if (!(await page.evaluate(() => navigator.webdriver))) return none('this browser does not say that it is automated');
  return whether(await comesToAsk(page, run.manager, 2 * LONG_MS));
}
