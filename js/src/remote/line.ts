import type { HomebodyError } from '../errors.js';
import { jsonOf } from '../json.js';
import { errorOf, type Fault, faultOf } from './fault.js';

/** One end of what a page and its worker speak through. */
export interface Port {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<Packet>) => void) | null;
}

/** What goes over a line: something asked (0: without an answer), an answer, a failure. */
type Packet =
  | { readonly ask: number; readonly verb: string; readonly given: readonly unknown[] }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly fault: Fault };

/** Functions by their names. */
export type Asked = { [verb: string]: (...given: never[]) => unknown };
type Of<A extends Asked, V extends keyof A> = Awaited<ReturnType<A[V]>>;

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (thrown: unknown) => void;
}

/**
 * Two ends that ask each other by name. What is said is heard in order; whoever is asked begins at once, and may answer
 * later than what was asked after.
 */
export class Line<Theirs extends Asked> {
  /** Whether anything was heard since this was last set to false. */
  heard = false;
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #cut: HomebodyError | undefined;

  constructor(port: Port, ours: Asked) {
    this.#port = port;
    port.onmessage = ({ data }) => {
      this.heard = true;
      if ('ask' in data) void this.#answer(data.ask, () => (ours[data.verb] as (...given: unknown[]) => unknown)(...data.given));
      else this.#settle(data);
    };
  }

  /** Whether somebody waits for an answer. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Asks the other end. */
  ask<V extends keyof Theirs & string>(verb: V, ...given: Parameters<Theirs[V]>): Promise<Of<Theirs, V>> {
    return new Promise<Of<Theirs, V>>((resolve, reject) => {
      if (this.#cut) return reject(this.#cut);
      const ask = (this.#last += 1);
      this.#post({ ask, verb, given });
      this.#waiting.set(ask, { resolve, reject });
    });
  }

  /** Says something that needs no answer; throws when it cannot be said at all. */
  tell<V extends keyof Theirs & string>(verb: V, ...given: Parameters<Theirs[V]>): void {
    if (!this.#cut) this.#post({ ask: 0, verb, given });
  }

  /** Nothing is answered any more: whoever waits hears why. */
  cut(error: HomebodyError): void {
    this.#cut ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  async #answer(ask: number, work: () => unknown): Promise<void> {
    try {
      const value = await work();
      if (ask) this.#post({ answer: ask, value });
    } catch (thrown) {
      if (ask) this.#post({ answer: ask, fault: faultOf(thrown) });
    }
  }

  #settle(packet: Exclude<Packet, { ask: number }>): void {
    const waiting = this.#waiting.get(packet.answer);
    this.#waiting.delete(packet.answer);
    if ('fault' in packet) waiting?.reject(errorOf(packet.fault));
    else waiting?.resolve(packet.value as never);
  }

  #post(packet: Packet): void {
    try {
      this.#port.postMessage(packet);
    } catch {
      // What cannot be copied, such as the proxies of a framework: what JSON holds of it.
      this.#port.postMessage(JSON.parse(jsonOf(packet)));
    }
  }
}
