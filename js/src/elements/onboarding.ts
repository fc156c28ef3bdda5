import type { Answer, Onboarding, Question } from '../questions.js';
import { ONBOARDING_CSS } from './onboarding-style.js';
import { type OnboardingTexts, onboardingTexts } from './onboarding-texts.js';
import { kit } from '../notice/banner.js';
import { make } from './panel-dom.js';
import type { Told } from '../texts/told.js';

/** What the questions need of a `Personalizer`. */
export interface OnboardingHost {
  readonly onboarding: Onboarding;
}

/** How the questions are put. */
export interface OnboardingSettings {
  /** BCP 47 tag. Default: the page's `lang`, then English. */
  language?: string;
  /** Replaces single texts. */
  texts?: Partial<OnboardingTexts>;
}

// The module can be imported on a server, where there are no elements.
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<hb-onboarding>`: a few questions, one at a time, with yes, no, skip and a way out of all. Not in the page's way:
 * a region in its flow, hidden while there is nothing to ask. The buttons stay where they are, so that the keyboard does
 * too; each new question is announced. When it is over it says so and sends `hb:onboarding-done`. Parts: `box`, `title`,
 * `question`, `button`, `skip-all`, `done`.
 *
 * @example
 * defineOnboarding();
 * const questions = document.querySelector('hb-onboarding');
 * if (await questions.ask(me)) console.log('there is something to ask');
 */
export class HbOnboarding extends Base {
  #host: OnboardingHost | undefined;
  #told: Told<OnboardingTexts> | undefined;
  #question: Question | null = null;
  #said = make('p', { class: 'question', part: 'question', attributes: { id: 'question', 'aria-live': 'polite' } });
  #busy = false;

  /** Begins to ask; false, and hidden, when there is nothing to ask. */
  async ask(host: OnboardingHost, settings: OnboardingSettings = {}): Promise<boolean> {
    this.#host = host;
    this.#question = await host.onboarding.next();
    this.hidden = !this.#question;
    if (!this.#question) return false;
    this.#told = await onboardingTexts(settings.language || document.documentElement.lang || 'en', settings.texts);
    this.#draw(this.#told.texts);
    return true;
  }

  #draw(texts: OnboardingTexts): void {
    const answers: readonly (readonly [Answer, string])[] = [
      ['yes', texts.yes],
      ['no', texts.no],
      ['skip', texts.skip],
    ];
    const buttons = answers.map(([answer, text]) => this.#button(text, answer, () => this.#answer(answer)));
    const title = make('h2', { part: 'title', text: texts.title, attributes: { id: 'title' } });
    this.#said.textContent = this.#question?.text ?? '';
    const region = make('section', { part: 'box', attributes: { 'aria-labelledby': 'title' } }, [
      title,
      make('p', { class: 'about', text: texts.about }),
      make('p', { class: 'lead', text: texts.lead, attributes: { id: 'lead' } }),
      this.#said,
      make('div', { class: 'answers', attributes: { role: 'group', 'aria-labelledby': 'lead question' } }, buttons),
      this.#button(texts.skipAll, 'skip-all', () => this.#skipAll()),
    ]);
    this.#show(region);
  }

  #button(text: string, look: string, on: () => Promise<void>): HTMLElement {
    const part = look === 'skip-all' ? look : 'button';
    return make('button', { class: look, part, text, attributes: { type: 'button' }, on: () => void this.#alone(on) });
  }

  /** One press at a time: a second one would answer a question that was not read. */
  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    await work().finally(() => (this.#busy = false));
  }

  async #answer(answer: Answer): Promise<void> {
    if (!this.#host || !this.#question) return;
    await this.#host.onboarding.answer(this.#question, answer);
    this.#question = await this.#host.onboarding.next();
    if (this.#question) this.#said.textContent = this.#question.text;
    else this.#end(this.#told?.texts.done);
  }

  async #skipAll(): Promise<void> {
    await this.#host?.onboarding.skip();
    this.#end(this.#told?.texts.skipped);
  }

  #end(text = ''): void {
    const done = make('p', { class: 'done', part: 'done', text, attributes: { role: 'status', tabindex: '-1' } });
    this.#show(done);
    done.focus({ preventScroll: true });
    this.dispatchEvent(new CustomEvent('hb:onboarding-done', { bubbles: true }));
  }

  #show(content: HTMLElement): void {
    const root = kit.rootOf(this);
    kit.dress(root, ONBOARDING_CSS);
    content.lang = this.#told?.language ?? '';
    content.dir = this.#told?.dir ?? '';
    root.replaceChildren(content);
  }
}

/** Registers `<hb-onboarding>`; calling it again does nothing. */
export function defineOnboarding(): void {
  kit.define('hb-onboarding', HbOnboarding);
}

/** Puts the questions first in `container` and begins to ask; null when there is nothing to ask. */
export async function showOnboarding(
  host: OnboardingHost,
  container: Element,
  settings: OnboardingSettings = {},
): Promise<HbOnboarding | null> {
  defineOnboarding();
  const element = document.createElement('hb-onboarding') as HbOnboarding;
  if (!(await element.ask(host, settings))) return null;
  container.prepend(element);
  return element;
}
