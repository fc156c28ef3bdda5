import { HomebodyError } from '../errors.js';
import type { Purpose } from '../types.js';
import { dateOf, dayOf, EXPIRY_DAYS, formatChoice, isOverdue, judge, parseChoice, PURPOSES, REFUSAL_DAYS } from './choice.js';
import type { Choice, ConsentControl, ConsentSource, ConsentState, ConsentStatus, ConsentVia, PurposeState } from './types.js';

/** What consent needs from its surroundings; each is replaceable in a test. */
export interface ConsentOptions {
  readonly asked: readonly Purpose[];
  /** Eight hexadecimal digits that name the notice. */
  readonly revision: string;
  readonly source?: ConsentSource;
  /** Reads the kept choice; null when there is none. */
  readonly load: () => string | null;
  /** Keeps the choice; null removes it. */
  readonly store: (record: string | null) => void;
  readonly nowMs: () => number;
  readonly gpc: boolean;
  /** Deletes what was kept for personalisation. */
  readonly wipe: () => Promise<unknown>;
  readonly show: (surface: 'banner' | 'panel') => Promise<void>;
  /** Tells the other tabs. */
  readonly announce: () => void;
}

interface Standing {
  readonly status: ConsentStatus;
  readonly via?: ConsentVia;
  readonly day?: number;
}

const BOTH_PER_DAY = { given: EXPIRY_DAYS, refused: REFUSAL_DAYS } as const;

/** A value for every purpose. */
function byPurpose<T>(value: (purpose: Purpose) => T): Record<Purpose, T> {
  return Object.fromEntries(PURPOSES.map(([purpose]) => [purpose, value(purpose)])) as Record<Purpose, T>;
}

/** One visitor's choices: a state a purpose, kept without an identifier, the same in every tab. */
export class Consent implements ConsentControl {
  readonly #options: ConsentOptions;
  readonly #listeners = new Set<(state: ConsentState) => void>();
  #standings: Record<Purpose, Standing>;
  #last: string;

  constructor(options: ConsentOptions) {
    this.#options = options;
    this.#standings = this.#fromRecord('record');
    const { source } = options;
    if (source) {
      const follow = (): void => void this.#follow(source);
      follow();
      source.subscribe(follow);
    }
    this.#last = this.#fingerprint();
  }

