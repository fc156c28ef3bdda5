// Writes the demo's pages: names of the hashed files, and the shelf that is there without any script.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import webpack from 'webpack';
import { wellKnown, yearOf } from './demo/films.mjs';
import { filmCatalogue } from './demo/prepare.mjs';

const NAME = 'PagesPlugin';
const SHELF_SIZE = 24;

/** Emits index.html and privacy.html with the stylesheet, the icon and the facts they use. */
export class PagesPlugin {
  #folder;

  constructor(folder) {
    this.#folder = folder;
  }

  apply(compiler) {
    const files = ['index.html', 'privacy.html', 'shop.css', 'icon.svg'].map((name) => join(this.#folder, name));
    compiler.hooks.thisCompilation.tap(NAME, (compilation) => {
      const stage = webpack.Compilation.PROCESS_ASSETS_STAGE_REPORT;
      compilation.hooks.processAssets.tap({ name: NAME, stage }, () => this.#emit(compiler, compilation));
      files.forEach((file) => compilation.fileDependencies.add(file));
    });
  }

  #emit(compiler, compilation) {
    const read = (name) => readFileSync(join(this.#folder, name), 'utf8');
    const emit = (name, text) => compilation.emitAsset(name, new webpack.sources.RawSource(text));
    const hashed = (name, text) => {
      const [stem, extension] = name.split('.');
      const path = `assets/${stem}.${digest(compiler, text)}.${extension}`;
      emit(path, text);
      return `/${path}`;
    };
    const [script] = compilation.entrypoints
      .get('shop')
      .getFiles()
      .filter((file) => file.endsWith('.js'));
    const { items } = filmCatalogue();
    const values = {
      script: `/${script}`,
      style: hashed('shop.css', read('shop.css')),
      icon: hashed('icon.svg', read('icon.svg')),
      facts: hashed('films.json', JSON.stringify(Object.fromEntries(items.map(factsOf)))),
      films: wellKnown(items, SHELF_SIZE).map(printedCard).join('\n'),
    };
    for (const page of ['index.html', 'privacy.html']) {
      emit(
        page,
        read(page).replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]),
      );
    }
  }
}

/** Emits files as they are. */
export class CopiedPlugin {
  #folder;
  #names;

  constructor(folder, names) {
    this.#folder = folder;
    this.#names = names;
  }

  apply(compiler) {
    compiler.hooks.thisCompilation.tap(NAME, (compilation) => {
      compilation.hooks.processAssets.tap({ name: NAME, stage: webpack.Compilation.PROCESS_ASSETS_STAGE_REPORT }, () => {
        for (const name of this.#names) compilation.emitAsset(name, new webpack.sources.RawSource(readFileSync(join(this.#folder, name))));
      });
      this.#names.forEach((name) => compilation.fileDependencies.add(join(this.#folder, name)));
    });
  }
}

/** What the published tables leave out, because a ranking does not need it: one file, the same for everybody. */
function factsOf({ id, tags, description }) {
  return [id, { tags, description }];
}

/** The same card the script makes, in print; the script takes its facts from the attributes. */
function printedCard({ id, title, category, brand, tags }) {
  const data = {
    'data-hb-id': id,
    'data-title': title,
    'data-genre': category,
    'data-maker': brand,
    'data-tags': tags.join('|'),
  };
  const attributes = Object.entries(data)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(' ');
  const words = `<h3 class="card-title">${escaped(title)}</h3><p class="card-facts">${yearOf(id)} · ${escaped(category)}</p>`;
  return `        <li class="card" ${attributes}><div class="card-poster"></div><div class="card-words">${words}</div></li>`;
}

function digest(compiler, text) {
  const { hashFunction } = compiler.options.output;
  return compiler.webpack.util.createHash(hashFunction).update(text).digest('hex').slice(0, 16);
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
