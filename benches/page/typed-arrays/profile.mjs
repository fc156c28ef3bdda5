// The visitor's profile in plain JavaScript; the twin of `core/device/src/profile`. It is told everything in the order
// in which it happened, and too little for anything to be pushed out: it knows neither late interactions nor bounds.
import { deriveKey } from './table.mjs';

const DAY_MS = 86_400_000;
const HALF_LIFE_DAYS = 30;
const REFUSAL_MS = 90 * DAY_MS;
const DWELL_CLICK_MS = 20_000;
/** Impressions that a click rate known beforehand counts for. */
const PRIOR_IMPRESSIONS = 20;
/** The click rate of lists where nothing is known. */
const COMMON_RATE = 0.05;
/** A click rate changes a taste by this factor at most. */
const LARGEST_LIFT = 2;

const BOUGHT = 1;
const IN_CART = 2;
const RATED = 4;

const KIND = { view: 1, impression: 2, click: 3, dwell: 4, cartAdd: 7, cartRemove: 8, wishlist: 9, purchase: 11, rating: 12, thumbsUp: 13, thumbsDown: 14, share: 16, dismiss: 17, undo: 18 };

export class Profile {
  /** Reused from call to call. */
  #history = { count: 0, keys: [], weights: [], ageDays: [] };

  constructor() {
    /** Most recent first. */
    this.items = [];
    this.facets = new Map();
  }

  /** `facetsOf(key)` gives kind and key of the item's facets. */
  record({ kind, id, value, now_ms: nowMs }, idSeed, facetsOf) {
    const key = deriveKey(idSeed, id);
    const known = this.items.findIndex((item) => item.key === key);
    const item = known < 0 ? newItem(key, nowMs) : this.items.splice(known, 1)[0];
    const taste = touch(item, kind, value, nowMs);
    const place = kind === KIND.impression ? (known < 0 ? this.items.length : known) : 0;
    this.items.splice(place, 0, item);
    const shown = kind === KIND.impression ? 1 : 0;
    const clicked = (kind === KIND.view || kind === KIND.click) && item.shown > 0 ? 1 : 0;
    if (taste === 0 && shown + clicked === 0) return;
    for (const facet of facetsOf(key)) this.#book(facet, taste, shown, clicked, nowMs);
  }

  /** Items that were wanted, newest first; good until it is asked for again. */
  history(nowMs) {
    const history = this.#history;
    history.count = 0;
    for (const item of this.items) {
      const weight = wishFor(item);
      if (weight <= 0 || isRefused(item, nowMs)) continue;
      history.keys[history.count] = item.key;
      history.weights[history.count] = weight;
      history.ageDays[history.count++] = Math.max(nowMs - item.lastAtMs, 0) / DAY_MS;
    }
    return history;
  }

  /** The click rate over all facets: what is expected of one of which nothing else is known. */
  clickRate() {
    let [clicked, shown] = [0, 0];
    for (const facet of this.facets.values()) {
      clicked += facet.clicked;
      shown += facet.shown;
    }
    return smoothed(clicked, shown, COMMON_RATE);
  }

  #book({ kind, key }, taste, shown, clicked, nowMs) {
    let facet = this.facets.get(key);
    if (!facet) this.facets.set(key, (facet = { kind, key, strength: 0, shown: 0, clicked: 0, atMs: nowMs }));
    const left = faded(nowMs - facet.atMs);
    facet.strength = facet.strength * left + taste;
    facet.shown = facet.shown * left + shown;
    facet.clicked = facet.clicked * left + clicked;
    facet.atMs = nowMs;
  }
}

export function strengthAt(facet, nowMs) {
  return facet.strength * faded(Math.max(nowMs - facet.atMs, 0));
}

/** Factor of a taste by how the click rate compares with the expected one. */
export function liftOf({ clicked, shown }, expectedRate) {
  if (shown <= 0 || expectedRate <= 0) return 1;
  const lift = smoothed(clicked, shown, expectedRate) / expectedRate;
  return Math.min(Math.max(lift, 1 / LARGEST_LIFT), LARGEST_LIFT);
}

