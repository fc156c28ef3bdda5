import { personalize } from './personalize.js';
import type { ExperimentOptions } from './experiment.js';
import type { Answer, Question } from './questions.js';
import type { Display, Personalizer, PersonalizeOptions, Ranked, RankOptions } from './types.js';

/** What bindings for frameworks share. */

type Order = readonly Ranked<Display | { readonly id: string }>[];

/** The page's own: whoever mounts again goes on with it, as a second one would ask for consent a second time. */
let started: Promise<Personalizer | null> | undefined;

/** Starts once for the page; null, and told, when the options are ones no page can work with. */
export function startOnce(options: PersonalizeOptions): Promise<Personalizer | null> {
  started ??= personalize(options).catch((error) => {
    started = undefined;
    (options.onError ?? reportError)(error);
    return null;
  });
  return started;
}

/** Ranks now and after every change; the returned function stops it. An answer that was overtaken does not count. */
export function follow(
  me: Personalizer,
  candidates: readonly { readonly id: string }[] | undefined,
  options: RankOptions,
  keep: (order: Order) => void,
): () => void {
  let last = 0;
  const rank = async (): Promise<void> => {
    const asked = (last += 1);
    const order = await (candidates ? me.rank(candidates, options) : me.rank(undefined, options));
    if (asked === last) keep(order);
  };
  const stop = me.on('change', () => void rank());
  void rank();
  return () => {
    last = 0;
    stop();
  };
}

/** Asks for the variant now and whenever it changes whether the visitor takes part; the returned function stops it. */
export function draw<V extends string>(
  { consent, experiment }: Personalizer,
  name: string,
  variants: readonly V[],
  options: ExperimentOptions | undefined,
  keep: (variant: V) => void,
): () => void {
  let last = 0;
  let isIn: boolean | undefined;
  const look = async (): Promise<void> => {
    if (isIn === (isIn = consent.allowed('personalize'))) return;
    const asked = (last += 1);
    const variant = await experiment(name, variants, options);
    if (asked === last) keep(variant);
  };
  const stop = consent.subscribe(() => void look());
  void look();
  return () => {
    last = 0;
    stop();
  };
}

/** Questions for newcomers, one after the other. */
export interface Asking {
  /** Answers the question that was put last. */
  answer(answer: Answer): Promise<void>;
  /** Asks nothing more. */
  skip(): Promise<void>;
  stop(): void;
}

/** Puts one question after the other, null when there is none. A second press while the first is worked on is none. */
export function ask({ onboarding, on }: Personalizer, put: (question: Question | null) => void): Asking {
  let question: Question | null = null;
  let isBusy = false;
  let isOver = false;
  const look = async (): Promise<void> => {
    if (isBusy || isOver) return;
    question = await onboarding.next();
    if (!isOver) put(question);
  };
  const alone = async (work: () => Promise<void> | null): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    await Promise.resolve(work()).finally(() => (isBusy = false));
    await look();
  };
  const stop = on('change', () => void look());
  void look();
  return {
    answer: (answer) => alone(() => question && onboarding.answer(question, answer)),
    skip: () => alone(() => onboarding.skip()),
    stop() {
      isOver = true;
      stop();
    },
  };
}
