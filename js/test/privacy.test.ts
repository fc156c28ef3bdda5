import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../../../', import.meta.url);
const page = readFileSync(new URL('docs/privacy.md', ROOT), 'utf8');

/** Every link of the page to a file of the repository that is no page: its words, and where it leads. */
const links = [...page.matchAll(/\[`([^`]+)`\]\(\.\.\/([^)#]+)\)/g)].map(([, words = '', path = '']) => ({ words, path }));

test('every claim about privacy names a test that is there', () => {
  const isFile = (words: string): boolean => /\.\w+$/.test(words);
  const missing = links.filter(({ words, path }) => {
    const file = new URL(path, ROOT);
    if (!existsSync(file)) return true;
    if (isFile(words)) return false;
    const text = readFileSync(file, 'utf8');
    return !(text.includes(`fn ${words}(`) || text.includes(`test('${words}'`));
  });
  assert.deepEqual(missing, []);
  assert.ok(links.filter(({ words }) => !isFile(words)).length > 30, 'there are claims');
});

test('every attack says what remains and what holds the rest', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| **'));
  assert.ok(rows.length >= 10, String(rows.length));
  for (const row of rows) {
    const cells = row.split(' | ').map((cell) => cell.replace(/^\||\|$/g, '').trim());
    assert.ok(cells.length === 4 && cells.every(Boolean), row);
    assert.match(cells[3] ?? '', /\]\(\.\.\//, row);
  }
});
