import { HomebodyError, toHomebodyError } from '../errors.js';
import { whenIdle } from '../idle.js';
import type { ContributionHost } from '../rank/contributing.js';
import { answerTask } from './answer.js';
import { Books } from './books.js';
import { engineFor } from './choose.js';
import { type Engine, loadEngine, result } from './engine.js';
import { due, nextDueS, settle } from './outbox.js';
import { pack } from './parcel.js';
import { send } from './send.js';
import { type Asked, fetchTasks } from './tasks.js';

const LOCK = 'homebody.contributions';
/** Tasks are asked for once in so long. */
const ASK_EVERY_MS = 3_600_000;
/** How soon to look again when another tab is at it, and at the latest. */
const SOON_MS = 60_000;
/** Measurements that learn from how visits end. */
const FOLLOWING = ['logistic', 'intent', 'calibration'];

/**
 * Contributes while the page is open: asks for tasks, answers them, sends what is due. One tab of the origin at a time;
 * whatever is in memory here is forgotten when another one takes over.
 */
export class Contributor {
  readonly #host: ContributionHost;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #told = '';
  readonly #closing = new AbortController();

  constructor(host: ContributionHost) {
    this.#host = host;
  }

  /** Does what is to be done now, and again when there is more. */
  async begin(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    clearTimeout(this.#timer);
    this.#running = this.#round().catch((thrown: unknown) => this.#tell(thrown));
    await this.#running;
    this.#running = undefined;
    if (!this.#again) return;
    this.#again = false;
    return this.begin();
  }

  /** Nothing is sent after this. */
  close(): void {
    this.#closing.abort();
    clearTimeout(this.#timer);
  }

  async #round(): Promise<void> {
    const { locks } = navigator as { locks?: LockManager };
    // Without locks two tabs could answer at once: then nobody does.
    if (!locks || this.#isClosed()) return;
    let nextMs = SOON_MS;
    await locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock) nextMs = await this.#work(await Books.open(this.#host.drawer, this.#host.witness));
    });
    this.#later(nextMs);
  }

  /** Milliseconds until there is more to do. */
  async #work(books: Books): Promise<number> {
    await this.#purge(books);
    if (!this.#host.bits()) return ASK_EVERY_MS;
    const isAskedFor = Date.now() >= books.kept.askedAtMs + ASK_EVERY_MS || Date.now() < books.kept.askedAtMs;
    // A failure to ask or to answer is no reason to keep back what is due.
    if (isAskedFor) await this.#ask(books).catch((thrown: unknown) => this.#tell(thrown));
    if (books.kept.follows) await this.#follow(books, await loadEngine(this.#host.wasm.contribute));
    await this.#send(books);
    const dueMs = 1_000 * nextDueS(books.rows) - Date.now();
    return Math.max(1_000, Math.min(dueMs, books.kept.askedAtMs + ASK_EVERY_MS - Date.now(), ASK_EVERY_MS));
  }

  /** Whose purpose is over is not sent any more, and not kept. */
  async #purge(books: Books): Promise<void> {
    const rows = books.kept.rows.filter(({ purpose }) => !this.#host.isOver(purpose));
    if (rows.length === books.kept.rows.length) return;
    books.kept.rows = rows;
    await books.save();
  }

  async #ask(books: Books): Promise<void> {
    const tasks = await fetchTasks({ ...this.#host.source, report: this.#host.report });
    books.kept.askedAtMs = Date.now();
    books.kept.follows = tasks.some(({ task }) => FOLLOWING.some((word) => word in task.measurement));
    if (!(await books.save())) return this.close();
    for (const asked of tasks) {
      if (this.#isClosed()) return;
      await this.#answer(books, asked);
    }
  }

  async #answer(books: Books, asked: Asked): Promise<void> {
    try {
      if (!this.#host.allows(asked.task.purpose)) return;
      const engine = await engineFor(asked.task, this.#host.wasm);
      const isKept = await answerTask(this.#host, books, engine, asked);
      if (isKept === false) this.close();
    } catch (thrown) {
      this.#tell(thrown);
    }
  }

  async #follow(books: Books, engine: Engine): Promise<void> {
    const { profile, chance } = this.#host.facts();
    if (!profile) return;
    const [ledger] = result(engine.follow(pack(...books.opening, profile), chance, Date.now()));
    if (ledger && ledger.length > 0) await books.note(ledger);
  }

  async #send(books: Books): Promise<void> {
    const random = (): number => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
    for (const row of due(books.rows, Date.now() / 1_000, random)) {
      if (this.#isClosed() || !this.#host.allows(row.purpose)) continue;
      const reply = await send(row, this.#host.source.timeoutMs, this.#closing.signal);
      if (this.#isClosed()) return;
      settle(row, reply, Math.floor(Date.now() / 1_000));
      await books.save();
      this.#host.changed();
    }
  }

  #later(ms: number): void {
    if (this.#isClosed()) return;
    this.#timer = setTimeout(() => whenIdle(() => void this.begin(), 1_000), ms);
  }

  /** Says what failed, once a page and code: what fails every hour is no news. Not that a task is not answered now. */
  #tell(thrown: unknown): void {
    const error: HomebodyError = toHomebodyError(thrown);
    if (this.#isClosed() || this.#told.includes(` ${error.code}`)) return;
    this.#told += ` ${error.code}`;
    this.#host.report(error);
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }
}
