import type { Interaction } from '../../types.js';
import { type Fed, feed, type FeedOptions } from '../reading/feed.js';
import { type Fields, interactions, type Meanings, meaningOf, type ReadOptions } from '../reading/rows.js';

/** The part of a tracker that is used. */
export interface SnowplowTracker {
  addPlugin(configuration: { plugin: { afterTrack(payload: Fields): void } }): unknown;
}

/** How `fromSnowplow` listens. What was tracked before cannot be had. */
export interface SnowplowOptions extends Omit<FeedOptions, 'past'> {
  /** A tracker, as `newTracker` returns it, or the name of the tag's global, all of whose trackers count. Default `'snowplow'`. */
  tracker?: SnowplowTracker | string;
}

/** Types of action of the e-commerce plugin, version 3 and later, and the events of searches. */
const MEANINGS: Meanings = {
  list_view: 'impression',
  list_click: 'click',
  product_view: 'view',
  add_to_cart: 'cart_add',
  remove_from_cart: 'cart_remove',
  checkout_step: ['checkout', 1],
  transaction: 'purchase',
  site_search: 'search',
};

const SHAPE = { ids: ['id'], quantity: 'quantity' };

/**
 * Records what the page tells Snowplow anyway, through a plugin of the tracker. The returned function stops it.
 *
 * @example
 * fromSnowplow(me, { tracker: newTracker('sp', 'https://collector.shop.example') });
 */
export function fromSnowplow(me: Fed, options: SnowplowOptions = {}): () => void {
  const { tracker: target = 'snowplow' } = options;
  return feed(me, 'snowplow', target, { ...options, past: false }, (hear) => {
    let isActive = true;
    // A tracker keeps its plugins: one that is stopped does nothing any more.
    const plugin = { afterTrack: (payload: Fields) => void (isActive && hear(() => readSnowplow(payload, options))) };
    const add = (tracker: SnowplowTracker): void => void (isActive && tracker.addPlugin({ plugin }));
    if (typeof target === 'string') {
      const tag = (globalThis as unknown as Record<string, (work: () => void) => void>)[target];
      if (!tag) return null;
      // The tag calls it with its trackers by name as `this`, and as soon as it has loaded.
      tag(function (this: Record<string, SnowplowTracker>) {
        hear(() => (Object.values(this).forEach(add), []));
      });
    } else add(target);
    return () => void (isActive = false);
  });
}

/** What an event says, as the tracker sends it; see Snowplow's tracker protocol for its fields. */
export function readSnowplow(payload: Fields, options: ReadOptions = {}): Interaction[] {
  if (payload['e'] !== 'ue') return [];
  const { schema, data = {} } = inner(payload, 'ue_pr', 'ue_px') as { schema?: unknown; data?: Fields };
  const [name] = /ecommerce_action|site_search/.exec(String(schema)) ?? [];
  const meaning = meaningOf(name === 'site_search' ? name : name && data['type'], MEANINGS, options);
  const entities = (inner(payload, 'co', 'cx') ?? []) as { schema: string; data: Fields }[];
  const of = (entity: string): Fields[] =>
    entities.filter((each) => each.schema.includes(`.ecommerce/${entity}/`)).map((each) => each.data);
  const more = { step: of('checkout_step')[0]?.['step'], term: [data['terms']].flat().join(' ') };
  return interactions(meaning, of('product'), SHAPE, options, more);
}

/** The content of an envelope, which is sent as text or, by default, in Base64 for addresses. */
function inner(payload: Fields, plain: string, encoded: string): unknown {
  const base64 = String(payload[encoded] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const text = payload[plain] ?? new TextDecoder().decode(bytes);
  return text ? JSON.parse(String(text)).data : undefined;
}

export { fromSnowplow as default };
