// The documentation: every link leads somewhere, every sample compiles, every figure is that of its source, and the pages can
// be read by everybody.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { buildSite } from '../../docs/site/build.mjs';
import { resolver } from '../../docs/site/links.mjs';
import { serveFolder } from '../browser/front.mjs';
import { atEnd, binary, launchBrowser, listens, openPage, ROOT, temporaryFolder, until } from '../browser/harness.mjs';
import { pack, project, visit, write } from './project.mjs';

const run = promisify(execFile);
/** What a sample may take as given, by the word after its language. */
const GIVEN = { me: "import type { Personalizer } from 'homebody';\ndeclare const me: Personalizer;\n" };

let site;
let pages;

before(async () => {
  site = await temporaryFolder('site');
  pages = await buildSite(site);
});

const read = (path) => readFile(join(ROOT, path), 'utf8');
const inside = async (folder) => (await readdir(join(ROOT, folder))).filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
const texts = async () => [...(await inside('docs/guide')), ...(await inside('docs/recipes')), 'docs/index.md', 'README.md'];

/** The samples of all texts in one of these languages. */
async function samples(...languages) {
  const found = [];
  for (const path of await texts()) {
    for (const [, info, code] of (await read(path)).matchAll(/^```(\S.*)\n([^]*?)^```/gm)) {
      const [language, ...words] = info.split(' ');
      if (languages.includes(language)) found.push({ path, language, code, given: words.find((word) => word.startsWith('given='))?.slice(6) });
    }
  }
  assert.ok(found.length > 0, languages.join());
  return found;
}

test('every link of the built pages leads to a page, and to a heading of it', async () => {
  assert.ok(pages.length > 40, String(pages.length));
  const html = new Map(await Promise.all(pages.map(async (path) => [path, await readFile(join(site, path), 'utf8')])));
  const reached = new Set(['index.html']);
  for (const [path, text] of html) {
    for (const [, address] of text.matchAll(/(?:href|src)="([^"]*)"/g)) {
      if (/^(https?:|mailto:|data:)/.test(address)) continue;
      const [file, anchor] = address.split('#');
      const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file));
      const found = html.get(target) ?? (await readFile(join(site, target), 'utf8').catch(() => assert.fail(`${path}: ${address}`)));
      if (anchor) assert.ok(found.includes(`id="${anchor}"`), `${path}: ${address}`);
      reached.add(target);
    }
  }
  assert.deepEqual(pages.filter((path) => !reached.has(path)), []);
});

test('everything that the package exports is in the reference, with words of its own', async () => {
  const { exports } = JSON.parse(await read('js/package.json'));
  const faults = [];
  let count = 0;
  for (const [path, target] of Object.entries(exports).filter(([, each]) => each.types)) {
    const entry = path.replace('.', 'homebody');
    const html = await readFile(join(site, 'reference', `${entry.replaceAll('/', '-')}.html`), 'utf8');
    const said = new Map([...html.matchAll(/<h2 id="([^"]*)">([^]*?)(?=<h2 |<\/main>)/g)].map(([, , part]) => [/^(?:<a[^>]*>)?([\w$]+)/.exec(part)?.[1], part.replace(/<pre[^]*?<\/pre>/g, '')]));
    for (const name of await exported(target)) {
      count += 1;
      const part = said.get(name);
      if (!part) faults.push(`${entry}: ${name} is missing`);
      else if (!isExplained(part)) faults.push(`${entry}: ${name} is not explained`);
    }
  }
  assert.ok(count > 120, String(count));
  assert.deepEqual(faults, []);
});

/** Whether a part of the reference says more than its name and the kind of thing it is. */
function isExplained(part) {
  const [, , ...words] = [...part.matchAll(/<p>([^]*?)<\/p>|^[^\n]*/g)].map(([whole]) => whole.replace(/<[^>]*>/g, '').trim());
  return words.join(' ').length > 12;
}

/** What an entry exports, by its text and by what is there when it is imported. */
async function exported({ types, default: file }) {
  const names = new Set(file.includes('binding') || file.includes('openfeature') ? [] : Object.keys(await import(join(ROOT, 'js', file))));
  const text = await read(posix.join('js', types));
  for (const [, , list] of text.matchAll(/export (type )?\{([^}]*)\}/g)) {
    for (const each of list.split(',').map((part) => part.trim()).filter(Boolean)) names.add(each.replace(/^type /, '').split(' as ').at(-1));
  }
  for (const [, name] of text.matchAll(/export (?:declare )?(?:abstract )?(?:function|class|const|interface|type) ([\w$]+)/g)) names.add(name);
  return [...names].filter((name) => name !== 'default');
}

