import type { Interaction } from '../types.js';
import { isMatch, pathOf, type Settings, type SignalOptions, settingsOf } from './item.js';
import { all, guarded, hear, type Recorder, type Stop, whileAllowed } from './listening.js';
import { type Watcher, watchTree } from './tree.js';

/** What an event says, by the elements it passes, innermost first. */
export type Reader = (event: Event, path: readonly Element[], settings: Settings) => Interaction | null;

/** What was recorded of which event: once, however many listeners hear it. */
const booked = new WeakMap<Recorder, WeakMap<Event, Set<string>>>();

/** Reads clicks and submitted forms, with one listener for each. */
export function listen(me: Recorder, options: SignalOptions, readers: readonly Reader[], hasForms = true): Stop {
  return whileAllowed(me, () => {
    const { root } = settingsOf(options);
    const { stop, watcher } = listening(me, options, readers);
    return all(hasForms ? [watchTree(me, root, [watcher]), stop] : [stop]);
  });
}

/** The listeners, and the watcher that finds the shadow roots out of which no submitted form is heard. */
export function listening(me: Recorder, options: SignalOptions, readers: readonly Reader[]): { stop: Stop; watcher: Watcher } {
  const settings = settingsOf(options);
  const listener = guarded(me, (event: Event) => {
    if (event.type === 'auxclick' && (event as MouseEvent).button !== 1) return;
    const path = pathOf(event);
    if (path.some((element) => isMatch(element, settings.ignore))) return;
    for (const read of readers) {
      const interaction = read(event, path, settings);
      if (interaction && isFirst(me, event, interaction)) me.record(interaction);
    }
  });
  const stops = [hear(settings.root, ['click', 'auxclick', 'submit'], listener), begun(me)];
  const rooted = (root: Node): void => {
    if (root !== settings.root) stops.push(hear(root, ['submit'], listener));
  };
  const watcher = { selector: ':not(*)', attributes: [], found: () => undefined, rooted };
  return { watcher, stop: () => all(stops)() };
}

/**
 * Tells of the first sign of a hand, which a click will follow: what keeps it is opened meanwhile, and not when the browser
 * is already on its way to the next page.
 */
function begun(me: Recorder): Stop {
  const stop = hear(window, ['pointermove', 'pointerdown', 'keydown'], () => {
    stop();
    me.attend({ type: 'activity' });
  });
  return stop;
}

function isFirst(me: Recorder, event: Event, { kind, item }: Interaction): boolean {
  const events = booked.get(me) ?? new WeakMap<Event, Set<string>>();
  booked.set(me, events);
  const known = events.get(event) ?? new Set<string>();
  events.set(event, known);
  const name = `${kind} ${item}`;
  return !known.has(name) && known.add(name) !== undefined;
}
