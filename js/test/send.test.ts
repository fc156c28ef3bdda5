import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../src/contribute/outbox.js';
import { send } from '../src/contribute/send.js';

const row = (mode: Row['mode']): Row => ({
  nonce: '1', task: 'aa', name: 'n', description: '', purpose: 'contribute', mode, vector: [], microRho: 1, microEpsilon: 0, builtAtS: 0, dueAtS: 0,
  url: 'https://a/', type: 't', body: 'AA==', state: 'waiting',
});

/** What is made of an answer. */
async function replied(mode: Row['mode'], status: number, body: BodyInit | null): Promise<string> {
  const real = globalThis.fetch;
  try {
    globalThis.fetch = async () => new Response(body, { status });
    return await send(row(mode), 1_000, new AbortController().signal);
  } finally {
    globalThis.fetch = real;
  }
}

/** An `UploadErrors` of one report. */
const complaint = (number: number): Uint8Array<ArrayBuffer> => Uint8Array.of(...Array.from({ length: 16 }, () => 7), number);

const problem = (code: string): string => JSON.stringify({ type: `https://homebody.dev/problems/${code}`, status: 422, code });

test('a report that is early by the server’s clock is kept; what cannot get better is not', async () => {
  assert.equal(await replied('trusted', 422, problem('report_early')), 'later');
  for (const code of ['report_late', 'report_window', 'report_task']) assert.equal(await replied('trusted', 422, problem(code)), 'refused', code);
  assert.equal(await replied('split', 200, complaint(9)), 'later');
  for (const number of [2, 3, 5, 7, 10, 11]) assert.equal(await replied('split', 200, complaint(number)), 'refused', `${number}`);
  assert.equal(await replied('split', 200, ''), 'taken');
  assert.equal(await replied('trusted', 204, null), 'taken');
});
