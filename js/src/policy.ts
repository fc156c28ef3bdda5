/** What happens to items in the visitor's cart. */
export type CartPolicy =
  /** They are left to the cart and never listed. */
  | 'exclude'
  /** They and what resembles them are listed, and boosted, once the cart counts as abandoned. */
  | 'abandoned'
  /** They are always listed and boosted: the list stands beside a cart. */
  | 'always';

/** How unknown items get their chance. */
export type Exploration =
  /** Not at all: the list is a function of profile, pool and request. */
  | 'none'
  /** A draw from what is known of each item's clicks. */
  | 'thompson'
  /** A draw from a linear model of items and circumstances, learned on this device. */
  | 'lints';

/**
 * How a list is made. The site sets it for each placement on the server; what a call of `rank` gives replaces single
 * numbers of it. Numbers out of range count as the nearest one in range, what is no number as not given.
 *
 * @example
 * // A varied list with at most two items of a brand:
 * await me.rank(undefined, { policy: { diversity: 0.6, maxPerBrand: 2 } });
 */
export interface Policy {
  /** What others who liked the same wanted (1) against what resembles what the visitor liked (0). Negative: the share grows with what is known. */
  alpha: number;
  /** From 0 (as varied as can be) to 1 (by score alone). */
  diversity: number;
  /** No two items of the list are more alike than this, 0 to 1; 1 = no cap. */
  maxSimilarity: number;
  /** Most items of one category, 1 to 255; 0 = any number. */
  maxPerCategory: number;
  /** Most items of one brand, 1 to 255; 0 = any number. */
  maxPerBrand: number;
  /** How much the shares of categories follow those of the visitor's history, 0 to 1. */
  calibration: number;
  /** Places kept for good items outside what the visitor knows, 0 to 255. */
  serendipitySlots: number;
  /** How unknown items get their chance. */
  exploration: Exploration;
  /** How far a draw may move an item, in standard deviations of the score; 0 or more. */
  explorationStrength: number;
  /** Largest share of new items that exploration may lift into a list, 0 to 1. */
  freshShare: number;
  /** Impressions after which an item is no longer new. */
  freshImpressions: number;
  /** What happens to items in the cart. */
  cart: CartPolicy;
  /** Largest boost of an abandoned cart's items, in standard deviations of the score. */
  cartBoost: number;
  /** Minutes without interaction after which a filled cart counts as abandoned. */
  cartIdleMinutes: number;
  /** Factor of an item's score for each time it was shown and left alone, 0 to 1; 1 = no discount. */
  impressionDiscount: number;
  /** Hours after which half of that discount is forgotten. */
  impressionRecoveryHours: number;
}

/** The kind of device. */
export type DeviceClass = 'desktop' | 'phone' | 'tablet';

/** Where the visit came from. */
export type ReferrerClass = 'direct' | 'search' | 'social' | 'mail' | 'ad' | 'internal' | 'other';

/**
 * Under what circumstances a list is asked for; the site's rules may depend on it. Each part is found out at the moment
 * of ranking, used in that call and forgotten: nothing of it is stored or sent. What a call gives replaces what was
 * found, and `null` makes it unknown.
 *
 * @example
 * // As if it were eight in the morning, with nothing known of the referrer:
 * await me.rank(undefined, { context: { hour: 8, referrer: null } });
 */
export interface PageContext {
  /** From the primary pointer and the shorter side of the viewport. */
  device?: DeviceClass | null;
  /** Width of the viewport in CSS pixels. */
  viewport?: number | null;
  /** Hour of local time, 0 to 23. */
  hour?: number | null;
  /** Day of the local week, 0 = Monday to 6. */
  weekday?: number | null;
  /** Coarse region: the part of the time zone before the slash, for example `Europe`. */
  region?: string | null;
  /** From the host of `document.referrer` and the page's own `utm_medium`, by a short table. */
  referrer?: ReferrerClass | null;
}
