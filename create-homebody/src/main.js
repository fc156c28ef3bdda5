import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { create } from './create.js';
import { readArguments, TEMPLATES, USAGE, UsageError } from './options.js';

/** Makes a project by the arguments, installs it, and says how to start it. Sets the exit code: 1 failed, 2 wrong usage. */
export async function main(args) {
  try {
    const options = readArguments(args);
    if (options.help) return console.log(USAGE);
    await askForRest(options);
    create(options);
    if (options.install) install(options.folder);
    tell(options);
  } catch (error) {
    console.error(`create-homebody: ${error.message}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/** Asks for what was not said, where somebody is there to answer; else the smallest template it is. */
async function askForRest(options) {
  if (options.template) return;
  options.template = 'plain';
  if (!process.stdin.isTTY || !process.stdout.isTTY) return;
  const terminal = createInterface(process.stdin, process.stdout);
  const choices = Object.entries(TEMPLATES).map(([name, what], index) => `  ${index + 1} ${name.padEnd(6)} ${what}`);
  const answer = await terminal.question(`Which template?\n${choices.join('\n')}\n1 to ${choices.length} [1]: `);
  terminal.close();
  const names = Object.keys(TEMPLATES);
  options.template = names[Number(answer) - 1] ?? names.find((name) => name === answer.trim()) ?? 'plain';
}

function install(folder) {
  // A package in a folder is copied, not linked: linked, it has its own React, and Vite serves none of its files.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['install', '--install-links', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`the project is made, but \`npm install\` failed in it; run it again in ${folder}`);
}

function tell({ folder, install: isInstalled, server }) {
  const path = relative(process.cwd(), folder) || '.';
  const place = path.includes(' ') ? `"${path}"` : path;
  const start = place === '.' ? 'npm start' : `npm start --prefix ${place}`;
  const source = server ? `lists come from ${server}` : 'a shop of 48 invented things, as files, without a server';
  console.log(`${place} is ready: ${source}.

${isInstalled ? '' : `  npm install --prefix ${place}\n`}  ${start}

Open the address it prints, say yes, click three things, and watch the list.`);
}
