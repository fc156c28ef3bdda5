// The visitor's profile in plain JavaScript; the twin of `core/device/src/profile`.
import { deriveKey } from './table.mjs';

const DAY_MS = 86_400_000;
const HALF_LIFE_DAYS = 30;
const DWELL_CLICK_MS = 20_000;

const BOUGHT = 1;
const IN_CART = 2;
const RATED = 4;
const REFUSED = 8;

const KIND = { view: 1, impression: 2, click: 3, dwell: 4, cartAdd: 7, cartRemove: 8, wishlist: 9, purchase: 11, rating: 12, thumbsUp: 13, thumbsDown: 14, share: 16, dismiss: 17, undo: 18 };

export class Profile {
  constructor() {
    /** Most recent first. */
    this.items = [];
    this.facets = new Map();
  }

  /** `facetsOf(key)` gives kind and key of the item's facets. */
  record({ kind, id, value, now_ms: nowMs }, idSeed, facetsOf) {
    const key = deriveKey(idSeed, id);
    const known = this.items.findIndex((item) => item.key === key);
    const item = known < 0 ? { key, weight: 0, lastAtMs: nowMs, flags: 0 } : this.items.splice(known, 1)[0];
    const taste = touch(item, kind, value, nowMs);
    const place = kind === KIND.impression ? (known < 0 ? this.items.length : known) : 0;
    this.items.splice(place, 0, item);
    if (taste !== 0) for (const facet of facetsOf(key)) this.#like(facet, taste, nowMs);
  }

  /** Items that were wanted, newest first. */
  history(nowMs) {
    return this.items
      .filter((item) => item.weight > 0 && !(item.flags & REFUSED))
      .map((item) => ({ key: item.key, weight: item.weight, ageDays: Math.max(nowMs - item.lastAtMs, 0) / DAY_MS }));
  }

  #like({ kind, key }, taste, nowMs) {
    const state = this.facets.get(key) ?? { kind, strength: 0, atMs: nowMs };
    state.strength = strengthAt(state, nowMs) + taste;
    state.atMs = Math.max(state.atMs, nowMs);
    this.facets.set(key, state);
  }
}

export function strengthAt(state, nowMs) {
  return state.strength * 2 ** (-Math.max(nowMs - state.atMs, 0) / DAY_MS / HALF_LIFE_DAYS);
}

/** Whether an item of the profile may be recommended again. */
export function isWantedAgain({ flags }, rebuyable) {
  const consumed = (flags & (BOUGHT | RATED | REFUSED)) !== 0;
  return !(flags & IN_CART) && (!consumed || (rebuyable && (flags & BOUGHT) !== 0 && !(flags & REFUSED)));
}

function touch(item, kind, value, nowMs) {
  if (kind === KIND.impression) return 0;
  item.lastAtMs = Math.max(item.lastAtMs, nowMs);
  const weight = weightOf(kind, value);
  item.weight = Math.max(item.weight, weight);
  if (kind === KIND.purchase) item.flags = (item.flags | BOUGHT) & ~IN_CART;
  else if (kind === KIND.cartAdd) item.flags |= IN_CART;
  else if (kind === KIND.cartRemove) item.flags &= ~IN_CART;
  else if (kind === KIND.rating) item.flags |= RATED;
  else if ((kind === KIND.dismiss || kind === KIND.thumbsDown) && !(item.flags & REFUSED)) {
    item.flags |= REFUSED;
    return -1;
  } else if (kind === KIND.undo && item.flags & REFUSED) {
    item.flags &= ~REFUSED;
    return 1;
  }
  return weight;
}

function weightOf(kind, value) {
  switch (kind) {
    case KIND.click:
    case KIND.purchase:
    case KIND.thumbsUp:
    case KIND.wishlist:
    case KIND.share:
      return 1;
    case KIND.view:
    case KIND.cartAdd:
      return 0.5;
    case KIND.dwell:
      return Math.min(Math.max(value / DWELL_CLICK_MS, 0), 1);
    case KIND.rating:
      return value >= 3 ? 1 : 0.5;
    default:
      return 0;
  }
}
