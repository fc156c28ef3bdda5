/** What our elements extend: the modules can be imported on a server, where there are no elements. */
export const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** Attributes of an element; `undefined` ones are left out, `on` is called when it is pressed. */
export type Attributes = Readonly<Record<string, string | undefined | ((event: Event) => void)>>;

/** Makes an element; `p.note` is a `p` of the class and `part` `note`. Text is set as text, what is not there passed over. */
export function make(kind: string, attributes: Attributes = {}, ...children: (Node | string | undefined)[]): HTMLElement {
  const [tag = '', look] = kind.split('.');
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries({ class: look, part: look, ...attributes })) {
    if (typeof value === 'function') made.addEventListener('click', value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  for (const child of children) if (child !== undefined) made.append(child);
  return made;
}

/** Makes a push button. */
export function press(look: string, name: string, text: string, on: () => void): HTMLElement {
  return make(`button.${look}`, { type: 'button', name, on }, text);
}

/** Makes a drawing out of paths; nothing in it is read out. */
export function draw(viewBox: string, ...paths: string[]): Element {
  const svg = node('svg', 'viewBox', viewBox);
  svg.setAttribute('aria-hidden', 'true');
  for (const path of paths) svg.append(node('path', 'd', path));
  return svg;
}

function node(tag: string, name: string, value: string): Element {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  made.setAttribute(name, value);
  return made;
}

/** The element's shadow root; another copy of the package may have made it. */
export function rootOf(element: Element): ShadowRoot {
  return element.shadowRoot ?? element.attachShadow({ mode: 'open' });
}

/** Calls back as soon as there is a body. */
export function withBody(work: () => void): void {
  if (document.body) work();
  else document.addEventListener('DOMContentLoaded', work, { once: true });
}

/** Lets the page know an element, unless another copy of the package was first: its elements do for both. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
