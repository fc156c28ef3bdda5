import type { Kind } from '../kinds.js';
import type { Interaction } from '../types.js';
import { attributeOf, isMatch, itemIn, lineageOf, type Settings, type SignalOptions, settingsOf } from './item.js';
import { all, type Recorder, type Stop, whileAllowed } from './listening.js';
import { listening, type Reader } from './listen.js';
import { routes } from './route.js';
import { type Watcher, watchTree } from './tree.js';

/** What `data-hb-action` and `data-hb-present` can name. */
export const ACTIONS: readonly Kind[] = [
  'cart_add', 'cart_remove', 'wishlist', 'checkout', 'purchase', 'rating', 'thumbs_up', 'thumbs_down', 'dismiss', 'undo',
  'share', 'survey',
];

/** What was recorded by its presence, so that it is recorded once. */
const present = new WeakMap<Recorder, Set<string>>();

/** Records some actions: controls by clicks, forms when they are submitted, and what is true by being on the page. */
export function onActions(me: Recorder, options: SignalOptions, kinds: readonly Kind[]): Stop {
  return whileAllowed(me, () => {
    const heard = listening(me, options, [actionOf(me, kinds)]);
    return all([watchTree(me, settingsOf(options).root, [heard.watcher, watchPresent(me, options, kinds)]), heard.stop]);
  });
}

/** Reads `data-hb-action`: of a form when it is submitted, of anything else when it is clicked. */
export function actionOf(me: Recorder, kinds: readonly Kind[]): Reader {
  return (event, path, settings) => {
    const at = path.findIndex((element) => attributeOf(element, 'data-hb-action') !== null);
    const control = path[at];
    if (!control || event.type !== (control.localName === 'form' ? 'submit' : 'click')) return null;
    return interactionOf(me, 'data-hb-action', path.slice(at), settings, kinds);
  };
}

/** Finds `data-hb-present`: what is recorded once, as soon as it is on the page. */
export function watchPresent(me: Recorder, options: SignalOptions, kinds: readonly Kind[]): Watcher {
  const settings = settingsOf(options);
  const known = present.get(me) ?? new Set<string>();
  present.set(me, known);
  const found = (element: Element): void => {
    const line = lineageOf(element);
    if (line.some((each) => isMatch(each, settings.ignore)) || isComingBack()) return;
    const interaction = interactionOf(me, 'data-hb-present', line, settings, kinds);
    if (!interaction) return;
    // An order is placed once, whatever shows it; without its number, once on a route.
    const name = `${interaction.kind} ${nearest(line, 'data-hb-order') ?? `/${routes()}`} ${interaction.item}`;
    if (!known.has(name)) me.record(interaction);
    known.add(name);
  };
  return { selector: '[data-hb-present]', attributes: ['data-hb-present'], found };
}

/** A page that is loaded again or gone back to says nothing new until the visitor goes on from it. */
function isComingBack(): boolean {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return routes() === 0 && (entry?.type === 'reload' || entry?.type === 'back_forward');
}

function interactionOf(
  me: Recorder,
  attribute: string,
  line: readonly Element[],
  settings: Settings,
  kinds: readonly Kind[],
): Interaction | null {
  const name = attributeOf(line[0] as Element, attribute) as Kind;
  if (!ACTIONS.includes(name)) {
    if (kinds === ACTIONS) me.report('options', `\`${attribute}\` names no action: \`${name}\``);
    return null;
  }
  if (!kinds.includes(name)) return null;
  const item = name === 'survey' ? nearest(line, 'data-hb-question') ?? '' : itemIn(line, settings) || pageItem();
  return { kind: name, item, ...valueOf(name, line) };
}

/** The number of an action. Words are no numbers; the device refuses them and says so. */
function valueOf(kind: Kind, line: readonly Element[]): { value?: number } {
  const text = nearest(line, 'data-hb-value')?.trim();
  if (text) return { value: Number(text) };
  return kind === 'rating' || kind === 'survey' ? { value: NaN } : {};
}

/** The item whose page this is, by `data-hb-page`; the last one on the page, as a dialog stands over it. */
export function pageItem(): string {
  const marks = document.querySelectorAll('[data-hb-page]');
  const last = marks[marks.length - 1];
  return (last && attributeOf(last, 'data-hb-page')) ?? '';
}

function nearest(line: readonly Element[], name: string): string | null {
  for (const element of line) {
    const value = attributeOf(element, name);
    if (value !== null) return value;
  }
  return null;
}
