import { HomebodyError } from '../errors.js';
import { Answers } from './answers.js';
import { isEffective, isOver } from './machine.js';
import { type ChoiceRecord, dayOf, parseChoice, PURPOSES } from './record.js';
import { isOverdue, mayHold, type Standing } from './standing.js';
import type { Terms } from './terms.js';
import type { Choice, ConsentControl, ConsentState, ConsentVia, Grant, PurposeId } from './types.js';

/** What consent needs from its surroundings; each is replaceable in a test. */
export interface ConsentPorts {
  /** What holds now; asked again when the page wakes, because the browser's privacy signal may have changed. */
  readonly terms: () => Terms;
  /** The revision that records of the first form had for the same question. */
  readonly legacy?: string | undefined;
  /** Whether a consent platform decides: then nobody else says yes, and our notice never shows. */
  readonly isMirrored?: boolean;
  /** Reads the kept choice; null when there is none. */
  readonly load: () => string | null;
  /** Keeps the choice; null removes it. */
  readonly store: (record: string | null) => void;
  readonly nowMs: () => number;
  /** Deletes what was kept for personalisation. */
  readonly wipe: () => Promise<unknown>;
  readonly show: (surface: 'banner' | 'preferences' | 'panel') => Promise<void>;
  readonly hide: () => void;
  readonly receipt: () => Promise<Blob>;
  /** Tells the other tabs. */
  readonly announce: () => void;
}

/** Where purposes stand by what a platform says and what is kept. */
export type Standings = (kept: ChoiceRecord | null, terms: Terms, today: number) => Map<PurposeId, Standing>;

/** One visitor's choices: a status a purpose, kept without an identifier, the same in every tab. */
export class Consent implements ConsentControl {
  readonly #ports: ConsentPorts;
  readonly #answers: Answers;
  readonly #listeners = new Set<(state: ConsentState) => void>();
  #last: string;
  #isFollowing = false;

  constructor(ports: ConsentPorts) {
    this.#ports = ports;
    this.#answers = new Answers(ports.terms());
    this.#answers.read(this.#kept(), this.#today(), ports.legacy);
    this.#last = this.#answers.mark;
  }

