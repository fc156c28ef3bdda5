// The two contestants of the page: the shipped Wasm module, and the same ranking in plain JavaScript.
// A run calls `bench.…` from outside, a slice at a time, so that all contestants take turns.
import initialise, { Device } from '/wasm/rank.js';
import { TypedArrayDevice } from '/page/typed-arrays/device.mjs';
import { Table } from '/page/typed-arrays/table.mjs';

const PERSONALIZE = 1;
const CATALOGUE_ROW = 0x8000_0000;
const NO_KEYS = new Uint32Array();
const VIEW = 1;

class WasmContestant {
  constructor(scenario, tables, files) {
    this.scenario = scenario;
    this.tables = tables;
    this.device = new Device();
    this.device.setConsent(PERSONALIZE, 0);
    this.device.loadPool(new Uint8Array(files[0]));
    if (files[1]) this.device.loadCatalog(new Uint8Array(files[1]));
    for (const deed of scenario.deeds) this.device.record(deed.kind, deed.id, deed.value, deed.now_ms);
  }

  /** What the page gets: ids, scores and reasons. */
  rank({ limit, diversity }) {
    const { device, scenario } = this;
    device.rank(NO_KEYS, limit, scenario.seed, false, diversity, scenario.now_ms);
    const answer = { rows: device.rows(), scores: device.scores(), kinds: device.reasonKinds(), keys: device.reasonKeys(), shares: device.shares() };
    return { ids: idsOf(answer.rows, this.tables), ...answer };
  }
}

class TypedArrayContestant {
  constructor(scenario, tables) {
    this.scenario = scenario;
    this.tables = tables;
    this.device = new TypedArrayDevice(...tables);
    for (const deed of scenario.deeds) this.device.record(deed);
  }

  rank({ limit, diversity }) {
    const answer = this.device.rank(limit, this.scenario.seed, diversity, this.scenario.now_ms);
    return { ids: idsOf(answer.rows, this.tables), ...answer };
  }
}

function idsOf(rows, tables) {
  const ids = new Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    ids[place] = row >= CATALOGUE_ROW ? tables[1].ids[row - CATALOGUE_ROW] : tables[0].ids[row];
  }
  return ids;
}

async function fetchBuffer(name) {
  return (await fetch(`/fixture/${name}`)).arrayBuffer();
}

async function prepare() {
  await initialise({ module_or_path: '/wasm/rank.wasm' });
  const scenario = await (await fetch('/fixture/scenario.json')).json();
  const contestants = [];
  for (const one of scenario.cases) {
    const files = await Promise.all([one.pool, one.catalogue].filter(Boolean).map(fetchBuffer));
    const tables = files.map((file) => new Table(file));
    contestants.push({ case: one, wasm: new WasmContestant(scenario, tables, files), js: new TypedArrayContestant(scenario, tables) });
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
  cases: state.contestants.map((each) => each.case),
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

function sampled(batch, samples, call) {
  const found = new Array(samples);
  let sink = 0;
  for (let sample = 0; sample < samples; sample++) {
    const start = performance.now();
    for (let turn = 0; turn < batch; turn++) sink += call();
    found[sample] = ((performance.now() - start) * 1000) / batch;
  }
  if (sink === 0) throw new Error('nothing was measured');
  return found;
}
