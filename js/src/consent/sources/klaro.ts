import { decide, type Needs } from '../reading/needs.js';
import { asked } from '../reading/watch.js';
import type { ConsentSource } from '../types.js';

/** The part of Klaro's manager that is used. */
export interface KlaroManager {
  readonly confirmed: unknown;
  readonly config?: { readonly required?: unknown };
  readonly savedConsents: Readonly<Record<string, unknown>>;
  getService(name: string): { readonly required?: unknown } | undefined;
  watch(watcher: { update(): void }): void;
  unwatch(watcher: { update(): void }): void;
}

/** The part of Klaro that is used. */
export interface KlaroApi {
  getManager(config?: object): KlaroManager;
}

/** How `klaro` reads the platform. */
export interface KlaroOptions {
  /** Services that must all be consented to. Default `{ personalize: 'homebody', contribute: 'homebody-statistics' }`. */
  needs?: Needs;
  /** The module, where it is imported. Default: the global `klaro` of its script tag. */
  api?: KlaroApi;
  /** Klaro's configuration, where there are several. Default: its default one. */
  config?: object;
}

const NEEDS: Needs = { personalize: 'homebody', contribute: 'homebody-statistics' };

/** Klaro 0.7. A service that is required there cannot be refused, so it allows nothing here. */
export function klaro({ needs = NEEDS, api, config }: KlaroOptions = {}): ConsentSource {
  return asked(
    () =>
      // Asking for the manager makes it, and it sets free only what is already in the document.
      document.readyState === 'loading' ? null : (api ?? (globalThis as { klaro?: KlaroApi }).klaro)?.getManager(config),
    (manager) =>
      manager.confirmed === true
        ? // What is saved: `getConsent` already tells what is only being clicked in the open dialogue.
          decide(needs, (name) => !isRequired(manager, name) && manager.savedConsents[name])
        : null,
    (manager, changed) => {
      const watcher = { update: changed };
      manager.watch(watcher);
      return () => manager.unwatch(watcher);
    },
  );
}

function isRequired(manager: KlaroManager, name: string): unknown {
  return manager.config?.required || manager.getService(name)?.required;
}

export { klaro as default };
