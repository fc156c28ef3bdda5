import type { BannerTexts, ConsentConfig, ConsentControl, ConsentReader, ConsentSource } from './consent/types.js';
import type { Contribution, ContributionBudget, ContributionExport } from './contribution.js';
import type { ErrorCode, HomebodyError } from './errors.js';
import type { ExperimentOptions, ExperimentView, Exposure } from './experiment.js';
import type { Audit } from './generated/Audit.js';
import type { ProfileExport } from './generated/ProfileExport.js';
import type { ProfileView } from './generated/ProfileView.js';
import type { Kind } from './kinds.js';
import type { Onboarding } from './questions.js';
import type { Display, Ranked, RankOptions, Reranked, RerankOptions } from './ranked.js';

export type * from './contribution.js';
export type * from './experiment.js';
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
   * mirrors a consent platform, and so does a reader that is not called, by the `map` of `consentConfig`. Default `'manual'`, so that nothing appears that was not asked for; with a
   * `consentConfig` `'banner'`.
   */
  consent?: 'banner' | 'manual' | ConsentSource | ConsentReader;
  /**
   * What is asked, where, how and in which words (`docs/consent-config.md`): the configuration, the address of its file,
   * or `'server'` for the one published there. It stands in for `purposes`, `noticeRevision`, `policyUrl` and `texts`.
   */
  consentConfig?: ConsentConfig | URL | 'server' | (string & {});
  /**
   * ISO 3166 code of the region whose law is followed, such as `DE` or `US-CA`, when the page knows it. Default: what the
   * server was told by its edge; an unknown region has the strictest law.
   */
  region?: string;
  /** What is asked for. Default `['personalize']`. */
  purposes?: readonly Purpose[];
  /** Change it when the meaning of your notice changes: everybody is asked again. Default `'1'`. */
  noticeRevision?: string;
  /** Address of your privacy policy, linked in the banner. Default: no link. */
  policyUrl?: string;
  /** Language of the banner and panel, a BCP 47 tag. Default: the page's `lang`, then the browser's. */
  language?: string;
  /** Replaces single texts of the banner. Default: ours, in 32 languages. */
  texts?: Partial<BannerTexts>;
  /** Told about every failure; the page works regardless. Default: silence. */
  onError?: (error: HomebodyError) => void;
  /** Where the ranking module is, for bundlers that do not emit it. Default: beside the script. */
  wasm?: WasmInput;
  /** Where the annex of the ranking module is: rules, exploration, models. Default: beside the script. */
  annexWasm?: WasmInput;
  /** Where the module behind `profile()`, `exportData()` and the like is. Default: beside the script. */
  careWasm?: WasmInput;
  /** Where the module is that answers tasks, once there is consent to contribute or measure. Default: beside the script. */
  contributeWasm?: WasmInput;
  /** The same for tasks that judge models. Default: beside the script. */
  judgeWasm?: WasmInput;
  /** Where the module is that takes `split` reports apart. Default: beside the script. */
  splitWasm?: WasmInput;
  /** Answer the site's tasks where the visitor agreed to `contribute` or `measure`. Default true. */
  contribute?: boolean;
  /**
   * Keeps the device in a dedicated worker, so that ranking, recording and encrypting take no time of the page's thread.
   * True starts the package's own script; where that is not found, or the page's policy wants it so, the script's address
   * on the page's own origin, or a function that makes the worker. Where it cannot be had, the page goes on without it,
   * and `onError` hears `worker_unavailable`. Default false.
   *
   * @example
   * await personalize({ server, key, worker: () => new Worker('/assets/homebody.worker.js') });
   */
  worker?: boolean | URL | (string & {}) | (() => Worker | Promise<Worker>);
  /** How long to wait for one answer of the server. Default 5000. */
  timeoutMs?: number;
  /** Also fetch the catalogue after consent, so that items outside the pool can be ranked. Default true. */
  catalog?: boolean;
}

/** Anything a WebAssembly module can be made from. */
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module;

