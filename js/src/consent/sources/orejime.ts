import { decide, type Needs } from '../reading/needs.js';
import { asked } from '../reading/watch.js';
import type { ConsentSource } from '../types.js';

/** A purpose, or a group of them, in Orejime's configuration. */
export interface OrejimePurpose {
  readonly id: string;
  readonly isMandatory?: unknown;
  readonly isExempt?: unknown;
  readonly purposes?: readonly OrejimePurpose[];
}

/** The part of Orejime that is used. */
export interface OrejimeApi {
  readonly config: { readonly purposes: readonly OrejimePurpose[] };
  readonly manager: {
    isDirty(): unknown;
    getConsent(id: string): unknown;
    on(event: string, listener: () => void): unknown;
    off(event: string, listener: () => void): unknown;
  };
}

/** How `orejime` reads the platform. */
export interface OrejimeOptions {
  /** Purposes that must all be consented to. Default `{ personalize: 'homebody', contribute: 'homebody-statistics' }`. */
  needs?: Needs;
  /** What `loadOrejime` returned. Default: the global `orejime`. */
  api?: OrejimeApi;
}

const NEEDS: Needs = { personalize: 'homebody', contribute: 'homebody-statistics' };
const EVENTS = ['update', 'dirty', 'clear'];

/** Orejime 3. A purpose that is mandatory or exempt there is on without a choice, so it allows nothing here. */
export function orejime({ needs = NEEDS, api }: OrejimeOptions = {}): ConsentSource {
  return asked(
    () => api ?? (globalThis as { orejime?: OrejimeApi }).orejime,
    ({ config, manager }) => {
      if (manager.isDirty() !== false) return null;
      const optional = optionalIds(config.purposes);
      return decide(needs, (id) => optional.includes(id) && manager.getConsent(id));
    },
    ({ manager }, changed) => {
      for (const event of EVENTS) manager.on(event, changed);
      return () => {
        for (const event of EVENTS) manager.off(event, changed);
      };
    },
  );
}

function optionalIds(purposes: readonly OrejimePurpose[]): string[] {
  return purposes.flatMap(({ id, isMandatory, isExempt, purposes: parts }) =>
    parts ? optionalIds(parts) : isMandatory || isExempt ? [] : [id],
  );
}

export { orejime as default };
