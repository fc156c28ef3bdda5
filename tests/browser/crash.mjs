// A module that traps on its next call.

/** Without windows Chromium leaves the signal of a trap to nobody, and the page dies of it. */
export const WHOLE = { whole: true };

/** In the page, before the package: notes where the module keeps its device. */
export function watchDevices() {
  const { register } = FinalizationRegistry.prototype;
  FinalizationRegistry.prototype.register = function (target, held, token) {
    if (held?.ptr) window.device = held.ptr;
    return register.call(this, target, held, token);
  };
}

/** In the page: overwrites all pointers of the device (not its borrow flag), so that its next call really traps. */
export async function crash() {
  // That of today: a module that was made new has another one.
  const { memory } = (await import('/pkg/wasm/rank.js')).initSync();
  new Uint8Array(memory.buffer).fill(0xff, device + 8, device + 1024);
}
