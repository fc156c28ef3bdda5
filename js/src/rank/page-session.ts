import type { Table } from '../table.js';
import type { Display, Ranked, RankOptions } from '../types.js';
import type { Noted } from './journal.js';

/** What can be asked of a session by name: the verbs of the ranking module, and those of the care module. */
export type Verbs = typeof import('./verbs.js').verbs & typeof import('../care.js');

/** What a verb takes besides the session. */
export type Given<V extends keyof Verbs> = Verbs[V] extends (session: never, ...rest: infer R) => unknown ? R : never;

/**
 * The time between consent and its end on one page, as the page's lifecycle knows it: on the page itself
 * (`session.ts`) or in a worker (`remote/session.ts`).
 */
export interface PageSession {
  /** Whether the visitor chose everybody's order on an earlier page. */
  readonly storedNeutral: boolean;
  /** The name of the visitor's segment, when there is one. */
  readonly segment: string | null;
  /** Keeps the choice of everybody's order. */
  keepNeutral(on: boolean): Promise<void>;
  /** Takes in what the visitor did; where more follows at once, a new ranking waits for it. */
  ingest(batch: readonly Noted[], isMore?: boolean): void;
  /** The visitor's order; null when it cannot be had. */
  rank<T extends { id: string }>(
    pool: Table,
    candidates: readonly T[] | undefined,
    options: RankOptions,
  ): Promise<Ranked<T | Display>[] | null>;
  /** Asks by the verb's name. */
  call<V extends keyof Verbs>(verb: V, given: Given<V>): Promise<unknown>;
  /** Other purposes are allowed now. */
  consentChanged(): void;
  /** Another tab has saved its profile. */
  savedElsewhere(revision: number): void;
  /** Saves now. */
  save(): Promise<unknown>;
  /** Lets go of everything in memory; what is on disk is not this method's business. */
  close(): void;
}
