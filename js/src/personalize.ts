import { explained, HomebodyError, toHomebodyError } from './errors.js';
import type { Kind } from './kinds.js';
import { Lifecycle, loadRank } from './lifecycle.js';
import { neutralOrder } from './neutral.js';
import { readOptions } from './options.js';
import type { Session } from './rank/session.js';
import type { Display, Personalizer, PersonalizeOptions, Ranked, RankOptions } from './types.js';

type Care = typeof import('./care.js');
type Work = (...all: unknown[]) => unknown;
/** A function of the care module without what the facade puts in. */
type Verb<F> = F extends (session: Session, wasm: never, ...rest: infer R) => infer T ? (...rest: R) => T : never;

/**
 * Starts personal ranking for this page. Before consent this fetches what is the same for everybody and nothing else
 * happens; whatever fails later, the page goes on in neutral order. Rejects with `options` when the server address or
 * the key cannot be used at all.
 */
export async function personalize(options: PersonalizeOptions): Promise<Personalizer> {
  try {
    return start(options);
  } catch (thrown) {
    throw await explained(toHomebodyError(thrown));
  }
}

function start(options: PersonalizeOptions): Personalizer {
  const settings = readOptions(options);
  const life = new Lifecycle(settings, async () => {
    const { openPanel } = await import(/* webpackChunkName: "homebody.panel" */ './elements/panel.js');
    const { language, policyUrl } = settings;
    await openPanel(me, { ...(language && { language }), ...(policyUrl && { policyUrl }) });
  });
  const ready = life.start();
  const { consent, sync } = life;

  async function rank<T extends { id: string }>(candidates?: readonly T[], options: RankOptions = {}) {
    const session = life.neutral ? null : await life.open();
    const pool = await sync.pool(options.placement ?? settings.placement).catch(() => null);
    life.flush();
    const personal = session && pool && !life.neutral ? await session.rank(pool, candidates, options) : null;
    return (personal ?? neutralOrder(pool, candidates, options)) as Ranked<T & Display>[];
  }

  /** A verb of the care module. */
  function care<V extends keyof Care>(verb: V): Verb<Care[V]> {
    return (async (...rest: unknown[]) => {
      try {
        const session = await life.open();
        if (!session) throw new HomebodyError('consent_required');
        life.flush();
        const module = await import(/* webpackChunkName: "homebody.care" */ './care.js');
        return await (module[verb] as Work)(session, settings.careWasm, ...rest);
      } catch (thrown) {
        throw await explained(toHomebodyError(thrown));
      }
    }) as Verb<Care[V]>;
  }

  /** A verb of the ranking module; null without consent. */
  function ask(verb: 'audit' | 'intent' | 'nextQuestion' | 'answerQuestion' | 'skipQuestions') {
    return async (...rest: unknown[]): Promise<never> => {
      const session = await life.open();
      life.flush();
      return (session && ((await loadRank())[verb] as Work)(session, ...rest)) as never;
    };
  }

  function record(kind: Kind, item: string, value = 1): boolean {
    if (!consent.allowed('personalize')) return false;
    life.note({ kind, item, value, nowMs: Date.now() });
    return true;
  }

  const profile = care('profile');
  const me: Personalizer = {
    ready,
    consent,
    rank,
    async rerank(container, options) {
      if (!(await life.open())) return { applied: false, skipped: 'neutral', ranked: [] };
      const { rerank } = await import(/* webpackChunkName: "homebody.rerank" */ './rank/rerank.js');
      return rerank(me, container, options);
    },
    get neutral() {
      return life.neutral;
    },
    set neutral(on) {
      life.neutral = on;
    },
    get personalized() {
      return life.session !== undefined && !life.neutral;
    },
    get segment() {
      return life.session?.segment ?? null;
    },
    record: ({ kind, item, value }) => record(kind, item, value),
    like: (item) => record('thumbs_up', item),
    dislike: (item) => record('thumbs_down', item),
    rate: (item, stars) => record('rating', item, stars),
    dismiss: (item) => record('dismiss', item),
    undo: (item) => record('undo', item),
    answer: (question, value) => record('survey', question, value),
    attend(attention) {
      if (consent.allowed('personalize')) life.note({ attention, nowMs: Date.now() });
    },
    intent: ask('intent'),
    onboarding: {
      next: ask('nextQuestion'),
      answer: ask('answerQuestion'),
      skip: ask('skipQuestions'),
      async show(container, own) {
        const { showOnboarding } = await import(/* webpackChunkName: "homebody.onboarding" */ './elements/onboarding.js');
        return showOnboarding(me, container, own);
      },
    },
    display: (id) => sync.display(id),
    profile: async () => ((await life.open()) ? profile() : null),
    exportData: care('exportData'),
    importData: care('importData'),
    forget: care('forget'),
    mute: care('mute'),
    audit: ask('audit'),
    erase: () => life.erase(),
    on: (event, listener) => life.events.on(event, listener),
  };
  return me;
}
