/** Why an item is where it is; the index is the code of the Wasm module. */
export const REASON_KINDS = [
  'none',
  'collaborative',
  'content',
  'category',
  'brand',
  'tag',
  'popular',
  'trending',
  'fresh',
  'rule',
  'cart',
  'explore',
  'serendipity',
  'model',
] as const;

/** Why an item is where it is. */
export type ReasonKind = (typeof REASON_KINDS)[number];
