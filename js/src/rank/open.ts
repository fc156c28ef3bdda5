import { whenIdle } from '../idle.js';
import type { BlobCache } from '../sync.js';
import { Annex } from './annex.js';
import type { PageSessionContext, SessionContext } from './context.js';
import { useCache } from './offline.js';
import { memoryHome, openHome } from './persist.js';
import { Session } from './session.js';
import { loadRankModule } from './wasm.js';

export { wipe } from './wipe.js';

const WARM_UP_WITHIN_MS = 1000;

/** Opens a session on the page; rejects when the module cannot be had. */
export function open(context: PageSessionContext): Promise<Session> {
  return openWith(context, (cache, secret) => useCache(context.sync, cache, context, secret));
}

/** Puts the stored tables to use; `secret` is what the device draws by. */
export type Attach = (cache: BlobCache, secret: number | undefined) => Promise<void>;

/** Opens storage and module. Storage that cannot be had is only reported. */
export async function openWith(context: SessionContext, attach: Attach): Promise<Session> {
  const { sync, settings, report } = context;
  const loading = loadRankModule(settings.wasm);
  loading.catch(() => undefined); // Awaited below, after the storage.
  const annex = new Annex(loading, settings.annexWasm);
  const home = context.promised.days > 0 ? await openHome(report, context.isAllowed) : memoryHome();
  try {
    if (home.cache) await attach(home.cache, home.secret);
    const pool = await sync.pool(settings.placement).catch(() => undefined);
    if (annex.isNeeded(pool)) await annex.load();
    const session = new Session(context, await loading, annex, home, pool, await home.load());
    whenIdle(() => session.warmUp(), WARM_UP_WITHIN_MS);
    return session;
  } catch (thrown) {
    sync.detach();
    home.close();
    throw thrown;
  }
}
