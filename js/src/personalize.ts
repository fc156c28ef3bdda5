import { HomebodyError } from './errors.js';
import { KINDS } from './kinds.js';
import { Lifecycle } from './lifecycle.js';
import { neutralOrder } from './neutral.js';
import { readOptions } from './options.js';
import type { Session } from './rank/session.js';
import { rerank } from './rerank.js';
import type { Display, Personalizer, PersonalizeOptions, Ranked, RankOptions } from './types.js';

/**
 * Starts personal ranking for this page. Before consent this fetches what is the same for everybody and nothing else
 * happens; whatever fails later, the page goes on in neutral order. Rejects with `options` when the server address or
 * the key cannot be used at all.
 */
export async function personalize(options: PersonalizeOptions): Promise<Personalizer> {
  const settings = readOptions(options);
  const life = new Lifecycle(settings, async () => {
    const { openPanel } = await import(/* webpackChunkName: "homebody.panel" */ './elements/panel.js');
    const { language, policyUrl } = settings;
    await openPanel(me, { ...(language && { language }), ...(policyUrl && { policyUrl }) });
  });
  const ready = life.start();
  const { consent, sync } = life;
  const loadCare = () => import(/* webpackChunkName: "homebody.care" */ './care.js');

  async function rank<T extends { id: string }>(candidates?: readonly T[], options: RankOptions = {}) {
    const session = life.neutral ? null : await life.open();
    const pool = await sync.pool(options.placement ?? settings.placement).catch(() => null);
    life.flush();
    const personal = session && pool && !life.neutral ? session.rank(pool, candidates, options) : null;
    return (personal ?? neutralOrder(pool, candidates, options.limit)) as Ranked<T & Display>[];
  }

  async function required(): Promise<Session> {
    const session = await life.open();
    if (!session) throw new HomebodyError('consent_required', 'there is no profile without consent');
    life.flush();
    return session;
  }

  const me: Personalizer = {
    ready,
    consent,
    rank,
    rerank: (container, options) => rerank(me, container, options),
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
    async profile() {
      if (!(await life.open())) return null;
      return (await loadCare()).inspectProfile(await required(), settings.careWasm);
    },
    exportData: async () => (await loadCare()).exportProfile(await required(), settings.careWasm),
    importData: async (data) => (await loadCare()).importProfile(await required(), data, settings.careWasm),
    forget: async (id) => (await loadCare()).forgetItem(await required(), id, settings.careWasm),
    mute: async (topic, muted) => (await loadCare()).muteFacet(await required(), topic, muted, settings.careWasm),
    erase: () => life.erase(),
    on: (event, listener) => life.events.on(event, listener),
  };
  return me;
}
