import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkConfig } from '../src/consent/check.js';
import type { HomebodyError } from '../src/errors.js';
import { golden } from './golden.js';

const page = readFileSync(new URL('../../../../docs/consent-config.md', import.meta.url), 'utf8');
const examples = page.split('```json\n').slice(1).map((rest) => rest.split('```')[0] ?? '');
const full = examples.reduce((longest, each) => (each.length > longest.length ? each : longest));

interface Row {
  readonly pointer: string;
  readonly verdicts: string;
  readonly renamed: string | null;
}

/** The object around a JSON pointer, and the last step of it. */
function around(tree: unknown, pointer: string): { parent: Record<string, unknown>; last: string } {
  const steps = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() as string;
  const parent = steps.reduce((node, step) => (node as Record<string, unknown>)[step], tree);
  return { parent: parent as Record<string, unknown>, last };
}

/** A pointer as a message writes it. */
function pathOf(tree: unknown, pointer: string): string {
  let node = tree;
  return pointer.split('/').slice(1).reduce((path, step) => {
    const isIndex = Array.isArray(node);
    node = (node as Record<string, unknown>)[step];
    return isIndex ? `${path}[${step}]` : path ? `${path}.${step}` : step;
  }, '');
}

/** What the check says: where something is wrong, or nothing. */
function refusal(tree: unknown): string | undefined {
  try {
    checkConfig(tree);
    return undefined;
  } catch (error) {
    const { code, message } = error as HomebodyError;
    assert.equal(code, 'consent_config');
    return /`(.+?)`: /.exec(message)?.[1];
  }
}

test('every example of the documentation is taken', () => {
  for (const example of examples) assert.equal(refusal(JSON.parse(example)), undefined);
});

test('every field, fuzzed: what Rust refuses is refused, at its place', () => {
  const table = golden<Row>('consent/agreement.json') as unknown as { values: unknown[]; cases: Row[] };
  let judged = 0;
  for (const { pointer, verdicts } of table.cases) {
    const path = pathOf(JSON.parse(full), pointer);
    table.values.forEach((value, index) => {
      const tree = JSON.parse(full) as unknown;
      const { parent, last } = around(tree, pointer);
      parent[last] = value;
      const place = refusal(tree);
      const what = `${pointer} = ${JSON.stringify(value).slice(0, 40)}: Rust says ${verdicts[index]}, here ${place}`;
      if (verdicts[index] === 'r') assert.ok(place?.startsWith(path), what);
      else if (verdicts[index] === '-') assert.equal(place, undefined, what);
      judged += 1;
    });
  }
  assert.ok(judged > 2000, `${judged}`);
});

test('what is no configuration at all is refused', () => {
  for (const value of [null, undefined, 7, 'x', [], {}, { version: 1 }]) assert.throws(() => checkConfig(value), { code: 'consent_config' });
});

test('names of prototypes are no fields', () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const tree = JSON.parse(`{"version":1,"id":"t","${name}":{"kind":"builtin"}}`) as unknown;
    assert.throws(() => checkConfig(tree), { code: 'consent_config' }, name);
  }
});
