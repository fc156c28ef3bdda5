import type { ReasonKind } from '../reasons.js';
import type { Purpose } from '../types.js';

/** Everything the panel says. `{…}` is filled in. */
export interface PanelTexts {
  title: string;
  lead: string;
  close: string;
  choices: string;
  purposes: Readonly<Record<Purpose, { name: string; about: string }>>;
  neutral: string;
  neutralAbout: string;
  gpc: string;
  known: string;
  summary: string;
  nothingKnown: string;
  noConsent: string;
  topics: string;
  topicsMore: string;
  mute: string;
  muted: string;
  disliked: string;
  unmute: string;
  items: string;
  more: string;
  forget: string;
  forgotten: string;
  refused: string;
  undo: string;
  undone: string;
  searches: string;
  surveys: string;
  experiments: string;
  hints: string;
  answers: string;
  segment: string;
  audit: string;
  whyTitle: string;
  pause: string;
  pauseAbout: string;
  resume: string;
  paused: string;
  rights: string;
  download: string;
  downloaded: string;
  receipt: string;
  receiptAbout: string;
  receiptSaved: string;
  erase: string;
  eraseAbout: string;
  eraseConfirm: string;
  eraseNow: string;
  keep: string;
  erased: string;
  wiped: Readonly<Record<string, string>>;
  failed: string;
  saved: string;
  policy: string;
  given: string;
  givenModes: Readonly<Record<'trusted' | 'local' | 'split', string>>;
  givenStates: Readonly<Record<'waiting' | 'sent' | 'refused', string>>;
  givenBudget: string;
  givenExact: string;
  kinds: Readonly<Record<string, string>>;
}

/** Everything the questions say besides themselves. */
export interface OnboardingTexts {
  title: string;
  about: string;
  lead: string;
  yes: string;
  no: string;
  skip: string;
  skipAll: string;
  done: string;
  skipped: string;
}

/** The sentences a reason is told in; `{name}` becomes the title, category, brand or tag. */
export type ReasonTexts = Readonly<Record<ReasonKind | 'unnamed' | 'rest' | 'neutral', string>>;

/** What the panel says, with the sentences it tells reasons in. */
export type PanelWords = PanelTexts & { readonly reasons: ReasonTexts };

/** Everything about the profile in one language: one file each, because whoever opens the panel wants the reasons too. */
export interface ProfileTexts {
  readonly panel: PanelTexts;
  readonly onboarding: OnboardingTexts;
  readonly reasons: ReasonTexts;
}
