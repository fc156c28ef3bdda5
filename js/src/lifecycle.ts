import { type Channel, openChannel, type TabMessage } from './channel.js';
import type { ShowPanel } from './consent/asking.js';
import type { PageConsent } from './consent/begin.js';
import { isYesKept } from './consent/kept.js';
import { NONE } from './consent/none.js';
import { explained, HomebodyError, toHomebodyError } from './errors.js';
import { Emitter } from './events.js';
import { afterLoad, whenIdle } from './idle.js';
import { loadConsent, loadNotice, loadRank } from './lazy.js';
import type { Settings } from './options.js';
import type { Noted } from './rank/journal.js';
import type { PageSession } from './rank/page-session.js';
import { Sync } from './sync.js';
import type { Erased, PersonalizerEvents } from './types.js';

/** Interactions handed over in one task: 10 ms of work at most, on a slow device. */
const SLICE = 50;

/**
 * What happens when: nothing but the shared fetch before consent, the ranking part after it, everything gone when it
 * ends. Holds the pieces together; each of them knows nothing of the others.
 */
export class Lifecycle {
  readonly settings: Settings;
  readonly events = new Emitter<PersonalizerEvents>();
  readonly sync: Sync;
  /** The session once it is open. */
  session: PageSession | undefined;
  #begun = NONE;
  /** What another tab kept while this one was not ready to hear it. */
  #heard: { choice: string | null } | undefined;
  readonly #channel: Channel = openChannel((message) => this.#hear(message));
  #opening: Promise<PageSession | null> | undefined;
  /** The last attempt to open, as long as it may have left something in the storage. */
  #opened: Promise<PageSession | null> | undefined;
  #queue: Noted[] = [];
  #neutral: boolean | undefined;

  constructor(settings: Settings) {
    this.settings = settings;
    this.sync = new Sync({ ...settings, report: this.report });
  }

  /** The visitor's choices; there as soon as `begin` has settled. */
  get consent(): PageConsent {
    return this.#begun.consent;
  }

  readonly report = (thrown: unknown): void => {
    void explained(toHomebodyError(thrown)).then((error) => {
      this.events.emit('error', error);
      this.settings.onError?.(error);
    });
  };

  readonly changed = (): void => this.events.emit('change', undefined);

