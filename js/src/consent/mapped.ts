import type { ConsentConfig } from '../generated/ConsentConfig.js';
import type { ConsentPurposeMap } from '../generated/ConsentPurposeMap.js';
import type { ConsentTcfMap } from '../generated/ConsentTcfMap.js';
import type { Settings } from '../options.js';
import type { TcfOptions } from './sources/tcf.js';
import type { ConsentSource, PurposeId } from './types.js';

/** What a reader is told: for each purpose the platform's own names, and how TCF strings are to be read. */
interface ReadAs extends Pick<TcfOptions, 'vendor' | 'acceptPurposeOneTreatment'> {
  needs?: Partial<Record<PurposeId, string | readonly (string | number)[]>>;
}

/**
 * The source of a platform, read as the configuration says: a reader that the page has not called is told by `map` what to
 * look for, and opt-outs of the United States take away what `map.gpp` names.
 */
export async function platformOf(config: ConsentConfig, given: NonNullable<Settings['source']>): Promise<ConsentSource> {
  const platform = typeof given === 'function' ? given(readAs(config) as never) : given;
  const covers = Object.keys(config.purposes).filter((id) => config.purposes[id]?.map?.gpp === 'deny-on-optout');
  if (covers.length === 0) return platform;
  const { withOptOut } = await import(/* webpackChunkName: "homebody.optout" */ './opted-out.js');
  return withOptOut(platform, covers);
}

/** Nothing where no purpose is mapped for this platform: the reader's own defaults hold then. */
export function readAs({ source, purposes }: ConsentConfig): ReadAs {
  const maps = Object.entries(purposes).map(([id, { map = {} }]) => [id, map] as const);
  const { tcf } = maps.find(([, map]) => map.tcf)?.[1] ?? {};
  const vendor = vendorOf(tcf);
  const namesIn = (map: ConsentPurposeMap): string | readonly (string | number)[] | undefined => {
    if (source?.kind === 'gcm') return map.gcm;
    if (source?.kind !== 'tcf') return map.category;
    // A string is read for one party: what names another is not asked about, and so refused.
    return vendorOf(map.tcf) === vendor ? map.tcf?.all : undefined;
  };
  const needs = maps.map(([id, map]) => [id, namesIn(map)] as const).filter(([, names]) => names !== undefined);
  if (needs.length === 0) return {};
  return {
    needs: Object.fromEntries(needs) as NonNullable<ReadAs['needs']>,
    ...(source?.kind === 'tcf' && vendor !== undefined && { vendor }),
    ...(tcf?.acceptPurposeOneTreatment && { acceptPurposeOneTreatment: true }),
  };
}

/** The vendor whose consents count, undefined where the publisher's do. A basis without its number is nobody's: 0. */
function vendorOf(tcf: ConsentTcfMap | undefined): number | undefined {
  return tcf?.basis === 'vendor' ? (tcf.vendor ?? 0) : undefined;
}
