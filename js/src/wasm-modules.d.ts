/**
 * Shape of the generated Wasm glue (`dist/wasm`, made by `cargo xtask build`), so that the sources type-check before it
 * exists.
 */
declare module '*/wasm/rank.js' {
  type Source = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

  /** Loads the module once. */
  export default function init(options: { module_or_path: Source | Promise<Source> }): Promise<unknown>;
  /** Makes the module new, memory and all; generated when asked for. */
  export const __wbg_reset_state: (() => void) | undefined;

  export class Device {
    constructor();
    free(): void;
    setConsent(bits: number, epoch: number): void;
    /** After `setConsent` and `loadPool`; `false` when the epoch does not fit. */
    restore(profile: Uint8Array, nowMs: number): boolean;
    loadPool(bytes: Uint8Array): number;
    loadCatalog(bytes: Uint8Array): number;
    keyOf(id: string): number;
    idOf(key: number): string | undefined;
    facetName(key: number): string | undefined;
    record(kind: number, id: string, value: number, nowMs: number): boolean;
    /** Twelve numbers an item; see `Engine.rank`. */
    rank(
      keys: Uint32Array,
      limit: number,
      offset: number,
      seed: number,
      settings: Float32Array,
      region: number,
      nowMs: number,
    ): Uint32Array<ArrayBuffer>;
    snapshot(): Uint8Array<ArrayBuffer> | undefined;
    erase(): void;
    isDirty(): boolean;
    openPage(id: string, nowMs: number): void;
    activity(nowMs: number): void;
    visibility(visible: boolean, nowMs: number): void;
    closePage(nowMs: number): void;
  }
}

declare module '*/wasm/care.js' {
  type Source = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

  /** Loads the module once. */
  export default function init(options: { module_or_path: Source | Promise<Source> }): Promise<unknown>;

  export function inspect(bytes: Uint8Array, nowMs: number): unknown;
  export function exportProfile(bytes: Uint8Array, nowMs: number): unknown;
  export function importProfile(json: unknown, replaced: Uint8Array): Uint8Array<ArrayBuffer>;
  export function forgetItem(bytes: Uint8Array, id: string): Uint8Array<ArrayBuffer>;
  export function muteFacet(bytes: Uint8Array, facetKey: number, muted: boolean): Uint8Array<ArrayBuffer>;
}
