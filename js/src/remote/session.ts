import { HomebodyError, toHomebodyError } from '../errors.js';
import type { PageSessionContext } from '../rank/context.js';
import type { Noted } from '../rank/journal.js';
import { useCache } from '../rank/offline.js';
import { pageContext } from '../rank/page.js';
import type { Given, PageSession, Verbs } from '../rank/page-session.js';
import { pageWitness } from '../rank/witness.js';
import type { Table } from '../table.js';
import type { Display, Ranked, RankOptions } from '../types.js';
import { portable } from '../worker.js';
import type { Choices, PageAsked, WorkerAsked } from './asked.js';
import { errorOf } from './fault.js';
import { GivenTables, remoteCache } from './given.js';
import { Line } from './line.js';
import { type Make, unpack } from './packed.js';
import { Pulse } from './pulse.js';

/** How long a worker may take to overwrite the profile, before it is ended regardless. */
const CLOSING_MS = 200;

const closings = new Set<Promise<void>>();

/** Resolves when no profile of a session that was closed is in any worker's memory. */
export async function closed(): Promise<void> {
  await Promise.all(closings);
}

/** A session whose device and storage are in a worker; here is only what speaks with it. */
export class RemoteSession implements PageSession {
  segment: string | null = null;
  storedNeutral = false;
  readonly #context: PageSessionContext;
  readonly #worker: Worker;
  readonly #tables: GivenTables;
  readonly #line: Line<WorkerAsked>;
  readonly #pulse: Pulse;
  #isOpen = false;
  #isOver = false;

  private constructor(context: PageSessionContext, worker: Worker) {
    this.#context = context;
    this.#worker = worker;
    this.#tables = new GivenTables(context.sync, () => this.#line);
    this.#line = new Line(worker, this.#asked());
    this.#pulse = new Pulse(this.#line, () => this.#lost('it does not answer'));
  }

  /** Opens a session in a worker that was started; rejects when it cannot, or the worker is not heard of in time. */
  static async open(context: PageSessionContext, worker: Worker): Promise<RemoteSession> {
    const session = new RemoteSession(context, worker);
    const { settings, promised } = context;
    worker.onerror = (event) => {
      event.preventDefault?.();
      session.#lost(event.message || 'its script could not be loaded');
    };
    const timer = setTimeout(() => session.#lost('its script does not answer'), settings.timeoutMs);
    try {
      await session.#line.ask('ping');
      clearTimeout(timer);
      worker.onerror = ({ message }) => context.report(new HomebodyError('internal', message));
      const { server, key, site, placement, timeoutMs, catalog, contribute } = settings;
      const plain = { server, key, site, placement, timeoutMs, catalog, ...(contribute !== undefined && { contribute }) };
      const opening = { origin: location.origin, settings: plain, promised, choices: session.#choices() };
      session.storedNeutral = await session.#pulse.while(session.#line.ask('open', opening));
      session.#isOpen = true;
      session.consentChanged(); // What was decided meanwhile.
      return session;
    } catch (thrown) {
      clearTimeout(timer);
      context.sync.detach();
      session.close();
      throw thrown;
    }
  }

  keepNeutral(on: boolean): Promise<void> {
    return this.#line.ask('keepNeutral', on);
  }

  ingest(batch: readonly Noted[], isMore = false): void {
    try {
      this.#line.tell('ingest', batch, isMore);
    } catch (thrown) {
      // One that nothing can be made of is no reason to lose the others.
      if (batch.length < 2) this.#context.report(toHomebodyError(thrown, 'options'));
      else for (const noted of batch) this.ingest([noted], isMore);
    }
  }

  async rank<T extends { id: string }>(
    pool: Table,
    candidates: readonly T[] | undefined,
    { limit, offset, seed, policy, context }: RankOptions,
  ): Promise<Ranked<T | Display>[] | null> {
    const options = Object.fromEntries(Object.entries({ limit, offset, seed, policy }).filter(([, value]) => value !== undefined));
    try {
      const asked = this.#line.ask('rank', this.#tables.numberOf(pool), candidates?.map(({ id }) => id), {
        ...options,
        context: pageContext(context),
      });
      const packed = await this.#pulse.while(asked);
      return packed && unpack<T | Display>(packed, candidates ? ownOf(candidates) : rowOf(this.#tables));
    } catch (thrown) {
      if (!this.#isOver) this.#context.report(toHomebodyError(thrown));
      return null;
    }
  }

  call<V extends keyof Verbs>(verb: V, given: Given<V>): Promise<unknown> {
    return this.#pulse.while(this.#line.ask('call', verb, given));
  }

  consentChanged(): void {
    this.#line.tell('consentChanged', this.#choices());
  }

  savedElsewhere(revision: number): void {
    this.#line.tell('savedElsewhere', revision);
  }

  save(): Promise<unknown> {
    return this.#line.ask('save').catch(() => undefined); // Reported where it failed.
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const patience = new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
    const closing = Promise.race([this.#line.ask('close'), patience])
      .catch(() => undefined)
      .then(() => {
        this.#end();
        closings.delete(closing);
      });
    closings.add(closing);
  }

  #end(why = 'the session is over'): void {
    this.#pulse.stop();
    this.#worker.terminate();
    this.#line.cut(new HomebodyError('worker_unavailable', why));
  }

  /** Whoever waits hears of it; from now on the order is everybody's. */
  #lost(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#end(why);
    if (this.#isOpen) this.#context.report(new HomebodyError('worker_unavailable', why));
  }

  #choices(): Choices {
    const { gpc, paused, purposes } = this.#context.consent().state();
    return { bits: this.#context.bits(), state: { gpc, paused, purposes } };
  }

  #asked(): PageAsked {
    const { sync, settings, isAllowed, report, changed, moved, post } = this.#context;
    return {
      ...this.#tables.asked,
      isAllowed,
      attach: (secret) => useCache(sync, remoteCache(this.#line), this.#context, secret),
      source: (name) => portable(settings, name),
      report: (fault) => report(errorOf(fault)),
      changed,
      moved,
      segment: (name) => void (this.segment = name),
      post,
      debits: pageWitness.read,
      debit: pageWitness.write,
    };
  }
}

function rowOf(tables: GivenTables): Make<Display> {
  return (number, row, { score, reasons, propensity }) => {
    const table = tables.at(number);
    return { id: table.id(row), score, reasons, item: table.display(row), personalized: true, propensity };
  };
}

function ownOf<T extends { id: string }>(candidates: readonly T[]): Make<T> {
  return (ranked, place, { score, reasons, propensity }) => {
    const item = candidates[place]!;
    return { id: item.id, score, reasons, item, personalized: ranked === 1, propensity };
  };
}
