// A visitor for the tests of consent: the storage of one browser, and as many pages as wanted.
import { Consent, type ConsentPorts } from '../src/consent/consent.js';
import { follow } from '../src/consent/mirror.js';
import { termsOf } from '../src/consent/terms.js';
import type { ConsentConfig, ConsentSource } from '../src/consent/types.js';

export const DAY_MS = 86_400_000;
export const START = Date.parse('2026-11-23T12:00:00Z');

/** A visitor: one storage, as many tabs and pages as wanted. */
export class Visitor {
  kept: string | null = null;
  nowMs = START;
  wiped = 0;
  announced = 0;
  /** What was told about the consent platform. */
  readonly faults: unknown[] = [];

  region = 'DE';
  gpc = false;
  told = 0;

  page({ config = one(), source, ...ports }: Partial<ConsentPorts> & { config?: ConsentConfig; source?: ConsentSource } = {}): Consent {
    const consent = new Consent({
      isMirrored: source !== undefined,
      terms: () => termsOf(config, this.region, this.gpc),
      load: () => this.kept,
      store: (record) => {
        this.kept = record;
      },
      nowMs: () => this.nowMs,
      wipe: () => Promise.resolve(void this.wiped++),
      show: () => Promise.resolve(),
      hide: () => undefined,
      receipt: () => Promise.resolve(new Blob()),
      announce: () => void this.announced++,
      ...ports,
    });
    if (source) follow(consent, source, (thrown) => void this.faults.push(thrown));
    return consent;
  }
}

/** A configuration that asks for some purposes. */
export function asking(...ids: string[]): ConsentConfig {
  return { ...one(), purposes: Object.fromEntries(ids.map((id) => [id, {}])) };
}

function one(): ConsentConfig {
  const controller = { name: 'Shop', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'Authority' };
  return { version: 1, id: 'shop', controller, rights: [], purposes: { personalize: {} } };
}

/** A record with one answer to the present question. */
export const kept = (answer: string, by: string, date = '261123'): string => `2.9f68db56.p${answer}5284b5${date}${by}`;

export const status = (consent: Consent) => consent.state().purposes.personalize.status;
