import type { ConsentGpcEffect } from '../generated/ConsentGpcEffect.js';

/** Whether the browser sends Global Privacy Control; anything but `true` is no signal. */
export function isSignalled(): boolean {
  return (globalThis.navigator as { globalPrivacyControl?: unknown } | undefined)?.globalPrivacyControl === true;
}

/** The least that the signal does: what leaves the device is off, everywhere. */
export const signalFloor = (id: string): ConsentGpcEffect => (id === 'contribute' || id === 'share' ? 'deny' : 'ask');
