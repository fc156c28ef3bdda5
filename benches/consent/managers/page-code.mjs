// Pieces of the scripts that set a manager up. All of them are files of their own on the page, so that a strict policy
// judges the manager and not the page around it.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../measure/programs.mjs';

/** What a pattern finds in the names of the files of a folder of node_modules. */
export async function namesIn(folder, pattern) {
  const names = await readdir(join(ROOT, 'node_modules', folder));
  return names.map((name) => pattern.exec(name)?.[1]).filter(Boolean);
}

/** A value as code. */
export function json(value) {
  return JSON.stringify(value);
}

/** Code that runs as soon as the document is parsed. */
export function whenParsed(code) {
  return {
    code: `(() => {
  const run = () => { ${code}; };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', run);
  else run();
})();`,
  };
}
