import { HomebodyError } from '../errors.js';

/** Refuses a value, naming where it stands. */
export type Rule = (value: unknown, path: string) => void;

/** Text that matches. */
export function text(form: RegExp, allowed: string): Rule {
  return (value, path) => demand(typeof value === 'string' && form.test(value), path, allowed);
}

/** One of some words. */
export function word(...words: readonly string[]): Rule {
  return (value, path) => demand(words.includes(value as string), path, words.map((each) => `\`${each}\``).join(', '));
}

/** A whole number within bounds. */
export function whole(least: number, most: number): Rule {
  return (value, path) => demand(Number.isInteger(value) && within(value as number, least, most), path, `a whole number, ${least} to ${most}`);
}

/** A number above `above`, at most `most`. */
export function above(least: number, most: number): Rule {
  return (value, path) => demand(typeof value === 'number' && value > least && value <= most, path, `above ${least}, at most ${most}`);
}

/** True or false. */
export const flag: Rule = (value, path) => demand(typeof value === 'boolean', path, 'true or false');

/** A list of so many. */
export function list(item: Rule, least = 0, most = 64): Rule {
  return (value, path) => {
    demand(Array.isArray(value) && within(value.length, least, most), path, `a list of ${least} to ${most}`);
    (value as unknown[]).forEach((each, index) => item(each, `${path}[${index}]`));
  };
}

/** An object with names that people give. */
export function map(name: RegExp, item: Rule, most = Infinity): Rule {
  return (value, path) => {
    const entries = Object.entries(objectAt(value, path));
    demand(entries.length <= most, path, `at most ${most}`);
    for (const [key, each] of entries) {
      demand(name.test(key), at(path, key), 'no such name');
      item(each, at(path, key));
    }
  };
}

/** An object with known fields, some of which have to be there. */
export function shape(fields: Readonly<Record<string, Rule>>, ...needed: readonly string[]): Rule {
  return (value, path) => {
    const object = objectAt(value, path);
    for (const key of Object.keys(object)) {
      demand(Object.hasOwn(fields, key), at(path, key), `no such field; there are ${Object.keys(fields).join(', ')}`);
      fields[key]?.(object[key], at(path, key));
    }
    for (const key of needed) demand(Object.hasOwn(object, key), at(path, key), 'it is missing');
  };
}

function objectAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  demand(typeof value === 'object' && value !== null && !Array.isArray(value), path, 'an object');
  return value as Readonly<Record<string, unknown>>;
}

function demand(isSane: boolean, path: string, allowed: string): void {
  if (!isSane) throw new HomebodyError('consent_config', `\`${path || '.'}\`: ${allowed}`);
}

function within(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function at(path: string, key: string): string {
  return path ? `${path}.${key}` : key;
}
