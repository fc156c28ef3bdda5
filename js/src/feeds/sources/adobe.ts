import type { Interaction } from '../../types.js';
import { type Fed, feed, type FeedOptions } from '../reading/feed.js';
import { type Fields, interactions, type Meanings, meaningOf, type ReadOptions } from '../reading/rows.js';

/** How `fromAdobe` listens. */
export interface AdobeOptions extends FeedOptions {
  /** Name of the data layer. Default `'adobeDataLayer'`. */
  dataLayer?: string;
}

/** The part of the library that is used. */
interface AdobeLayer {
  push(work: (layer: AdobeLayer) => void): unknown;
  addEventListener(type: string, listener: (event: unknown) => void, options: { scope: string }): void;
  removeEventListener(type: string, listener: (event: unknown) => void): void;
}

/** Events of Adobe Commerce, of the commerce components of Experience Manager, and event types of XDM. */
const MEANINGS: Meanings = {
  'product-page-view': 'view',
  'search-product-click': 'click',
  'search-request-sent': 'search',
  'add-to-cart': 'cart_add',
  'remove-from-cart': 'cart_remove',
  'initiate-checkout': ['checkout', 1],
  'place-order': 'purchase',
  'cif:addToCart': 'cart_add',
  'cif:addToWishList': 'wishlist',
  'commerce.productViews': 'view',
  'commerce.productListAdds': 'cart_add',
  'commerce.productListRemovals': 'cart_remove',
  'commerce.saveForLaters': 'wishlist',
  'commerce.checkouts': ['checkout', 1],
  'commerce.purchases': 'purchase',
};

const EVENT = 'adobeDataLayer:event';

/**
 * Records what the page tells the Adobe Client Data Layer anyway. The returned function stops it.
 *
 * @example
 * fromAdobe(me);
 */
export function fromAdobe(me: Fed, options: AdobeOptions = {}): () => void {
  const { dataLayer = 'adobeDataLayer' } = options;
  return feed(me, 'adobe', dataLayer, options, (hear, isPast) => {
    const page = globalThis as unknown as Record<string, AdobeLayer>;
    // Made where it is missing, as Adobe documents it: the library takes over what is in it.
    const layer = (page[dataLayer] ??= [] as unknown as AdobeLayer);
    const listener = (event: unknown): void => hear(() => readAdobe(event, options));
    let isActive = true;
    layer.push((library) => {
      if (isActive) library.addEventListener(EVENT, listener, { scope: isPast ? 'all' : 'future' });
    });
    return () => {
      isActive = false;
      layer.push((library) => library.removeEventListener(EVENT, listener));
    };
  });
}

/** What an event says: an entry of the data layer with `event`. */
export function readAdobe(entry: unknown, options: ReadOptions = {}): Interaction[] {
  const said = Object(entry) as Fields;
  const info = Object(said['eventInfo']) as Fields;
  const xdm = Object(said['xdm'] ?? info['xdm'] ?? said) as Fields;
  const name = xdm['eventType'] ?? said['event'];
  const meaning = meaningOf(name, MEANINGS, options);
  const own = { ...info, quantity: info['xdm:quantity'] };
  const items = xdm['productListItems'] ?? info['productListItems'] ?? commerceItems(info, meaning) ?? own;
  return interactions(meaning, items, { ids: ['sku', 'SKU', 'xdm:SKU'], quantity: 'quantity' }, options, { term: phrase(info) });
}

/** Adobe Commerce hands a context to each event; a cart counts where the event is about all of it. */
function commerceItems(info: Fields, meaning: unknown): unknown {
  const context = (name: string): Fields => Object(info[`${name}Context`]) as Fields;
  const isAll = meaning === 'purchase' || Array.isArray(meaning);
  const lines = context(isAll ? 'shoppingCart' : 'changedProducts')['items'];
  if (Array.isArray(lines)) return lines.slice(0, 1000).map((line) => ({ ...Object(line), ...Object(line?.product) }));
  return info['productContext'];
}

/** The phrase of the search the event names, or of the only one. */
function phrase(info: Fields): unknown {
  const { units } = Object(info['searchInputContext']) as { units?: Fields[] };
  return (units?.find((unit) => unit['searchUnitId'] === info['searchUnitId']) ?? units?.[0])?.['phrase'];
}

export { fromAdobe as default };
