/** The interfaces of the IAB: functions on the page that answer by callback, or are reached in a frame around ours. */
export type IabName = '__tcfapi' | '__gpp' | '__uspapi';

/** One of them: `(command, version, answer, parameter)`; in GPP `(command, answer, parameter, version)`. */
export type Iab = (...command: unknown[]) => void;

let framed: ((name: IabName) => Iab | undefined) | undefined;

/**
 * The interface; undefined while it is not there. A stub counts: it keeps what it is asked until its platform has loaded.
 * Look it up for every command, as the platform replaces its stub.
 */
export function findIab(name: IabName): Iab | undefined {
  const own = (globalThis as unknown as Record<string, Iab | undefined>)[name];
  if (typeof own === 'function') return own;
  // What only pages in a frame need is fetched there only.
  if (!framed && window !== parent) {
    import(/* webpackChunkName: "homebody.frame" */ './frame.js').then(
      (module) => (framed = module.framed),
      () => undefined,
    );
  }
  return framed?.(name);
}
