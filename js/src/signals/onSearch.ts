import { attributeOf, type SignalOptions } from './item.js';
import { listen, type Reader } from './listen.js';
import type { Recorder, Stop } from './listening.js';

/** Fields whose value is read, when they are marked; no other kind of field ever is. */
const READABLE = ['search', 'text'];

/**
 * Records what visitors search for, when they submit a form marked `data-hb-search`: the value that the field marked
 * `data-hb-query` has then. No other field is read, and none before the form is submitted. The returned function stops it.
 *
 * @example
 * // <form data-hb-search><input type="search" name="q" data-hb-query></form>
 * onSearch(me);
 */
export function onSearch(me: Recorder, options: SignalOptions = {}): Stop {
  return listen(me, options, [searchOf]);
}

/** Reads submitted searches. */
export const searchOf: Reader = (event, path) => {
  const form = path[0];
  if (event.type !== 'submit' || !form || !path.some((element) => attributeOf(element, 'data-hb-search') !== null)) return null;
  const field = Element.prototype.querySelector.call(form, 'input[data-hb-query]') as HTMLInputElement | null;
  if (!field || !READABLE.includes(field.type)) return null;
  const item = field.value.trim();
  return item ? { kind: 'search', item } : null;
};
