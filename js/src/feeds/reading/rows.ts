import type { Kind } from '../../kinds.js';
import type { Interaction } from '../../types.js';

/** What an event means: a kind, with its value where the event says none; null for nothing. */
export type Meaning = Kind | readonly [kind: Kind, value: number] | null;

/** Meanings by the name of the event. */
export type Meanings = Readonly<Record<string, Meaning>>;

/** Anything an event may carry: nobody promised it a shape. */
export type Fields = Readonly<Record<string, unknown>>;

/** How the events of a page are read. */
export interface ReadOptions {
  /** Meanings by name of event, beside those of the table or instead of them; null leaves an event out. */
  events?: Meanings;
  /** The id your catalogue has for an item of an event. Default: the field that the source documents. */
  id?: (item: Fields) => unknown;
}

/** Where a source has what. */
export interface Shape {
  /** Fields of an item that may hold its id, the first one that does counts. */
  readonly ids: readonly string[];
  /** Field with the number of pieces. */
  readonly quantity: string;
}

/** Most items of one event that are taken: the documented limit of the largest source. */
export const MAX_ITEMS = 200;
/** As in `core/device`: a longer one is no id but a mistake. */
const MAX_ID_LENGTH = 256;

/** What an event means; nothing when it is in neither table. */
export function meaningOf(name: unknown, table: Meanings, { events = {} }: ReadOptions): Meaning {
  const key = String(typeof name === 'string' ? name : '');
  const holder = [events, table].find((each) => Object.hasOwn(each, key));
  return holder?.[key] ?? null;
}

/** An interaction for each item that has an id; `more` holds the step of a checkout, and the term of a search. */
export function interactions(
  meaning: Meaning,
  items: unknown,
  shape: Shape,
  { id }: ReadOptions,
  more: { step?: unknown; term?: unknown } = {},
): Interaction[] {
  if (!meaning) return [];
  const [kind, fixed] = typeof meaning === 'string' ? [meaning] : meaning;
  if (kind === 'search') return made(kind, textOf(more.term).trim());
  const list = Array.isArray(items) ? items.slice(0, MAX_ITEMS) : [items];
  return list.map(Object).flatMap((item: Fields) => {
    const key = id ? textOf(id(item)) : shape.ids.map((field) => textOf(item[field])).find(Boolean);
    const said = { checkout: more.step, cart_add: item[shape.quantity], purchase: item[shape.quantity], rating: item['rating'] };
    const value = numberOf(said[kind as keyof typeof said]) ?? fixed;
    // A scale of another length would say what nobody meant.
    return kind === 'rating' && !(value! >= 1 && value! <= 5) ? [] : made(kind, key, value);
  });
}

function made(kind: Kind, item: string | undefined, value?: number): Interaction[] {
  if (!item || item.length > MAX_ID_LENGTH) return [];
  return [value === undefined ? { kind, item } : { kind, item, value }];
}

/** Ids are often numbers. */
function textOf(value: unknown): string {
  return typeof value === 'string' || Number.isFinite(value) ? String(value) : '';
}

/** Numbers are often texts; neither nothing nor an empty text is 0. */
function numberOf(value: unknown): number | undefined {
  const number = textOf(value).trim() === '' ? NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}
