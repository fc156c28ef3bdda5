import type { Choice, ConsentSource } from '../types.js';

/** The first pause before looking again, in milliseconds; every further one is twice as long. */
const FIRST_MS = 50;
/** With the last pause a platform is given up 102 s after the first look: one that comes later counts on the next page. */
const LAST_MS = 51_200;

/** What `work` gives; undefined when it throws. No platform's exception may reach the page. */
export function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/**
 * Calls `begin` until it returns how to stop what it began: at once, then after ever longer pauses. A platform may be
 * loaded after us, or be half there. The returned function stops either.
 */
export function whenThere(begin: () => (() => void) | null | undefined): () => void {
  let stop: (() => void) | null | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = FIRST_MS;
  const look = (): void => {
    stop = tried(begin);
    // Without a page there is nobody to wait for, and a timer would keep a server's process alive.
    if (stop || pauseMs > LAST_MS || !globalThis.document) return;
    timer = setTimeout(look, pauseMs);
    pauseMs *= 2;
  };
  look();
  return () => {
    clearTimeout(timer);
    if (stop) tried(stop);
  };
}

/** Listens to several events of one target; the returned function stops it. */
export function on(target: EventTarget, events: readonly string[], listener: () => void): () => void {
  for (const event of events) target.addEventListener(event, listener);
  return () => {
    for (const event of events) target.removeEventListener(event, listener);
  };
}

/**
 * A source that asks the platform whenever it is read. `find` gives the platform once it can be asked, `read` what it
 * says now, `listen` calls back on changes and returns how to stop. Each may throw: then nothing is known.
 */
export function asked<T>(
  find: () => T | null | undefined,
  read: (platform: T) => Choice | null,
  listen: (platform: T, changed: () => void) => () => void,
): ConsentSource {
  let fault: unknown;
  return {
    get fault() {
      return fault;
    },
    read() {
      fault = undefined;
      try {
        const platform = find();
        return platform ? read(platform) : null;
      } catch (thrown) {
        fault = thrown;
        return null;
      }
    },
    subscribe(changed) {
      let active = true;
      const tell = (): void => {
        if (active) changed();
      };
      const stop = whenThere(() => {
        const platform = find();
        if (!platform) return null;
        const silence = listen(platform, tell);
        tell();
        return silence;
      });
      return () => {
        active = false;
        stop();
      };
    },
  };
}

/**
 * A source that is told. `start` runs with the first listener and is given the function that takes each answer; it
 * returns how to stop. Once stopped nothing is known.
 */
export function told(start: (tell: (answers: Choice | null) => void) => () => void): ConsentSource {
  let answers: Choice | null = null;
  return {
    read: () => answers,
    subscribe(changed) {
      let active = true;
      const stop = start((now) => {
        if (!active) return;
        answers = now;
        changed();
      });
      return () => {
        active = false;
        answers = null;
        tried(stop);
      };
    },
  };
}
