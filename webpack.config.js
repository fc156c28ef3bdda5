// Eight builds: the script-tag bundle of the package, the script of its worker, the readers of consent platforms and what
// links a site's other tools, each in a file of its own, the bindings for React and Vue, the demo site, and the designer of
// notices. Input is what `tsc` made of js/src; run by `node webpack.config.js` or with any webpack that is handed this file.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import webpack from 'webpack';
import { CopiedPlugin, PagesPlugin } from './www/pages.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What both share. No `eval` and no source maps by it: the pages run under a strict policy. */
const common = {
  mode: 'production',
  devtool: false,
  target: ['web', 'es2022'],
  performance: { hints: false },
  // `import()` needs no Trusted Types policy; adding <script> elements would.
  optimization: { chunkIds: 'named', moduleIds: 'deterministic', splitChunks: false },
};

/** The glue of a Wasm module is never wanted without what calls it: one request less. */
const glueBesideItsCaller = {
  test: /dist[\\/](rank[\\/]wasm|care|contribute[\\/](engine|judge|apart))\.js$/,
  parser: { dynamicImportMode: 'eager' },
};

/** Nobody asks a module of ours whether it is one of ECMAScript: no chunk says so, and the loader cannot. */
class UnmarkedPlugin {
  apply(compiler) {
    compiler.hooks.compilation.tap('UnmarkedPlugin', ({ hooks, moduleGraph }) => {
      hooks.afterOptimizeDependencies.tap('UnmarkedPlugin', (modules) => {
        for (const module of modules) {
          const { otherExportsInfo } = moduleGraph.getExportsInfo(module);
          for (const exported of [moduleGraph.getExportInfo(module, '__esModule'), ...(otherExportsInfo.provided === false ? [otherExportsInfo] : [])]) {
            exported.setUsed(webpack.UsageState.Unused, undefined);
          }
        }
      });
    });
  }
}

/** Names what lies beside the bundle by its place there, which is the same in both: bundling it would make copies. */
const addressesOfTheWorker = {
  test: /dist[\\/]worker\.js$/,
  parser: { url: false, importMeta: false },
};

/** The files of the languages would take the ids of all modules, those of the loader too, from three digits to four. */
const shortIds = new webpack.ids.DeterministicModuleIdsPlugin({ maxLength: 3, fixedLength: true });

/** Writes each Wasm module as text beside it, for `homebody/inline`. */
class InlinedPlugin {
  apply(compiler) {
    compiler.hooks.thisCompilation.tap('InlinedPlugin', (compilation) => {
      compilation.hooks.processAssets.tap('InlinedPlugin', () => {
        for (const name of ['rank', 'annex', 'care']) {
          const file = at(`./js/dist/wasm/${name}.wasm`);
          const text = `export default '${readFileSync(file, 'base64')}';\n`;
          compilation.fileDependencies.add(file);
          // Not made smaller: there is nothing to be made smaller in it.
          compilation.emitAsset(`wasm/${name}.inline.js`, new webpack.sources.RawSource(text), { minimized: true });
        }
      });
    });
  }
}

const scriptTag = {
  ...common,
  name: 'script',
  optimization: { ...common.optimization, moduleIds: false },
  // Editors and checks of a configuration take its schema from the package.
  plugins: [shortIds, new InlinedPlugin(), new UnmarkedPlugin(), new CopiedPlugin(at('./docs'), ['consent.schema.json'])],
  entry: { homebody: at('./js/dist/script.js') },
  output: {
    path: at('./js/dist'),
    filename: '[name].js',
    chunkFilename: '[name].js',
    assetModuleFilename: 'wasm/[name][ext]',
    chunkFormat: 'module',
    chunkLoading: 'import',
    publicPath: 'auto',
  },
  // Chunks have their names here, so that a language's file need not wait for the list of files.
  resolve: { alias: { [at('./js/dist/texts/files.js')]: at('./js/dist/texts/files-beside.js') } },
  // A classic script knows no `import.meta`: addresses of assets are relative to the chunk that names them.
  module: { parser: { javascript: { url: 'relative' } }, rules: [glueBesideItsCaller, addressesOfTheWorker] },
};

/** One classic script without chunks: it is an asset to other bundlers, and can be served from anywhere on the origin. */
const worker = {
  ...common,
  name: 'worker',
  target: ['webworker', 'es2022'],
  plugins: [new UnmarkedPlugin()],
  entry: { 'homebody.worker': at('./js/dist/remote/serve.js') },
  output: { path: at('./js/dist'), filename: '[name].js', assetModuleFilename: 'wasm/[name][ext]', publicPath: 'auto' },
  module: { parser: { javascript: { dynamicImportMode: 'eager' } } },
};

