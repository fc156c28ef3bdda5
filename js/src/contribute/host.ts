import type { ContributionHost, ContributionParts } from '../rank/contributing.js';
import { pageWitness } from '../rank/witness.js';

/** What contributing needs of the session. */
export function hostOf({ context, session, audited, ...rest }: ContributionParts): ContributionHost {
  const { sync, settings, report, changed, promised } = context;
  const { server, key, site, timeoutMs, contributeWasm: contribute, judgeWasm: judge, splitWasm: split } = settings;
  return {
    ...rest,
    source: { server, key, site, timeoutMs },
    wasm: { contribute, judge, split },
    witness: context.witness ?? pageWitness,
    epsilon: (purpose) => promised.purposes[purpose]?.epsilon ?? Infinity,
    facts: () => ({
      profile: session.ask((engine) => engine.snapshot()),
      audited: audited()?.bytes,
      chance: session.ask((engine) => engine.intent(Date.now())) ?? -1,
    }),
    table: (sha256) => sync.table({ sha256, bytes: 0 }).then(({ bytes }) => bytes, () => null), // Reported where it failed.
    report,
    changed,
  };
}
