import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ConsentConfig } from '../src/generated/ConsentConfig.js';
import { golden } from './golden.js';

const ROOT = new URL('../../../../', import.meta.url);
const FIXTURES = new URL('core/protocol/testdata/consent/lint/', ROOT);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const schema = JSON.parse(read('docs/consent.schema.json')) as object;
// Strict: a keyword that the validator does not know is an error, and so is one without effect.
const accepts = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);
const examples = read('docs/consent-config.md').split('```json\n').slice(1).map((rest) => rest.split('```')[0] ?? '');

/** The object around a JSON pointer, and the last step of it. */
function around(tree: unknown, pointer: string): { parent: Record<string, unknown>; last: string } {
  const steps = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() as string;
  const parent = steps.reduce((node, step) => (node as Record<string, unknown>)[step], tree);
  return { parent: parent as Record<string, unknown>, last };
}

/** A row of the table that Rust wrote: a verdict on each wrong value at a place, and on a wrong name for it. */
interface Row {
  readonly pointer: string;
  readonly verdicts: string;
  readonly renamed: string | null;
}

test('every example of the documentation is valid', () => {
  assert.ok(examples.length >= 2);
  for (const example of examples) assert.ok(accepts(JSON.parse(example)), JSON.stringify(accepts.errors));
});

test('the schema refuses what Rust refuses, and accepts what it accepts', () => {
  const table = golden<Row>('consent/agreement.json') as unknown as { nonsense: string; values: unknown[]; cases: Row[] };
  const full = examples.reduce((longest, each) => (each.length > longest.length ? each : longest));
  const differing: string[] = [];
  let judged = 0;
  const judge = (what: string, verdict: string, change: (tree: unknown) => void): void => {
    const tree = JSON.parse(full) as unknown;
    change(tree);
    judged += 1;
    // What the lint finds may need more than a schema can say.
    if (verdict !== 'l' && accepts(tree) !== (verdict === '-')) differing.push(`${what}: Rust says ${verdict}`);
  };
  for (const { pointer, verdicts, renamed } of table.cases) {
    table.values.forEach((value, index) => {
      judge(`${pointer} = ${JSON.stringify(value).slice(0, 40)}`, verdicts[index] as string, (tree) => {
        const { parent, last } = around(tree, pointer);
        parent[last] = value;
      });
    });
    if (renamed === null) continue;
    judge(`${pointer} by another name`, renamed, (tree) => {
      const { parent, last } = around(tree, pointer);
      parent[table.nonsense] = parent[last];
      delete parent[last];
    });
  }
  assert.deepEqual(differing, []);
  assert.ok(judged > 2000, `${judged}`);
});

test('an editor already warns of what a schema can say of the law', () => {
  const said = new Set(readdirSync(FIXTURES).filter((name) => name.endsWith('.json') && refuses(name)));
  for (const name of SAID) assert.ok(said.has(`${name}.json`), `the schema accepts ${name}`);
  for (const name of ['clean', 'clean-edges']) assert.ok(!said.has(`${name}.json`), `the schema refuses ${name}`);
});

const SAID = [
  'consent_unknown_field', 'consent_range', 'consent_range-address', 'consent_range-region', 'consent_syntax-type',
  'consent_syntax-needed', 'consent_no_reject', 'consent_no_reject-field', 'consent_button_unequal',
  'consent_button_hidden-field', 'consent_button_hidden-sheet', 'consent_button_hidden-small', 'consent_preticked',
  'consent_preticked-mode', 'consent_reask_too_soon', 'consent_expiry_too_long', 'consent_no_controller',
  'consent_no_contact', 'consent_no_policy', 'consent_no_rights', 'consent_no_rights-none', 'consent_no_purposes',
  'consent_no_retention', 'consent_experiment_differs', 'consent_experiment_differs-theme',
];

function refuses(name: string): boolean {
  const text = readFileSync(new URL(name, FIXTURES), 'utf8');
  try {
    return !accepts(JSON.parse(text));
  } catch {
    return true;
  }
}

test('the generated type is of the same form', () => {
  const config: ConsentConfig = {
    version: 1,
    id: 'shop',
    controller: { name: 'Shop SE', contact: 'privacy@shop.example', policyUrl: '/privacy', authority: 'DPC' },
    rights: ['access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'withdrawal', 'complaint'],
    purposes: { personalize: { data: ['views'], retentionDays: 90, map: { tcf: { all: [1, 5, 6] } } } },
    regions: [{ match: ['EU'], modes: { '*': 'ask' } }],
    theme: { light: { accent: '#0f766e' }, scheme: 'light' },
  };
  assert.ok(accepts(config), JSON.stringify(accepts.errors));
});

test('the package carries the schema: the same file, under its subpath, with an address of its own', () => {
  const shipped = createRequire(import.meta.url)('homebody/consent.schema.json') as { $id?: string };
  assert.deepEqual(shipped, schema);
  assert.match(shipped.$id ?? '', /^https:\/\/[^ ]+\/consent\.schema\.json$/);
});
