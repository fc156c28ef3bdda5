// Machine-learning runtimes doing the nearest equivalent of a ranking: the same lists, popularity and trend as one graph,
// then the best places. They give no reasons and no diversity; Homebody's two modules do all of their work.
import initialise, { Device, initSync } from '/wasm/rank.js';
import initialiseSimd, { Device as SimdDevice, initSync as initSyncSimd } from '/wasm-simd/rank.js';
import { annexed } from '/page/annexed.mjs';
import { TypedArrayContestant, WasmContestant } from '/page/devices.mjs';
import { denseInputs } from '/page/peers/inputs.mjs';
import { OnnxContestant } from '/page/peers/onnx.mjs';
import { TensorFlowContestant } from '/page/peers/tensorflow.mjs';
import { sampledAsync } from '/page/sampled.mjs';
import { Table } from '/page/typed-arrays/table.mjs';

await initialise(() => WebAssembly.compileStreaming(fetch('/wasm/rank.wasm')));
await initialiseSimd(() => WebAssembly.compileStreaming(fetch('/wasm-simd/rank.wasm')));
await annexed('/wasm/annex.wasm', initSync());
await annexed('/wasm-simd/annex.wasm', initSyncSimd());
const scenario = await (await fetch('/fixture/scenario.json')).json();
const contests = [];
for (const one of scenario.plain) {
  const file = await (await fetch(`/fixture/${one.pool}`)).arrayBuffer();
  const tables = [new Table(file)];
  const js = new TypedArrayContestant(scenario, tables);
  const inputs = denseInputs(tables[0], js.device.profile, scenario.now_ms);
  const wasm = new WasmContestant(Device, scenario, tables, [file]);
  const simd = new WasmContestant(SimdDevice, scenario, tables, [file]);
  const best = ({ ids, scores }) => ({ ids, scores: [...scores] });
  contests.push({
    case: one,
    wasm: async () => best(wasm.rank(one)),
    simd: async () => best(simd.rank(one)),
    js: async () => best(js.rank(one)),
    tfCpu: await TensorFlowContestant.create('cpu', inputs, one.limit, tables[0].ids),
    tfWasm: await TensorFlowContestant.create('wasm', inputs, one.limit, tables[0].ids),
    onnx: await OnnxContestant.create(inputs, one.limit, tables[0].ids),
  });
}

globalThis.bench = {
  cases: contests.map((each) => each.case),
  answer: (who, index) => contests[index][who](),
  /** Microseconds a call, one number a sample of `batch` calls. */
  time: (who, index, batch, samples) => sampledAsync(batch, samples, async () => (await contests[index][who]()).ids.length),
};
