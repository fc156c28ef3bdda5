/** Microseconds a call, one number a sample of `batch` calls; `call` returns something that is not 0. */
export function sampled(batch, samples, call) {
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

/** The same for calls that answer later. */
export async function sampledAsync(batch, samples, call) {
  const found = new Array(samples);
  let sink = 0;
  for (let sample = 0; sample < samples; sample++) {
    const start = performance.now();
    for (let turn = 0; turn < batch; turn++) sink += await call();
    found[sample] = ((performance.now() - start) * 1000) / batch;
  }
  if (sink === 0) throw new Error('nothing was measured');
  return found;
}
