import { type ErrorCode, HomebodyError } from '../errors.js';
import { instantiate } from '../instantiate.js';
import type { WasmInput } from '../types.js';
import { unpack } from './parcel.js';

/** The module that decides, measures and debits. */
export type Engine = typeof import('../wasm/contribute.js');

/** Loads it, once. */
export async function loadEngine(input: WasmInput | undefined): Promise<Engine> {
  const glue = await import('../wasm/contribute.js');
  await instantiate(glue.default, input ?? new URL('../wasm/contribute.wasm', import.meta.url));
  return glue;
}

/** What an answer of a module holds; throws the code of what is wrong. */
export function result(answer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const rest = answer.subarray(1);
  if (answer[0]) throw new HomebodyError(new TextDecoder().decode(rest) as ErrorCode);
  return unpack(rest);
}
