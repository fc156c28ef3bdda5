import type { Iab, IabName } from './iab.js';

type Answer = (data: unknown, ok: unknown) => void;

const found = new Map<IabName, Iab>();

/** The interface of the nearest frame around ours that has it; undefined while there is none. Speaks by messages. */
export function framed(name: IabName): Iab | undefined {
  const frame = found.has(name) ? undefined : findFrame(`${name}Locator`);
  if (frame) found.set(name, byMessage(name, frame));
  return found.get(name);
}

/** A platform leaves an empty frame of this name in its own as a sign. */
function findFrame(locator: string): Window | undefined {
  for (let frame: Window = window; frame !== frame.parent; ) {
    frame = frame.parent;
    try {
      if ((frame.frames as unknown as Record<string, unknown>)[locator]) return frame;
    } catch {
      // A frame of another origin that has no such child throws.
    }
  }
  return undefined;
}

function byMessage(name: IabName, frame: Window): Iab {
  const waiting = new Map<unknown, Answer>();
  addEventListener('message', ({ source, data }) => {
    // Only the frame that was asked may answer.
    if (source !== frame) return;
    try {
      // Some platforms post text.
      const { callId, returnValue, success } = (typeof data === 'string' ? JSON.parse(data) : data)[`${name}Return`];
      waiting.get(callId)?.(returnValue, success);
    } catch {
      // Any other message.
    }
  });
  return (command, ...rest) => {
    const [answer, parameter, version] = name === '__gpp' ? rest : [rest[1], rest[2], rest[0]];
    const callId = `hb-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    waiting.set(callId, answer as Answer);
    frame.postMessage({ [`${name}Call`]: { command, parameter, version, callId } }, '*');
  };
}
