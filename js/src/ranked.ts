import type { PageContext, Policy } from './policy.js';
import type { ReasonKind } from './reasons.js';

/**
 * Choices of one ranking.
 *
 * @example
 * const first = await me.rank(undefined, { limit: 20 });
 * const second = await me.rank(undefined, { limit: 20, offset: 20 });
 */
export interface RankOptions {
  /** How many items to return. Default: all. */
  limit?: number;
  /**
   * Places to pass over: the page begins after them. Default 0, which makes a new list; later pages of the same list
   * (same placement, candidates, seed and policy) continue it, whatever the visitor does meanwhile.
   */
  offset?: number;
  /** Whose pool is ranked. Default: the placement given to `personalize()`. */
  placement?: string;
  /** Same seed, same profile, same pool, same context: same order, on every browser. Default 0. */
  seed?: number;
  /** Numbers in place of the placement's own. Default: what the site has set for the placement. */
  policy?: Partial<Policy>;
  /** Circumstances in place of those found on the page. Default: none are replaced. */
  context?: PageContext;
}

/** One ranked item. */
export interface Ranked<T> {
  /** The item's id. */
  id: string;
  /** Comparable within one ranking only; 0 in neutral order. */
  score: number;
  /** What moved it, strongest first, at most three; empty in neutral order. */
  reasons: Reason[];
  /** Your own object when you passed candidates, otherwise the published display data. */
  item: T;
  /** Whether the profile had a say in this order. */
  personalized: boolean;
  /** Probability with which exploration puts it here; 1 where nothing was left to chance. */
  propensity: number;
}

/** One cause of an item's place. */
export interface Reason {
  /** What kind of cause. */
  kind: ReasonKind;
  /** Part of the score that comes from it, 0 to 1; the shares of all causes sum to 1. */
  share: number;
  /** Id of the item in the visitor's history it comes from (`collaborative`, `content`). */
  item?: string;
  /** Name to show: the title of that item, the category, brand or tag, or the rule's name as the site wrote it. */
  name?: string;
}

/** The display data a site publishes for an item: title, url, image, price … */
export type Display = Readonly<Record<string, unknown>>;

/** Choices of `rerank`. */
export interface RerankOptions extends RankOptions {
  /** Reorder even when the visitor can see it happen. Default false: then only before paint or below the fold. */
  force?: boolean;
  /** Attribute with the item's id. Default `'data-hb-id'`. */
  attribute?: string;
}

/** What `rerank` did. */
export interface Reranked {
  /** Whether the children were put in a new order. */
  applied: boolean;
  /** Why not, when not; what failed is told to `onError`. */
  skipped?: 'neutral' | 'visible' | 'unchanged' | 'failed';
  /** The ranking of the children that have an id; empty without consent. */
  ranked: Ranked<{ id: string }>[];
}
