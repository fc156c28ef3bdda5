export type { ReasonKind } from './reasons.js';

/** The interaction vocabulary: names and their wire codes, the same in Rust (`protocol::kind`). */
export const KINDS = {
  view: 1,
  impression: 2,
  click: 3,
  dwell: 4,
  scroll: 5,
  search: 6,
  cart_add: 7,
  cart_remove: 8,
  wishlist: 9,
  checkout: 10,
  purchase: 11,
  rating: 12,
  thumbs_up: 13,
  thumbs_down: 14,
  survey: 15,
  share: 16,
  dismiss: 17,
  undo: 18,
  hint: 19,
  context: 20,
} as const;

/** What a visitor did. */
export type Kind = keyof typeof KINDS;
