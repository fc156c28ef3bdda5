import { readFileSync } from 'node:fs';

// Compiled to js/dist/test/test/, so the repository is four folders up.
const TESTDATA = new URL('../../../../core/protocol/testdata/', import.meta.url);

/** A golden file as bytes. */
export function goldenBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(name, TESTDATA)));
}

/** A golden file as JSON; its `spec_version` must be the one these tests know. */
export function golden<T>(name: string): { spec_version: number; cases: T[] } {
  const value = JSON.parse(readFileSync(new URL(name, TESTDATA), 'utf8')) as { spec_version: number; cases: T[] };
  if (value.spec_version !== 1) throw new Error(`${name} has spec_version ${value.spec_version}`);
  return value;
}
