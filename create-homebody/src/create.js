import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Files that a new folder may have all the same. */
const HARMLESS = new Set(['.git', '.DS_Store', '.gitkeep']);

/** Where each template's static files lie: those that all templates have, and the pool. */
const STATIC = { plain: 'site', vite: 'public', react: 'public', vue: 'public' };

/** Writes a project; an existing folder has to be empty. */
export function create({ folder, name, template, server, key, spec }) {
  claim(folder);
  const demo = JSON.parse(readFileSync(at('../pool/v1/key.json'), 'utf8'));
  const { version } = JSON.parse(readFileSync(at('../package.json'), 'utf8'));
  const values = { name, homebody: spec ?? `^${version}`, server: server ?? 'reco', key: key ?? demo.key, pool: `${STATIC[template]}/reco` };
  const files = join(folder, STATIC[template]);
  for (const [source, to] of [['all', folder], [template, folder], ['static', files]]) {
    const from = at(`../templates/${source}`);
    for (const file of filesOf(from)) write(join(to, renamed(file)), filled(readFileSync(join(from, file), 'utf8'), values));
  }
  if (!server) cpSync(at('../pool/v1'), join(files, 'reco/v1'), { recursive: true });
}

function claim(folder) {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw new Error(`${folder} is a file; name a folder that is new or empty`);
    const inside = readdirSync(folder).filter((each) => !HARMLESS.has(each));
    if (inside.length > 0) throw new Error(`${folder} is not empty (${inside.slice(0, 3).join(', ')}); name a folder that is new or empty`);
  }
  mkdirSync(folder, { recursive: true });
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1));
}

/** npm leaves a `.gitignore` out of what it packs. */
function renamed(file) {
  return file.replace(/(^|[\\/])_gitignore$/, '$1.gitignore');
}

function filled(text, values) {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name) => values[name] ?? whole);
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
