import { explained, HomebodyError, toHomebodyError } from './errors.js';
import { KINDS } from './kinds.js';
import { Lifecycle, loadRank } from './lifecycle.js';
import { neutralOrder } from './neutral.js';
import { readOptions } from './options.js';
import type { Session } from './rank/session.js';
import type { Display, Personalizer, PersonalizeOptions, Ranked, RankOptions } from './types.js';

type Care = typeof import('./care.js');

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
    const personal = session && pool && !life.neutral ? session.rank(pool, candidates, options) : null;
    return (personal ?? neutralOrder(pool, candidates, options)) as Ranked<T & Display>[];
  }

  async function care<T>(work: (care: Care, session: Session) => Promise<T>): Promise<T> {
    try {
      const session = await life.open();
      if (!session) throw new HomebodyError('consent_required');
      life.flush();
      return await work(await import(/* webpackChunkName: "homebody.care" */ './care.js'), session);
    } catch (thrown) {
      throw await explained(toHomebodyError(thrown));
    }
  }

  const { careWasm } = settings;
  const me: Personalizer = {
    ready,
    consent,
    rank,
    async rerank(container, options) {
      if (!(await life.open())) return { applied: false, skipped: 'neutral', ranked: [] };
      return (await loadRank()).rerank(me, container, options);
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
    record({ kind, item, value = 1 }) {
      if (!consent.allowed('personalize')) return false;
      if (!Object.hasOwn(KINDS, kind) || typeof item !== 'string' || item === '' || !Number.isFinite(value)) {
        life.report(new HomebodyError('options', `no interaction: \`${kind}\` of \`${item}\` (${value})`));
        return false;
      }
      life.note({ kind: KINDS[kind], item, value, nowMs: Date.now() });
      return true;
    },
    attend(attention) {
      if (consent.allowed('personalize')) life.note({ attention, nowMs: Date.now() });
    },
    display: (id) => sync.display(id),
    profile: async () => ((await life.open()) ? care((module, session) => module.inspectProfile(session, careWasm)) : null),
    exportData: () => care((module, session) => module.exportProfile(session, careWasm)),
    importData: (data) => care((module, session) => module.importProfile(session, data, careWasm)),
    forget: (id) => care((module, session) => module.forgetItem(session, id, careWasm)),
    mute: (topic, muted) => care((module, session) => module.muteFacet(session, topic, muted, careWasm)),
    erase: () => life.erase(),
    on: (event, listener) => life.events.on(event, listener),
  };
  return me;
}
