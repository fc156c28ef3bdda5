import type { OnboardingSettings } from './elements/onboarding.js';

export type { OnboardingSettings };

/** One question to a newcomer: "do you like this?" */
export interface Question {
  /** Names the question. */
  readonly key: number;
  /** What is asked about, in the site's words. */
  readonly text: string;
}

/** What a visitor answers. */
export type Answer = 'yes' | 'no' | 'skip';

/**
 * A few questions for newcomers, so that their first list is theirs already. The next question is the one whose answer
 * tells most; answers are kept in the profile, on this device, and can be read and erased with it.
 *
 * @example
 * for (let question; (question = await me.onboarding.next()); ) {
 *   await me.onboarding.answer(question, await ask(question.text)); // 'yes', 'no' or 'skip'
 * }
 */
export interface Onboarding {
  /** What to ask next; null without consent, and when nothing is left that is worth asking. */
  next(): Promise<Question | null>;
  /** Keeps an answer; the next ranking feels it. */
  answer(question: Question, answer: Answer): Promise<void>;
  /** Asks nothing more. */
  skip(): Promise<void>;
  /** Puts `<hb-onboarding>` first in `container`; null when there is nothing to ask. */
  show(container: Element, settings?: OnboardingSettings): Promise<HTMLElement | null>;
}
