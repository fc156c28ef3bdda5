import { after, isEffective, isOpen, isOver, type Step } from './machine.js';
import { type Answer, type ChoiceRecord, type Entry, formatChoice, letterOf, PURPOSES } from './record.js';
import { describe, isAsked, mayHold, type Standing, standingOf } from './standing.js';
import type { Term, Terms } from './terms.js';
import type { Choice, ConsentState, ConsentVia, PurposeId, PurposeState } from './types.js';

const NOT_ASKED: PurposeState = { status: 'unknown', effective: false, mode: 'off' };

/**
 * All answers of one visitor as they stand on this page. Changes only what it is told to, stores and tells nothing. Pages
 * replace methods of arrays and teach them `toJSON`: what allows, takes back or tells is loops and comparisons.
 */
export class Answers {
  terms: Terms;
  paused = false;
  minor = false;
  #standings = new Map<PurposeId, Standing>();

  constructor(terms: Terms) {
    this.terms = terms;
  }

  /** Where one purpose stands. */
  of(id: PurposeId): Standing {
    return this.#standings.get(id) ?? { status: 'unknown' };
  }

  /** Whether data may be used for the purpose now; asked with every interaction. */
  allows(id: PurposeId): boolean {
    for (const term of this.terms.purposes) {
      if (term.id === id) return !(this.paused || this.minor) && term.mode !== 'off' && isEffective(this.of(id).status);
    }
    return false;
  }

  /** Another text when somebody who listens has to be told. */
  get mark(): string {
    let mark = `${this.paused}${this.minor}`;
    for (const { id } of this.terms.purposes) mark += this.of(id).status + this.allows(id);
    return mark;
  }

  /** Whether anybody asks for the purpose. */
  has(id: PurposeId): boolean {
    return this.#standings.has(id);
  }

  /** Whether the visitor has answered, whatever it was. */
  get some(): boolean {
    return this.#all().some(({ entry }) => entry);
  }

  /** Whether the device may hold something that was kept for any of them. */
  get holds(): boolean {
    return this.#all().some(mayHold);
  }

  /** Whether the notice has to be shown. */
  get asking(): boolean {
    return !this.minor && this.terms.purposes.some((term) => isAsked(this.of(term.id), term));
  }

  /** The answers as they are kept, null when there are none. */
  get record(): string | null {
    const entries = this.#all().flatMap(({ entry }) => entry ?? []);
    return entries.length > 0 ? formatChoice({ revision: this.terms.revision, entries, paused: this.paused }) : null;
  }

  /** The same as the page sees them. */
  get state(): ConsentState {
    const { paused, minor, terms } = this;
    const { gpc, revision, region } = terms;
    const isHeld = !paused && !minor;
    const own = terms.purposes.map((term) => [term.id, describe(this.of(term.id), term, terms, isHeld)]);
    const purposes = Object.fromEntries([...PURPOSES.map(([id]) => [id, NOT_ASKED]), ...own]) as ConsentState['purposes'];
    const asked = minor ? [] : terms.purposes.filter(({ mode }) => mode !== 'off').map(({ id }) => id);
    return { purposes, asked, gpc, revision, region, paused, minor };
  }

  /** One answer for each purpose; those for which there is none are left out. */
  each(answer: (term: Term) => boolean | undefined): Choice {
    const choice: Choice = {};
    for (const term of this.terms.purposes) {
      const yes = answer(term);
      if (yes !== undefined) choice[term.id] = yes;
    }
    return choice;
  }

  /** Takes over what is kept; what nobody has answered yet and the banner may be asking for stays as it is. */
  read(record: ChoiceRecord | null, today: number, legacy: string | undefined, via: ConsentVia = 'record'): void {
    if (this.minor) return;
    this.paused = record?.paused ?? false;
    const before = this.#standings;
    this.#standings = new Map();
    for (const term of this.terms.purposes) {
      const now = standingOf(record, term, this.terms, today, legacy);
      const then = before.get(term.id);
      const isStill = then && now.status === 'unknown' && isOpen(then.status);
      this.#standings.set(term.id, isStill ? then : { ...now, via: now.via === 'record' ? via : now.via });
    }
  }

  /** Takes over what another tab kept, beside a platform: it can only take away. */
  readBesidePlatform(record: ChoiceRecord | null, today: number): void {
    for (const term of this.terms.purposes) {
      const now = standingOf(record, term, this.terms, today);
      if (!isEffective(now.status)) this.#standings.set(term.id, now);
    }
  }

  /** Takes over where purposes stand by a platform. */
  replace(standings: Map<PurposeId, Standing>): void {
    this.#standings = standings;
  }

  /** What a platform took back is deleted: nothing says any longer that something may be left. */
  forgetTaken(): void {
    for (const [id, { status, via, entry }] of this.#standings) {
      if (isOver(status) && entry?.answer !== '0') this.#standings.set(id, { status, via });
    }
  }

  /** Nobody has answered for a purpose. */
  forget(id: PurposeId): void {
    this.#standings.set(id, { status: 'unknown' });
  }

  /** Takes a decision. */
  decide(choice: Choice, via: ConsentVia, day: number): void {
    for (const term of this.terms.purposes) {
      const yes = choice[term.id];
      if (yes === undefined || (yes && (term.mode === 'off' || this.minor))) continue;
      const status = after(this.of(term.id).status, yes ? 'accept' : 'refuse', term.mode, term.signal);
      const answer: Answer = yes ? (term.signal ? '2' : '1') : '0';
      this.#standings.set(term.id, { status, via, entry: entryOf(term, answer, day, via) });
    }
  }

  /** Moves every purpose a step on; one that begins by it is kept with the answer. */
  step(step: Step, day: number, answer: Answer = '3'): void {
    for (const term of this.terms.purposes) {
      const standing = this.of(term.id);
      const status = after(standing.status, step, this.minor ? 'off' : term.mode, term.signal);
      if (status === standing.status) continue;
      const begins = isEffective(status);
      const entry = begins ? entryOf(term, answer, day, 'banner') : standing.entry;
      this.#standings.set(term.id, { status, via: begins ? 'banner' : undefined, entry });
    }
  }

  /** The visitor has read the notice of what is on by it; false when there was nothing to read. */
  noticeRead(): boolean {
    const unread = [...this.#standings].filter(([, { status, entry }]) => status === 'noticed' && entry?.answer === '3');
    for (const [id, standing] of unread) {
      this.#standings.set(id, { ...standing, entry: { ...(standing.entry as Entry), answer: '4' } });
    }
    return unread.length > 0;
  }

  /** Takes every answer back that there is. */
  takeBack(day: number): void {
    this.decide(this.each(({ id }) => (this.of(id).entry || isEffective(this.of(id).status) ? false : undefined)), 'api', day);
  }

  /** The visitor is a minor, or is none: nothing is to be had, and nothing stays kept. */
  setMinor(minor: boolean): void {
    this.minor = minor;
    const none = { status: 'invalidated', via: 'minor' } as const;
    if (minor) this.#standings.forEach((_, id, all) => all.set(id, none));
  }

  #all(): Standing[] {
    return [...this.#standings.values()];
  }
}

function entryOf({ id, digest }: Term, answer: Answer, day: number, via: ConsentVia): Entry {
  return { letter: letterOf(id), answer, digest, day, by: via };
}
