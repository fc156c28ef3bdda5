import { type ErrorCode, HomebodyError, toHomebodyError } from '../errors.js';

/** An error on its way: objects of a class lose it. */
export interface Fault {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly cause: unknown;
}

/** An error as it travels. */
export function faultOf(thrown: unknown): Fault {
  const { code, message, cause } = toHomebodyError(thrown);
  return { code, detail: message.slice(code.length + 2), cause: cause instanceof Error ? cause : undefined };
}

/** The error again. */
export function errorOf({ code, detail, cause }: Fault): HomebodyError {
  return new HomebodyError(code, detail, cause);
}
