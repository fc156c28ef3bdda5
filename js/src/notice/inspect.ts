import { contrast, over, type Rgb, transparent } from './inspect-colour.js';

/** Something a rendered notice does that it must not; the codes are those of `homebody consent lint`. */
export interface Finding {
  /** `consent_no_reject`, `consent_button_order`, `consent_button_unequal`, `consent_button_hidden` or `consent_contrast`. */
  readonly code: string;
  /** What it is about: the name of a button or the part of a text. */
  readonly target: string;
  /** What is wrong, with the number that was measured. */
  readonly message: string;
}

type Report = (code: string, target: Element, message: string) => void;

/** WCAG 2.2, 1.4.3 and 1.4.11. */
const MIN_TEXT_CONTRAST = 4.5;
const MIN_EDGE_CONTRAST = 3;
const MIN_LETTERS_PX = 14;
const MIN_TARGET_PX = 44;
/** How far the areas of yes and no may be apart, and their contrasts. */
const MAX_AREA_RATIO = 1.25;
const MAX_CONTRAST_RATIO = 1.05;

/** What yes and no have to have in common, as computed. */
const LOOKS = [
  'color', 'background-color', 'background-image', 'border-top-color', 'border-top-style', 'border-top-width',
  'border-inline-start-width', 'border-top-left-radius', 'font-family', 'font-size', 'font-style', 'font-weight',
  'letter-spacing', 'line-height', 'text-transform', 'text-decoration-line', 'opacity', 'box-shadow', 'filter', 'padding-left',
  'padding-top', 'cursor', 'transform', 'animation-name',
];

/** What can be pressed; what is folded away has a summary that can. */
const TARGETS = ['a', 'button', 'summary'].map((tag) => `${tag}:not(details:not([open]) > :not(summary) *)`).join();

/**
 * Measures a notice as it stands on the page: whether yes and no are alike, next to each other and in sight, and whether
 * every word can be read. For previews and tests; finds what the lint of the configuration cannot see, such as rules of
 * the page for `::part`.
 *
 * @example
 * const findings = inspectNotice(document.querySelector('hb-consent'));
 * if (findings.length > 0) throw new Error(findings.map(({ code, message }) => `${code}: ${message}`).join('\n'));
 */
export function inspectNotice(element: Element): Finding[] {
  const findings: Finding[] = [];
  const report: Report = (code, target, message) => findings.push({ code, target: nameOf(target), message });
  for (const surface of element.shadowRoot?.querySelectorAll('.banner, dialog[open]') ?? []) {
    const choices = [...surface.querySelectorAll<HTMLElement>('.choice')];
    const no = choices.find((choice) => choice.getAttribute('name') === 'reject');
    const yes = choices.find((choice) => choice.getAttribute('name') === 'accept');
    if (no && /[\p{L}\p{N}]/u.test(no.textContent ?? '')) compare(no, choices, surface, report);
    else report('consent_no_reject', surface, 'there is no button to reject, or it has no words');
    if (no && yes) order(no, yes, surface, report);
    for (const button of surface.querySelectorAll<HTMLElement>(TARGETS)) visible(button, surface, report);
    for (const text of surface.querySelectorAll('h2, p, b, a, button, summary, li')) readable(text, report);
  }
  return findings;
}

function nameOf(element: Element): string {
  return element.getAttribute('name') ?? element.getAttribute('part') ?? element.localName;
}

function compare(no: HTMLElement, choices: readonly HTMLElement[], surface: Element, report: Report): void {
  const [style, area, ratio] = [getComputedStyle(no), areaOf(no), contrastOf(no)];
  for (const other of choices) {
    const theirs = getComputedStyle(other);
    for (const look of LOOKS) {
      const [here, there] = [style.getPropertyValue(look), theirs.getPropertyValue(look)];
      if (here !== there) report('consent_button_unequal', other, `${look} is ${there}, that of reject ${here}`);
    }
    const [times, clearer] = [areaOf(other) / area, contrastOf(other) / ratio];
    const unequal = (what: string, ratio: number): void =>
      report('consent_button_unequal', other, `its ${what} is ${ratio.toFixed(2)} times that of reject`);
    if (!within(times, MAX_AREA_RATIO)) unequal('area', times);
    if (!within(clearer, MAX_CONTRAST_RATIO)) unequal('contrast', clearer);
    const isAlone = inSight(other, surface) && !inSight(no, surface);
    if (isAlone) report('consent_button_hidden', no, 'it is out of sight where another choice is not');
  }
}

