import { HomebodyError } from '../errors.js';
import { openWith } from '../rank/open.js';
import type { Session } from '../rank/session.js';
import type { BlobCache } from '../sync.js';
import type { RankOptions } from '../types.js';
import type { Choices, Opening, PageAsked, WorkerAsked } from './asked.js';
import { contextOf } from './context.js';
import type { Line } from './line.js';
import { type Packed, pack } from './packed.js';
import { TakenTables } from './taken.js';

/** What the page asks a worker for, done with a session as the page itself would have it. */
export class Desk {
  readonly #origin: string;
  readonly #line: () => Line<PageAsked>;
  readonly #tables: TakenTables;
  #session: Session | undefined;
  #cache: BlobCache | undefined;
  #choices: Choices | undefined;
  #segment: string | null = null;

  /** `line` is there by the time that anything is asked. */
  constructor(origin: string, line: () => Line<PageAsked>) {
    this.#origin = origin;
    this.#line = line;
    this.#tables = new TakenTables(line);
  }

  /** Tells the page the segment's name when it is another one. */
  tellSegment(): void {
    const segment = this.#session?.segment ?? null;
    if (segment === this.#segment) return;
    this.#segment = segment;
    this.#line().tell('segment', segment);
  }

  asked(): WorkerAsked {
    return {
      open: (opening) => this.#open(opening),
      ping: () => undefined,
      take: (number, bytes) => this.#tables.take(number, bytes),
      ingest: (batch, isMore) => this.#session?.ingest(batch, isMore),
      rank: (pool, ids, options) => this.#rank(pool, ids, options),
      call: (verb, given) => this.#opened().call(verb, given as never),
      consentChanged: (choices) => {
        this.#choices = choices;
        this.#session?.consentChanged();
      },
      savedElsewhere: (revision) => this.#session?.savedElsewhere(revision),
      save: async () => void (await this.#session?.save()),
      keepNeutral: (on) => this.#opened().keepNeutral(on),
      close: () => this.#session?.close(),
      cached: async (name) => this.#cache?.get(name),
      cache: async (name, bytes) => this.#cache?.put(name, bytes),
      keepCached: async (names) => this.#cache?.keep(names),
    };
  }

  async #open(opening: Opening): Promise<boolean> {
    // Its storage would be another one, and what is erased on the page would stay there.
    if (opening.origin !== this.#origin) throw new HomebodyError('worker_unavailable', `its origin is ${this.#origin}`);
    this.#choices = opening.choices;
    const context = contextOf(opening, () => this.#choices!, this.#tables, this.#line());
    this.#session = await openWith(context, (cache, secret) => {
      this.#cache = cache;
      return this.#line().ask('attach', secret);
    });
    return this.#session.storedNeutral;
  }

  async #rank(pool: number, ids: readonly string[] | undefined, options: RankOptions): Promise<Packed | null> {
    const [session, table] = [this.#opened(), this.#tables.at(pool)];
    if (!ids) {
      const rows = await session.rows(table, undefined, options);
      return rows && pack(rows, ({ table, row }) => [this.#tables.numberOf(table), row]);
    }
    const candidates = ids.map((id, place) => ({ id, place }));
    const ranked = await session.rank(table, candidates, options);
    return ranked && pack(ranked, ({ item, personalized }) => [Number(personalized), (item as { place: number }).place]);
  }

  #opened(): Session {
    if (!this.#session) throw new HomebodyError('internal', 'the session is not open');
    return this.#session;
  }
}
