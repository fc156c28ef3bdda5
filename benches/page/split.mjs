// Builds reports of `split` tasks as a visitor's page does, with keys that are at hand.
import { sealedReport } from '/dist/contribute/apart.js';

const { publicKey } = await crypto.subtle.generateKey('X25519', false, ['deriveBits']);
const key = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
/** An `HpkeConfigList` of one key. */
const KEYS = Uint8Array.from([0, 41, 7, 0, 0x20, 0, 1, 0, 1, 0, 32, ...key]);

const original = globalThis.fetch;
globalThis.fetch = (address, options) => (String(address).endsWith('hpke_config') ? Promise.resolve(new Response(KEYS)) : original(address, options));

function task(bound) {
  const aggregators = { leader: 'https://leader.example/dap/', helper: 'https://helper.example/dap/', helper_operator: 'Partner' };
  return { mode: { split: { aggregators } }, bound, time_precision_s: 3600, min_batch_size: 500, starts_at: 1_767_225_600, ends_at: 1_769_817_600 };
}

const bytes = (length) => crypto.getRandomValues(new Uint8Array(length));

async function build({ bound, length, ones }) {
  const vector = new Uint32Array(length);
  for (let cell = 0; cell < ones; cell++) vector[(cell * 37) % length] = 1;
  const spoken = { part: bytes(32), nonce: bytes(16), vector: new Uint8Array(vector.buffer) };
  return sealedReport({ id: bytes(32), task: task(bound) }, spoken, 1_767_300_000, { wasm: undefined, timeoutMs: 5_000 });
}

/** Builds so many reports; how long each took in milliseconds, and how large one is. */
async function time(kind, count) {
  const samples = [];
  let size = 0;
  for (let at = 0; at < count; at++) {
    const begun = performance.now();
    size = (await build(kind)).length;
    samples.push(performance.now() - begun);
  }
  return { samples, size };
}

globalThis.bench = { time };
