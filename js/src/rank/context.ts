import type { TabMessage } from '../channel.js';
import type { HomebodyError } from '../errors.js';
import type { Settings } from '../options.js';
import type { Sync } from '../sync.js';
import type { SegmentChange } from '../types.js';

/** What a session needs of the page's lifecycle. */
export interface SessionContext {
  readonly sync: Sync;
  readonly settings: Settings;
  /** Whether personalising is allowed now. */
  readonly isAllowed: () => boolean;
  /** The purposes allowed now, as bits. */
  readonly bits: () => number;
  readonly report: (error: HomebodyError) => void;
  /** A ranking may differ now. */
  readonly changed: () => void;
  /** The visitor is in another segment now. */
  readonly moved: (change: SegmentChange) => void;
  readonly post: (message: TabMessage) => void;
}
