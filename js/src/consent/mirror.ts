import { toHomebodyError } from '../errors.js';
import type { Consent } from './consent.js';
import { type ChoiceRecord, entryFor, letterOf } from './record.js';
import type { Standing } from './standing.js';
import type { Terms } from './terms.js';
import type { Choice, ConsentReader, ConsentSource, PurposeId } from './types.js';

/** A platform may throw while it is half there; one that still does after this long is broken. */
const LATE_MS = 10_000;

/**
 * Takes over what a consent platform says, now and whenever it says something else. One that cannot be read is as one that
 * is silent, and is told of once.
 */
export function follow(consent: Consent, given: ConsentSource | ConsentReader, report: (thrown: unknown) => void): void {
  const source = typeof given === 'function' ? given() : given;
  let isTold = false;
  const look = (isLate: boolean): void => {
    let answers: Choice | null = null;
    let fault: unknown;
    try {
      const said = source.read();
      // What is no object is no answer, and neither is it a no.
      if (typeof said !== 'object') throw said;
      answers = said;
      fault = source.fault;
    } catch (thrown) {
      fault = thrown;
    }
    if (fault && isLate && !isTold) {
      isTold = true;
      report(toHomebodyError(fault, 'consent_source'));
    }
    void consent.mirror((kept, terms, day) => mirrored(answers, kept, terms, day), !!answers);
  };
  look(false);
  source.subscribe(() => look(true));
  // Without a page there is nobody to wait for, and a timer would keep a server's process alive.
  if (globalThis.document) setTimeout(look, LATE_MS, true);
}

/**
 * Where purposes stand by the answers of a consent platform, null while it is loading: then everything freezes. A no
 * that was said to us outlasts the platform's yes until the platform itself says no. Under a no of the platform's the
 * entry of an earlier yes stays: it says that something may be left, until that is deleted.
 */
export function mirrored(answers: Choice | null, kept: ChoiceRecord | null, terms: Terms, day: number): Map<PurposeId, Standing> {
  const standings = new Map<PurposeId, Standing>();
  for (const term of terms.purposes) {
    const { id, digest, signal } = term;
    const entry = entryFor(kept, term);
    const isOwnNo = entry?.answer === '0';
    // No platform speaks for the browser's own signal.
    const isDenied = signal === 'deny';
    if (!answers) standings.set(id, { status: 'unknown', entry });
    else if (answers[id] !== true || isDenied) standings.set(id, { status: 'refused', via: isDenied ? 'gpc' : 'source', entry: isOwnNo ? undefined : entry });
    else if (isOwnNo && entry.digest === digest) standings.set(id, { status: 'refused', via: 'record', entry });
    // The platform is asked on every page; only what is kept on the device has to be on record.
    else standings.set(id, { status: 'given', via: 'source', entry: id === 'personalize' ? { letter: letterOf(id), answer: '1', digest, day, by: 'source' } : undefined });
  }
  return standings;
}
