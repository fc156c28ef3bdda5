import { type Layer, overhear } from '../../consent/reading/layer.js';
import type { Interaction } from '../../types.js';
import { type Fed, feed, type FeedOptions } from '../reading/feed.js';
import { type Fields, interactions, type Meanings, meaningOf, type ReadOptions } from '../reading/rows.js';

/** How `fromDataLayer` listens. */
export interface DataLayerOptions extends FeedOptions {
  /** Name of the data layer. Default `'dataLayer'`. */
  dataLayer?: string;
}

/** Google Analytics 4, recommended events. */
const MEANINGS: Meanings = {
  view_item_list: 'impression',
  select_item: 'click',
  view_item: 'view',
  add_to_cart: 'cart_add',
  remove_from_cart: 'cart_remove',
  add_to_wishlist: 'wishlist',
  begin_checkout: ['checkout', 1],
  add_shipping_info: ['checkout', 2],
  add_payment_info: ['checkout', 3],
  purchase: 'purchase',
  search: 'search',
  view_search_results: 'search',
  share: 'share',
};

const SHAPE = { ids: ['item_id'], quantity: 'quantity' };

/** Where entries were taken from a layer's past once, they are not taken again. */
const taken = new WeakSet<object>();

/**
 * Records what the page tells Google Analytics 4 or Tag Manager anyway. The returned function stops it.
 *
 * @example
 * fromDataLayer(me);
 */
export function fromDataLayer(me: Fed, options: DataLayerOptions = {}): () => void {
  const { dataLayer = 'dataLayer' } = options;
  return feed(me, 'data-layer', dataLayer, options, (hear, isPast) => {
    const page = globalThis as unknown as Record<string, Layer>;
    // Made where it is missing, as Google's own snippet does: what is told later comes through it.
    const layer = (page[dataLayer] ??= []);
    if (typeof layer.push !== 'function') throw new TypeError('no `push`');
    const take = (entry: unknown): void => hear(() => readDataLayer(entry, options));
    if (Array.isArray(layer)) {
      for (const entry of layer.map(Object)) {
        if (isPast && !taken.has(entry)) take(entry);
        taken.add(entry);
      }
    }
    return overhear(layer, (entries) => {
      for (const entry of entries) {
        taken.add(Object(entry));
        take(entry);
      }
    });
  });
}

/** What an entry of the data layer says: the arguments of `gtag('event', …)`, or an object with `event`. */
export function readDataLayer(entry: unknown, options: ReadOptions = {}): Interaction[] {
  const said = Object(entry) as Fields;
  const isCall = said[0] === 'event';
  const name = isCall ? said[1] : said['event'];
  const data = Object(isCall ? said[2] : (said['ecommerce'] ?? said)) as Fields;
  const term = data['search_term'] ?? said['search_term'];
  return interactions(meaningOf(name, MEANINGS, options), data['items'] ?? data, SHAPE, options, { term });
}

export { fromDataLayer as default };
