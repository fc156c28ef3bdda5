/** The exports of the module, once it is loaded. */
export function initSync(): InitOutput;

/** Makes the module once, of what `compile` gives; asked again after it failed. What it exports is `initSync()`, also after a reset. */
export default function __wbg_init(compile: () => Promise<WebAssembly.Module>): Promise<void>;
