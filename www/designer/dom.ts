/** Attributes by name; `false` and `undefined` are left out, `true` is an attribute without a value. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Makes an element; text is set as text, never parsed. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(attribute, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/** A push button. */
export function button(label: string, className: string, press: () => void): HTMLButtonElement {
  const element = make('button', { type: 'button', class: className }, label);
  element.addEventListener('click', press);
  return element;
}

/** The element with an id that the page is known to have. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}
