import { HomebodyError } from '../errors.js';
import { fetchBytes } from '../fetch.js';
import { instantiate } from '../instantiate.js';
import type { WasmInput } from '../types.js';
import { result } from './engine.js';
import { type PublicKey, seal, SUITE } from './hpke.js';
import { bytesOf, pack, utf8 } from './parcel.js';
import type { Asked } from './tasks.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** What a report is sent as. */
export const UPLOAD_TYPE = 'application/ppm-dap;message=upload-req';
const MAX_KEYS_BYTES = 1 << 16;
/** Random bytes that take a vector apart. */
const MASK_BYTES = 128;

/** What a `split` report is made of. */
export interface Spoken {
  readonly part: Bytes;
  readonly nonce: Bytes;
  /** 32-bit numbers. */
  readonly vector: Bytes;
}

/** A key of an aggregator with its number. */
interface Recipient {
  readonly id: number;
  readonly key: PublicKey;
}

/**
 * A report in two halves, each sealed to its aggregator: the bytes to upload. The aggregators' keys are fetched first;
 * when one cannot be had there is no report.
 */
export async function sealedReport(
  { id, task }: Asked,
  spoken: Spoken,
  nowS: number,
  { wasm, timeoutMs }: { wasm: WasmInput | undefined; timeoutMs: number },
): Promise<Bytes> {
  const { leader, helper } = task.mode.split!.aggregators;
  const keys = await Promise.all([leader, helper].map((address) => recipient(address, timeoutMs)));
  const glue = await import('../wasm/split.js');
  await instantiate(glue.default, wasm ?? new URL('../wasm/split.wasm', import.meta.url));
  const { time_precision_s: precision, min_batch_size, starts_at, ends_at } = task;
  const rules = bytesOf([...boundOf(task.bound), precision, min_batch_size, starts_at, ends_at]);
  const masks = crypto.getRandomValues(new Uint8Array(MASK_BYTES));
  const input = pack(id, spoken.part, utf8(leader), utf8(helper), spoken.nonce, masks, spoken.vector, rules);
  const [head, aad, ...shares] = result(glue.split(input, Math.floor(nowS / precision)) as Bytes);
  const seals = keys.map(async ({ id, key }, at) => {
    const { enc, ciphertext } = await seal(key, shares[2 * at]!, aad!, shares[2 * at + 1]!);
    return [Uint8Array.of(id), counted(enc, 2), counted(ciphertext, 4)];
  });
  return joined([head!, ...(await Promise.all(seals)).flat()]);
}

/** The first key of the one suite that is spoken here; from an `HpkeConfigList`, whose numbers are big-endian. */
export function recipientOf(list: Bytes): Recipient {
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength);
  try {
    for (let at = 2; at < 2 + view.getUint16(0); ) {
      const suite = [1, 3, 5].map((offset) => view.getUint16(at + offset));
      const length = view.getUint16(at + 7);
      const start = at + 9;
      if (String(suite) === String([SUITE.kem, SUITE.kdf, SUITE.aead]) && length === 32 && start + length <= list.length) {
        return { id: view.getUint8(at), key: list.slice(start, start + length) };
      }
      at = start + length;
    }
  } catch {
    // Cut off: no key is there.
  }
  throw new HomebodyError('split_key', 'no key of a suite that is known');
}

async function recipient(address: string, timeoutMs: number): Promise<Recipient> {
  return recipientOf(await fetchBytes(`${address}hpke_config`, timeoutMs, MAX_KEYS_BYTES));
}

function boundOf(bound: Asked['task']['bound']): [number, number, number] {
  if (typeof bound === 'string') return [0, 0, 0];
  return 'multi_hot' in bound ? [1, bound.multi_hot.ones, 0] : [2, bound.integers.max, bound.integers.l1];
}

/** Bytes behind their length, big-endian. */
function counted(bytes: Bytes, width: 2 | 4): Bytes {
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, bytes.length);
  return joined([new Uint8Array(length.buffer).subarray(4 - width), bytes]);
}

function joined(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}
