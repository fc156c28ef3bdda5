// A hand for Chromium by its own protocol: tabs that are really hidden, windows that are really blurred.
import { CHROMIUM_FLAGS } from '../chromium.mjs';
import { sleep, until } from '../harness.mjs';
import { LOCATE, startBrowser } from './process.mjs';
import { connect } from './socket.mjs';

const BUTTONS = ['left', 'middle'];
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Starts Chromium with one tab; paths are under `origin`. */
export async function chromiumHand(origin, flags = []) {
  const all = (profile) => [...CHROMIUM_FLAGS, ...flags, '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--window-size=900,700', 'about:blank'];
  const { address, stop } = await startBrowser(EXECUTABLE, all, /listening on (ws:\S+)/);
  const browser = await connect(address);
  let sessionId;
  const send = (method, params) => browser.send(method, params, { sessionId });
  const tab = () => browser.send('Target.getTargets').then(({ targetInfos }) => targetInfos.find(({ type }) => type === 'page'));
  let targetId;
  const attach = async () => {
    ({ targetId } = await until('a tab', tab));
    ({ sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true }));
  };
  await attach();
  const run = async (expression) => {
    const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const key = (type, name, text) => send('Input.dispatchKeyEvent', { type, key: name, code: name, ...(text && { text }), ...(name === 'Enter' && { windowsVirtualKeyCode: 13 }) });
  const click = async (selector, button = 0, heldMs = 0) => {
    const place = JSON.parse(await until(selector, () => run(`(${LOCATE})(${JSON.stringify(selector)})`)));
    await send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...place });
    const turn = (type) => send('Input.dispatchMouseEvent', { type, ...place, button: BUTTONS[button], clickCount: 1 });
    await turn('mousePressed');
    if (heldMs) await sleep(heldMs);
    await turn('mouseReleased');
  };
  return {
    send, run, click, stop, on: browser.on,
    open: (path) => send('Page.navigate', { url: origin + path }).then(() => until('loaded', () => run(`location.href.startsWith('${origin}')`).catch(() => false))),
    /** The answer comes before the old page has gone: what it says is not taken for the new one's. */
    async reload() {
      await run('void (window.begun = "before")');
      await send('Page.reload');
      await until('loaded', () => run('window.begun === true').catch(() => false));
    },
    async type(selector, text) {
      await click(selector);
      for (const letter of text) {
        await key('keyDown', letter, letter);
        await key('keyUp', letter);
      }
    },
    async press(name) {
      await key('keyDown', name, name === 'Enter' ? '\r' : undefined);
      await key('keyUp', name);
    },
    scroll: (px) => send('Input.dispatchMouseEvent', { type: 'mouseWheel', x: 450, y: 350, deltaX: 0, deltaY: px }),
    /** Another tab comes to the front, and goes. */
    async away(ms) {
      const other = await browser.send('Target.createTarget', { url: 'about:blank' });
      await until('hidden', () => run("document.visibilityState === 'hidden'"));
      await sleep(ms);
      await browser.send('Target.closeTarget', other);
      await browser.send('Target.activateTarget', { targetId });
      await until('back', () => run("document.visibilityState === 'visible'"));
    },
    /** For this long, and until then, nobody looks: a browser that is looked at keeps from things like prerendering. */
    async unseen(ms, what, happened) {
      await browser.send('Target.detachFromTarget', { sessionId });
      await sleep(ms);
      await until(what, happened, 30_000);
      await attach();
      await send('Page.bringToFront');
    },
    /** Another window has the focus; this one stays in sight. */
    async blur(ms) {
      const other = await browser.send('Target.createTarget', { url: 'about:blank', newWindow: true });
      await until('blurred', () => run("document.visibilityState === 'visible' && !document.hasFocus()"));
      await sleep(ms);
      await browser.send('Target.closeTarget', other);
      await send('Page.bringToFront');
      await until('focused', () => run('document.hasFocus()'));
    },
  };
}
