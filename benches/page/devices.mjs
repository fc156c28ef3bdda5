// Contestants that rank from tables: one in Wasm, one in plain JavaScript.
import { TypedArrayDevice } from '/page/typed-arrays/device.mjs';

const PERSONALIZE = 1;
const CATALOGUE_ROW = 0x8000_0000;
const NO_KEYS = new Uint32Array();
/** No choices of a ranking: all are the pool's. */
const SETTINGS = new Float32Array(21).fill(NaN);
/** Numbers an item in the module's answer: row, score, propensity, and kind, key and share of three reasons. */
const STRIDE = 12;

/** The shipped module. */
export class WasmContestant {
  constructor(Device, scenario, tables, files) {
    this.scenario = scenario;
    this.tables = tables;
    this.device = new Device();
    this.device.setConsent(PERSONALIZE, 0);
    this.device.loadPool(new Uint8Array(files[0]));
    if (files[1]) this.device.loadCatalog(new Uint8Array(files[1]));
    for (const deed of scenario.deeds) this.device.record(deed.kind, deed.id, deed.value, deed.now_ms);
  }

  /** What the page gets: ids, scores and reasons. */
  rank({ limit }) {
    const { device, scenario } = this;
    const answer = columns(device.rank(NO_KEYS, limit, 0, scenario.seed, SETTINGS, 0, scenario.now_ms));
    return { ids: idsOf(answer.rows, this.tables), ...answer };
  }
}

/** The same ranking in plain JavaScript. */
export class TypedArrayContestant {
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

/** The module's answer as the columns that the other contestant gives. */
function columns(whole) {
  const real = new Float32Array(whole.buffer);
  const places = whole.length / STRIDE;
  const [rows, scores] = [new Uint32Array(places), new Float32Array(places)];
  const [kinds, keys, shares] = [new Uint8Array(places * 3), new Uint32Array(places * 3), new Float32Array(places * 3)];
  for (let place = 0; place < places; place++) {
    const at = place * STRIDE;
    rows[place] = whole[at];
    scores[place] = real[at + 1];
    for (let reason = 0; reason < 3; reason++) {
      kinds[place * 3 + reason] = whole[at + 3 + reason * 3];
      keys[place * 3 + reason] = whole[at + 4 + reason * 3];
      shares[place * 3 + reason] = real[at + 5 + reason * 3];
    }
  }
  return { rows, scores, kinds, keys, shares };
}

function idsOf(rows, tables) {
  const ids = new Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    ids[place] = row >= CATALOGUE_ROW ? tables[1].ids[row - CATALOGUE_ROW] : tables[0].ids[row];
  }
  return ids;
}
