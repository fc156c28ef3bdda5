// Starts a browser of its own profile that is driven from outside, without a tool that pretends its pages are always looked at.
import { spawn } from 'node:child_process';
import { atEnd, temporaryFolder } from '../harness.mjs';

const START_LIMIT_MS = 60_000;

/** Starts it and answers the address that it prints after `mark`, and a way to end it. */
export async function startBrowser(executable, flags, mark) {
  const profile = await temporaryFolder('browser');
  const child = spawn(executable, flags(profile), { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    const insist = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(insist);
  };
  atEnd(stop);
  const address = await new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`${executable} says nothing: ${text}`)), START_LIMIT_MS);
    child.stderr.on('data', (part) => {
      text += part;
      const found = mark.exec(text);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`${executable} ended with ${code}: ${text}`)));
  });
  return { address, stop };
}

/** In the page: the middle of what a selector finds, through open shadow roots, scrolled into view; null when there is none. */
export const LOCATE = `(selector) => {
  let found = null;
  for (const part of selector.split(' ')) {
    const within = found?.shadowRoot ?? found ?? document;
    found = within.querySelector(part);
    if (!found) return null;
  }
  found.scrollIntoView({ block: 'nearest' });
  const { x, y, width, height } = found.getBoundingClientRect();
  return width * height > 0 ? JSON.stringify({ x: x + width / 2, y: y + height / 2 }) : null;
}`;
