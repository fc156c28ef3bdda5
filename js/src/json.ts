/**
 * Plain data as JSON, whatever `toJSON` a page has taught objects and arrays: older libraries turn every array into a string
 * by it. What stands on a value itself is found before what it inherits, and `undefined` is no member of the text.
 */
export function jsonOf(value: unknown, indent?: number): string {
  return JSON.stringify(shielded(value), null, indent);
}

function shielded(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy = (Array.isArray(value) ? [] : {}) as Record<string, unknown>;
  for (const key of Object.keys(value)) copy[key] = shielded((value as Record<string, unknown>)[key]);
  copy['toJSON'] = undefined;
  return copy;
}