/** Whether an item of the profile may be recommended again by a placement that leaves the cart alone. */
export function isWantedAgain(item, rebuyable, nowMs) {
  if (item.flags & IN_CART || isRefused(item, nowMs)) return false;
  return (item.flags & (BOUGHT | RATED)) === 0 || (rebuyable && (item.flags & BOUGHT) !== 0);
}

function newItem(key, nowMs) {
  const noOpinion = () => ({ taste: 0, atMs: 0 });
  return { key, weight: 0, lastAtMs: nowMs, shown: 0, flags: 0, dismissal: noOpinion(), thumb: noOpinion(), rating: noOpinion() };
}

/** Books one interaction; returns what it adds to the taste for the item's facets. */
function touch(item, kind, value, nowMs) {
  if (kind === KIND.impression) {
    item.shown++;
    return 0;
  }
  item.lastAtMs = nowMs;
  switch (kind) {
    case KIND.dismiss:
      return say(item.dismissal, -1, nowMs);
    case KIND.thumbsUp:
      return say(item.thumb, 1, nowMs);
    case KIND.thumbsDown:
      return say(item.thumb, -1, nowMs);
    case KIND.rating:
      item.flags |= RATED;
      return value > 0 ? say(item.rating, (Math.round(Math.min(Math.max(value, 1), 5)) - 3) / 2, nowMs) : 0;
    case KIND.undo:
      return takeBack(dismissalOf(item), nowMs);
    default:
      return want(item, kind, value);
  }
}

function want(item, kind, value) {
  if (kind === KIND.purchase) item.flags = (item.flags | BOUGHT) & ~IN_CART;
  else if (kind === KIND.cartAdd) item.flags |= IN_CART;
  else if (kind === KIND.cartRemove) item.flags &= ~IN_CART;
  const weight = weightOf(kind, value);
  item.weight = Math.max(item.weight, weight);
  return weight;
}

/** Gives an opinion in place of the one before; returns what that changes in the taste for the item's facets. */
function say(opinion, taste, nowMs) {
  const left = opinion.taste * faded(nowMs - opinion.atMs);
  opinion.taste = taste;
  opinion.atMs = nowMs;
  return taste - left;
}

function takeBack(opinion, nowMs) {
  return opinion.atMs === 0 ? 0 : say(opinion, 0, nowMs);
}

/** The opinion that "undo" means: the newer one that stands. */
function dismissalOf({ dismissal, thumb }) {
  return thumb.taste !== 0 && (dismissal.taste === 0 || thumb.atMs > dismissal.atMs) ? thumb : dismissal;
}

/** The strongest wish shown for an item; rating and thumb count as they stand now, two stars less than three. */
function wishFor({ weight, rating, thumb }) {
  const rated = rating.atMs === 0 ? 0 : rating.taste >= 0 ? 1 : 0.5;
  return Math.max(weight, rated, thumb.taste);
}

function isRefused({ dismissal, thumb }, nowMs) {
  return refuses(dismissal, nowMs) || refuses(thumb, nowMs);
}

function refuses({ taste, atMs }, nowMs) {
  return taste < 0 && nowMs - atMs < REFUSAL_MS;
}

/** What is left of 1 after some time. */
function faded(passedMs) {
  return 2 ** (-passedMs / DAY_MS / HALF_LIFE_DAYS);
}

function smoothed(clicked, shown, prior) {
  return Math.min((clicked + PRIOR_IMPRESSIONS * prior) / (shown + PRIOR_IMPRESSIONS), 1);
}

function weightOf(kind, value) {
  switch (kind) {
    case KIND.click:
    case KIND.purchase:
    case KIND.wishlist:
    case KIND.share:
      return 1;
    case KIND.view:
    case KIND.cartAdd:
      return 0.5;
    case KIND.dwell:
      return Math.min(Math.max(value / DWELL_CLICK_MS, 0), 1);
    default:
      return 0;
  }
}
