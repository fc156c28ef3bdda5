import type { HINTS } from './hints.js';

/** A stable, machine-readable error code; `hints.ts` lists them all. */
export type ErrorCode = keyof typeof HINTS;

/** The only kind of error this package throws or hands to `onError`. */
export class HomebodyError extends Error {
  /** Stable code. */
  readonly code: ErrorCode;
  /** What the developer can do about it; where the texts cannot be loaded, that. */
  hint = '';

  constructor(code: ErrorCode, detail?: string, cause?: unknown) {
    super(detail && detail !== code ? `${code}: ${detail}` : code, { cause });
    this.name = 'HomebodyError';
    this.code = code;
  }
}

/** Gives any thrown value a code. */
export function toHomebodyError(thrown: unknown, fallback: ErrorCode = 'internal'): HomebodyError {
  if (thrown instanceof HomebodyError) return thrown;
  const { message } = (thrown ?? {}) as { message?: unknown };
  return new HomebodyError(fallback, String(message ?? thrown), thrown);
}

/** Adds the hint. The texts are loaded only when something went wrong, so that nobody else pays for them. */
export async function explained(error: HomebodyError): Promise<HomebodyError> {
  try {
    error.hint = (await import(/* webpackChunkName: "homebody.hints" */ './hints.js')).HINTS[error.code];
  } catch {
    error.hint = 'Serve the whole folder of this script. Or the network failed.';
  }
  return error;
}
