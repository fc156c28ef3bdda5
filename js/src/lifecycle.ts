import { type Channel, openChannel, type TabMessage } from './channel.js';
import { Consent } from './consent/consent.js';
import { hearChoice, loadChoice, rereadChoice, storeChoice } from './consent/kept.js';
import type { ConsentSurface } from './consent/types.js';
import { explained, toHomebodyError } from './errors.js';
import { Emitter } from './events.js';
import { afterLoad, whenIdle } from './idle.js';
import { deriveKey } from './ids.js';
import type { Settings } from './options.js';
import type { Noted, Session } from './rank/session.js';
import { Sync } from './sync.js';
import type { Erased, PersonalizerEvents } from './types.js';

/** The part that comes with consent. */
export const loadRank = () => import(/* webpackChunkName: "homebody.rank" */ './rank/session.js');

/**
 * What happens when: nothing but the shared fetch before consent, the ranking part after it, everything gone when it
 * ends. Holds the pieces together; each of them knows nothing of the others.
 */
export class Lifecycle {
  readonly settings: Settings;
  readonly events = new Emitter<PersonalizerEvents>();
  readonly consent: Consent;
  readonly sync: Sync;
  /** The session once it is open. */
  session: Session | undefined;
  readonly #showPanel: () => Promise<void>;
  readonly #channel: Channel = openChannel((message) => this.#hear(message));
  #opening: Promise<Session | null> | undefined;
  /** The last attempt to open, as long as it may have left something in the storage. */
  #opened: Promise<Session | null> | undefined;
  #queue: Noted[] = [];
  #flushing = false;
  #neutral: boolean | undefined;
  #surface: ConsentSurface | undefined;

