import type { Purpose } from '../types.js';
import { gpp } from './sources/gpp.js';
import { restrict } from './sources/restrict.js';
import type { ConsentSource, PurposeId } from './types.js';

/** A source from which the opt-outs of the United States take these purposes away. */
export function withOptOut(source: ConsentSource, covers: readonly PurposeId[]): ConsentSource {
  return restrict(source, gpp({ covers: covers as readonly Purpose[] }));
}
