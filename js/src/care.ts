import { decode, encode } from './document.js';
import { type ErrorCode, HomebodyError } from './errors.js';
import type { Exposure } from './experiment.js';
import { instantiate } from './instantiate.js';
import type { EXPOSURES } from './rank/exposures.js';
import type { Session } from './rank/session.js';
import type { Contribution, ContributionBudget, ContributionExport, ExportedData, Profile, ProfileExport, ProfileView } from './types.js';

export * from './rank/questions.js';

/** How many items are told with their reasons. */
const TOP = 3;

/** The care module: everything about a profile that needs words rather than speed. Loaded on demand. */
async function load({ careWasm }: Session): Promise<typeof import('./wasm/care.js')> {
  const care = await import('./wasm/care.js');
  await instantiate(care.default, careWasm ?? new URL('./wasm/care.wasm', import.meta.url));
  return care;
}

/** What is known about the visitor, and what it puts first. */
export async function profile(session: Session): Promise<Profile> {
  const view = decode(result((await load(session)).inspect(session.profile(), Date.now()))) as ProfileView;
  return { ...view, top: top(session), experiments: await experiments(session) };
}

/** The profile as documented JSON, and what lies beside it: a ledger that cannot be read keeps nothing else back. */
export async function exportData(session: Session): Promise<ExportedData> {
  const data = decode(result((await load(session)).exportProfile(session.profile(), Date.now()))) as ProfileExport;
  const [shown, contributions] = await Promise.all([experiments(session), account(session).catch(() => undefined)]);
  return { ...data, ...(shown[0] && { experiments: shown }), ...(contributions && { contributions }) };
}

/** What the visitor takes part in, the oldest first; who takes part in nothing loads nothing of it. */
async function experiments({ contributing }: Session): Promise<readonly Exposure[]> {
  try {
    const { drawer } = contributing.parts!;
    // The name alone: its module comes only to who has an exposure.
    if (!(await drawer.read('experiments' satisfies typeof EXPOSURES))) return [];
    return (await import(/* webpackChunkName: "homebody.experiments", webpackMode: "lazy" */ './rank/experiments.js')).exposures(drawer);
  } catch {
    return []; // Nothing can be kept, or nobody can read it.
  }
}

/** Who has never contributed loads nothing of it. */
async function account({ contributing }: Session): Promise<ContributionExport | undefined> {
  const isThere = await contributing.parts?.drawer.read('ledger');
  return isThere ? contributing.inspect((part, host) => part.contributionAccount(host)) : undefined;
}

/** Replaces the profile. */
export async function importData(session: Session, data: ProfileExport | string): Promise<void> {
  const care = await load(session);
  const document = encode(typeof data === 'string' ? parse(data) : data);
  await session.edit((profile) => result(care.importProfile(document, profile)));
}

/** Removes an item from the profile. */
export async function forget(session: Session, id: string): Promise<void> {
  const care = await load(session);
  await session.edit((profile) => result(care.forgetItem(profile, new TextEncoder().encode(id))));
}

/** Leaves a topic out of the ranking, or takes it in again. */
export async function mute(session: Session, key: number, muted: boolean): Promise<void> {
  const care = await load(session);
  await session.edit((profile) => result(care.muteFacet(profile, key, muted)));
}

/** Favours a topic: it counts for more, and is no longer muted. */
export async function favour(session: Session, key: number): Promise<void> {
  const care = await load(session);
  await session.edit((profile) => result(care.favourFacet(profile, key, Date.now())));
}

/** Every report that waits or left. */
export function contributions({ contributing }: Session): Promise<Contribution[]> {
  return contributing.inspect((part, host) => part.listContributions(host));
}

/** What was spent of the visitor's privacy, and what is left. */
export function budget({ contributing }: Session): Promise<ContributionBudget> {
  return contributing.inspect((part, host) => part.contributionBudget(host));
}

/** What an answer of the module holds behind its first byte: a result, or the code of what is wrong. */
function result(answer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const rest = answer.subarray(1);
  if (answer[0]) throw new HomebodyError(new TextDecoder().decode(rest) as ErrorCode);
  return rest;
}

/** Asks the device past the lists of the page: whoever reads their profile must not move the pages they turn. */
function top(session: Session): Profile['top'] {
  const call = { ids: undefined, limit: TOP, offset: 0, seed: 0, policy: {}, page: {}, nowMs: Date.now() };
  const rows = session.ask((engine) => engine.rank(call)) ?? [];
  return rows.map(({ table, row, reasons }) => ({ id: table.id(row), reasons: [...reasons] }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HomebodyError('export_malformed', 'the file is not JSON', cause);
  }
}
