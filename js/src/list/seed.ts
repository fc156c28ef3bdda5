import type { Personalizer } from '../types.js';

/** Key in `sessionStorage`; there only while personalising is allowed. */
const KEY = 'hb.seed';
/** A visit ends after half an hour of silence. */
const IDLE_MS = 30 * 60_000;

/** The seed, and when it was last asked for. */
type Visit = readonly [number, number];

const watched = new WeakSet<object>();
let visit: Visit | null | undefined;

/**
 * A seed for `rank` that stays the same for a visit of this tab and is another one in the next: what was left to chance
 * stays in its place while pages are turned, and gets a new chance the next time. It is drawn at random and says nothing
 * of the visitor. Without consent it lives as long as the page.
 *
 * @example
 * const seed = sessionSeed(me);
 * const first = await me.rank(undefined, { limit: 20, seed });
 */
export function sessionSeed(me: Pick<Personalizer, 'consent' | 'on'>): number {
  watch(me);
  const mayKeep = me.consent.allowed('personalize');
  const now = Date.now();
  visit ??= mayKeep ? stored((storage) => JSON.parse(storage.getItem(KEY) ?? 'null') as Visit | null) : null;
  const [seed, last] = visit ?? [0, 0];
  visit = [now - last < IDLE_MS ? seed : Math.floor(Math.random() * 2 ** 32), now];
  if (mayKeep) stored((storage) => storage.setItem(KEY, `[${visit}]`));
  return visit[0];
}

/** Takes the seed away with the consent. */
function watch(me: Pick<Personalizer, 'consent' | 'on'>): void {
  if (watched.has(me)) return;
  watched.add(me);
  const look = (): void => {
    if (me.consent.allowed('personalize')) return;
    visit = null;
    stored((storage) => storage.removeItem(KEY));
  };
  me.consent.subscribe(look);
  me.on('erased', look);
  look();
}

/** Storage may be refused; then the page's memory has to do. */
function stored<T>(work: (storage: Storage) => T): T | undefined {
  try {
    return work(sessionStorage);
  } catch {
    return undefined;
  }
}
