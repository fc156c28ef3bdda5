import type { Session } from './session.js';

type Experiments = typeof import('./experiments.js');

/** What a session is asked for by name and needs no module for. */
export const verbs = {
  /** Probability of a purchase in this visit. */
  intent: (session: Session): number | null => session.ask((engine) => engine.intent(Date.now())),
  /** The variant of an experiment that this visitor is shown; null where nobody takes part. */
  experiment: async (...given: Parameters<Experiments['experiment']>): ReturnType<Experiments['experiment']> =>
    (await import(/* webpackChunkName: "homebody.experiments" */ './experiments.js')).experiment(...given),
};
