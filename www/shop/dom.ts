/** The element with an id that the page is known to have. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

/** Makes an element; text is set as text, never parsed. */
export function make(name: string, className: string, children: readonly (Node | string)[] = []): HTMLElement {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** A push button. */
export function button(
  className: string,
  label: string,
  press: () => void,
  children: readonly (Node | string)[] = [label],
): HTMLButtonElement {
  const element = make('button', className, children) as HTMLButtonElement;
  element.type = 'button';
  if (!children.includes(label)) {
    element.ariaLabel = label;
    element.title = label;
  }
  element.addEventListener('click', press);
  return element;
}

const ICONS = {
  plus: 'M10 3v14M3 10h14',
  check: 'm3.5 10.5 4.5 4.5 9-10',
  less: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM5 5l10 10',
  close: 'm4 4 12 12M16 4 4 16',
} as const;

/** A small line drawing; always beside or under a label. */
export function icon(name: keyof typeof ICONS): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  line.setAttribute('d', ICONS[name]);
  svg.append(line);
  return svg;
}
