import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { ConsentControl, ConsentState } from '../consent/types.js';
import { jsonOf } from '../json.js';
import { useHomebody } from './provider.js';

/**
 * All purposes, now and after every change in every tab; null until the page has started.
 *
 * @example
 * const isPaused = useConsent()?.paused;
 */
export function useConsent(): ConsentState | null {
  const text = useAnswer(whole);
  return useMemo(() => JSON.parse(text ?? 'null') as ConsentState | null, [text]);
}

/** What `read` finds now and after every change; null on a server and until the page has started. */
export function useAnswer<T extends string | boolean>(read: (consent: ConsentControl) => T): T | null {
  const consent = useHomebody()?.consent;
  const subscribe = useCallback((changed: () => void) => consent?.subscribe(changed) ?? nothing, [consent]);
  return useSyncExternalStore(subscribe, () => (consent ? read(consent) : null), unknown);
}

/** As text, because React compares by identity and every `state()` is a new object. */
const whole = (consent: ConsentControl): string => jsonOf(consent.state());

const nothing = (): void => undefined;

/** A server knows nobody's choices. */
const unknown = (): null => null;
