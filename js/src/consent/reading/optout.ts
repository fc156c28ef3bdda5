import type { Purpose } from '../../types.js';
import type { Restriction } from '../sources/restrict.js';
import { tried } from './watch.js';

/** What an opt-out takes away unless the site says otherwise: what leaves the device. */
export const LEAVING: readonly Purpose[] = ['contribute', 'share'];

/** A restriction that is told whether the visitor opted out; null when that is not known. */
export function optOut(
  covers: readonly Purpose[],
  start: (tell: (out: boolean | null | undefined) => void) => () => void,
): Restriction {
  let out: boolean | null = null;
  return {
    covers,
    denies: () => (out === null ? null : out ? covers : []),
    subscribe(changed) {
      let active = true;
      const stop = start((now) => {
        if (!active) return;
        out = now ?? null;
        changed();
      });
      return () => {
        active = false;
        out = null;
        tried(stop);
      };
    },
  };
}
