// What is read from the files of a package.
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { ROOT } from '../../measure/programs.mjs';
import { no, partial, whether, yes } from './answers.mjs';

const EU = 'bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv'.split(' ');
const BINDING_LIMIT_BYTES = 1024;
const SKIPPED = new Set(['node_modules', '.git']);

/** Folder of a package. */
export function folderOf(name) {
  return name === 'homebody' ? join(ROOT, 'js') : join(ROOT, 'node_modules', name);
}

/** What a package says of itself. */
export async function manifestOf(name) {
  return JSON.parse(await readFile(join(folderOf(name), 'package.json'), 'utf8'));
}

/** All files of a package, relative to it; of ours what is published. */
async function filesOf(name) {
  const folder = folderOf(name);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1));
  return paths.filter((path) => !path.split('/').some((part) => SKIPPED.has(part)) && (name !== 'homebody' || path.startsWith('dist/'))).sort();
}

/** Whether a script of the packages contains the pattern. */
export async function mentions({ packages }, pattern) {
  for (const name of packages) {
    for (const path of await filesOf(name)) {
      if (!/\.[cm]?js$/.test(path)) continue;
      if (pattern.test(await readFile(join(folderOf(name), path), 'utf8'))) return `${name}/${path}`;
    }
  }
  return null;
}

/** C23: how many languages the package has texts in. */
export async function languagesShipped({ manager }) {
  const codes = [...new Set((await manager.languages()).map((code) => code.toLowerCase().split('-')[0]))];
  const ofEu = EU.filter((code) => codes.includes(code)).length;
  if (codes.length === 0) return no('0');
  const note = `${codes.length}, ${ofEu} of the ${EU.length} of the EU`;
  return ofEu === EU.length ? yes(note) : partial(note);
}

/** C45: a schema of the configuration, in the form of JSON Schema. */
export async function schemaPublished({ manager: { packages } }) {
  for (const name of packages) {
    for (const path of (await filesOf(name)).filter((path) => extname(path) === '.json')) {
      const { $schema = '' } = JSON.parse(await readFile(join(folderOf(name), path), 'utf8').catch(() => '{}'));
      if (/json-schema\.org/.test($schema)) return yes(`\`${path.split('/').pop()}\``);
    }
  }
  return no();
}

/** C50: types for TypeScript. */
export async function typesIncluded({ manager: { packages } }) {
  const [name] = packages;
  return whether((await filesOf(name)).some((path) => /\.d\.[cm]?ts$/.test(path)));
}

/** C51: a binding for React, and what it weighs. */
export async function reactBinding({ manager: { packages } }) {
  for (const name of packages) {
    const { exports = {}, peerDependencies = {} } = await manifestOf(name);
    if (peerDependencies.react && name !== 'homebody') return yes(`\`${name}\``);
    const own = exports['./react']?.default;
    if (!own) continue;
    const bytes = brotliCompressSync(await readFile(join(folderOf(name), own))).length;
    return whether(bytes <= BINDING_LIMIT_BYTES, `\`${name}/react\`, ${bytes} bytes brotli`);
  }
  return no();
}

/** C46: a page on which the configuration is edited and seen, whose code is open. */
export async function editorIncluded({ manager, site }) {
  if (manager.editor) return manager.editor(site);
  const found = (await Promise.all(manager.packages.map(filesOf))).flat().filter((path) => /(^|\/)(ide|editor)(\.min)?\.(js|html)$/.test(path));
  return found.length > 0 ? yes(`\`${found[0]}\``) : no();
}

