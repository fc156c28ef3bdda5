import type { Display, Ranked } from '../types.js';

/** How values are written down. */
export interface Manner {
  /** BCP 47 tag. */
  readonly language: string;
  /** ISO 4217 code, where neither the field nor the item has one. */
  readonly currency: string | null;
}

type Writer = (field: Element, value: unknown, item: Display, manner: Manner) => void;

/** What a `data-hb-…` attribute with the name of a field does with its value. */
const WRITERS: Readonly<Record<string, Writer>> = {
  'data-hb-text': (field, value) => say(field, plain(value)),
  'data-hb-alt': (field, value) => put(field, 'alt', plain(value)),
  'data-hb-price': (field, value, item, manner) => say(field, price(field, value, item, manner)),
  // Where a script could be named, nothing is written.
  'data-hb-href': (field, value) => field.matches('a, area') && put(field, 'href', address(value)),
  'data-hb-src': (field, value) => field.matches('img, source, video, audio') && put(field, 'src', address(value)),
};
const MARKED = Object.keys(WRITERS).map((name) => `[${name}]`).join();

/** Writes what an item has into the element that stands for it. What is there already is not touched. */
export function fill(element: Element, { id, item }: Ranked<Display>, manner: Manner): void {
  put(element, 'data-hb-id', id);
  for (const field of [element, ...element.querySelectorAll(MARKED)]) {
    for (const [name, write] of Object.entries(WRITERS)) {
      const member = field.getAttribute(name);
      if (member === null) continue;
      const own = Object.hasOwn(item, member) ? item[member] : undefined;
      write(field, own ?? (member === 'id' ? id : undefined), item, manner);
    }
  }
}

/** An address of the web, absolute or relative; null for whatever else it may be, such as `javascript:`. */
export function address(value: unknown): string | null {
  const { protocol } = Object.assign(document.createElement('a'), { href: value });
  return typeof value === 'string' && /^https?:/.test(protocol) ? value : null;
}

/** An amount as people write it; what is no amount is left as it is. */
function price(field: Element, value: unknown, item: Display, { language, currency }: Manner): string {
  const text = plain(value);
  const code = plain(field.getAttribute('data-hb-currency') ?? item['currency'] ?? currency);
  try {
    const format = new Intl.NumberFormat(language, code ? { style: 'currency', currency: code } : {});
    return isNaN(Number(text || NaN)) ? text : format.format(Number(text));
  } catch {
    return text; // A tag or a code that nobody knows.
  }
}

function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function say(field: Element, text: string): void {
  if (field.textContent !== text) field.textContent = text;
}

function put(field: Element, name: string, value: string | null): void {
  if (value === null) field.removeAttribute(name);
  else if (field.getAttribute(name) !== value) field.setAttribute(name, value);
}
