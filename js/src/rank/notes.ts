import { HomebodyError } from '../errors.js';
import { KINDS } from '../kinds.js';
import type { Noted } from './journal.js';

/** What is wrong with a note, if anything: a page that is not type-checked can pass what it likes. */
export function fault(noted: Noted): HomebodyError | null {
  if (!('kind' in noted)) return null;
  const { kind, item, value } = noted;
  const known = Object.hasOwn(KINDS, kind) && typeof item === 'string' && (item !== '' || kind === 'checkout') && Number.isFinite(value);
  if (known && (kind !== 'rating' || (value >= 1 && value <= 5))) return null;
  return new HomebodyError('options', `no interaction: \`${kind}\` of \`${item}\` (${value})`);
}
