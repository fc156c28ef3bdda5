import type { TabMessage } from '../channel.js';
import type { Promised } from '../consent/begin.js';
import type { ConsentState } from '../consent/types.js';
import type { SessionSettings } from '../rank/context.js';
import type { Noted } from '../rank/journal.js';
import type { Verbs } from '../rank/page-session.js';
import type { RankOptions, SegmentChange, WasmSource } from '../types.js';
import type { WasmName } from '../worker.js';
import type { Fault } from './fault.js';
import type { Packed } from './packed.js';

/** The visitor's choices at one moment. */
export interface Choices {
  readonly bits: number;
  readonly state: Pick<ConsentState, 'gpc' | 'paused' | 'purposes'>;
}

/** What a worker begins with. */
export interface Opening {
  /** The page's origin: a worker of another one would keep its profile elsewhere. */
  readonly origin: string;
  readonly settings: Omit<SessionSettings, WasmName | 'worker'>;
  /** What the visitor was told. */
  readonly promised: Promised;
  readonly choices: Choices;
}

/** What a page asks its worker for. Tables go by the numbers under which they were handed over. */
export type WorkerAsked = {
  /** Opens the session; says whether everybody's order was chosen on an earlier page. */
  open(opening: Opening): Promise<boolean>;
  /** Says that it is there. */
  ping(): void;
  /** Takes a table. */
  take(number: number, bytes: Uint8Array<ArrayBuffer>): void;
  ingest(batch: readonly Noted[], isMore: boolean): void;
  /** Ranks ids, or the pool: cells of a packed id are whether it is ranked, and its place in `ids`; of others table and row. */
  rank(pool: number, ids: readonly string[] | undefined, options: RankOptions): Promise<Packed | null>;
  call(verb: keyof Verbs, given: readonly unknown[]): Promise<unknown>;
  consentChanged(choices: Choices): void;
  savedElsewhere(revision: number): void;
  save(): Promise<unknown>;
  keepNeutral(on: boolean): Promise<void>;
  close(): void;
  /** The cache of tables. */
  cached(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  cache(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  keepCached(names: readonly string[]): Promise<void>;
};

/** What a worker asks its page for. */
export type PageAsked = {
  /** Whether personalising is allowed now. */
  isAllowed(): boolean | Promise<boolean>;
  /** The storage is open: its tables may be used. */
  attach(secret: number | undefined): Promise<void>;
  /** Numbers of tables that were handed over before the answer. */
  pool(placement: string): Promise<number>;
  catalog(): Promise<number | null>;
  table(sha256: string): Promise<number>;
  /** What a module is made from. */
  source(name: WasmName): Promise<Exclude<WasmSource, URL | Response>>;
  report(fault: Fault): void;
  changed(): void;
  moved(change: SegmentChange): void;
  /** The segment's name is another one, whether or not the visitor moved. */
  segment(name: string | null): void;
  post(message: TabMessage): void;
  debits(): string | null | Promise<string | null>;
  debit(debits: string): void | Promise<void>;
};
