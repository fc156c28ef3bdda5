// A hand for Firefox as it is installed, by WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/): no driver in between.
import { existsSync } from 'node:fs';
import { until } from '../harness.mjs';
import { LOCATE, startBrowser } from './process.mjs';
import { connect } from './socket.mjs';

const EXECUTABLES = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'];
const KEYS = { Enter: '\uE007' };

/** Path of Firefox; undefined where it is not installed. */
export const FIREFOX = EXECUTABLES.find((path) => path && existsSync(path));

/** Starts Firefox with one tab; paths are under `origin`. */
export async function firefoxHand(origin) {
  const all = (profile) => ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', '--window-size', '900,780', 'about:blank'];
  const { address, stop } = await startBrowser(FIREFOX, all, /WebDriver BiDi listening on (ws:\S+)/);
  const browser = await connect(`${address}/session`);
  await browser.send('session.new', { capabilities: {} });
  // Without a screen the window it starts with never has the focus; one that is asked for does.
  const { context } = await browser.send('browsingContext.create', { type: 'window' });
  const run = async (expression) => {
    const { result, exceptionDetails } = await browser.send('script.evaluate', { expression: `Promise.resolve(${expression}).then((all) => JSON.stringify(all) ?? '')`, target: { context }, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value ? JSON.parse(result.value) : undefined;
  };
  const act = (actions) => browser.send('input.performActions', { context, actions });
  const keys = (letters) => act([{ type: 'key', id: 'keys', actions: letters.flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]) }]);
  const click = async (selector, button = 0) => {
    const { x, y } = JSON.parse(await until(selector, () => run(`(${LOCATE})(${JSON.stringify(selector)})`)));
    const moves = [{ type: 'pointerMove', x: Math.round(x), y: Math.round(y) }, { type: 'pointerDown', button }, { type: 'pointerUp', button }];
    await act([{ type: 'pointer', id: 'mouse', actions: moves }]);
  };
  return {
    run, click, stop,
    open: (path) => browser.send('browsingContext.navigate', { context, url: origin + path, wait: 'complete' }),
    reload: () => browser.send('browsingContext.reload', { context, wait: 'complete' }),
    async type(selector, text) {
      await click(selector);
      await keys([...text]);
    },
    press: (name) => keys([KEYS[name] ?? name]),
    scroll: (px) => act([{ type: 'wheel', id: 'wheel', actions: [{ type: 'scroll', x: 400, y: 300, deltaX: 0, deltaY: px }] }]),
    /** Another tab comes to the front, and goes. */
    async away(ms) {
      const other = await browser.send('browsingContext.create', { type: 'tab', referenceContext: context });
      await browser.send('browsingContext.activate', other);
      await until('hidden', () => run("document.visibilityState === 'hidden'"));
      await new Promise((resolve) => setTimeout(resolve, ms));
      await browser.send('browsingContext.close', other);
      await browser.send('browsingContext.activate', { context });
      await until('back', () => run("document.visibilityState === 'visible'"));
    },
  };
}
