import { decide, named, type Needs } from '../reading/needs.js';
import { asked, on } from '../reading/watch.js';
import type { ConsentSource } from '../types.js';

/** The part of tarteaucitron that is used. */
export interface TarteaucitronApi {
  readonly parameters: { readonly highPrivacy?: unknown; readonly serviceDefaultState?: unknown };
  readonly services: Readonly<Record<string, { readonly needConsent?: unknown } | undefined>>;
  readonly state: Readonly<Record<string, unknown>>;
}

/** How `tarteaucitron` reads the platform. */
export interface TarteaucitronOptions {
  /** Services that must all be allowed. Default `{ personalize: 'homebody', contribute: 'homebody-statistics' }`. */
  needs?: Needs;
}

const NEEDS: Needs = { personalize: 'homebody', contribute: 'homebody-statistics' };

/**
 * tarteaucitron 1. With `highPrivacy` off it takes browsing on for a yes; services that are on by default, or need no
 * consent there, are on without one: none of these allows anything here.
 */
export function tarteaucitron({ needs = NEEDS }: TarteaucitronOptions = {}): ConsentSource {
  const names = named(needs);
  return asked(
    () => (globalThis as { tarteaucitron?: TarteaucitronApi }).tarteaucitron,
    ({ parameters, services, state }) => {
      if (names.some((name) => typeof state[name] !== 'boolean')) return null;
      const isExplicit = parameters.highPrivacy === true && parameters.serviceDefaultState !== true;
      return decide(needs, (name) => isExplicit && services[name]?.needConsent === true && state[name]);
    },
    (_, changed) => on(document, names.flatMap((name) => [`${name}_added`, `${name}_allowed`, `${name}_disallowed`]), changed),
  );
}

export { tarteaucitron as default };