test('a link that leads nowhere is a fault', () => {
  const text = '# A\n\n[a](b.md) [b](#c) [c](#a) [d](a.md#d) [e](../README.md) [f](../nowhere.rs) [g](../../etc/passwd)';
  const { address, faults } = resolver(ROOT, new Map([['docs/a.md', text]]));
  for (const [, href] of text.matchAll(/\]\((.*?)\)/g)) address('docs/a.md', href);
  assert.deepEqual(faults.map((fault) => fault.split(' ')[1]), ['b.md', '#c', 'a.md#d', '../nowhere.rs', '../../etc/passwd']);
  assert.equal(address('docs/a.md', '../core'), 'https://github.com/homebody-rs/homebody/tree/main/core');
});

test('the samples in TypeScript compile against the packed package', async () => {
  const files = (await samples('ts', 'tsx')).map(({ path, language, code, given }, index) => [`${index}-${path.replace(/\W/g, '-')}.${language}`, `// ${path}\n${given ? GIVEN[given] : ''}${code}\nexport {};\n`]);
  assert.ok(files.length >= 18, String(files.length));
  const folder = await project('docs', await pack(), Object.fromEntries(files));
  for (const each of ['react', 'react-dom', '@types/react', 'csstype']) {
    await mkdir(dirname(join(folder, 'node_modules', each)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', each), join(folder, 'node_modules', each));
  }
  const compilerOptions = { strict: true, noEmit: true, skipLibCheck: true, jsx: 'react-jsx', target: 'ES2022', lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [], module: 'ESNext', moduleResolution: 'Bundler' };
  await write(folder, { 'tsconfig.json': JSON.stringify({ compilerOptions, files: files.map(([name]) => name) }) });
  await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder]).catch((error) => assert.fail(error.stdout));
});

test('the samples in JavaScript and HTML are well formed', async () => {
  for (const { path, code } of await samples('js')) await transform(code, { format: 'esm' }).catch((error) => assert.fail(`${path}: ${error.message}`));
  for (const { path, code } of await samples('html')) assert.match(code, /data-server="[^"]+" data-key="[^"]+"/, path);
});

test('the commands in the samples are those of the program', async () => {
  const commands = (await samples('sh')).flatMap(({ code }) => [...code.matchAll(/^homebody ((?:[a-z-]+ ?)+)/gm)].map(([, words]) => words.trim()));
  for (const words of new Set(commands)) await run(binary('homebody'), [...words.split(' '), '--help']).catch((error) => assert.fail(`homebody ${words}: ${error.stderr}`));
  for (const wanted of ['import catalog', 'import history', 'publish', 'export site', 'serve']) {
    assert.ok(commands.some((words) => words.startsWith(wanted)), `${wanted} is not in ${commands}`);
  }
});

