import { decide, type Needs } from '../reading/needs.js';
import { asked, on } from '../reading/watch.js';
import type { ConsentSource } from '../types.js';

/** The globals of OneTrust that are used. */
export interface OneTrustPage {
  readonly OnetrustActiveGroups?: unknown;
  readonly OneTrust?: {
    IsAlertBoxClosed(): unknown;
    GetDomainData(): { readonly ConsentModel?: { readonly Name?: unknown } };
  };
}

/** How `onetrust` reads the platform. */
export interface OneTrustOptions {
  /** Groups that must all be active. Default `{ personalize: 'C0003', contribute: 'C0002' }`: functional, performance. */
  needs?: Needs;
}

const NEEDS: Needs = { personalize: 'C0003', contribute: 'C0002' };

/** OneTrust, where its consent model is opt-in: under any other one groups are active without a choice. */
export function onetrust({ needs = NEEDS }: OneTrustOptions = {}): ConsentSource {
  const page = globalThis as OneTrustPage;
  return asked(
    () => page.OneTrust,
    (platform) => {
      const groups = page.OnetrustActiveGroups;
      if (platform.IsAlertBoxClosed() !== true || typeof groups !== 'string') return null;
      if (platform.GetDomainData().ConsentModel?.Name !== 'opt-in') return null;
      const active = groups.split(',');
      return decide(needs, (group) => active.includes(group));
    },
    (_, changed) => on(window, ['OneTrustGroupsUpdated'], changed),
  );
}

export { onetrust as default };
