import type { Interaction } from '../../types.js';
import { type Fed, feed, type FeedOptions } from '../reading/feed.js';
import { type Fields, interactions, type Meanings, meaningOf, type ReadOptions } from '../reading/rows.js';

/** The part of Segment's library, or of one that speaks like it, that is used. The snippet's queue will do. */
export interface SegmentApi {
  register?(plugin: unknown): unknown;
  deregister?(name: string): unknown;
  on?(event: string, listener: (...all: never[]) => void): unknown;
  off?(event: string, listener: (...all: never[]) => void): unknown;
}

/** How `fromSegment` listens. */
export interface SegmentOptions extends FeedOptions {
  /** The library, or the name of its global. Default `'analytics'`. */
  analytics?: SegmentApi | string;
}

/** Segment's specification of e-commerce events, version 2. */
const MEANINGS: Meanings = {
  'Products Searched': 'search',
  'Product List Viewed': 'impression',
  'Product List Filtered': 'impression',
  'Product Clicked': 'click',
  'Product Viewed': 'view',
  'Product Added': 'cart_add',
  'Wishlist Product Added to Cart': 'cart_add',
  'Product Removed': 'cart_remove',
  'Product Added to Wishlist': 'wishlist',
  'Checkout Started': ['checkout', 1],
  'Checkout Step Viewed': ['checkout', 1],
  'Payment Info Entered': ['checkout', 3],
  'Order Completed': 'purchase',
  'Product Shared': 'share',
  'Product Reviewed': 'rating',
};

const SHAPE = { ids: ['product_id', 'sku'], quantity: 'quantity' };
const PLUGIN = 'homebody';

/**
 * Records what the page tells Segment anyway. Heard before it is sent, so that what is told last before the next page
 * counts. The returned function stops it.
 *
 * @example
 * fromSegment(me, { analytics: AnalyticsBrowser.load({ writeKey }) });
 */
export function fromSegment(me: Fed, options: SegmentOptions = {}): () => void {
  const { analytics: target = 'analytics' } = options;
  return feed(me, 'segment', target, options, (hear, isPast) => {
    const find = (): SegmentApi | undefined =>
      typeof target === 'string' ? (globalThis as unknown as Record<string, SegmentApi>)[target] : target;
    const api = find();
    if (!api) return null;
    let isActive = true;
    const early = new WeakSet(isPast ? [] : queued(api));
    const take = (event: unknown, properties: unknown): void => {
      if (isActive && !early.has(Object(properties))) hear(() => readSegment({ event, properties }, options));
    };
    const stop = listen(api, find, take);
    return () => {
      isActive = false;
      stop();
    };
  });
}

/** By a plugin where there are some: events come by name only after they were sent. */
function listen(api: SegmentApi, find: () => SegmentApi | undefined, take: (event: unknown, properties: unknown) => void): () => void {
  if (!api.register) {
    api.on?.('track', take);
    return () => find()?.off?.('track', take);
  }
  const plugin = {
    name: PLUGIN,
    type: 'before',
    version: '1',
    isLoaded: () => true,
    load: () => Promise.resolve(),
    track(context: { event: Fields }) {
      take(context.event['event'], context.event['properties']);
      return context;
    },
  };
  quietly(api.register(plugin));
  // The snippet's queue gives way to the library.
  return () => quietly(find()?.deregister?.(PLUGIN));
}

/** A failure of the library's own is told by the library. */
function quietly(settling: unknown): void {
  Promise.resolve(settling).catch(() => undefined);
}

/** The properties of events that wait in the snippet's queue: told before we could hear them. */
function queued(api: SegmentApi): object[] {
  return Array.isArray(api) ? api.filter((call) => call?.[0] === 'track').map((call) => Object(call[2])) : [];
}

/** What an event says: `{ event: 'Product Viewed', properties: { … } }`. */
export function readSegment({ event, properties }: { event?: unknown; properties?: unknown }, options: ReadOptions = {}): Interaction[] {
  const data = Object(properties) as Fields;
  const more = { term: data['query'], step: data['step'] };
  return interactions(meaningOf(event, MEANINGS, options), data['products'] ?? data, SHAPE, options, more);
}

export { fromSegment as default };
