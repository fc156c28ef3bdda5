import type { ConsentControl, ConsentSource, BannerTexts } from './consent/types.js';
import type { HomebodyError } from './errors.js';
import type { ProfileExport } from './generated/ProfileExport.js';
import type { ProfileView } from './generated/ProfileView.js';
import type { Kind } from './kinds.js';
import type { PageContext, Policy } from './policy.js';
import type { ReasonKind } from './reasons.js';

export type * from './policy.js';
export type { ProfileExport, ProfileView };

/** What `personalize()` needs to know; only `server` and `key` are required. */
export interface PersonalizeOptions {
  /** Address of the Homebody server, for example `https://reco.shop.example`. */
  server: string | URL;
  /** The server's public key, base64 of 32 bytes; everything fetched is verified against it. */
  key: string;
  /** The list to rank when a call names none. Default `'home'`. */
  placement?: string;
  /** The site the manifest must be for. Default: any site this key signs for. */
  site?: string;
  /**
   * Who asks for consent: `'banner'` shows our own, `'manual'` leaves it to calls of `me.consent.set()`, a source
   * mirrors a consent platform. Default `'manual'`, so that nothing appears that was not asked for.
   */
  consent?: 'banner' | 'manual' | ConsentSource;
  /** What is asked for. Default `['personalize']`. */
  purposes?: readonly Purpose[];
  /** Change it when the meaning of your notice changes: everybody is asked again. Default `'1'`. */
  noticeRevision?: string;
  /** Address of your privacy policy, linked in the banner. Default: no link. */
  policyUrl?: string;
  /** Language of the banner and panel, a BCP 47 tag. Default: the page's `lang`, then the browser's. */
  language?: string;
  /** Replaces single texts of the banner. Default: our English or German texts. */
  texts?: Partial<BannerTexts>;
  /** Told about every failure; the page works regardless. Default: silence. */
  onError?: (error: HomebodyError) => void;
  /** Where the ranking module is, for bundlers that do not emit it. Default: beside the script. */
  wasm?: WasmInput;
  /** Where the module behind `profile()`, `exportData()` and the like is. Default: beside the script. */
  careWasm?: WasmInput;
  /** How long to wait for one answer of the server. Default 5000. */
  timeoutMs?: number;
  /** Also fetch the catalogue after consent, so that items outside the pool can be ranked. Default true. */
  catalog?: boolean;
}

/** Anything a WebAssembly module can be made from. */
export type WasmInput = URL | string | Response | BufferSource | WebAssembly.Module;

/** What data may be used for, each with its own consent. */
export type Purpose = 'personalize' | 'contribute' | 'share' | 'measure';

/** One thing a visitor did. */
export interface Interaction {
  /** What was done. */
  kind: Kind;
  /** Id of the item it was done to; for `search` the words. */
  item: string;
  /** Stars, active milliseconds, quantity … by kind. Default 1. */
  value?: number;
}

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
  /** Name to show: the title of that item, or the category, brand or tag. */
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
  /** Why not, when not. */
  skipped?: 'neutral' | 'visible' | 'unchanged';
  /** The ranking of the children that have an id; empty without consent. */
  ranked: Ranked<{ id: string }>[];
}

/** What an erasure did. */
export interface Erased {
  /** What was there and is gone. */
  wiped: ('memory' | 'shard' | 'database' | 'choice')[];
  /** How long it took. */
  ms: number;
}

/** What can be listened to. */
export interface PersonalizerEvents {
  /** A new ranking may differ: consent, pool, profile or neutral mode changed. */
  change: undefined;
  /** Something failed; the page works regardless. */
  error: HomebodyError;
  /** Everything stored is gone, in this tab or by another one. */
  erased: Erased;
}

/** How the active time on a page is told; see `onDwell`. */
export type Attention =
  | { type: 'open'; item: string }
  | { type: 'activity' }
  | { type: 'visibility'; visible: boolean }
  | { type: 'close' };

/** A visitor's own ranking, made on this device. */
export interface Personalizer {
  /** Settles when the first pool has arrived (or failed) and, with consent, the profile is loaded. Never rejects. */
  readonly ready: Promise<void>;
  /** The visitor's choices. */
  readonly consent: ConsentControl;
  /** True shows everybody's order instead of the visitor's own; nothing is deleted. Default false. */
  neutral: boolean;
  /** True when a ranking asked for now would use the profile. */
  readonly personalized: boolean;
  /** Orders the published pool. Never rejects: what fails ends in neutral order. */
  rank(candidates?: undefined, options?: RankOptions): Promise<Ranked<Display>[]>;
  /** Orders your own candidates; those the model does not know keep their order at the end. */
  rank<T extends { id: string }>(candidates: readonly T[], options?: RankOptions): Promise<Ranked<T>[]>;
  /** Puts the children of `container` that have `data-hb-id` in the visitor's order, in place. */
  rerank(container: Element, options?: RerankOptions): Promise<Reranked>;
  /** Notes an interaction. False when it was dropped because there is no consent. */
  record(interaction: Interaction): boolean;
  /** Tells the dwell tracker what the visitor's attention does; `onDwell` calls this. */
  attend(attention: Attention): void;
  /** Published display data of an item, or undefined. */
  display(id: string): Display | undefined;
  /** What is known about the visitor, readable. Null without consent. */
  profile(): Promise<ProfileView | null>;
  /** The whole profile as documented JSON. Rejects with `consent_required` without consent. */
  exportData(): Promise<ProfileExport>;
  /** Replaces the profile by an exported one. */
  importData(data: ProfileExport | string): Promise<void>;
  /** Removes everything about one item from the profile. */
  forget(id: string): Promise<void>;
  /** Leaves a topic out of the ranking, or takes it in again; the key is the one in `profile()`. */
  mute(topic: number, muted: boolean): Promise<void>;
  /** Deletes the profile, its key and the choice, here and in every other tab. */
  erase(): Promise<Erased>;
  /** Listens; the returned function stops it. */
  on<E extends keyof PersonalizerEvents>(event: E, listener: (detail: PersonalizerEvents[E]) => void): () => void;
}