  /** Finds out what the visitor decided; what will be needed either way is on its way meanwhile. */
  async begin(showPanel: ShowPanel): Promise<void> {
    // Who said yes on an earlier page will hardly have taken it back: what they need is on its way, too. Their pool waits
    // for the stored tables, which count when the server's cannot be had.
    if (isYesKept()) void loadRank(this.settings).catch(() => null);
    else {
      void this.sync.pool(this.settings.placement).catch(() => null);
      if (this.settings.consent === 'banner') void loadNotice(this.settings).catch(() => null);
    }
    try {
      const { beginConsent } = await loadConsent();
      this.#begun = await beginConsent({
        settings: this.settings,
        report: this.report,
        wipe: () => this.#wipe(),
        showPanel,
        announce: (choice) => this.#channel.post({ type: 'consent', choice }),
      });
    } catch (cause) {
      this.report(new HomebodyError('script_unavailable', undefined, cause));
    }
    if (this.#heard) this.#begun.hear(this.#heard.choice);
  }

  /** Goes on from there; settles when the first pool has arrived or failed. */
  async start(): Promise<void> {
    this.consent.subscribe(() => this.#consentChanged());
    if (this.consent.overdue) void this.#wipe().then(() => this.consent.lapsed());
    if (typeof document === 'object') this.#watchPage(), this.#begun.ask();
    // With consent the stored tables come first; the module waits until the page is there, or somebody needs it.
    if (this.consent.allowed('personalize')) await afterLoad().then(() => this.open());
    await this.sync.pool(this.settings.placement).catch(() => null);
  }

  /** The session, opened on first need; null without consent, or when it cannot be had. */
  open(): Promise<PageSession | null> {
    if (!this.#mayOpen) return Promise.resolve(null);
    this.#opening ??= this.#opened = this.#openSession();
    return this.#opening;
  }

  /** Queues what the visitor did, and says whether it may: only with consent, and where there is a page. */
  note(noted: Noted): boolean {
    if (!this.#mayOpen) return false;
    // A task of its own, so that the click is not kept waiting; no later, as it may be the last before the next page.
    if (this.#queue.push(noted) === 1) setTimeout(() => void this.open().then(() => this.#work()));
    return true;
  }

  get #mayOpen(): boolean {
    return this.consent.allowed('personalize') && typeof document === 'object';
  }

  /** Hands over a slice of the queue a task, so that a burst does not keep the page waiting. */
  #work(): void {
    this.session?.ingest(this.#queue.splice(0, SLICE), this.#queue.length > 0);
    if (this.session && this.#queue.length > 0) setTimeout(() => this.#work());
  }

  /** Hands the queue to the session, if there is one; a question that is answered within a task leaves the news to a later one. */
  flush(isMore?: boolean): void {
    if (this.session && this.#queue.length > 0) this.session.ingest(this.#queue.splice(0), isMore);
  }

  get neutral(): boolean {
    return this.#neutral ?? false;
  }

  set neutral(on: boolean) {
    this.#setNeutral(on);
    this.session?.keepNeutral(on).catch(this.report);
    this.#channel.post({ type: 'neutral', on });
  }

  /** Deletes everything, and takes every consent back. */
  erase(): Promise<Erased> {
    this.consent.erased();
    return this.#wipe();
  }

  async #openSession(): Promise<PageSession | null> {
    try {
      const { open } = await loadRank(this.settings);
      const session = await open({
        sync: this.sync,
        settings: this.settings,
        promised: this.#begun.promised,
        isAllowed: () => this.consent.allowed('personalize'),
        consent: () => this.consent,
        bits: () => this.consent.bits(),
        report: this.report,
        changed: this.changed,
        // Within the task, but not within whatever made us look: that may be drawing, or about to hand over more.
        moved: (change) => queueMicrotask(() => this.session && this.events.emit('segment', change)),
        post: (message) => this.#channel.post(message),
      });
      // Consent may have been taken back while the module loaded.
      if (!this.consent.allowed('personalize')) {
        session.close();
        void this.#tidy();
        return null;
      }
      this.session = session;
      // What was chosen while nothing could be kept yet is kept now.
      if (this.#neutral === undefined) this.#neutral = session.storedNeutral;
      else session.keepNeutral(this.#neutral).catch(this.report);
      this.flush();
      this.changed();
      return session;
    } catch (thrown) {
      if (this.consent.allowed('personalize')) this.report(thrown);
      return null;
    }
  }

  /** Consent ended, perhaps in another tab, while this one was opening: what that made meanwhile goes too. */
  async #tidy(): Promise<void> {
    await this.#opened;
    if (!this.#opened || this.settings.source || this.consent.allowed('personalize')) return;
    this.#opened = undefined;
    const { wipe } = await loadRank(this.settings);
    await wipe(this.report);
  }

  async #wipe(): Promise<Erased> {
    const start = performance.now();
    this.#drop();
    const { wipe } = await loadRank(this.settings);
    const { wiped, epoch } = await wipe(this.report);
    this.#channel.post({ type: 'erased', epoch });
    const erased: Erased = { wiped: ['memory', ...wiped], ms: performance.now() - start };
    this.events.emit('erased', erased);
    this.changed();
    return erased;
  }

  /** Forgets what is in memory. */
  #drop(): void {
    this.#queue = [];
    this.#neutral = undefined;
    this.session?.close();
    this.session = undefined;
    this.#opening = undefined;
    this.sync.detach();
  }

  #consentChanged(): void {
    if (!this.consent.allowed('personalize')) this.#drop();
    else if (this.session) this.session.consentChanged();
    else whenIdle(() => void this.open(), 500);
    this.changed();
  }

  #hear(message: TabMessage): void {
    if (message.type === 'profile-saved') this.session?.savedElsewhere(message.revision);
    else if (message.type === 'neutral') this.#setNeutral(message.on);
    else if (message.type === 'consent') {
      this.#heard = message;
      this.#begun.hear(message.choice);
    }
    else {
      this.#drop();
      void this.#tidy();
      this.events.emit('erased', { wiped: ['memory'], ms: 0 });
    }
  }

  #setNeutral(on: boolean): void {
    const isNews = on !== this.neutral;
    this.#neutral = on;
    if (isNews) this.changed();
  }

  /** Saves when the page goes out of sight. No `unload`: it would keep the page out of the back/forward cache. */
  #watchPage(): void {
    const leave = () => (this.flush(), void this.session?.save());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leave());
    addEventListener('pagehide', leave);
    // Where the browser says so, the page is saved as soon as it begins to be left: hidden, it has no time any more.
    (globalThis as { navigation?: EventTarget }).navigation?.addEventListener('navigate', () => setTimeout(leave));
    addEventListener('pageshow', (event) => {
      if (!event.persisted) return;
      // Frozen pages hear nothing: look at what happened meanwhile.
      this.#begun.hear();
      this.session?.savedElsewhere(-1);
    });
  }
}
