import type { Reason } from '../types.js';

/** The look of reasons; letters and colours are those of the page around them. */
export const WHY_CSS = `\
:host { display: block; color: var(--hb-muted, inherit); font: inherit; }\
[hidden] { display: none !important; }\
button {\
  display: inline-flex; align-items: center; gap: .5em; min-block-size: 44px; min-inline-size: 44px; padding: 0; border: 0;\
  background: none; font: inherit; color: inherit; text-decoration: underline; text-underline-offset: .2em; cursor: pointer; border-radius: 6px;\
}\
button::after { content: ''; inline-size: .4em; block-size: .4em; border: solid; border-width: 0 2px 2px 0; rotate: 45deg; margin-block-end: .25em; }\
[aria-expanded=true]::after { rotate: -135deg; margin-block-end: -.25em; }\
button:focus-visible { outline: 3px solid var(--hb-accent, currentColor); outline-offset: 2px; }\
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .6em; }\
.row { display: flex; gap: 1em; justify-content: space-between; }\
.share { font-variant-numeric: tabular-nums; white-space: nowrap; }\
.track { display: block; block-size: .4em; margin-block-start: .25em; border-radius: 1em; background: var(--hb-line, #8884); overflow: hidden; }\
.bar { display: block; block-size: 100%; border-radius: inherit; background: var(--hb-accent, currentColor); }\
@media (forced-colors: active) { .track { border: 1px solid CanvasText; } .bar { background: Highlight; forced-color-adjust: none; } }\
`;

/** A row for every reason that weighs something and one for the rest; the percentages sum to 100. */
export function rowsOf(reasons: readonly Reason[], rest: string, text: (reason: Reason) => string): Element {
  const rows: { text: string; share: number }[] = reasons
    .filter(({ share }) => share >= 0.005)
    .map((reason) => ({ text: text(reason), share: reason.share }));
  const left = 1 - rows.reduce((sum, { share }) => sum + share, 0);
  if (left >= 0.005) rows.push({ text: rest, share: left });
  const list = document.createElement('ul');
  const whole = percentages(rows.map(({ share }) => share));
  list.append(...rows.map((row, index) => rowOf(row.text, row.share, whole[index] ?? 0)));
  return list;
}

/** An element that the page can style. */
export function partOf(name: string, part: string): HTMLElement {
  const element = document.createElement(name);
  element.setAttribute('part', part);
  element.className = part;
  return element;
}

/** Whole numbers that sum to 100: cut, and what is missing goes to those that lost most. */
function percentages(shares: readonly number[]): number[] {
  const sum = shares.reduce((all, share) => all + share, 0);
  const exact = shares.map((share) => (100 * share) / sum);
  const cut = exact.map(Math.floor);
  const missing = 100 - cut.reduce((all, each) => all + each, 0);
  const lost = exact.map((each, index) => [each - (cut[index] ?? 0), index] as const);
  lost.sort(([one], [other]) => other - one);
  for (const [, index] of lost.slice(0, missing)) cut[index] = (cut[index] ?? 0) + 1;
  return cut;
}

function rowOf(text: string, share: number, percent: number): Element {
  const item = document.createElement('li');
  const row = partOf('span', 'row');
  const number = partOf('span', 'share');
  const track = document.createElement('span');
  const bar = partOf('span', 'bar');
  row.append(text, number);
  number.textContent = `${percent} %`;
  track.className = 'track';
  track.ariaHidden = 'true';
  bar.style.inlineSize = `${share * 100}%`;
  track.append(bar);
  item.append(row, track);
  return item;
}
