export { type ErrorCode, HomebodyError } from './errors.js';
export type { Kind } from './kinds.js';
export { personalize } from './personalize.js';
export type { ReasonKind } from './reasons.js';
export { onClick, type SignalOptions } from './signals/onClick.js';
export { type DwellOptions, onDwell } from './signals/onDwell.js';
export { onView } from './signals/onView.js';
export type * from './consent/types.js';
export type * from './types.js';
