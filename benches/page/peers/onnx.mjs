// The ranking as a graph of ONNX Runtime Web, on its WebAssembly backend with SIMD.
import * as ort from '/modules/onnxruntime-web/dist/ort.wasm.min.mjs';
import { floats, graphModel, integers, node } from '/page/peers/onnx-model.mjs';

export class OnnxContestant {
  /** A function that ranks once; the constants of the pool are part of the graph. */
  static async create(inputs, limit, ids) {
    ort.env.wasm.wasmPaths = '/modules/onnxruntime-web/dist/';
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(model(inputs, limit), { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
    return async () => {
      const feeds = { evidence: new ort.Tensor('float32', Float32Array.of(inputs.evidence), [1]) };
      inputs.histories.forEach((history, set) => (feeds[`history${set}`] = new ort.Tensor('float32', history, [inputs.vocabulary])));
      const { values, indices } = await session.run(feeds);
      return { ids: Array.from(indices.data, (row) => ids[Number(row)]), scores: [...values.data] };
    };
  }
}

/** Gather the history by the lists, weigh, sum, add what is common, take the best. */
function model({ rows, width, vocabulary, sets, base }, limit) {
  const nodes = [];
  const constants = [floats('base', [rows], base), integers('axis', [1], [1]), integers('limit', [1], [limit])];
  let sum = 'base';
  sets.forEach(({ indices, weights }, set) => {
    constants.push(integers(`indices${set}`, [rows, width], indices), floats(`weights${set}`, [rows, width], weights));
    nodes.push(
      node('Gather', [`history${set}`, `indices${set}`], [`gathered${set}`]),
      node('Mul', [`gathered${set}`, `weights${set}`], [`weighed${set}`]),
      node('ReduceSum', [`weighed${set}`, 'axis'], [`list${set}`], { keepdims: 0 }),
      node('Mul', [`list${set}`, 'evidence'], [`part${set}`]),
      node('Add', [sum, `part${set}`], [`sum${set}`]),
    );
    sum = `sum${set}`;
  });
  nodes.push(node('TopK', [sum, 'limit'], ['values', 'indices']));
  const inputs = [...sets.map((_, set) => [`history${set}`, [vocabulary]]), ['evidence', [1]]];
  return graphModel(nodes, constants, inputs, ['values', 'indices']);
}
