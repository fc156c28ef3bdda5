import type { TabMessage } from '../channel.js';
import type { PageConsent, Promised } from '../consent/begin.js';
import type { Witness } from './witness.js';
import type { HomebodyError } from '../errors.js';
import type { Settings } from '../options.js';
import type { Sync } from '../sync.js';
import type { SegmentChange } from '../types.js';

/** The options that a session looks at. */
export type SessionSettings = Pick<
  Settings,
  | 'server'
  | 'key'
  | 'site'
  | 'placement'
  | 'timeoutMs'
  | 'catalog'
  | 'contribute'
  | 'worker'
  | 'wasm'
  | 'annexWasm'
  | 'careWasm'
  | 'contributeWasm'
  | 'judgeWasm'
  | 'splitWasm'
>;

/** What a session needs of the page's lifecycle. */
export interface SessionContext {
  readonly sync: Pick<Sync, 'pool' | 'catalog' | 'table' | 'detach'>;
  readonly settings: SessionSettings;
  /** What the visitor was told. */
  readonly promised: Promised;
  /** Whether personalising is allowed now. */
  readonly isAllowed: () => boolean | Promise<boolean>;
  readonly consent: () => Pick<PageConsent, 'state' | 'allowed'>;
  /** The purposes allowed now, as bits. */
  readonly bits: () => number;
  readonly report: (error: HomebodyError) => void;
  /** A ranking may differ now. */
  readonly changed: () => void;
  /** The visitor is in another segment now. */
  readonly moved: (change: SegmentChange) => void;
  readonly post: (message: TabMessage) => void;
  /** Where debits are witnessed, and how often is saved at most, in ms; defaults are a page's. */
  readonly witness?: Witness;
  readonly saveEveryMs?: number;
}

/** What a session needs that is opened from the page. */
export interface PageSessionContext extends SessionContext {
  readonly sync: Sync;
  readonly isAllowed: () => boolean;
}
