import type { ConsentClear } from '../generated/ConsentClear.js';

/** How a cookie can have been set: names such as `__Secure-…` want the word again, and a partitioned cookie is another one. */
const KINDS = ['', '; secure', '; secure; partitioned'];
/** What Homebody keeps itself is deleted by other means, and the record of the choice has to stay. */
const OURS = /^(hb\.|homebody)/;

/**
 * Deletes what a purpose left in this browser: cookies that scripts can see, on every path and domain they can have been
 * set for, keys of both storages, databases, caches, and entries of the private file system. Names may end in `*`.
 * Whatever cannot be deleted is passed over; it is tried again with the next page.
 */
export async function sweep(clear: ConsentClear = {}): Promise<void> {
  const { cookies, localStorage: keys, indexedDB: databases, cacheStorage, fileSystem } = clear;
  await Promise.allSettled([
    rid(cookies, cookieNames, expire),
    rid(keys, () => Object.keys(localStorage), (name) => localStorage.removeItem(name)),
    rid(keys, () => Object.keys(sessionStorage), (name) => sessionStorage.removeItem(name)),
    // One that is open still is deleted when whoever has it open lets go.
    rid(databases, databaseNames, (name) => indexedDB.deleteDatabase(name)),
    rid(cacheStorage, () => caches.keys(), (name) => caches.delete(name)),
    // One that is being written is locked.
    rid(fileSystem, fileNames, async (name) => (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true })),
  ]);
}

/** Whether one of the patterns means a name. */
export function isMeant(name: string, patterns: readonly string[]): boolean {
  const fits = (pattern: string): boolean =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  // A loop: a page may have made `some` say yes to anything, and this deletes.
  for (const pattern of patterns) if (fits(pattern)) return !OURS.test(name);
  return false;
}

/** Removes what the patterns mean; what refuses is passed over, and the others go all the same. */
async function rid(
  patterns: readonly string[] = [],
  list: (patterns: readonly string[]) => string[] | Promise<string[]>,
  remove: (name: string) => unknown,
): Promise<void> {
  if (patterns.length === 0) return;
  const meant = (await list(patterns)).filter((name) => isMeant(name, patterns));
  await Promise.allSettled(meant.map(async (name) => remove(name)));
}

function cookieNames(): string[] {
  return document.cookie.split('; ').map((pair) => pair.split('=')[0] as string);
}

/** Where databases cannot be listed, those that are named whole. */
async function databaseNames(patterns: readonly string[]): Promise<string[]> {
  return (await indexedDB.databases?.())?.map(({ name }) => name ?? '') ?? [...patterns];
}

async function fileNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
  return names;
}

/** A cookie is deleted only under the domain and the path it was set for, and no page can ask which those were. */
function expire(name: string): void {
  const labels = location.hostname.split('.');
  const domains = labels.map((_, index) => `; domain=${labels.slice(index).join('.')}`);
  const steps = location.pathname.split('/');
  const paths = steps.flatMap((_, index) => {
    const path = steps.slice(0, index + 1).join('/');
    return [path || '/', `${path}/`];
  });
  for (const path of new Set(paths)) {
    for (const domain of ['', ...domains]) {
      for (const kind of KINDS) document.cookie = `${name}=; max-age=0; path=${path}${domain}${kind}`;
    }
  }
}
