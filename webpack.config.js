// Three builds: the script-tag bundle of the package, the readers of consent platforms, each in a file of its own, and
// the demo site. Input is what `tsc` made of js/src; run by
// `node webpack.config.js` or with any webpack that is handed this file.
import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import webpack from 'webpack';
import { PagesPlugin } from './www/pages.mjs';

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
  test: /dist[\\/](rank[\\/]wasm|care)\.js$/,
  parser: { dynamicImportMode: 'eager' },
};

const scriptTag = {
  ...common,
  name: 'script',
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
  // A classic script knows no `import.meta`: addresses of assets are relative to the chunk that names them.
  module: { parser: { javascript: { url: 'relative' } }, rules: [glueBesideItsCaller] },
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
      { test: /\.ts$/, loader: 'ts-loader', options: { configFile: at('./www/tsconfig.json') } },
    ],
  },
  plugins: [new PagesPlugin(at('./www/shop'))],
};

export default [scriptTag, sources, site];

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  webpack([scriptTag, sources, site], (error, stats) => {
    if (error) throw error;
    process.stdout.write(`${stats.toString({ preset: 'errors-warnings', colors: process.stdout.isTTY })}\n`);
    process.exitCode = stats.hasErrors() ? 1 : 0;
  });
}
