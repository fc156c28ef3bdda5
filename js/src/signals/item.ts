/** Where to listen and what counts as an item. */
export interface SignalOptions {
  /** Element or open shadow root to listen in. Default: the document. */
  root?: Document | Element | ShadowRoot;
  /** What an item matches. Default: what has the attribute. */
  selector?: string;
  /** Attribute with the item's id. Default `'data-hb-id'`. */
  attribute?: string;
  /** What matches this, and everything inside it, is left alone. Default `'[data-hb-ignore]'`. */
  ignore?: string;
}

/** Options with their defaults. */
export type Settings = Required<SignalOptions>;

/** Fills in the defaults. */
export function settingsOf(options: SignalOptions): Settings {
  const { root = document, attribute = 'data-hb-id', selector = `[${attribute}]`, ignore = '[data-hb-ignore]' } = options;
  return { root, attribute, selector, ignore };
}

/**
 * The elements an event passes, innermost first, through open shadow roots too. A submitted form is not heard out of its
 * root, whatever `composed` says: there, what is around it.
 */
export function pathOf(event: Event): Element[] {
  if (event.type === 'submit') return lineageOf(event.target as Element);
  return event.composedPath().filter((target): target is Element => (target as Node).nodeType === Node.ELEMENT_NODE);
}

/** An element and everything around it, innermost first, out of shadow roots too. */
export function lineageOf(element: Element): Element[] {
  const line: Element[] = [];
  for (let at: Element | null = element; at; at = parentOf(at)) line.push(at);
  return line;
}

/** An attribute; a form's fields cannot stand in for the method, whatever they are named. */
export function attributeOf(element: Element, name: string): string | null {
  return Element.prototype.getAttribute.call(element, name);
}

/** Whether an element matches; see `attributeOf`. */
export function isMatch(element: Element, selector: string): boolean {
  return Element.prototype.matches.call(element, selector);
}

/** The id of the innermost item of a line of elements; empty when there is none. */
export function itemIn(line: readonly Element[], { selector, attribute }: Settings): string {
  const item = line.find((element) => isMatch(element, selector));
  return (item && attributeOf(item, attribute)) ?? '';
}

function parentOf(element: Element): Element | null {
  const parent = Reflect.get(Node.prototype, 'parentNode', element) as ParentNode | null;
  if (parent instanceof ShadowRoot) return parent.host;
  return parent?.nodeType === Node.ELEMENT_NODE ? (parent as Element) : null;
}
