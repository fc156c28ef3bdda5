export { type ErrorCode, HomebodyError } from './errors.js';
export type { Kind } from './kinds.js';
export { personalize } from './personalize.js';
export type { ReasonKind } from './reasons.js';
export * from './signals/index.js';
export type * from './consent/types.js';
export type * from './types.js';
