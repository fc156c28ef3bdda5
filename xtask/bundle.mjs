// Runs webpack.config.js by webpack's API: `npm run bundle`. A command-line package would be one dependency more.
import webpack from 'webpack';

/** The compiler's result; rejects only when webpack itself fails, not when a module does. */
function compile(config) {
  const compiler = webpack(config);
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      compiler.close((closing) => {
        const failure = error ?? closing;
        if (failure) reject(failure);
        else resolve(stats);
      });
    });
  });
}

/** What the file exports: a configuration, a list of them, or a function that makes one. */
async function configuration() {
  const module = await import('../webpack.config.js');
  const exported = module.default ?? module;
  return typeof exported === 'function' ? exported() : exported;
}

const stats = await compile(await configuration());
console.log(stats.toString({ preset: 'normal', colors: process.stdout.isTTY, modules: false }));
if (stats.hasErrors()) process.exitCode = 1;
