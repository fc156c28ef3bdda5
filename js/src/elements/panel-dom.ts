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
  made: Made = {},
  children: readonly (Node | string | undefined)[] = [],
): HTMLElement {
  const element = document.createElement(name);
  if (made.class) element.className = made.class;
  if (made.part) element.setAttribute('part', made.part);
  if (made.text !== undefined) element.textContent = made.text;
  if (made.key) element.dataset['key'] = made.key;
  for (const [key, value] of Object.entries(made.attributes ?? {})) element.setAttribute(key, value);
  if (made.on) element.addEventListener('click', made.on);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A push button. */
export function button(text: string, look: 'plain' | 'strong' | 'danger' | 'quiet', made: Made): HTMLElement {
  const attributes = { type: 'button', ...made.attributes };
  return make('button', { ...made, text, class: look, part: made.part ?? 'button', attributes });
}

/** A switch with a name and a sentence about it; the whole row is the target. */
export function toggle(name: string, about: string, on: boolean, made: Made): HTMLElement {
  const attributes = { type: 'button', role: 'switch', 'aria-checked': String(on), ...made.attributes };
  const words = make('span', { class: 'words' }, [
    make('span', { class: 'name', text: name }),
    make('span', { class: 'about', text: about }),
  ]);
  const knob = make('span', { class: 'knob', part: 'switch', attributes: { 'aria-hidden': 'true' } });
  return make('button', { ...made, class: 'switch', attributes }, [words, knob]);
}

/** A titled part of the panel. */
export function section(id: string, title: string, children: readonly (Node | undefined)[]): HTMLElement {
  const heading = make('h3', { text: title, attributes: { id: `${id}-title` } });
  return make('section', { part: 'section', attributes: { 'aria-labelledby': `${id}-title` } }, [heading, ...children]);
}

/** Hands a file to the visitor; the blob address is the page's own, nothing is sent. */
export function saveFile(text: string, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
