// The two contestants of the page: the shipped Wasm module, and the same ranking in plain JavaScript.
// A run calls `bench.…` from outside, a slice at a time, so that all contestants take turns.
import initialise, { Device, initSync } from '/wasm/rank.js';
import { annexed } from '/page/annexed.mjs';
import { TypedArrayContestant, WasmContestant } from '/page/devices.mjs';
import { sampled } from '/page/sampled.mjs';
import { Table } from '/page/typed-arrays/table.mjs';

const VIEW = 1;

async function fetchBuffer(name) {
  return (await fetch(`/fixture/${name}`)).arrayBuffer();
}

async function prepare() {
  await initialise(() => WebAssembly.compileStreaming(fetch('/wasm/rank.wasm')));
  await annexed('/wasm/annex.wasm', initSync());
  const scenario = await (await fetch('/fixture/scenario.json')).json();
  const contestants = [];
  for (const one of scenario.cases) {
    const files = await Promise.all([one.pool, one.catalogue].filter(Boolean).map(fetchBuffer));
    const tables = files.map((file) => new Table(file));
    contestants.push({ case: one, wasm: new WasmContestant(Device, scenario, tables, files), js: new TypedArrayContestant(scenario, tables) });
  }
  for (const one of scenario.stages) {
    const file = await fetchBuffer(one.pool);
    contestants.push({ case: one, wasm: new WasmContestant(Device, scenario, [new Table(file)], [file]) });
  }
  listen(scenario, contestants[0].wasm.device);
  return { scenario, contestants, ready: true };
}

/** A click listener that records, beside one that does nothing. */
function listen(scenario, device) {
  const ids = scenario.deeds.map((deed) => deed.id);
  let turn = 0;
  document.getElementById('plain').addEventListener('click', () => undefined);
  document.getElementById('recording').addEventListener('click', () => {
    turn++;
    device.record(VIEW, ids[turn % ids.length], 1, scenario.now_ms + turn);
  });
}

const state = await prepare();

globalThis.bench = {
  cases: state.scenario.cases,
  stages: state.scenario.stages,
  crossOriginIsolated: globalThis.crossOriginIsolated,

  answer(who, index) {
    const { case: one, [who]: contestant } = state.contestants[index];
    const { ids, scores, kinds, keys, shares } = contestant.rank(one);
    return { ids, scores: [...scores], kinds: [...kinds], keys: [...keys], shares: [...shares] };
  },

  /** Microseconds a call, one number a sample of `batch` calls. */
  time(who, index, batch, samples) {
    const { case: one, [who]: contestant } = state.contestants[index];
    return sampled(batch, samples, () => contestant.rank(one).ids.length);
  },

  /** Microseconds a click on a button. */
  click(button, batch, samples) {
    const target = document.getElementById(button);
    return sampled(batch, samples, () => Number(target.dispatchEvent(new Event('click'))));
  },
};