/** The sizes that a row names, in its order. */
async function weighed(name) {
  const snap = new Map((await read('benches/size.snap')).split('\n').map((line) => [line.split(' ')[0], line.split(' ')]));
  const column = name.includes('gzip') ? 2 : 3;
  return [...name.matchAll(/`([^`]+)`/g)].map(([, part]) => Number((snap.get(part) ?? assert.fail(`${part} is not in size.snap`))[column]) / 1024);
}

test('every figure about performance is that of the source its row names', async () => {
  let figures = 0;
  for (const line of (await read('docs/performance.md')).split('\n')) {
    const [, source] = /\| \[[^\]]*\]\(([^)#]+)[^)]*\) \|$/.exec(line) ?? [];
    if (!source) continue;
    const text = (await read(posix.normalize(posix.join('docs', source)))).replace(/(\d)×/g, '$1 ×');
    const [name, ...cells] = line.split('|').slice(1, -2);
    if (source.endsWith('size.snap')) {
      const said = [...cells[0].matchAll(/[\d.]+(?= KB)/g)].map(([number]) => Number(number));
      const real = await weighed(name);
      assert.equal(said.length, real.length, line);
      // A tenth of a kilobyte is as fine as the page says it.
      said.forEach((number, index) => assert.ok(Math.abs(number - real[index]) <= real[index] / 20 + 0.05, `${name.trim()}: ${number} KB, but ${real[index].toFixed(1)}`));
      figures += said.length;
      continue;
    }
    for (const [number] of cells.join(' ').replace(/16 ms|50 µs|NDCG@10/g, '').matchAll(/\d+(?:\.\d+)?/g)) {
      assert.ok(new RegExp(`(?<![\\d.])${number.replace('.', '\\.')}(?![\\d.]*\\d)`).test(text), `${name.trim()}: ${number} is not in ${source}`);
      figures += 1;
    }
  }
  assert.ok(figures > 20, String(figures));
});

test('the pages have no fault that axe finds, in light and dark', async () => {
  const served = await serveFolder(site);
  atEnd(() => served.close());
  const browser = await launchBrowser();
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 360, height: 740 }, bypassCSP: true });
    for (const path of ['index.html', 'performance.html', 'reference/homebody.html', 'guide/start.html']) {
      const page = await openPage(context);
      const said = [];
      page.on('console', (message) => said.push(message.text()));
      await page.goto(`${served.origin}/${path}`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
      assert.deepEqual(violations.map(({ id, nodes }) => `${path} ${colorScheme} ${id}: ${nodes[0].html}`), []);
      assert.deepEqual([said, page.stray], [[], []]);
      await page.close();
    }
  }
});

test('every page fits a small screen', async () => {
  const served = await serveFolder(site);
  atEnd(() => served.close());
  const page = await openPage(await (await launchBrowser()).newContext({ viewport: { width: 360, height: 740 } }));
  for (const path of pages) {
    await page.goto(`${served.origin}/${path}`);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360, `${path} is wider than the screen`);
  }
});

test('no page runs a script or fetches from elsewhere', async () => {
  for (const path of pages) {
    const html = await readFile(join(site, path), 'utf8');
    assert.doesNotMatch(html.replace(/<(pre|code)[^]*?<\/\1>/g, ''), /<script|<[a-z][^>]*\s(?:on\w+|style)=|(?:src|stylesheet" href)="https?:/, path);
    assert.match(html, /default-src 'none'; style-src 'self'; img-src 'self' data:/);
  }
});

test('the tag and the list of the README work as they stand', async () => {
  const [snippet] = (await samples('html')).filter(({ path }) => path === 'README.md');
  const folder = await temporaryFolder('readme');
  await cp(join(ROOT, 'js/dist'), join(folder, 'homebody'), { recursive: true });
  await cp(join(ROOT, 'create-homebody/pool/v1'), join(folder, 'reco/v1'), { recursive: true });
  const { key } = JSON.parse(await read('create-homebody/pool/v1/key.json'));
  const items = ['day-pack-20', 'summer-quilt'];
  const html = snippet.code.replace(/data-server="[^"]*" data-key="[^"]*"/, `data-server="/reco" data-key="${key}"`).replace('"alien"', `"${items[0]}"`).replace('"heat"', `"${items[1]}"`);
  assert.ok(items.every((id) => html.includes(id)));
  await write(folder, { 'index.html': `<!doctype html><html lang="en"><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,">${html}` });
  const page = await visit(folder);
  await page.locator('hb-consent').getByRole('button', { name: 'Sort for me' }).click();
  const last = () => page.locator('[data-hb-id]').last();
  const id = await last().getAttribute('data-hb-id');
  await listens(page);
  for (let click = 0; click < 3; click += 1) await page.locator(`[data-hb-id="${id}"]`).click();
  await until('what was clicked comes first', async () => (await page.locator('[data-hb-id]').first().getAttribute('data-hb-id')) === id);
  assert.deepEqual([page.failures, page.complaints, page.stray], [[], [], []]);
});
