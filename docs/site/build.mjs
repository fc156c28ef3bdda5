// Builds the documentation: npm run docs [-- --out FOLDER]. The package has to be built (`cargo xtask build`).
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CONTENTS, pathOf } from './contents.mjs';
import { resolver } from './links.mjs';
import { outline, render } from './markdown.mjs';
import { page } from './page.mjs';
import { reference } from './reference.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Writes the site into `out` and returns the paths of its pages. Throws when a link leads nowhere or a file of docs/ is in no
 * section.
 */
export async function buildSite(out, root = ROOT) {
  const { sections, pages } = await collect(root);
  const { address, assets, faults } = resolver(root, pages);
  const written = sections.flatMap((section) => section.pages).map(({ source }) => {
    const text = pages.get(source);
    const html = render(text, (href) => address(source, href));
    return { path: pathOf(source), html: page({ source, html, sections, ...outline(text) }) };
  });
  if (faults.length > 0) throw new Error(`links that lead nowhere:\n  ${faults.join('\n  ')}`);
  rmSync(out, { recursive: true, force: true });
  for (const { path, html } of written) write(join(out, path), html);
  for (const asset of assets) {
    mkdirSync(dirname(join(out, asset.replace(/^docs\//, ''))), { recursive: true });
    cpSync(join(root, asset), join(out, asset.replace(/^docs\//, '')));
  }
  cpSync(new URL('./site.css', import.meta.url), join(out, 'site.css'));
  return written.map(({ path }) => path);
}

/** The sections with their pages' names, and the text of every page. */
async function collect(root) {
  const read = (source) => readFileSync(join(root, source), 'utf8');
  const made = await reference(root);
  const pages = new Map(made);
  const sections = CONTENTS.map(({ title, pages: named, folders, reference: isReference }) => {
    const inside = folders ? readdirSync(join(root, folders)).filter((name) => /^\d\d-/.test(name)).sort().map((name) => `${folders}/${name}/README.md`) : [];
    const sources = isReference ? [...made.keys()] : [...named, ...inside];
    for (const source of sources) if (!made.has(source)) pages.set(source, withPicture(root, source, read(source)));
    return { title, pages: sources.map((source) => ({ source, name: nameOf(source, pages.get(source)) })) };
  });
  const lost = readdirSync(join(root, 'docs'), { recursive: true }).filter((name) => name.endsWith('.md') && !pages.has(`docs/${name.replaceAll('\\', '/')}`));
  if (lost.length > 0) throw new Error(`not in docs/site/contents.mjs: ${lost.join(', ')}`);
  return { sections, pages };
}

function nameOf(source, text) {
  if (source === 'docs/index.md') return 'Homebody';
  return outline(text).title.replace(/^(\d\d) · /, '$1 ');
}

/** Examples are shown as their test saw them. */
function withPicture(root, source, text) {
  const [, name] = /^examples\/(\d\d-[^/]+)\//.exec(source) ?? [];
  const picture = name && `docs/images/${name}.jpg`;
  if (!picture || !exists(join(root, picture))) return text;
  return `${text}\n![The example as its test has left it](../../${picture})\n`;
}

function exists(file) {
  return readdirSync(dirname(file)).includes(file.split(/[\\/]/).pop());
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'target/site') } } });
  try {
    const pages = await buildSite(values.out);
    process.stdout.write(`${pages.length} pages: ${join(values.out, 'index.html')}\n`);
  } catch (error) {
    process.stderr.write(`docs: ${error.message}\n`);
    process.exitCode = 1;
  }
}
