import { whenThere } from '../../consent/reading/watch.js';
import type { Interaction, Personalizer } from '../../types.js';
import type { ReadOptions } from './rows.js';

/** What a feed needs of a personalizer. */
export type Fed = Pick<Personalizer, 'consent' | 'record' | 'report'>;

/** How a feed is attached. */
export interface FeedOptions extends ReadOptions {
  /**
   * Whether to take what the page told before the feed was attached. Default: if consent was kept from an earlier page,
   * as all of it happened after the yes then; never what was told before a yes on this page.
   */
  past?: boolean;
}

/** Takes what `read` makes of an event; what `read` throws is reported. Never throws. */
export type Hear = (read: () => readonly Interaction[]) => void;

/**
 * Begins to listen and returns how to stop; null while what it listens to is not there. `isPast` says whether to take
 * what was told before.
 */
export type Begin = (hear: Hear, isPast: boolean) => (() => void) | null;

/** Reports of one feed on a page: what comes with every event need not be told with every event. */
const MAX_REPORTS = 5;

const running = new WeakMap<Fed, Map<unknown, () => void>>();

/**
 * Listens to `target`, an object or the name of a global, as long as `personalize` is allowed: before, nothing of the
 * page is touched. A feed that listens there already is the same feed. The returned function stops it and leaves the
 * page as it was.
 */
export function feed(me: Fed, name: string, target: unknown, options: FeedOptions, begin: Begin): () => void {
  const feeds = running.get(me) ?? new Map<unknown, () => void>();
  running.set(me, feeds);
  const key = typeof target === 'string' ? `${name} ${target}` : target;
  const same = feeds.get(key);
  if (same) return same;

  const isAllowed = (): boolean => me.consent.allowed('personalize');
  let isPast = options.past ?? me.consent.state().purposes.personalize.via === 'record';
  let reports = 0;
  let end: (() => void) | undefined;
  const guarded = <T>(work: () => T): [T] | undefined => {
    try {
      return [work()];
    } catch (cause) {
      // The feed's name alone: what hostile data throws is not to be looked at.
      if (reports++ < MAX_REPORTS) me.report('feed_unreadable', name, cause);
      return undefined;
    }
  };
  const hear: Hear = (read) => void guarded(() => isAllowed() && read().forEach((each) => me.record(each)));
  const follow = (): void => {
    const [wanted, past] = [isAllowed(), isPast];
    if (!wanted) {
      end?.();
      end = undefined;
      // What is told until the next yes is told without one.
      isPast = false;
      // What throws would throw again: no second look.
    } else end ??= whenThere(() => (guarded(() => begin(hear, past)) ?? [() => undefined])[0]);
  };
  const unsubscribe = me.consent.subscribe(follow);
  const stop = (): void => {
    unsubscribe();
    feeds.delete(key);
    end?.();
    end = undefined;
  };
  feeds.set(key, stop);
  follow();
  return stop;
}