  /** Whether a stored profile outlived its consent and has to be deleted. */
  get overdue(): boolean {
    return isOverdue(parseChoice(this.#options.load()), this.#today());
  }

  state(): ConsentState {
    const { asked, gpc, revision } = this.#options;
    return { purposes: byPurpose((purpose) => this.#describe(purpose)), asked, gpc, revision };
  }

  /** Where one purpose stands. */
  status(purpose: Purpose): ConsentStatus {
    return this.#standings[purpose].status;
  }

  allowed(purpose: Purpose): boolean {
    const signalled = purpose === 'contribute' && this.#options.gpc;
    return this.#standings[purpose].status === 'given' && !signalled;
  }

  /** The allowed purposes as the bits the Wasm module takes. */
  bits(): number {
    return PURPOSES.reduce((bits, [purpose, , bit]) => (this.allowed(purpose) ? bits | bit : bits), 0);
  }

  async set(choice: Choice, via: ConsentVia = 'api'): Promise<void> {
    if (this.#options.source && Object.values(choice).includes(true)) {
      throw new HomebodyError('options', 'the consent source decides');
    }
    await this.#decide(choice, via, 'refused');
  }

  acceptAll(via: ConsentVia = 'api'): Promise<void> {
    return this.set(Object.fromEntries(this.#options.asked.map((purpose) => [purpose, true])), via);
  }

  refuseAll(via: ConsentVia = 'api'): Promise<void> {
    return this.set(byPurpose(() => false), via);
  }

  defer(): void {
    this.#move(['unknown', 'requested'], 'deferred');
  }

  /** The notice is on the page. */
  requested(): void {
    this.#move(['unknown', 'deferred', 'withdrawn'], 'requested');
  }

  async withdraw(purpose?: Purpose): Promise<void> {
    const taken = purpose ? [purpose] : PURPOSES.map(([each]) => each);
    const given = taken.filter((each) => this.#standings[each].status === 'given');
    const none = Object.fromEntries((given.length > 0 ? given : taken).map((each) => [each, false]));
    await this.#decide(none, 'api', given.length > 0 ? 'withdrawn' : 'refused');
  }

  open(surface: 'banner' | 'panel' = 'banner'): Promise<void> {
    return this.#options.show(surface);
  }

  subscribe(listener: (state: ConsentState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Another tab decided: takes over the kept choice. Beside a platform it can only take away. */
  reload(): void {
    const kept = this.#fromRecord('tab');
    if (!this.#options.source || kept.personalize.status !== 'given') this.#standings = kept;
    this.#notify();
  }

  /** Everything was erased, here or in another tab: nothing is allowed and nothing is kept, not even the choice. */
  erased(): void {
    for (const [purpose] of PURPOSES) {
      if (this.#standings[purpose].status === 'given') this.#standings[purpose] = { status: 'withdrawn' };
    }
    this.#options.store(null);
    this.#notify();
  }

  async #decide(choice: Choice, via: ConsentVia, no: 'refused' | 'withdrawn'): Promise<void> {
    const hadProfile = this.#standings.personalize.status === 'given';
    const day = this.#today();
    for (const [purpose] of PURPOSES) {
      const answer = choice[purpose];
      if (answer === undefined) continue;
      this.#standings[purpose] = { status: answer ? 'given' : no, via, day };
    }
    this.#options.store(this.#record(day));
    this.#notify();
    this.#options.announce();
    if (hadProfile && this.#standings.personalize.status !== 'given') await this.#options.wipe();
  }

  #record(day: number): string {
    const granted = byPurpose((purpose) => this.#standings[purpose].status === 'given');
    return formatChoice({ revision: this.#options.revision, granted, day });
  }

  #fromRecord(via: ConsentVia): Record<Purpose, Standing> {
    const record = parseChoice(this.#options.load());
    return byPurpose((purpose) => {
      const status = judge(record, purpose, this.#options.revision, this.#today());
      const asked = status === 'given' || this.#options.asked.includes(purpose);
      return !asked || status === 'unknown' || !record ? { status: 'unknown' } : { status, via, day: record.day };
    });
  }

  /**
   * Takes over the platform's answers. As long as there may be a profile there is a record: the platform may say no on a
   * page we are not on, or load the page anew while we delete, and the next page then knows that something is left.
   */
  async #follow(source: ConsentSource): Promise<void> {
    const { load, store, wipe } = this.#options;
    const answers = source.read();
    const day = this.#today();
    this.#standings = byPurpose((purpose) => {
      const status = answers?.[purpose] === true ? 'given' : 'refused';
      return answers ? { status, via: 'source', day } : { status: 'unknown' };
    });
    const isYes = this.allowed('personalize');
    // A platform that is still loading freezes; only its clear no deletes.
    const isKept = isYes || (answers && load());
    if (isKept) store(this.#record(day));
    if (!this.#notify() || !isKept || isYes) return;
    await wipe();
    if (!this.allowed('personalize')) store(null);
  }

  #move(from: readonly ConsentStatus[], to: ConsentStatus): void {
    for (const purpose of this.#options.asked) {
      if (from.includes(this.#standings[purpose].status)) this.#standings[purpose] = { status: to };
    }
    this.#notify();
  }

  #describe(purpose: Purpose): PurposeState {
    const { status, via, day } = this.#standings[purpose];
    const lasts = BOTH_PER_DAY[status as 'given' | 'refused'] as number | undefined;
    const signalled = purpose === 'contribute' && this.#options.gpc && status !== 'given';
    return {
      status: signalled ? 'refused' : status,
      effective: this.allowed(purpose),
      ...(signalled ? { via: 'gpc' as const } : via && { via }),
      ...(day !== undefined && { since: dateOf(day) }),
      ...(day !== undefined && lasts !== undefined && { expires: dateOf(day + lasts) }),
    };
  }

  /** Tells who listens; false when nothing changed. */
  #notify(): boolean {
    const now = this.#fingerprint();
    if (now === this.#last) return false;
    this.#last = now;
    const state = this.state();
    for (const listener of [...this.#listeners]) listener(state);
    return true;
  }

  #fingerprint(): string {
    return PURPOSES.map(([purpose]) => this.#standings[purpose].status).join();
  }

  #today(): number {
    return dayOf(this.#options.nowMs());
  }
}
