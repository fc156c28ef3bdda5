import { HomebodyError } from './errors.js';
import type { Session } from './rank/session.js';
import { instantiate } from './rank/wasm.js';
import type { ProfileExport, ProfileView, WasmInput } from './types.js';

/** The care module: everything about a profile that needs words rather than speed. Loaded on demand. */
async function load(input: WasmInput | undefined): Promise<typeof import('./wasm/care.js')> {
  const care = await import('./wasm/care.js');
  await instantiate(care.default, input ?? new URL('./wasm/care.wasm', import.meta.url));
  return care;
}

/** What is known about the visitor. */
export async function profile(session: Session, wasm: WasmInput | undefined): Promise<ProfileView> {
  return (await load(wasm)).inspect(session.profile(), Date.now()) as ProfileView;
}

/** The profile as documented JSON. */
export async function exportData(session: Session, wasm: WasmInput | undefined): Promise<ProfileExport> {
  return (await load(wasm)).exportProfile(session.profile(), Date.now()) as ProfileExport;
}

/** Replaces the profile. */
export async function importData(
  session: Session,
  wasm: WasmInput | undefined,
  data: ProfileExport | string,
): Promise<void> {
  const care = await load(wasm);
  const json: unknown = typeof data === 'string' ? parse(data) : data;
  await session.edit((profile) => care.importProfile(json, profile));
}

/** Removes an item from the profile. */
export async function forget(session: Session, wasm: WasmInput | undefined, id: string): Promise<void> {
  const care = await load(wasm);
  await session.edit((profile) => care.forgetItem(profile, id));
}

/** Leaves a topic out of the ranking, or takes it in again. */
export async function mute(session: Session, wasm: WasmInput | undefined, key: number, muted: boolean): Promise<void> {
  const care = await load(wasm);
  await session.edit((profile) => care.muteFacet(profile, key, muted));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HomebodyError('export_malformed', 'the file is not JSON', cause);
  }
}
