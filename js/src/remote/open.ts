import { HomebodyError } from '../errors.js';
import type { PageSessionContext } from '../rank/context.js';
import type { PageSession } from '../rank/page-session.js';
import { wipe as wipeStorage } from '../rank/wipe.js';
import { startWorker } from '../worker.js';
import { closed, RemoteSession } from './session.js';

/** Opens a session in a worker; on the page where there can be none, which is told. */
export async function open(context: PageSessionContext): Promise<PageSession> {
  try {
    return await RemoteSession.open(context, await startWorker(context.settings.worker));
  } catch (thrown) {
    if (!context.isAllowed()) throw thrown;
    context.report(unavailable(thrown));
    const { open } = await import(/* webpackChunkName: "homebody.rank" */ '../rank/open.js');
    return open(context);
  }
}

/** Deletes everything stored, while workers that were told to forget do so; from the page, so that it needs no worker. */
export async function wipe(report: Parameters<typeof wipeStorage>[0]): ReturnType<typeof wipeStorage> {
  const [wiped] = await Promise.all([wipeStorage(report), closed()]);
  return wiped;
}

function unavailable(thrown: unknown): HomebodyError {
  if (thrown instanceof HomebodyError && thrown.code === 'worker_unavailable') return thrown;
  return new HomebodyError('worker_unavailable', (thrown as Error | undefined)?.message, thrown);
}
