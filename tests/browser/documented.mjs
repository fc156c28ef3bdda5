// Holds data against the types the package publishes: js/src/generated/*.ts is the documentation and the check.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const FOLDER = new URL('../../js/src/generated/', import.meta.url);

/** Fails unless `value` has exactly the fields of a generated type, each of its type. */
export function assertDocumented(type, value, path = type) {
  if (type.startsWith('Array<')) {
    assert.ok(Array.isArray(value), `${path} is a list`);
    return value.forEach((entry, index) => assertDocumented(type.slice(6, -1), entry, `${path}[${index}]`));
  }
  if (type.startsWith('[')) {
    const inner = type.slice(1, -1).split(', ');
    assert.equal(value.length, inner.length, `length of ${path}`);
    return inner.forEach((each, index) => assertDocumented(each, value[index], `${path}[${index}]`));
  }
  if (['number', 'string', 'boolean'].includes(type)) {
    assert.equal(typeof value, type, path);
    if (type === 'number') assert.ok(Number.isFinite(value), path);
    return undefined;
  }
  if (type.endsWith(' | null')) return value === null ? undefined : assertDocumented(type.slice(0, -' | null'.length), value, path);
  const fields = fieldsOf(type);
  assert.deepEqual(Object.keys(value).sort(), Object.keys(fields).sort(), `fields of ${path}`);
  return Object.entries(fields).forEach(([name, inner]) => assertDocumented(inner, value[name], `${path}.${name}`));
}

function fieldsOf(type) {
  const text = readFileSync(new URL(`${type}.ts`, FOLDER), 'utf8').replace(/\/\*[^]*?\*\//g, '');
  const body = text.slice(text.indexOf('{', text.indexOf('export type')) + 1);
  return Object.fromEntries(Array.from(body.matchAll(/(\w+): ((?:\[[^\]]*\]|[\w<>]+)(?: \| null)?),/g), ([, name, inner]) => [name, inner]));
}