/** What pages in a frame fetch to reach the platform around it; the readers name it by its place beside them. */
const frame = { frame: at('./js/dist/consent/reading/frame.js') };

/** Called by webpack, not when this file is read: the package is compiled by then. */
const readers = () => {
  const folder = at('./js/dist/consent/sources/');
  const names = readdirSync(folder).filter((name) => name.endsWith('.js'));
  return { ...frame, ...Object.fromEntries(names.map((name) => [name.slice(0, -3), folder + name])) };
};

const sources = {
  ...common,
  name: 'sources',
  entry: readers,
  experiments: { outputModule: true },
  output: { path: at('./js/dist/sources'), clean: true, filename: '[name].js', module: true, library: { type: 'module' } },
  // `import()` stays as it is written: webpack's loading of chunks would weigh as much as a reader.
  module: { parser: { javascript: { import: false } } },
};

/** Called by webpack, as `readers` is. */
const links = () => {
  const entries = [['feeds', 'sources'], ['bridges', 'targets'], ['crm', 'records'], ['flags', 'providers']].flatMap(([part, inner]) => {
    const folder = at(`./js/dist/${part}/${inner}/`);
    const names = readdirSync(folder).filter((name) => name.endsWith('.js'));
    return names.map((name) => [`${part}/${name.slice(0, -3)}`, folder + name]);
  });
  return Object.fromEntries(entries);
};

/** What links a site's other tools with ours: feeds and customer records in, bridges and flags out. */
const linked = {
  ...common,
  name: 'links',
  entry: links,
  experiments: { outputModule: true },
  output: { path: at('./js/dist'), filename: '[name].js', module: true, library: { type: 'module' } },
  externalsType: 'module',
  externals: ['@openfeature/web-sdk'],
  // As in `sources`; and a chunk made for an `import()` here would take the place of the script's own.
  module: { parser: { javascript: { import: false } } },
};

/** A binding: one file, around the framework and the package of whoever bundles it. */
const binding = (framework) => ({
  ...common,
  name: framework,
  entry: at(`./js/dist/${framework}/index.js`),
  experiments: { outputModule: true },
  output: { path: at(`./js/dist/${framework}`), filename: 'binding.js', module: true, library: { type: 'module' } },
  externalsType: 'module',
  externals: [framework, /^\.\.\//],
});

const vue = binding('vue');

const react = {
  ...binding('react'),
  // For frameworks that tell server and browser apart. Put on last, as minifying takes it for a string nobody uses.
  plugins: [new webpack.BannerPlugin({ banner: "'use client';", raw: true, stage: webpack.Compilation.PROCESS_ASSETS_STAGE_SUMMARIZE })],
};

const site = {
  ...common,
  name: 'site',
  entry: { shop: at('./www/shop/main.ts') },
  experiments: { outputModule: true },
  output: {
    path: at('./www/dist'),
    clean: true,
    module: true,
    filename: 'assets/[name].[contenthash].js',
    chunkFilename: 'assets/[name].[contenthash].js',
    assetModuleFilename: 'assets/[name].[contenthash][ext]',
    chunkFormat: 'module',
    chunkLoading: 'import',
    publicPath: '/',
  },
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  module: {
    rules: [
      glueBesideItsCaller,
      addressesOfTheWorker,
      { test: /\.ts$/, loader: 'ts-loader', options: { configFile: at('./www/tsconfig.json') } },
    ],
  },
  plugins: [new PagesPlugin(at('./www/shop'))],
};

/** Pages without addresses of their own: any folder of any server will do, so names are plain and paths relative. */
const designer = {
  ...common,
  name: 'designer',
  entry: { designer: at('./www/designer/main.ts'), preview: at('./www/designer/preview.ts') },
  experiments: { outputModule: true },
  output: {
    path: at('./www/designer/dist'),
    clean: true,
    module: true,
    filename: '[name].js',
    chunkFilename: 'parts/[name].js',
    chunkFormat: 'module',
    chunkLoading: 'import',
    publicPath: 'auto',
  },
  resolve: site.resolve,
  module: site.module,
  plugins: [new CopiedPlugin(at('./www/designer'), ['index.html', 'preview.html', 'designer.css', 'preview.css', 'icon.svg'])],
};

export default [scriptTag, worker, sources, linked, react, vue, site, designer];

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  webpack([scriptTag, worker, sources, linked, react, vue, site, designer], (error, stats) => {
    if (error) throw error;
    process.stdout.write(`${stats.toString({ preset: 'errors-warnings', colors: process.stdout.isTTY })}\n`);
    process.exitCode = stats.hasErrors() ? 1 : 0;
  });
}
