import type { ConsentConfig } from '../generated/ConsentConfig.js';
import type { ConsentLink } from '../generated/ConsentLink.js';
import type { ConsentMode } from '../generated/ConsentMode.js';
import type { ConsentStatus } from '../generated/ConsentStatus.js';
import type { Purpose } from '../types.js';

export type { ConsentConfig, ConsentMode, ConsentStatus };

/** A purpose of Homebody's, or one of the site's own. */
export type PurposeId = Purpose | (string & {});

/** Who decided. */
export type ConsentVia =
  | 'banner'
  | 'preferences'
  | 'panel'
  | 'api'
  | 'source'
  | 'gpc'
  | 'record'
  | 'tab'
  | 'expiry'
  | 'minor';

/** One purpose. */
export interface PurposeState {
  /** Where it stands; only `given`, `renewed` and `noticed` allow anything. */
  readonly status: ConsentStatus;
  /** Whether data may be used for it now. */
  readonly effective: boolean;
  /** How it may begin here: by a yes (`ask`), after notice (`notice`), or not at all (`off`). */
  readonly mode: ConsentMode;
  /** Who decided, when somebody did. */
  readonly via?: ConsentVia;
  /** Day of the decision, `YYYY-MM-DD`. */
  readonly since?: string;
  /** Day from which it has to be asked again, `YYYY-MM-DD`. */
  readonly expires?: string;
  /** The yes was said although the browser sends Global Privacy Control. */
  readonly despiteGpc?: true;
}

/** All purposes at one moment. */
export interface ConsentState {
  /** Every purpose of Homebody's, asked for or not, and the site's own. */
  readonly purposes: Readonly<Record<Purpose, PurposeState> & Record<string, PurposeState>>;
  /** The purposes that may be asked for here, in the order of the configuration. */
  readonly asked: readonly PurposeId[];
  /** Whether the browser sends Global Privacy Control: then nothing leaves the device without a yes said since. */
  readonly gpc: boolean;
  /** Names what is asked; it is part of the kept choice. */
  readonly revision: string;
  /** ISO 3166 code of the region whose law is followed; empty when it is not known, which counts as the strictest. */
  readonly region: string;
  /** Whether the visitor paused: nothing is read or written, nothing is deleted. */
  readonly paused: boolean;
  /** Whether the page said that the visitor is a minor. */
  readonly minor: boolean;
}

/** A decision: purposes left out stay as they are. */
export type Choice = Partial<Record<PurposeId, boolean>>;

/** A purpose that is allowed. */
export interface Grant {
  /** Aborts when it is allowed no longer. */
  readonly revoked: AbortSignal;
}

/** The visitor's choices. */
export interface ConsentControl {
  /** Where every purpose stands now. */
  state(): ConsentState;
  /** Whether data may be used for the purpose now; no by default. */
  allowed(purpose: PurposeId): boolean;
  /** Resolves as soon as the purpose is allowed; rejects when `signal` aborts before. */
  when(purpose: PurposeId, options?: { signal?: AbortSignal }): Promise<Grant>;
  /** Takes a decision of the visitor. Taking `personalize` back erases the profile. */
  set(choice: Choice, via?: ConsentVia): Promise<void>;
  /**
   * Says yes to everything that is asked for, but not to what a privacy signal of the browser speaks against, nor to what
   * needs explicit consent (`explicit` in the configuration): that takes a yes of its own, by `set`.
   */
  acceptAll(via?: ConsentVia): Promise<void>;
  /** Says no to everything. */
  refuseAll(via?: ConsentVia): Promise<void>;
  /** Decides later: nothing is stored and nothing allowed; asked again on the next page. A notice counts as read. */
  defer(): void;
  /** Takes one purpose back, or all; resolves when what belonged to it is deleted. */
  withdraw(purpose?: PurposeId): Promise<void>;
  /** Stops every use, in every tab, and deletes nothing. */
  pause(): void;
  /** Goes on where `pause()` stopped. */
  resume(): void;
  /** `'minor'`: no purpose is to be had, nothing is asked, and what was kept is erased. For this page: say it on each. */
  setAudience(audience: 'minor' | 'adult'): Promise<void>;
  /** Shows the banner, the choice by purpose, or the panel with choices, data and rights. */
  open(surface?: 'banner' | 'preferences' | 'panel'): Promise<void>;
  /** Closes banner and preferences; nothing is decided. */
  close(): void;
  /** The consent receipt as a file of JSON, with the fields of ISO/IEC TS 27560. */
  receipt(): Promise<Blob>;
  /** Calls back on every real change, in every tab; the returned function stops it. */
  subscribe(listener: (state: ConsentState) => void): () => void;
}

/** A consent platform whose answers are mirrored. While one is used our banner never shows. */
export interface ConsentSource {
  /** The present answers; `null` while they are not known. Purposes left out count as refused. */
  read(): Choice | null;
  /** What the platform threw when it was read last, where it did: `onError` is told of it once, as `consent_source`. */
  readonly fault?: unknown;
  /** Calls back on every change; the returned function stops it. */
  subscribe(changed: () => void): () => void;
}

/**
 * What makes a source: a reader of `homebody/consent/…` that is not called yet. The configuration's `map` then says what
 * it looks for; without one it is called without options.
 */
export type ConsentReader = (options?: never) => ConsentSource;

/** What a surface that asks is given. */
export interface NoticeContext {
  /** Takes the decision. */
  readonly consent: ConsentControl;
  /** What is asked, by whom, in which words. */
  readonly config: ConsentConfig;
  /** BCP 47 tag of the wanted language. Default: the page's, then the browser's. */
  readonly language?: string | undefined;
  /** The variant of the configuration's experiment that this page shows. */
  readonly arm?: string | undefined;
  /** The link that the law of the region wants. */
  readonly link?: ConsentLink | undefined;
  /** Told what went wrong. */
  readonly report: (thrown: unknown) => void;
  /** The notice is on the page. */
  readonly shown: () => void;
}

/** A surface on the page. */
export interface ConsentSurface {
  /** Takes it off the page. */
  close(): void;
}

/** The texts of the banner that `personalize()` lets a page replace without a configuration. */
export interface BannerTexts {
  /** Name of the region for screen readers. */
  label: string;
  /** Heading. */
  title: string;
  /** What is asked, in two sentences. */
  body: string;
  /** Button: yes. */
  accept: string;
  /** Button: no. */
  reject: string;
  /** Button: not now. */
  later: string;
  /** Link to the privacy policy. */
  policy: string;
}
