import type { Exposure } from '../experiment.js';
import { jsonOf } from '../json.js';
import type { Drawer } from './drawer.js';

/** Experiments that are kept; the oldest goes first. */
export const MAX_EXPOSURES = 32;
/** The entry of the drawer. */
export const EXPOSURES = 'experiments';

/** The visitor's part in the experiment of a task, as the module takes it: nothing where there is none. */
export async function exposureTo({ experiment: name }: Readonly<Record<string, unknown>>, drawer: Drawer): Promise<[place?: number, atMs?: number]> {
  const exposure = (await exposures(drawer)).find(({ experiment }) => experiment === name);
  return exposure ? [exposure.place, exposure.atMs] : [];
}

/** What is kept, the oldest first. */
export async function exposures(drawer: Drawer): Promise<Exposure[]> {
  try {
    const all = JSON.parse(new TextDecoder().decode((await drawer.read(EXPOSURES))!)) as Exposure[];
    return all.filter(({ untilMs }) => untilMs > Date.now());
  } catch {
    return []; // There is none, or nobody can read it.
  }
}

/** Keeps these. */
export function keepExposures(drawer: Drawer, kept: readonly Exposure[]): Promise<boolean> {
  return drawer.write({ [EXPOSURES]: new TextEncoder().encode(jsonOf(kept.slice(-MAX_EXPOSURES))) });
}
