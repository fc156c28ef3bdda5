import type { ConsentControl, ConsentSource, BannerTexts } from './consent/types.js';
import type { HomebodyError } from './errors.js';
import type { Audit } from './generated/Audit.js';
import type { ProfileExport } from './generated/ProfileExport.js';
import type { ProfileView } from './generated/ProfileView.js';
import type { Kind } from './kinds.js';
import type { Onboarding } from './questions.js';
import type { Display, Ranked, RankOptions, Reranked, RerankOptions } from './ranked.js';

export type * from './policy.js';
export type * from './questions.js';
export type * from './ranked.js';
export type { Audit, ProfileExport, ProfileView };

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
  /** Where the annex of the ranking module is: rules, exploration, models. Default: beside the script. */
  annexWasm?: WasmInput;
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

/** What an erasure did. */
export interface Erased {
  /** What was there and is gone. */
  wiped: ('memory' | 'shard' | 'database' | 'choice')[];
  /** How long it took. */
  ms: number;
}

/** A change of segment; null where there was or is none. */
export interface SegmentChange {
  /** The segment left. */
  from: string | null;
  /** The segment entered. */
  to: string | null;
}

/** What can be listened to. */
export interface PersonalizerEvents {
  /** A new ranking may differ: consent, pool, profile or neutral mode changed. */
  change: undefined;
  /** Something failed; the page works regardless. */
  error: HomebodyError;
  /** Everything stored is gone, in this tab or by another one. */
  erased: Erased;
  /** The visitor is in another segment: once a change, in the task in which the interaction behind it is booked. */
  segment: SegmentChange;
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
  /**
   * Notes that the visitor likes an item. Like every word below felt at the next ranking, told by a `change`, and false
   * when it was dropped because there is no consent.
   *
   * @example
   * me.dislike('tent-2');
   * me.undo('tent-2'); // as if nothing had been said
   */
  like(item: string): boolean;
  /** Notes that the visitor does not like an item: it leaves the lists, and what resembles it falls. */
  dislike(item: string): boolean;
  /** Notes a rating, 1 to 5 stars. */
  rate(item: string, stars: number): boolean;
  /** "Not interested": the item leaves the lists, and its topics fall with the next ranking. */
  dismiss(item: string): boolean;
  /** Takes back the last like, dislike, rating or dismissal of an item. */
  undo(item: string): boolean;
  /** Keeps the answer to a question of the site's own survey, by its name; a later answer replaces it. */
  answer(question: string, value: number): boolean;
  /** Name of the segment the visitor is in; null without consent, before enough is known, or without segments. */
  readonly segment: string | null;
  /** Probability, 0 to 1, that this visit ends in a purchase; null without consent or a model. */
  intent(): Promise<number | null>;
  /** A few questions for newcomers. */
  readonly onboarding: Onboarding;
  /** How varied what the visitor was shown is (echo chamber); null without consent. */
  audit(): Promise<Audit | null>;
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
