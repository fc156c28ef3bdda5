import type { Contributor } from '../contribute/contributor.js';
import { HomebodyError } from '../errors.js';
import { whenIdle } from '../idle.js';
import type { TaskSource } from '../contribute/tasks.js';
import type { Witness } from './witness.js';
import type { Table } from '../table.js';
import type { WasmInput } from '../types.js';
import type { SessionContext } from './context.js';
import type { Drawer } from './drawer.js';
import type { Home } from './persist.js';
import type { Session } from './session.js';

/** What is known when a task is answered. */
export interface Facts {
  /** The profile's bytes; none when the device cannot be asked. */
  readonly profile: Uint8Array<ArrayBuffer> | null;
  /** The table that lists are audited against. */
  readonly audited: Uint8Array<ArrayBuffer> | undefined;
  /** Predicted chance of a purchase; negative when there is no prediction. */
  readonly chance: number;
}

/** What contributing needs of the session. */
export interface ContributionHost {
  readonly drawer: Drawer;
  readonly witness: Witness;
  readonly source: Omit<TaskSource, 'report'>;
  readonly wasm: Readonly<Record<'contribute' | 'judge' | 'split', WasmInput | undefined>>;
  /** Whether a purpose is allowed now; with Global Privacy Control none is, as the server would take nothing. */
  readonly allows: (purpose: ContributionPurpose) => boolean;
  /** The most that one answer may cost by what the visitor was told; infinity where nothing was. */
  readonly epsilon: (purpose: ContributionPurpose) => number;
  readonly facts: () => Facts;
  /** A published table by its hash, verified; null when it cannot be had. */
  readonly table: (sha256: string) => Promise<Uint8Array<ArrayBuffer> | null>;
  /** Whether a purpose was refused or taken back. */
  readonly isOver: (purpose: ContributionPurpose) => boolean;
  /** The purposes allowed now, as bits. */
  readonly bits: () => number;
  readonly report: (error: HomebodyError) => void;
  readonly changed: () => void;
}

/** What a host is made from. */
export interface ContributionParts extends Pick<ContributionHost, 'drawer' | 'bits' | 'allows' | 'isOver'> {
  /** What this device draws by. */
  readonly secret: number;
  readonly context: SessionContext;
  readonly session: Pick<Session, 'ask'>;
  readonly audited: () => Table | undefined;
}

const PURPOSES = ['contribute', 'measure'] as const;
type ContributionPurpose = (typeof PURPOSES)[number];
/** As `isOver` of the machine of consent, which is in another part. */
const OVER: readonly unknown[] = ['refused', 'withdrawn', 'invalidated'];
/** When to begin at the latest, once the page is there. */
const BEGIN_WITHIN_MS = 2_000;

const load = () => import(/* webpackChunkName: "homebody.contributions" */ '../contribute/contributions.js');

/** Contributing within a session: its part is fetched once one of its purposes is allowed, and never before. */
export class Contributing {
  readonly parts: ContributionParts | undefined;
  #contributor: Contributor | undefined;
  #isClosed = false;

  constructor(
    context: SessionContext,
    { drawer, secret }: Pick<Home, 'drawer' | 'secret'>,
    session: Pick<Session, 'ask'>,
    audited: () => Table | undefined,
  ) {
    if (!drawer) return; // What cannot be written down is not sent.
    const { consent, bits, settings } = context;
    const state = () => consent().state();
    this.parts = {
      context,
      drawer,
      secret: secret!,
      session,
      audited,
      bits: () => (state().gpc ? 0 : bits()),
      allows: (purpose) => !state().gpc && consent().allowed(purpose),
      isOver: (purpose) => OVER.includes(state().purposes[purpose]?.status),
    };
    if (settings.contribute === false) this.#isClosed = true;
    else whenIdle(() => this.consentChanged(), BEGIN_WITHIN_MS);
  }

  /** Begins, goes on or stops, as the purposes allow; what was built for a purpose that is over is deleted. */
  consentChanged(): void {
    const { parts } = this;
    if (!parts || this.#isClosed) return;
    if (this.#contributor) void this.#contributor.begin();
    else if (PURPOSES.some(parts.allows)) void this.#begin(parts);
    else if (PURPOSES.some(parts.isOver)) {
      if (!parts.context.consent().state().paused) parts.drawer.write({ outbox: null }).catch(() => undefined); // Tried again on the next page.
    }
  }

  /** What the visitor wants to see of it. */
  async inspect<T>(ask: (part: Awaited<ReturnType<typeof load>>, host: ContributionHost) => Promise<T>): Promise<T> {
    if (!this.parts) throw new HomebodyError('storage_unavailable');
    const part = await load();
    return ask(part, part.hostOf(this.parts));
  }

  close(): void {
    this.#isClosed = true;
    this.#contributor?.close();
  }

  async #begin(parts: ContributionParts): Promise<void> {
    try {
      const { Contributor, hostOf } = await load();
      if (this.#isClosed || this.#contributor) return;
      this.#contributor = new Contributor(hostOf(parts));
      await this.#contributor.begin();
    } catch (cause) {
      parts.context.report(new HomebodyError('script_unavailable', undefined, cause));
    }
  }
}
