import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** The numbers of the cases that a file of tests has by name. */
const numbersIn = (text: string, form: RegExp): number[] => [...text.matchAll(form)].map(([, number]) => Number(number));

const RUST = [
  'core/protocol/tests/consent/law.rs', 'core/device/tests/activity.rs', 'server/src/catalog/snapshot.rs',
  'server/tests/serve/decisions.rs', 'server/tests/serve/transparency.rs',
];

test('every case of the law is a test by its number, and on the page', () => {
  const titles = [...read('tests/browser/law.test.mjs').matchAll(/^test\('([^:]+):/gm)].map(([, title]) => title ?? '');
  const browser = titles.flatMap((title) => numbersIn(title, /L(\d+)/g));
  const tested = new Set([...browser, ...RUST.flatMap((path) => numbersIn(read(path), /fn l(\d+)_/g))]);
  const listed = new Set(numbersIn(read('docs/law.md'), /^\| L(\d+) \|/gm));
  const wanted = Array.from({ length: 32 }, (_, index) => index + 1);
  assert.deepEqual(wanted.filter((number) => !tested.has(number)), [], 'not tested');
  assert.deepEqual(wanted.filter((number) => !listed.has(number)), [], 'not on the page');
});
