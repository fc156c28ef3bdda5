// The ranking as tensors of TensorFlow.js.

const tf = globalThis.tf;

export class TensorFlowContestant {
  /** A function that ranks once; the constants of the pool stay on the backend. */
  static async create(backend, inputs, limit, ids) {
    tf.wasm.setWasmPaths('/modules/@tensorflow/tfjs-backend-wasm/dist/');
    await use(backend);
    const shape = [inputs.rows, inputs.width];
    const sets = inputs.sets.map(({ indices, weights }) => ({ indices: tf.tensor2d(indices, shape, 'int32'), weights: tf.tensor2d(weights, shape) }));
    const base = tf.tensor1d(inputs.base);
    const score = () =>
      sets.reduce((sum, { indices, weights }, set) => {
        // The history is the visitor's and changes with every click, so it is handed over at every call.
        const history = tf.tensor1d(inputs.histories[set]);
        const list = tf.sum(tf.mul(tf.gather(history, indices), weights), 1);
        return tf.add(sum, tf.mul(list, inputs.evidence));
      }, base);
    return async () => {
      if (tf.getBackend() !== backend) await use(backend);
      const best = tf.tidy(() => tf.topk(score(), limit));
      const answer = { ids: [...best.indices.dataSync()].map((row) => ids[row]), scores: [...best.values.dataSync()] };
      tf.dispose(best);
      return answer;
    };
  }
}

async function use(backend) {
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend}`);
  await tf.ready();
}
