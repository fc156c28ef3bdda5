import type { Purpose } from '../../types.js';
import { findIab } from '../reading/iab.js';
import { LEAVING, optOut } from '../reading/optout.js';
import { tried, whenThere } from '../reading/watch.js';
import type { Restriction } from './restrict.js';

/** What an opt-out under CCPA takes away. */
export interface UspOptions {
  /** Default `['contribute', 'share']`. */
  covers?: readonly Purpose[];
  /** The visitor asked the site to delete their data: pass `() => me.erase()`. Default: nothing. */
  onDeletion?: () => unknown;
}

/** After this long a click has been worked off by the platform. */
const AFTER_CLICK_MS = 300;

/** The older opt-out of California, `__uspapi`. Can only deny. */
export function usp({ covers = LEAVING, onDeletion }: UspOptions = {}): Restriction {
  return optOut(covers, (tell) =>
    whenThere(() => {
      if (!findIab('__uspapi')) return null;
      const ask = (): void =>
        findIab('__uspapi')?.('getUSPData', 1, (data: { uspString?: unknown } | null, ok: unknown) =>
          tell(ok === true ? isSaleOptedOut(data?.uspString) : null),
        );
      // It has no event for a change; whoever opts out has to click.
      const later = (): unknown => setTimeout(() => tried(ask), AFTER_CLICK_MS);
      ask();
      if (onDeletion) findIab('__uspapi')?.('registerDeletion', 1, () => tried(onDeletion));
      addEventListener('click', later, true);
      return () => removeEventListener('click', later, true);
    }),
  );
}

/** Whether a string like `1YNN` (version, notice, opt-out of sale, agreement) says opted out; null when it is none. */
export function isSaleOptedOut(text: unknown): boolean | null {
  const match = typeof text === 'string' ? /^1[YN-]([YN-])[YN-]$/i.exec(text) : null;
  return match && match[1]?.toUpperCase() === 'Y';
}
