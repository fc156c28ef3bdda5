import { useEffect, useRef, useState } from 'react';
import { ask, type Asking } from '../binding.js';
import type { Question } from '../questions.js';
import { useHomebody } from './provider.js';

/** Questions for newcomers, for an interface of your own. */
export interface OnboardingHook extends Pick<Asking, 'answer' | 'skip'> {
  /** What to ask now; null on a server, without consent, and when nothing is left that is worth asking. */
  readonly question: Question | null;
}

/**
 * One question after the other, each with a way past it (`answer('skip')`) and a way out of all (`skip()`). Answers stay on
 * the device, and the next ranking feels them.
 *
 * @example
 * const { question, answer, skip } = useOnboarding();
 * return question && <p>{question.text}? <button onClick={() => answer('yes')}>Yes</button> <button onClick={skip}>No more</button></p>;
 */
export function useOnboarding(): OnboardingHook {
  const me = useHomebody();
  const [question, put] = useState<Question | null>(null);
  const asking = useRef<Asking | null>(null);
  useEffect(() => {
    if (!me) return undefined;
    const { stop } = (asking.current = ask(me, put));
    return stop;
  }, [me]);
  const [verbs] = useState<Omit<OnboardingHook, 'question'>>(() => ({
    answer: async (answer) => asking.current?.answer(answer),
    skip: async () => asking.current?.skip(),
  }));
  return { question, ...verbs };
}
