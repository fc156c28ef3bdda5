import { type ShallowRef, shallowRef, watch } from 'vue';
import { ask, type Asking } from '../binding.js';
import type { Question } from '../questions.js';
import { useHomebody } from './provide.js';

/** Questions for newcomers, for an interface of your own. */
export interface OnboardingComposable extends Pick<Asking, 'answer' | 'skip'> {
  /** What to ask now; null on a server, without consent, and when nothing is left that is worth asking. */
  readonly question: Readonly<ShallowRef<Question | null>>;
}

/**
 * One question after the other, each with a way past it (`answer('skip')`) and a way out of all (`skip()`). Answers stay on
 * the device, and the next ranking feels them.
 *
 * @example
 * const { question, answer, skip } = useOnboarding();
 * // <p v-if="question">{{ question.text }}? <button @click="answer('yes')">Yes</button> <button @click="skip">No more</button></p>
 */
export function useOnboarding(): OnboardingComposable {
  const page = useHomebody();
  const question = shallowRef<Question | null>(null);
  let asking: Asking | null = null;
  const begin = (me: typeof page.value, _: unknown, stopped: (stop: () => void) => void): void => {
    if (me) stopped((asking = ask(me, (next) => (question.value = next))).stop);
  };
  watch(page, begin, { immediate: true });
  return { question, answer: async (answer) => asking?.answer(answer), skip: async () => asking?.skip() };
}
