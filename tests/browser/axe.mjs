// What axe finds in a page whose policy lets no script in: it is run from outside of it.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './processes.mjs';

const AXE = await readFile(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What is wrong with a page, or with the one element `within` it, a line each: the rule and where. */
export async function violations(page, within) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
  const run = (expression) => session.send('Runtime.evaluate', { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
  await run(`${AXE};0`);
  const { result } = await run(`axe.run(${within ? JSON.stringify(within) : 'document'}, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes.map(({ target }) => target.join(' ')).join('; ')))`);
  return result.value;
}

/**
 * A server's own page can be read by everybody, as `page` looks at it: its policy refuses nothing of it, axe finds nothing, and
 * it does not scroll sideways. `shots`: a folder for photographs, if people are to see them.
 */
export async function assertReadable(page, url, name, shots) {
  const refused = [];
  page.on('console', (message) => refused.push(message.text()));
  await page.goto(url);
  if (shots) {
    await mkdir(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  }
  assert.deepEqual(refused, [], 'its policy refuses nothing of it');
  assert.deepEqual(await violations(page), []);
  const { scrollWidth, innerWidth } = await page.evaluate(() => ({ scrollWidth: document.documentElement.scrollWidth, innerWidth }));
  assert.ok(scrollWidth <= innerWidth, `scrolls sideways: ${scrollWidth}`);
  assert.deepEqual(page.failures, []);
}
