/** Entry of `homebody.worker.js`: the device and its storage in a worker, asked by the page. */
import type { PageAsked } from './asked.js';
import { Desk } from './desk.js';
import { Line, type Port } from './line.js';

const scope = globalThis as unknown as Port & { readonly origin: string };

const desk: Desk = new Desk(scope.origin, () => line);
const line: Line<PageAsked> = new Line(
  {
    // Whoever asks the page for the segment gets no answer from here: a new one is told before what follows from it.
    postMessage(packet) {
      desk.tellSegment();
      scope.postMessage(packet);
    },
    set onmessage(listener: Port['onmessage']) {
      scope.onmessage = listener;
    },
    get onmessage() {
      return scope.onmessage;
    },
  },
  desk.asked(),
);
