/**
 * Shape of the generated Wasm glue (`dist/wasm`, made by `cargo xtask build`), so that the sources type-check before it
 * exists.
 */
declare module '*/wasm/rank.js' {
  /** Makes the module once. */
  export default function init(compile: () => Promise<WebAssembly.Module>): Promise<unknown>;
  /** The exports of the module, once it is loaded. */
  export function initSync(): WebAssembly.Exports;
  /** Makes the module new, memory and all; generated when asked for. */
  export const __wbg_reset_state: (() => void) | undefined;

  export class Device {
    constructor();
    free(): void;
    setConsent(bits: number, epoch: number): void;
    /** After `setConsent` and `loadPool`. These three give the code of what is wrong, if anything. */
    restore(profile: Uint8Array, nowMs: number, days: number): string | undefined;
    loadPool(bytes: Uint8Array): string | undefined;
    loadCatalog(bytes: Uint8Array): string | undefined;
    audit(nowMs: number): Float32Array;
    /** 0 the id of an item key, 1 the name of a facet key, 2 the segment, 3 what the next question asks about. */
    text(what: number, key: number): string | undefined;
    intent(nowMs: number): number | undefined;
    /** Key of what the next question is about; 0 when there is none. */
    nextQuestion(): number;
    /** 1 yes, 2 no, 3 skipped. */
    answer(facet: number, answer: number): boolean;
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
    /** 0 opened, 1 active, 2 visible, 3 hidden, 4 closed. */
    attend(sign: number, id: string, nowMs: number): void;
  }
}

declare module '*/wasm/care.js' {
  /** Makes the module once. */
  export default function init(compile: () => Promise<WebAssembly.Module>): Promise<unknown>;

  /** All of them answer with a byte that is 0 before a result, and otherwise stands before a code. */
  export function inspect(bytes: Uint8Array, nowMs: number): Uint8Array<ArrayBuffer>;
  export function exportProfile(bytes: Uint8Array, nowMs: number): Uint8Array<ArrayBuffer>;
  export function importProfile(document: Uint8Array, replaced: Uint8Array): Uint8Array<ArrayBuffer>;
  export function forgetItem(bytes: Uint8Array, id: Uint8Array): Uint8Array<ArrayBuffer>;
  export function muteFacet(bytes: Uint8Array, facetKey: number, muted: boolean): Uint8Array<ArrayBuffer>;
  export function favourFacet(bytes: Uint8Array, facetKey: number, nowMs: number): Uint8Array<ArrayBuffer>;
}

declare module '*.inline.js' {
  /** A module in base64; made by the bundle (`webpack.config.js`). */
  const text: string;
  export default text;
}

declare module '*/wasm/contribute.js' {
  /** Makes the module once. */
  export default function init(compile: () => Promise<WebAssembly.Module>): Promise<unknown>;

  /** They take parcels, and answer with one behind a 0, or with a code behind another byte. */
  export function mayAnswer(input: Uint8Array, bits: number, epsilon: number, nowMs: number): Uint8Array<ArrayBuffer>;
  export function contribute(
    input: Uint8Array,
    bits: number,
    epsilon: number,
    nowMs: number,
    variant?: number,
    exposedMs?: number,
  ): Uint8Array<ArrayBuffer>;
  export function follow(input: Uint8Array, chance: number, nowMs: number): Uint8Array<ArrayBuffer>;
  export function budget(input: Uint8Array, nowMs: number): Uint8Array<ArrayBuffer>;
}

declare module '*/wasm/judge.js' {
  /** Makes the module once. */
  export default function init(compile: () => Promise<WebAssembly.Module>): Promise<unknown>;

  /** They take parcels, and answer with one behind a 0, or with a code behind another byte. */
  export function mayAnswer(input: Uint8Array, bits: number, epsilon: number, nowMs: number): Uint8Array<ArrayBuffer>;
  export function contribute(
    input: Uint8Array,
    bits: number,
    epsilon: number,
    nowMs: number,
    variant?: number,
    exposedMs?: number,
  ): Uint8Array<ArrayBuffer>;
  export function follow(input: Uint8Array, chance: number, nowMs: number): Uint8Array<ArrayBuffer>;
  export function budget(input: Uint8Array, nowMs: number): Uint8Array<ArrayBuffer>;
}

declare module '*/wasm/split.js' {
  /** Makes the module once. */
  export default function init(compile: () => Promise<WebAssembly.Module>): Promise<unknown>;

  /** Takes a parcel, and answers like the module `contribute`. */
  export function split(input: Uint8Array, time: number): Uint8Array<ArrayBuffer>;
}
