import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** The templates, smallest first. */
export const TEMPLATES = {
  plain: 'a script tag, no build tool',
  vite: 'modules, built by Vite',
  react: 'React, built by Vite',
  vue: 'Vue, built by Vite',
};

export const USAGE = `npm create homebody@latest FOLDER -- [options]

  --template NAME   ${Object.keys(TEMPLATES).join(', ')}
  --server URL      take lists from a Homebody server, or from a folder written by \`homebody export site\`
  --key KEY         its public key, as \`homebody publish\` prints it
  --package SPEC    the homebody package to depend on: a version, or file:… [the version of this program]
  --no-install      do not run npm install
  --help            show this`;

/** The arguments ask for something that cannot be. */
export class UsageError extends Error {}

/** 32 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{43}=$/;

/** What the arguments ask for, checked. `template` is undefined where they do not say. */
export function readArguments(args) {
  const { values, positionals } = parsed(args);
  if (values.help) return { help: true };
  if (positionals.length !== 1) throw new UsageError(`name one folder\n\n${USAGE}`);
  const { template, server, key, package: spec } = values;
  if (template !== undefined && !Object.hasOwn(TEMPLATES, template)) {
    throw new UsageError(`there is no template \`${template}\`; choose one of ${Object.keys(TEMPLATES).join(', ')}`);
  }
  if ((server === undefined) !== (key === undefined)) throw new UsageError('`--server` and `--key` go together: what a server sends is checked against its key');
  if (server !== undefined && !isAddress(server)) throw new UsageError(`\`--server\` is no address: \`${server}\`; begin with https://`);
  if (key !== undefined && !KEY.test(key)) throw new UsageError('`--key` is no key: copy the 44 characters that `homebody publish` prints');
  const folder = resolve(positionals[0]);
  return { folder, name: packageName(folder), template, server, key, spec: spec && located(spec), install: !values['no-install'] };
}

/** A path is of the folder that the command runs in, not of the project that it makes. */
function located(spec) {
  return spec.replace(/^file:(.+)$/, (_, path) => `file:${resolve(path)}`);
}

function parsed(args) {
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  try {
    return parseArgs({ args, allowPositionals: true, options: { template: text, server: text, key: text, package: text, 'no-install': flag, help: flag } });
  } catch (error) {
    throw new UsageError(`${error.message}\n\n${USAGE}`);
  }
}

/** Whether it can stand in a page as it is, between quotes of either kind. */
function isAddress(text) {
  return /^https?:\/\/[^\s'"<>\\]+$/.test(text) && URL.canParse(text);
}

/** The folder's name as npm allows it. */
function packageName(folder) {
  const name = basename(folder).toLowerCase().replace(/[^a-z0-9._~-]+/g, '-').replace(/^[._-]+|-+$/g, '');
  return name || 'my-shop';
}
