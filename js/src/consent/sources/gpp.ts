import type { Purpose } from '../../types.js';
import { findIab } from '../reading/iab.js';
import { LEAVING, optOut } from '../reading/optout.js';
import { tried, whenThere } from '../reading/watch.js';
import type { Restriction } from './restrict.js';

/** What an opt-out under GPP takes away. */
export interface GppOptions {
  /** Default `['contribute', 'share']`. */
  covers?: readonly Purpose[];
}

/** What is read of `pingData`; none of it is trusted. */
interface PingData {
  readonly cmpStatus?: unknown;
  readonly signalStatus?: unknown;
  readonly applicableSections?: unknown;
  readonly parsedSections?: { readonly [name: string]: unknown };
}
interface GppEvent {
  readonly listenerId?: unknown;
  readonly pingData?: PingData;
}
type Fields = Record<string, unknown>;

/** From here on the sections are those of the United States: 6 is the old string, 7 national, the others are states. */
const FIRST_US_SECTION = 6;

/** The opt-outs of the United States as the Global Privacy Platform tells them. Can only deny. */
export function gpp({ covers = LEAVING }: GppOptions = {}): Restriction {
  return optOut(covers, (tell) =>
    whenThere(() => {
      const iab = findIab('__gpp');
      let listener: unknown;
      iab?.('addEventListener', (event: GppEvent | null) => {
        listener ??= event?.listenerId;
        tell(tried(() => isOptedOut(event?.pingData as PingData)));
      });
      return iab && (() => findIab('__gpp')?.('removeEventListener', () => undefined, listener));
    }),
  );
}

/** Whether the visitor opted out of anything; null until the signal is ready. A section that cannot be read is an opt-out. */
export function isOptedOut({ cmpStatus, signalStatus, applicableSections, parsedSections }: PingData): boolean | null {
  if (cmpStatus === 'error' || signalStatus !== 'ready' || !Array.isArray(applicableSections)) return null;
  // -1: none applies; an empty list or 0: not known yet.
  if (!applicableSections.some((id) => id !== 0)) return null;
  if (!applicableSections.some((id) => id >= FIRST_US_SECTION)) return false;
  const sections = Object.entries(parsedSections ?? {}).filter(([name]) => name.startsWith('us'));
  return sections.length === 0 || sections.some(([, section]) => denies(section));
}

/** The specification gives a section as a list of segments, the reference library as one object. */
function denies(section: unknown): boolean {
  const fields: Fields = Object.assign({}, ...[section].flat());
  const optOuts = Object.keys(fields).filter((name) => name.endsWith('OptOut'));
  if (optOuts.length === 0) return fields['OptOutSale'] !== 'N' && fields['OptOutSale'] !== '-'; // The old `uspv1`.
  const children = [fields['KnownChildSensitiveDataConsents'] ?? 0].flat();
  return (
    [fields['Gpc'], fields['PersonalDataConsents'], ...children].some(Boolean) ||
    Object.entries(fields).some(([name, value]) => name.endsWith('Notice') && value === 2) ||
    // 0: does not apply; 2: did not opt out, which counts only if there was a notice of it. Else: opted out, or nonsense.
    optOuts.some((name) => fields[name] !== 0 && (fields[name] !== 2 || fields[`${name}Notice`] === 0))
  );
}
