import type { BlobCache } from '../src/sync.js';

/** What a page keeps, without a browser. */
export class MemoryCache implements BlobCache {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  get = (name: string) => Promise.resolve(this.files.get(name));
  put = (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise.resolve(void this.files.set(name, bytes));
  keep = (names: readonly string[]) => {
    for (const name of this.files.keys()) if (!names.includes(name)) this.files.delete(name);
    return Promise.resolve();
  };
}
