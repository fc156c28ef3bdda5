import { explained, HomebodyError, toHomebodyError } from './errors.js';
import type { Kind } from './kinds.js';
import { Lifecycle } from './lifecycle.js';
import { neutralOrder } from './neutral.js';
import { readOptions } from './options.js';
import type { Given, Verbs } from './rank/page-session.js';
import type { Display, Personalizer, PersonalizeOptions, Ranked, RankOptions } from './types.js';

/** A verb without the session, which may be elsewhere. */
type Verb<V extends keyof Verbs> = (...given: Given<V>) => Promise<Awaited<ReturnType<Verbs[V]>>>;

/**
 * Starts personal ranking for this page. Before consent this fetches what is the same for everybody and nothing else
 * happens; whatever fails later, the page goes on in neutral order. Rejects with `options` when the server address or
 * the key cannot be used at all.
 */
export async function personalize(options: PersonalizeOptions): Promise<Personalizer> {
  try {
    return await start(options);
  } catch (thrown) {
    throw await explained(toHomebodyError(thrown));
  }
}

async function start(options: PersonalizeOptions): Promise<Personalizer> {
  const settings = readOptions(options);
  const life = new Lifecycle(settings);
  await life.begin(async (config) => {
    const { openPanel } = await import(/* webpackChunkName: "homebody.banner" */ './notice/banner.js');
    const { language, server } = settings;
    await openPanel(me, { config, server, ...(language && { language }) });
  });
  const { consent, sync } = life;

  async function rank<T extends { id: string }>(candidates?: readonly T[], options: RankOptions = {}) {
    const session = life.neutral ? null : await life.open();
    const pool = await sync.pool(options.placement ?? settings.placement).catch(() => null);
    life.flush();
    const personal = session && pool && !life.neutral ? await session.rank(pool, candidates, options) : null;
    return (personal ?? neutralOrder(pool, candidates, options)) as Ranked<T & Display>[];
  }

  /** A verb of the session; without consent null, or refused where there is nothing to answer with. */
  function verb<V extends keyof Verbs>(name: V, isRefused = false): Verb<V> {
    return (async (...given: Given<V>) => {
      try {
        const session = await life.open();
        if (!session && isRefused) throw new HomebodyError('consent_required');
        life.flush();
        return session && (await session.call(name, given));
      } catch (thrown) {
        throw await explained(toHomebodyError(thrown));
      }
    }) as Verb<V>;
  }

  function record(kind: Kind, item: string, value = 1): boolean {
    return life.note({ kind, item, value, nowMs: Date.now() });
  }

  const me: Personalizer = {
    ready: life.start(),
    consent,
    rank,
    async rerank(container, options) {
      if (!(await life.open())) return { applied: false, skipped: 'neutral', ranked: [] };
      try {
        const { rerank } = await import(/* webpackChunkName: "homebody.rerank" */ './rank/rerank.js');
        return await rerank(me, container, options, life.report);
      } catch (thrown) {
        life.report(thrown);
        return { applied: false, skipped: 'failed', ranked: [] };
      }
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
      life.flush(true);
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
      life.note({ attention, nowMs: Date.now() });
    },
    intent: verb('intent'),
    async experiment(name, variants, options) {
      if ((await life.open()) && !life.neutral) try {
        const { show } = await import(/* webpackChunkName: "homebody.experiments" */ './experiment.js');
        return await show(life, name, variants, options);
      } catch (thrown) {
        life.report(thrown);
      }
      return variants[0]!;
    },
    onboarding: {
      next: verb('nextQuestion'),
      answer: verb('answerQuestion'),
      skip: verb('skipQuestions'),
      async show(container, own) {
        const { showOnboarding } = await import(/* webpackChunkName: "homebody.banner" */ './notice/banner.js');
        return showOnboarding(me, container, own);
      },
    },
    display: (id) => sync.display(id),
    profile: verb('profile'),
    exportData: verb('exportData', true),
    importData: verb('importData', true),
    forget: verb('forget', true),
    mute: verb('mute', true),
    favour: verb('favour', true),
    audit: verb('audit'),
    contributions: { list: verb('contributions', true), budget: verb('budget', true) },
    erase: () => life.erase(),
    report: (code, detail, cause) => life.report(new HomebodyError(code, detail, cause)),
    on: (event, listener) => life.events.on(event, listener),
  };
  return me;
}
