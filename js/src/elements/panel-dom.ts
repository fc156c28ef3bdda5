import { jsonOf } from '../json.js';
import { kit } from '../notice/banner.js';

/** What an element is made of; text is always set as text, never parsed. */
export interface Made {
  class?: string;
  part?: string;
  text?: string;
  /** Focus returns to the element with the same key after the panel is drawn again. */
  key?: string;
  attributes?: Readonly<Record<string, string>>;
  on?: () => void;
}

/** Makes an element. */
export function make(
  name: string,
  { class: look, part, text, key, attributes, on }: Made = {},
  children: readonly (Node | string | undefined)[] = [],
): HTMLElement {
  return kit.make(name, { class: look || undefined, part, 'data-key': key, ...attributes, on }, text, ...children);
}

/** A push button. */
export function button(text: string, look: 'plain' | 'danger' | 'quiet', made: Made): HTMLElement {
  const attributes = { type: 'button', ...made.attributes };
  return make('button', { ...made, text, class: look, part: made.part ?? 'button', attributes });
}

/** A titled part of the panel. */
export function section(id: string, title: string, children: readonly (Node | undefined)[]): HTMLElement {
  const heading = make('h3', { text: title, attributes: { id: `${id}-title` } });
  return make('section', { part: 'section', attributes: { 'aria-labelledby': `${id}-title` } }, [heading, ...children]);
}

/** A titled list of words, each with a remark about its value; nothing without words. */
export function notes<T>(title: string, all: readonly { text: string; value: T }[], remark: (value: T) => string): HTMLElement[] {
  const rows = all.map(({ text, value }) => {
    const what = make('span', { class: 'what' }, [text, make('span', { class: 'when', text: remark(value) })]);
    return make('li', { part: 'note' }, [what]);
  });
  return titled(title, rows);
}

/** A titled list; nothing without rows. */
export function titled(title: string, rows: readonly HTMLElement[]): HTMLElement[] {
  return rows.length ? [make('h4', { text: title }), make('ul', {}, rows)] : [];
}

/** Hands a file to the visitor; the blob address is the page's own, nothing is sent. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Hands data to the visitor as a file of JSON. */
export function saveJson(data: unknown, name: string): void {
  saveFile(new Blob([jsonOf(data, 2)], { type: 'application/json' }), name);
}
