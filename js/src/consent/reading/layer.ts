/** What a page pushes its data to: an array, or what a tag made of one. */
export interface Layer {
  push(...entries: unknown[]): unknown;
}

/**
 * Hears what is pushed from now on, after the page's own push, whose result the page gets. `hear` must not throw. The
 * returned function stops it.
 */
export function overhear(layer: Layer, hear: (entries: readonly unknown[]) => void): () => void {
  const { push } = layer;
  let active = true;
  const heard = (...entries: unknown[]): unknown => {
    const result = push.apply(layer, entries);
    if (active) hear(entries);
    return result;
  };
  layer.push = heard;
  return () => {
    active = false;
    // Whoever wrapped it after us still calls ours, which then does nothing of its own.
    if (layer.push === heard) layer.push = push;
  };
}