  constructor(settings: Settings, showPanel: () => Promise<void>) {
    this.settings = settings;
    this.#showPanel = showPanel;
    const { server, key, site, timeoutMs, purposes, noticeRevision, source } = settings;
    this.sync = new Sync({ server, key, site, timeoutMs, report: this.report });
    this.consent = new Consent({
      asked: purposes,
      revision: deriveKey(0, `${noticeRevision}|${purposes.join()}`).toString(16).padStart(8, '0'),
      ...(source && { source }),
      load: loadChoice,
      store: storeChoice,
      nowMs: Date.now,
      gpc: (globalThis.navigator as { globalPrivacyControl?: boolean } | undefined)?.globalPrivacyControl === true,
      wipe: () => this.#wipe([]),
      show: (surface) => (surface === 'panel' ? this.#showPanel() : this.#showBanner()),
      announce: () => this.#channel.post({ type: 'consent', choice: loadChoice() }),
    });
  }

  readonly report = (thrown: unknown): void => {
    void explained(toHomebodyError(thrown)).then((error) => {
      this.events.emit('error', error);
      this.settings.onError?.(error);
    });
  };

  readonly changed = (): void => this.events.emit('change', undefined);

  /** Begins; settles when the first pool has arrived or failed. */
  async start(): Promise<void> {
    this.consent.subscribe(() => this.#consentChanged());
    if (this.consent.overdue) void this.#wipe([]).then(() => storeChoice(null));
    if (typeof document === 'object') {
      this.#watchPage();
      if (this.settings.consent === 'banner' && this.consent.status('personalize') === 'unknown') {
        whenIdle(() => void this.#showBanner().catch(this.report), 1000);
      }
    }
    // With consent the stored tables come first; the module waits until the page is there, or somebody needs it.
    if (this.consent.allowed('personalize')) await afterLoad().then(() => this.open());
    await this.sync.pool(this.settings.placement).catch(() => null);
  }

  /** The session, opened on first need; null without consent, or when it cannot be had. */
  open(): Promise<Session | null> {
    if (!this.consent.allowed('personalize') || typeof document !== 'object') return Promise.resolve(null);
    this.#opening ??= this.#opened = this.#openSession();
    return this.#opening;
  }

  /** Queues what the visitor did; the caller has checked consent. */
  note(noted: Noted): void {
    this.#queue.push(noted);
    if (this.#flushing) return;
    this.#flushing = true;
    // A task of its own, so that the click is not kept waiting; no later, as it may be the last before the next page.
    setTimeout(() => {
      this.#flushing = false;
      void this.open().then(() => this.flush());
    });
  }

  /** Hands the queue to the session, if there is one. */
  flush(): void {
    if (this.session && this.#queue.length > 0) this.session.ingest(this.#queue.splice(0));
  }

  get neutral(): boolean {
    return this.#neutral ?? false;
  }

  set neutral(on: boolean) {
    this.#setNeutral(on);
    this.session?.keepNeutral(on).catch(this.report);
    this.#channel.post({ type: 'neutral', on });
  }

  /** Deletes everything, the choice too. */
  erase(): Promise<Erased> {
    const kept: Erased['wiped'] = loadChoice() === null ? [] : ['choice'];
    this.consent.erased();
    return this.#wipe(kept);
  }

  async #openSession(): Promise<Session | null> {
    try {
      const { Session } = await loadRank();
      const session = await Session.open({
        sync: this.sync,
        settings: this.settings,
        isAllowed: () => this.consent.allowed('personalize'),
        bits: () => this.consent.bits(),
        report: this.report,
        changed: this.changed,
        moved: (change) => this.events.emit('segment', change),
        post: (message) => this.#channel.post(message),
      });
      // Consent may have been taken back while the module loaded.
      if (!this.consent.allowed('personalize')) {
        session.close();
        void this.#tidy();
        return null;
      }
      this.session = session;
      this.#neutral ??= session.storedNeutral;
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
    const { wipe } = await loadRank();
    await wipe(this.report);
  }

  async #wipe(before: Erased['wiped']): Promise<Erased> {
    const start = performance.now();
    this.#drop();
    const { wipe } = await loadRank();
    const { wiped, epoch } = await wipe(this.report);
    this.#channel.post({ type: 'erased', epoch, choice: loadChoice() });
    const erased: Erased = { wiped: ['memory', ...wiped, ...before], ms: performance.now() - start };
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
    this.sync.cache = this.sync.fetched = undefined;
  }

  #consentChanged(): void {
    if (!this.consent.allowed('personalize')) this.#drop();
    else if (this.session) this.session.consentChanged();
    else whenIdle(() => void this.open(), 500);
    if (this.consent.status('personalize') !== 'requested') this.#surface?.close();
    this.changed();
  }

  #hear(message: TabMessage): void {
    if (message.type === 'profile-saved') this.session?.savedElsewhere(message.revision);
    else if (message.type === 'neutral') this.#setNeutral(message.on);
    else {
      if (message.type === 'erased') this.#drop();
      hearChoice(message.choice);
      this.consent.reload();
      if (message.type === 'erased') {
        void this.#tidy();
        this.events.emit('erased', { wiped: ['memory'], ms: 0 });
      }
    }
  }

  #setNeutral(on: boolean): void {
    if (on === this.neutral) return;
    this.#neutral = on;
    this.changed();
  }

  /** Saves when the page goes out of sight. No `unload`: it would keep the page out of the back/forward cache. */
  #watchPage(): void {
    const leave = () => {
      this.flush();
      void this.session?.save();
    };
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leave());
    addEventListener('pagehide', leave);
    addEventListener('pageshow', (event) => {
      if (!event.persisted) return;
      // Frozen pages hear nothing: look at what happened meanwhile.
      rereadChoice();
      this.consent.reload();
      this.session?.savedElsewhere(-1);
    });
  }

  async #showBanner(): Promise<void> {
    if (this.settings.source) return;
    const { askWithBanner } = await import(/* webpackChunkName: "homebody.banner" */ './consent/banner.js');
    this.#surface = askWithBanner(this.consent, this.settings, this.report);
  }
}
