// The rows of docs/consent-comparison.md for our own column: the probes that ask the other managers ask us too, and what
// they find has to be a yes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask } from '../../benches/consent/ask.mjs';
import { OURS } from '../../benches/consent/columns.mjs';
import { ROWS } from '../../benches/consent/rows.mjs';
import { withSite } from '../../benches/consent/site.mjs';

/** Rows whose feature is not there yet. Whoever brings a feature takes its rows out; the list ends empty. */
const pending = new Set();

/** Pages of one browser at one time. */
const AT_ONCE = 3;

let site;
let leave;
let left;

before(async () => {
  site = await new Promise((resolve, reject) => {
    const stay = new Promise((done) => (leave = done));
    left = withSite((opened) => {
      resolve(opened);
      return stay;
    });
    left.catch(reject);
  });
});

after(async () => {
  leave();
  await left;
});

describe('the comparison says yes of us', { concurrency: AT_ONCE }, () => {
  for (const row of ROWS) {
    test(`C${row.number} ${row.what}`, { skip: pending.has(row.number) && 'pending' }, async () => {
      const failures = [];
      const { answer, note } = await ask(site, OURS, row, (error) => failures.push(error));
      assert.equal(answer, 'yes', failures[0]?.stack ?? note);
    });
  }
});
