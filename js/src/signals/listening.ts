import type { Personalizer } from '../types.js';

/** What a signal needs of a personalizer. */
export type Recorder = Pick<Personalizer, 'record' | 'attend' | 'consent' | 'report'>;

/** Ends what was begun; calling it again does nothing. */
export type Stop = () => void;

/** Wraps a listener of ours: what it throws goes to `onError`, never to the page. */
export function guarded<A extends unknown[]>(me: Pick<Recorder, 'report'>, listener: (...all: A) => void): (...all: A) => void {
  return (...all) => {
    try {
      listener(...all);
    } catch (thrown) {
      me.report('signal', (thrown as Error | null)?.message ?? String(thrown), thrown);
    }
  };
}

/**
 * Runs a signal as long as it may record: from the visitor's yes, and from the activation of a page that was prerendered,
 * until the yes is taken back. Before, there is no listener that could keep anything for later. On a server nothing runs.
 */
export function whileAllowed(me: Recorder, start: () => Stop): Stop {
  if (typeof document !== 'object') return () => undefined;
  let stop: Stop | undefined;
  let ended = false;
  const look = guarded(me, () => {
    const { prerendering } = document as Document & { prerendering?: boolean };
    const wanted = !ended && !prerendering && me.consent.allowed('personalize');
    if (wanted === (stop !== undefined)) return;
    const last = stop;
    stop = wanted ? start() : undefined;
    last?.();
  });
  const unsubscribe = me.consent.subscribe(look);
  document.addEventListener('prerenderingchange', look);
  look();
  return () => {
    ended = true;
    unsubscribe();
    document.removeEventListener('prerenderingchange', look);
    look();
  };
}

/** Adds a listener to several events, in the capturing phase: before the page's own, which may stop them. */
export function hear(target: EventTarget, types: readonly string[], listener: (event: never) => void): Stop {
  const how = { capture: true, passive: true };
  for (const type of types) target.addEventListener(type, listener as EventListener, how);
  return () => {
    for (const type of types) target.removeEventListener(type, listener as EventListener, how);
  };
}

/** One stop for several. */
export function all(stops: readonly Stop[]): Stop {
  return () => {
    for (const stop of stops) stop();
  };
}

const running = new WeakMap<Recorder, Map<string, { users: number; stop: Stop }>>();

/** Runs what has a name once, however often it is asked for; it ends when everybody who asked has stopped it. */
export function once(me: Recorder, name: string, start: () => Stop): Stop {
  const names = running.get(me) ?? new Map<string, { users: number; stop: Stop }>();
  running.set(me, names);
  const entry = names.get(name) ?? { users: 0, stop: start() };
  names.set(name, entry);
  entry.users++;
  let stopped = false;
  return () => {
    if (stopped) return;
    stopped = true;
    if (--entry.users > 0) return;
    names.delete(name);
    entry.stop();
  };
}
