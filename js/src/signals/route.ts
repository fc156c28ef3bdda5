import { hear, type Stop } from './listening.js';

/** What is used of the Navigation API, where there is one. */
type Navigation = EventTarget & { readonly currentEntry?: unknown };
interface NavigateEvent extends Event {
  readonly destination: { readonly sameDocument: boolean; readonly url: string };
  readonly downloadRequest: string | null;
}
interface EntryChange extends Event {
  readonly navigationType: string | null;
}

const listeners = new Set<() => void>();
let address = '';
let count = 0;
let unwatch: Stop | undefined;

/** Number of routes since the page was loaded, as far as somebody listened. */
export function routes(): number {
  return count;
}

/**
 * Listens for another page of the same document. The path and the query tell pages apart, and a fragment where it is a
 * path (`#/a`, `#!a`); a query that is only put in place (`replaceState`) is the same page in another state.
 */
export function onRoute(listener: () => void): Stop {
  unwatch ??= watch();
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    unwatch?.();
    unwatch = undefined;
  };
}

/**
 * Listens for the document being left: as soon as the browser begins to navigate where it says so, which leaves time to
 * store, and when the page is hidden for good or put into the back/forward cache.
 */
export function onLeave(listener: (isCertain: boolean) => void): Stop {
  const begins = (event: NavigateEvent): void => {
    const { destination, downloadRequest } = event;
    if (!destination.sameDocument && downloadRequest === null && /^https?:/.test(destination.url)) listener(false);
  };
  const { navigation } = globalThis as { navigation?: Navigation };
  const stopHiding = hear(window, ['pagehide'], () => listener(true));
  const stopBegins = navigation && hear(navigation, ['navigate'], begins);
  return () => {
    stopHiding();
    stopBegins?.();
  };
}

function watch(): Stop {
  address = addressOf();
  const { navigation } = globalThis as { navigation?: Navigation };
  if (navigation) return hear(navigation, ['currententrychange'], (event: EntryChange) => look(event.navigationType === 'replace'));
  const unwrap = [wrap('pushState'), wrap('replaceState')];
  const stop = hear(window, ['popstate', 'hashchange'], () => look(false));
  return () => {
    for (const each of unwrap) each();
    stop();
  };
}

function look(isReplaced: boolean): void {
  const before = address;
  address = addressOf();
  if (address === before || (isReplaced && pathIn(address) === pathIn(before))) return;
  count++;
  for (const listener of [...listeners]) listener();
}

function addressOf(): string {
  const { pathname, search, hash } = location;
  return pathname + search + (/^#[/!]/.test(hash) ? hash : '');
}

function pathIn(whole: string): string {
  return whole.replace(/\?[^#]*/, '');
}

/** Browsers without the Navigation API tell nobody about these two; afterwards they are as they were. */
function wrap(name: 'pushState' | 'replaceState'): Stop {
  const original = history[name];
  let active = true;
  const wrapped = function (this: History, ...all: Parameters<History['pushState']>): void {
    original.apply(this, all);
    if (active) look(name === 'replaceState');
  };
  history[name] = wrapped;
  return () => {
    active = false; // Somebody may have wrapped ours meanwhile.
    if (history[name] === wrapped) history[name] = original;
  };
}
