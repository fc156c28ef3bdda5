import type { ConsentMode } from '../generated/ConsentMode.js';
import type { ConsentPurpose } from '../generated/ConsentPurpose.js';

/** The EU, with the territories that have codes of their own; the rest of the EEA; others that ask for consent first. */
const EU = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK AX GF GP MF MQ RE YT'.split(' ');
const EEA = ['EU', 'EEA', ...EU, 'IS', 'LI', 'NO'];
const OPT_IN = [...EEA, 'CH', 'BR'];
/** Codes that geolocation gives for nowhere in particular. */
const NOWHERE = /^(AA|AP|XX|ZZ)/;
/** Kinds of data that are of no special category (GDPR Art. 9); any other kind is, so that a new one is not passed over. */
const ORDINARY = /^(views|clicks|dwell|searches|cart|purchases|ratings|answers|device|location|identifiers)$/;

/** The law of a region as far as consent goes; `''` where the region is not known: the strictest. */
type Law = 'opt-in' | 'GB' | 'US' | 'elsewhere' | '';

/** A code in the form the configuration has. */
export const regionCode = (region: string): string => region.trim().toUpperCase().replaceAll('_', '-');

/** Whether an entry's code covers a region. */
export function covers(code: string, region: string): boolean {
  const country = countryOf(region);
  if (code === 'EU') return country === 'EU' || EU.includes(country);
  return code === '*' || code === region || code === country || (code === 'EEA' && EEA.includes(country));
}

/** What holds where the configuration says nothing. */
export function preset(region: string, id: string, { kind }: ConsentPurpose): ConsentMode {
  const law = lawOf(region);
  const isStatistics = kind !== 'site-tag' && (id === 'contribute' || id === 'measure');
  return law === 'US' || (law === 'GB' && isStatistics) ? 'notice' : 'ask';
}

/** The loosest mode that the law of a region leaves. */
export function floor(region: string, id: string, { data }: ConsentPurpose): ConsentMode {
  const law = lawOf(region);
  if (data?.some((kind) => !ORDINARY.test(kind)) || law === 'opt-in' || !law) return 'ask';
  return law === 'GB' && (id === 'personalize' || id === 'share') ? 'ask' : 'notice';
}

function lawOf(region: string): Law {
  const country = countryOf(region);
  // Of Canada only Quebec asks for consent first, and the bare `CA` may be Quebec.
  if (OPT_IN.includes(country) || region === 'CA' || region === 'CA-QC') return 'opt-in';
  if (!/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(region) || NOWHERE.test(region)) return '';
  return country === 'GB' || country === 'US' ? country : 'elsewhere';
}

function countryOf(region: string): string {
  return region.split('-')[0] as string;
}
