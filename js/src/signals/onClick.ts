import type { Personalizer } from '../types.js';

/** Where to listen and what counts as an item. */
export interface SignalOptions {
  /** Element to listen in. Default: the document. */
  root?: Document | Element;
  /** What an item matches. Default `'[data-hb-id]'`. */
  selector?: string;
  /** Attribute with the item's id. Default `'data-hb-id'`. */
  attribute?: string;
}

/** Records clicks on items, with the middle button too. The returned function stops it. */
export function onClick(me: Pick<Personalizer, 'record'>, options: SignalOptions = {}): () => void {
  const { root = document, selector = '[data-hb-id]', attribute = 'data-hb-id' } = options;
  const listener = (event: Event): void => {
    if (event.type === 'auxclick' && (event as MouseEvent).button !== 1) return;
    const item = (event.target as Element | null)?.closest?.(selector)?.getAttribute(attribute);
    if (item) me.record({ kind: 'click', item });
  };
  const types = ['click', 'auxclick'];
  for (const type of types) root.addEventListener(type, listener, { passive: true });
  return () => {
    for (const type of types) root.removeEventListener(type, listener);
  };
}
