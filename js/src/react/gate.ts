import type { ReactNode } from 'react';
import type { PurposeId } from '../consent/types.js';
import { useAnswer } from './consent.js';

/** What `Gate` is given. */
export interface GateProps {
  /** The purpose that has to be allowed. */
  purpose: PurposeId;
  /** What is shown while it is not. Default: nothing. */
  fallback?: ReactNode;
  children?: ReactNode;
}

/**
 * Renders its children only while the purpose is allowed: never on a server, not before the yes, and no longer after the
 * withdrawal. What a child started by itself it has to stop in the cleanup of its effect.
 *
 * @example
 * <Gate purpose="analytics" fallback={<p>Visits are not counted.</p>}>
 *   <Counter />
 * </Gate>
 */
export function Gate({ purpose, fallback, children }: GateProps): ReactNode {
  return useAnswer((consent) => consent.allowed(purpose)) ? children : fallback;
}