/** That, or a function that gives it when it is needed. */
export type WasmInput = WasmSource | (() => WasmSource | Promise<WasmSource>);

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
  /** The visitor is in another segment: once a change. Booking is a task of its own, unless `segment` is asked for before: then in that very task. With `worker` a moment later. */
  segment: SegmentChange;
  /** The page is about to show a variant: with every answer of `experiment()` that was drawn for this visitor. */
  experiment: ExperimentView;
}

/** What is known about the visitor, and what follows from it. */
export interface Profile extends ProfileView {
  /** What would be first in the list now, at most three, each with what moved it there. */
  top: Pick<Ranked<Display>, 'id' | 'reasons'>[];
  /** The experiments that the visitor takes part in, the oldest first. */
  experiments: readonly Exposure[];
}

/** The whole profile, and what is kept beside it where there is any. */
export interface ExportedData extends ProfileExport {
  readonly experiments?: readonly Exposure[];
  readonly contributions?: ContributionExport;
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
  /** Notes an interaction. False when it was dropped because there is no consent, or no page, as on a server. */
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
  /** Name of the segment the visitor is in, everything recorded so far included (with `worker` a moment later); null without consent, before enough is known, or without segments. */
  readonly segment: string | null;
  /** Probability, 0 to 1, that this visit ends in a purchase; null without consent or a model. */
  intent(): Promise<number | null>;
  /**
   * The variant of an experiment to show: drawn on this device, the same on all its pages, and known to nobody else. To
   * ask is to be exposed, once a visitor; whether it helped is what a task of the site's asks devices in sum. The first
   * variant, and no exposure, without consent or storage and in neutral mode. Never rejects.
   *
   * @example
   * const steps = await me.experiment('checkout', ['three-steps', 'one-page']);
   * if (steps === 'one-page') showOnePage();
   */
  experiment<V extends string>(name: string, variants: readonly V[], options?: ExperimentOptions): Promise<V>;
  /** A few questions for newcomers. */
  readonly onboarding: Onboarding;
  /** How varied what the visitor was shown is (echo chamber); null without consent. */
  audit(): Promise<Audit | null>;
  /** Tells the dwell tracker what the visitor's attention does; `onDwell` calls this. */
  attend(attention: Attention): void;
  /** Published display data of an item, or undefined. */
  display(id: string): Display | undefined;
  /** What is known about the visitor, readable. Null without consent. */
  profile(): Promise<Profile | null>;
  /** The whole profile as documented JSON, with experiments and the ledger of contributions where there are any. Rejects with `consent_required` without consent. */
  exportData(): Promise<ExportedData>;
  /** Replaces the profile by an exported one. */
  importData(data: ProfileExport | string): Promise<void>;
  /** Removes everything about one item from the profile. */
  forget(id: string): Promise<void>;
  /** Leaves a topic out of the ranking, or takes it in again; the key is the one in `profile()`. */
  mute(topic: number, muted: boolean): Promise<void>;
  /** Ranks a topic higher: three likes more, fading as likes do, no dislike and not muted. What is not in `profile()` stays as it is. */
  favour(topic: number): Promise<void>;
  /** What this device adds to the site's sums: to be seen before it leaves. */
  readonly contributions: {
    /** Every report that waits or left, the newest first. Rejects with `consent_required` without consent. */
    list(): Promise<Contribution[]>;
    /** What was spent of the visitor's privacy, and what is left. Rejects like `list`. */
    budget(): Promise<ContributionBudget>;
  };
  /** Deletes the profile and its key and takes every consent back, here and in every other tab; that alone is kept. */
  erase(): Promise<Erased>;
  /** Tells `onError` and the listeners of `error` what failed beside the package: a signal, a feed, a source of your own. */
  report(code: ErrorCode, detail?: string, cause?: unknown): void;
  /** Listens; the returned function stops it. */
  on<E extends keyof PersonalizerEvents>(event: E, listener: (detail: PersonalizerEvents[E]) => void): () => void;
}
