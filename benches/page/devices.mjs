// Contestants that rank from tables: one in Wasm, one in plain JavaScript.
import { TypedArrayDevice } from '/page/typed-arrays/device.mjs';

const PERSONALIZE = 1;
const CATALOGUE_ROW = 0x8000_0000;
const NO_KEYS = new Uint32Array();

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
  rank({ limit, diversity }) {
    const { device, scenario } = this;
    device.rank(NO_KEYS, limit, scenario.seed, false, diversity, scenario.now_ms);
    const answer = { rows: device.rows(), scores: device.scores(), kinds: device.reasonKinds(), keys: device.reasonKeys(), shares: device.shares() };
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

function idsOf(rows, tables) {
  const ids = new Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    ids[place] = row >= CATALOGUE_ROW ? tables[1].ids[row - CATALOGUE_ROW] : tables[0].ids[row];
  }
  return ids;
}
