import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

interface Part {
  readonly description: string;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, { readonly description: string }>>;
}

const schema = JSON.parse(read('docs/profile-export.schema.json')) as Part & { readonly $defs: Readonly<Record<string, Part>> };

const BESIDE = ['experiments', 'contributions'];

test('the schema of an exported profile has the fields of the type, each explained', () => {
  for (const [name, { required, properties }] of Object.entries({ ...schema.$defs, ProfileExport: schema })) {
    const type = read(`js/src/generated/${name}.ts`);
    const fields = [...type.matchAll(/^(\w+)\??: /gm)].map(([, field]) => field);
    // The others are kept beside the profile, and there only where there is something.
    assert.deepEqual(Object.keys(properties).filter((field) => !BESIDE.includes(field)), fields, name);
    assert.deepEqual(required, fields, name);
    for (const [field, { description }] of Object.entries(properties)) assert.ok(description.length > 3, `${name}.${field}`);
  }
});
