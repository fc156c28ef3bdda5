// The rows of docs/consent-comparison.md for our own column: the probes that ask the other managers ask us too, and what
// they find has to be a yes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask } from '../../benches/consent/ask.mjs';
import { OURS } from '../../benches/consent/columns.mjs';
import { ROWS } from '../../benches/consent/rows.mjs';
import { withSite } from '../../benches/consent/site.mjs';
import { launchBrowser } from './harness.mjs';

/** The rows that promise a time: what runs beside them would be measured, too. */
const TIMED = new Set([28]);

/** Pages of one browser at one time. */
const AT_ONCE = 3;

/** Tests the rows that promise a time, or the others. */
export function testRows({ timed }) {
  const rows = ROWS.filter(({ number }) => TIMED.has(number) === timed);
  describe('the comparison says yes of us', { concurrency: AT_ONCE }, () => {
    let site;
    let leave;
    let left;
    before(async () => {
      site = await new Promise((resolve, reject) => {
        const stay = new Promise((done) => (leave = done));
        left = withSite((opened) => {
          resolve(opened);
          return stay;
        }, launchBrowser);
        left.catch(reject);
      });
    });
    after(async () => {
      leave();
      await left;
    });
    for (const row of rows) {
      test(`C${row.number} ${row.what}`, async () => {
        const failures = [];
        const { answer, note } = await ask(site, OURS, row, (error) => failures.push(error));
        assert.equal(answer, 'yes', failures[0]?.stack ?? note);
      });
    }
  });
}