  /** Whether a stored profile outlived its consent and has to be deleted. */
  get overdue(): boolean {
    return isOverdue(this.#answers.of('personalize').entry, this.#answers.terms, this.#today());
  }

  /** Whether the notice has to be shown. */
  get asking(): boolean {
    return !this.#ports.isMirrored && this.#answers.asking;
  }

  /** Whether the visitor has answered, whatever it was. */
  get answered(): boolean {
    return this.#answers.some;
  }

  state(): ConsentState {
    return this.#answers.state;
  }

  allowed(purpose: PurposeId): boolean {
    return this.#answers.allows(purpose);
  }

  /** The allowed purposes as the bits the Wasm module takes. */
  bits(): number {
    let bits = 0;
    for (const [purpose, , bit] of PURPOSES) if (this.allowed(purpose)) bits |= bit;
    return bits;
  }

  async when(purpose: PurposeId, { signal }: { signal?: AbortSignal } = {}): Promise<Grant> {
    const { whenAllowed } = await import(/* webpackChunkName: "homebody.when" */ './when.js');
    return whenAllowed(this, purpose, signal);
  }

  async set(choice: Choice, via: ConsentVia = 'api'): Promise<void> {
    const yes = Object.keys(choice).filter((id) => choice[id]);
    if (this.#ports.isMirrored && yes.length > 0) throw new HomebodyError('options', 'the consent source decides');
    const unknown = yes.find((id) => !this.#answers.has(id));
    if (unknown) throw new HomebodyError('options', `\`${unknown}\` is not asked for`);
    await this.#decide(choice, via);
  }

  acceptAll(via?: ConsentVia): Promise<void> {
    // "Everything" is neither explicit consent nor the clear word that outweighs the browser's signal; a switch of its own is.
    return this.set(this.#answers.each(({ mode, signal, isExplicit }) => (mode === 'off' || signal === 'deny' || isExplicit ? undefined : true)), via);
  }

  refuseAll(via?: ConsentVia): Promise<void> {
    return this.set(this.#answers.each(() => false), via);
  }

  withdraw(purpose?: PurposeId): Promise<void> {
    return this.#decide(this.#answers.each(({ id }) => (purpose && purpose !== id ? undefined : false)), 'api');
  }

  defer(): void {
    const isRead = this.#answers.noticeRead();
    this.#answers.step('later', this.#today());
    if (isRead) this.#keep();
    else this.#notify();
  }

  /** The notice is on the page. What is on after notice begins, and is kept as that. */
  shown(): void {
    const before = this.#answers.record;
    this.#answers.step('shown', this.#today());
    if (this.#answers.record !== before) this.#keep();
    else this.#notify();
  }

  pause(): void {
    this.#answers.paused = true;
    this.#keep();
  }

  resume(): void {
    this.#answers.paused = false;
    this.#keep();
  }

  async setAudience(audience: 'minor' | 'adult'): Promise<void> {
    const isMinor = audience === 'minor';
    if (isMinor === this.#answers.minor) return;
    const hadSome = this.#answers.holds;
    this.#answers.setMinor(isMinor);
    if (!isMinor) this.reload();
    else this.#keep();
    if (isMinor && hadSome) await this.#ports.wipe();
  }

  open(surface: 'banner' | 'preferences' | 'panel' = 'banner'): Promise<void> {
    return this.#ports.show(surface);
  }

  close(): void {
    this.#ports.hide();
  }

  receipt(): Promise<Blob> {
    return this.#ports.receipt();
  }

  subscribe(listener: (state: ConsentState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Another tab decided, or the page was asleep: takes over what is kept now, and what the browser signals now. */
  reload(): void {
    const { terms, legacy, isMirrored } = this.#ports;
    this.#answers.terms = terms();
    if (isMirrored) this.#answers.readBesidePlatform(this.#kept(), this.#today());
    else this.#answers.read(this.#kept(), this.#today(), legacy, 'tab');
    this.#notify();
  }

  /** Everything was erased: what was answered is taken back, and only that is kept. */
  erased(): void {
    this.#answers.takeBack(this.#today());
    this.#keep();
  }

  /** What outlived its consent was deleted: it is asked anew. */
  lapsed(): void {
    this.#answers.forget('personalize');
    this.#store();
  }

  /**
   * Takes over a platform's answers. As long as there may be a profile there is a record: the platform may say no on a
   * page we are not on, or load the page anew while we delete, and the next page then knows that something is left. A
   * platform that is not `heard` yet is still loading: it freezes, and only its clear no deletes.
   */
  async mirror(standings: Standings, isHeard: boolean): Promise<void> {
    const hadSome = mayHold(this.#answers.of('personalize'));
    this.#answers.replace(standings(this.#kept(), this.#answers.terms, this.#today()));
    const isNew = this.#notify() || !this.#isFollowing;
    this.#isFollowing = true;
    if (!isHeard) return;
    this.#store();
    const now = this.#answers.of('personalize');
    if (!isNew || isEffective(now.status) || !(hadSome || mayHold(now))) return;
    await this.#ports.wipe();
    if (this.allowed('personalize')) return;
    this.#answers.forgetTaken();
    // The other tabs' platforms may not have heard of it.
    this.#keep();
  }

  async #decide(choice: Choice, via: ConsentVia): Promise<void> {
    const hadSome = mayHold(this.#answers.of('personalize'));
    this.#answers.decide(choice, via, this.#today());
    this.#keep();
    if (hadSome && isOver(this.#answers.of('personalize').status)) await this.#ports.wipe();
  }

  /** Stores, and tells the page and the other tabs. */
  #keep(): void {
    this.#store();
    this.#notify();
    this.#ports.announce();
  }

  #store(): void {
    this.#ports.store(this.#answers.record);
  }

  #kept(): ChoiceRecord | null {
    return parseChoice(this.#ports.load());
  }

  /** Tells who listens; false when nothing changed. */
  #notify(): boolean {
    const now = this.#answers.mark;
    if (now === this.#last) return false;
    this.#last = now;
    const state = this.state();
    // One that throws is the page's own error, and becomes a rejection that nobody handles: the others still hear, and what
    // was taken back is still told to the other tabs and deleted.
    for (const listener of [...this.#listeners]) void (async () => listener(state))();
    return true;
  }

  #today(): number {
    return dayOf(this.#ports.nowMs());
  }
}
