#!/usr/bin/env node
// `npm create homebody@latest my-shop`. Only what every Node understands stands here: an old one is told so, not given a stack.
import { tooOld } from './node-version.js';

const complaint = tooOld(process.versions.node);
if (complaint) {
  console.error(complaint);
  process.exitCode = 1;
} else {
  import('./main.js').then(({ main }) => main(process.argv.slice(2)));
}