/** Side by side at the front, and no never later than yes for the keyboard. */
function order(no: Element, yes: Element, surface: Element, report: Report): void {
  const buttons = [...surface.querySelectorAll('button:not(.close)')];
  const [at, other] = [buttons.indexOf(no), buttons.indexOf(yes)];
  if (at > other) report('consent_button_order', no, 'the keyboard meets accept first');
  const isFront = !surface.matches('.banner') || at + other === 1;
  const isBeside = Math.abs(at - other) === 1 && isFront;
  if (!isBeside) report('consent_button_order', no, 'accept and reject are not side by side at the front');
}

function visible(button: HTMLElement, surface: Element, report: Report): void {
  const hidden = (message: string): void => report('consent_button_hidden', button, message);
  const { width, height } = button.getBoundingClientRect();
  const style = getComputedStyle(button);
  if (!button.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return hidden('it cannot be seen');
  if (style.clipPath !== 'none' || style.pointerEvents === 'none') hidden('it is clipped or cannot be pressed');
  // A hundredth of a pixel is the browser's rounding.
  if (Math.min(width, height) < MIN_TARGET_PX - 0.01) hidden(`it is ${width.toFixed(1)} × ${height.toFixed(1)} px`);
  if (button.textContent && parseFloat(style.fontSize) < MIN_LETTERS_PX) hidden(`its letters are ${style.fontSize}`);
  if (button.scrollWidth > button.clientWidth + 1) hidden('its words are cut off');
  if (!inSight(button, surface) && !scrolls(button, surface)) hidden('it is off the page or covered');
  if (!button.matches('.choice')) return;
  const ground = groundOf(button.parentElement);
  const edge = Math.max(contrast(groundOf(button), ground), contrast(over(style.borderTopColor, ground), ground));
  if (edge < MIN_EDGE_CONTRAST) hidden(`it stands out by ${edge.toFixed(2)}:1`);
}

function readable(text: Element, report: Report): void {
  const hasWords = [...text.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
  if (!hasWords || !text.checkVisibility()) return;
  const measured = contrastOf(text);
  // Cut, not rounded, so that 4.497 does not read as 4.50.
  const shown = (Math.floor(measured * 100) / 100).toFixed(2);
  if (measured < MIN_TEXT_CONTRAST) report('consent_contrast', text, `its words have a contrast of ${shown}:1`);
}

/** Whether the middle of an element is what a pointer there would meet. */
function inSight(element: HTMLElement, surface: Element): boolean {
  const { left, top, width, height } = element.getBoundingClientRect();
  const root = surface.getRootNode() as ShadowRoot;
  const met = root.elementFromPoint(left + width / 2, top + height / 2);
  return met !== null && element.contains(met);
}

/** Whether it may have been scrolled away by the visitor. */
function scrolls(element: Element, surface: Element): boolean {
  for (let each: Element | null = element; each && surface.contains(each); each = each.parentElement) {
    const { overflowY } = getComputedStyle(each);
    if (/auto|scroll/.test(overflowY) && each.scrollHeight > each.clientHeight) return true;
  }
  return false;
}

function areaOf(element: Element): number {
  const { width, height } = element.getBoundingClientRect();
  return width * height;
}

function contrastOf(element: Element): number {
  const ground = groundOf(element);
  return contrast(over(getComputedStyle(element).color, ground, opacityOf(element)), ground);
}

/** The colour behind an element's words: every background on the way up. */
function groundOf(element: Element | null): Rgb {
  const layers: string[] = [];
  for (let each = element; each; each = each.parentElement) {
    layers.push(getComputedStyle(each).backgroundColor);
    if (!transparent(layers.at(-1) ?? '')) break;
  }
  return layers.reduceRight<Rgb>((ground, layer) => over(layer, ground), [255, 255, 255]);
}

function opacityOf(element: Element | null): number {
  let opacity = 1;
  for (let each = element; each; each = each.parentElement) opacity *= Number(getComputedStyle(each).opacity);
  return opacity;
}

function within(ratio: number, most: number): boolean {
  return ratio <= most && ratio >= 1 / most;
}
