import { findIab } from '../reading/iab.js';
import { decide, type Needs } from '../reading/needs.js';
import { told, tried, whenThere } from '../reading/watch.js';
import type { Choice, ConsentSource } from '../types.js';

/** A purpose of the framework, 1 to 11, or a custom purpose of the site, `'c1'` and up. */
export type TcfPurpose = number | `c${number}`;

/** How `tcf` reads the platform. */
export interface TcfOptions {
  /**
   * Purposes that must all be consented to. Default `{ personalize: [1, 5, 6], contribute: [1, 8, 10] }`: store on the
   * device, make a profile for content, use it; store, measure content, develop services.
   */
  needs?: Needs<TcfPurpose>;
  /**
   * Number of the vendor you run Homebody as. Default: none, and the publisher's own consents decide, as it is the site
   * that processes.
   */
  vendor?: number;
  /** Takes purpose 1 for given where the platform says it need not ask for it. Default false. */
  acceptPurposeOneTreatment?: boolean;
  /** Decides where the platform says the GDPR does not apply. Default: nothing is known there, so nothing is allowed. */
  outside?: () => Choice | null;
}

/** What is read of the platform's data; none of it is trusted. */
interface Ids {
  readonly [id: string]: unknown;
}
interface TcData {
  readonly cmpStatus?: unknown;
  readonly eventStatus?: unknown;
  readonly gdprApplies?: unknown;
  readonly listenerId?: unknown;
  readonly purposeOneTreatment?: unknown;
  readonly tcString?: unknown;
  readonly purpose?: { readonly consents?: Ids };
  readonly vendor?: { readonly consents?: Ids };
  readonly publisher?: {
    readonly consents?: Ids;
    readonly customPurpose?: { readonly consents?: Ids };
    readonly restrictions?: { readonly [purpose: string]: Ids | undefined };
  };
}

const NEEDS: Needs<TcfPurpose> = { personalize: [1, 5, 6], contribute: [1, 8, 10] };

/** A consent platform that speaks TCF 2.2 or 2.3, on this page or around this frame. */
export function tcf(options: TcfOptions = {}): ConsentSource {
  return told((tell) => {
    let inForce: Choice | null = null;
    return whenThere(() => {
      const iab = findIab('__tcfapi');
      let listener: unknown;
      iab?.('addEventListener', 2, (data: TcData | null, ok: unknown) => {
        listener ??= data?.listenerId; // May be 0.
        inForce = (ok === true && tried(() => readTcData(data as TcData, inForce, options))) || null;
        tell(inForce);
      });
      return iab && (() => findIab('__tcfapi')?.('removeEventListener', 2, () => undefined, listener));
    });
  });
}

/**
 * What the data says; null while nothing is decided, and after an error, which is no word of the visitor. `inForce` is
 * the decision this page knows: it lasts while the visitor looks at the dialogue again.
 */
export function readTcData(data: TcData, inForce: Choice | null, options: TcfOptions = {}): Choice | null {
  if (data.cmpStatus !== 'loaded') return null;
  if (data.gdprApplies === false) return options.outside?.() ?? null;
  if (data.gdprApplies !== true) return null;
  if (data.eventStatus === 'cmpuishown') return inForce;
  // Some platforms say `tcloaded` before there is anything to load: then the text is empty.
  const hasString = typeof data.tcString === 'string' && data.tcString;
  if (!hasString || !/^(tcloaded|useractioncomplete)$/.test(data.eventStatus as string)) return null;
  return decide(options.needs ?? NEEDS, (id) => consented(data, id, options));
}

function consented(data: TcData, id: TcfPurpose, { vendor, acceptPurposeOneTreatment }: TcfOptions): unknown {
  const { publisher } = data;
  if (id === 1 && data.purposeOneTreatment === true) return acceptPurposeOneTreatment;
  if (typeof id === 'string') return publisher?.customPurpose?.consents?.[id.slice(1)];
  if (vendor === undefined) return publisher?.consents?.[id];
  // 0: not allowed; 1: consent is required, which is what is asked for here; 2: legitimate interest, which we never use.
  const restriction = publisher?.restrictions?.[id]?.[vendor] ?? 1;
  return restriction === 1 && data.purpose?.consents?.[id] === true && data.vendor?.consents?.[vendor];
}

export { tcf as default };
