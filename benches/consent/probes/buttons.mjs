// The first layer: what can be pressed, and whether yes and no are alike.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { visit } from '../visit.mjs';
import { no, partial, rounded, whether, yes } from './answers.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const AREA_RATIOS = [0.8, 1.25];
const READABLE = 4.5;
const TARGET_PX = 44;
/** Sizes are computed in fractions. */
const PIXEL_SLACK = 0.5;

/** C7: no is on the first layer. */
export async function rejectsOnFirstLayer(run) {
  const page = await visit(run);
  return whether(await page.evaluate((reject) => look.seen(reject).length > 0, run.manager.parts.reject));
}

/** C8: yes and no have one look, and about one size. */
export async function buttonsAlike(run) {
  const page = await visit(run);
  // Where a banner takes the focus, a ring on one of the two is no difference of theirs.
  await page.evaluate(() => look.active()?.blur());
  await page.mouse.move(0, 0);
  await page.waitForTimeout(300);
  const { accept, reject } = run.manager.parts;
  const [one, other] = await page.evaluate(([accept, reject]) => [look.looks(accept), look.looks(reject)], [accept, reject]);
  if (!one || !other) return no('only one of them is there');
  const unlike = Object.keys(one.style).filter((name) => one.style[name] !== other.style[name]);
  const ratio = (other.width * other.height) / (one.width * one.height);
  const alike = unlike.length === 0 && ratio >= AREA_RATIOS[0] && ratio <= AREA_RATIOS[1];
  return whether(alike, [`area ${rounded(ratio)}`, ...unlike.map(inWords)].join(', '));
}

const inWords = (property) => `other ${property.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;

/** C9: all words of the banner can be read. */
export async function textReadable(run) {
  const page = await visit(run);
  const { lowest } = await page.evaluate((banner) => look.lowestContrast(banner), run.manager.parts.banner);
  return whether(lowest >= READABLE, `lowest ${rounded(lowest)}`);
}

/** C10: axe finds nothing on a page with the banner. */
export async function axeFindsNothing(run) {
  const page = await visit(run);
  await page.evaluate(`${await readFile(AXE, 'utf8')};0`);
  const found = await page.evaluate(async (rules) => {
    const { violations } = await axe.run(document, { runOnly: rules });
    return violations.map(({ id, impact }) => ({ id, impact }));
  }, RULES);
  if (found.length === 0) return yes('0');
  const note = found.map(({ id, impact }) => `${impact}: ${id}`).sort().join(', ');
  return found.some(({ impact }) => /serious|critical/.test(impact)) ? no(note) : partial(note);
}

/** C18: what can be pressed is large enough for a thumb. */
export async function targetsLarge(run) {
  const page = await visit(run);
  const sizes = await page.evaluate((banner) => {
    const pressable = ':is(button, [role="button"], input, select, summary)';
    const targets = look.seen(`:is(${banner}) ${pressable}`);
    return targets.map((target) => target.getBoundingClientRect()).map(({ width, height }) => Math.min(width, height));
  }, run.manager.parts.banner);
  const smallest = Math.min(...sizes);
  return whether(smallest >= TARGET_PX - PIXEL_SLACK, `smallest ${rounded(smallest, 0)} px`);
}
