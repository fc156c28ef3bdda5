import type { Purpose } from '../types.js';

/** Where one purpose stands. Only `given` allows anything. */
export type ConsentStatus = 'unknown' | 'requested' | 'given' | 'refused' | 'deferred' | 'withdrawn';

/** Who decided. */
export type ConsentVia = 'banner' | 'panel' | 'api' | 'source' | 'gpc' | 'record' | 'tab';

/** One purpose. */
export interface PurposeState {
  /** Where it stands. */
  readonly status: ConsentStatus;
  /** Whether data may be used for it now. */
  readonly effective: boolean;
  /** Who decided, when somebody did. */
  readonly via?: ConsentVia;
  /** Day of the decision, `YYYY-MM-DD`. */
  readonly since?: string;
  /** Day from which it has to be asked again, `YYYY-MM-DD`. */
  readonly expires?: string;
}

/** All purposes at one moment. */
export interface ConsentState {
  /** Every purpose, asked for or not. */
  readonly purposes: Readonly<Record<Purpose, PurposeState>>;
  /** The purposes this site asks for. */
  readonly asked: readonly Purpose[];
  /** Whether the browser sends Global Privacy Control; then `contribute` is never effective. */
  readonly gpc: boolean;
  /** Identifies the notice; a new one asks everybody again. */
  readonly revision: string;
}

/** A decision: purposes left out stay as they are. */
export type Choice = Partial<Record<Purpose, boolean>>;

/** The visitor's choices. */
export interface ConsentControl {
  /** Where every purpose stands now. */
  state(): ConsentState;
  /** Whether data may be used for the purpose now; no by default. */
  allowed(purpose: Purpose): boolean;
  /** Takes a decision of the visitor. Taking `personalize` back erases the profile. */
  set(choice: Choice, via?: ConsentVia): Promise<void>;
  /** Says yes to everything asked for. */
  acceptAll(via?: ConsentVia): Promise<void>;
  /** Says no to everything. */
  refuseAll(via?: ConsentVia): Promise<void>;
  /** Decides later: nothing is stored and nothing allowed; asked again on the next page. */
  defer(): void;
  /** Takes one purpose back, or all; resolves when what belonged to it is deleted. */
  withdraw(purpose?: Purpose): Promise<void>;
  /** Shows the banner, or the panel with choices, data and rights. */
  open(surface?: 'banner' | 'panel'): Promise<void>;
  /** Calls back on every real change, in every tab; the returned function stops it. */
  subscribe(listener: (state: ConsentState) => void): () => void;
}

/** A consent platform whose answers are mirrored. While one is used our banner never shows. */
export interface ConsentSource {
  /** The present answers; `null` while they are not known. Purposes left out count as refused. */
  read(): Choice | null;
  /** Calls back on every change; the returned function stops it. */
  subscribe(changed: () => void): () => void;
}

/** What a surface that asks (our banner, or another) is given. */
export interface ConsentSurfaceContext {
  /** The purposes asked for. */
  readonly purposes: readonly Purpose[];
  /** BCP 47 tag the texts are in. */
  readonly language: string;
  /** Replacements for single texts. */
  readonly texts: Partial<BannerTexts>;
  /** Address of the privacy policy. */
  readonly policyUrl?: string;
  /** Takes the decision; `'later'` defers. */
  decide(choice: Choice | 'later'): void;
}

/** A surface on the page. */
export interface ConsentSurface {
  /** Takes it off the page. */
  close(): void;
}

/** The texts of the banner. */
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
