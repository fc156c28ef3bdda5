import type { ConsentSurface, ConsentSurfaceContext } from './types.js';

/** Shows the banner. */
export function showBanner(_context: ConsentSurfaceContext): ConsentSurface {
  return { close: () => undefined };
}
