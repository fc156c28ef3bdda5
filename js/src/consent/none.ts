import { HomebodyError } from '../errors.js';
import type { Begun, PageConsent } from './begin.js';
import type { ConsentState, PurposeState } from './types.js';

const OFF: PurposeState = { status: 'unknown', effective: false, mode: 'off' };
const STATE: ConsentState = {
  purposes: { personalize: OFF, contribute: OFF, share: OFF, measure: OFF },
  asked: [],
  gpc: false,
  revision: '',
  region: '',
  paused: false,
  minor: false,
};

const nothing = (): void => undefined;
const impossible = (): Promise<never> => Promise.reject(new HomebodyError('script_unavailable'));

const consent: PageConsent = {
  overdue: false,
  state: () => STATE,
  allowed: () => false,
  bits: () => 0,
  when: () => new Promise(nothing),
  set: impossible,
  acceptAll: impossible,
  refuseAll: impossible,
  withdraw: impossible,
  defer: nothing,
  pause: nothing,
  resume: nothing,
  setAudience: () => Promise.resolve(),
  open: impossible,
  close: nothing,
  receipt: impossible,
  subscribe: () => nothing,
  erased: nothing,
  lapsed: nothing,
};

/** Stands in when the part that knows the choices could not be loaded: nothing is asked, nothing is allowed. */
export const NONE: Begun = { consent, promised: { days: 0, purposes: {} }, ask: nothing, hear: nothing };
