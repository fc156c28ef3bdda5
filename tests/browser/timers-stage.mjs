// The timers, observers and listeners of a page, in the open: which of them live, and all timers fired without waiting.

/**
 * For `addInitScript`: `window.living` has a timer or observer each that was begun and not ended, by its id, as `{ kind, ms }`;
 * `hurry(leastMs)` fires those timers now that would have waited so long; `ahead` is added to the clock, in milliseconds. The
 * listeners of window and document are in it, too, each as `{ kind: 'listener', type }`.
 */
export function watchTimers() {
  const real = Date.now.bind(Date);
  window.ahead = 0;
  Date.now = () => real() + window.ahead;
  window.living = new Map();
  for (const [begin, end, once] of [['setTimeout', 'clearTimeout', true], ['setInterval', 'clearInterval', false]]) {
    const [start, stop] = [window[begin], window[end]];
    window[begin] = (work, ms = 0, ...rest) => {
      const run = () => {
        if (once) window.living.delete(id);
        if (typeof work === 'function') work(...rest);
      };
      const id = start(run, ms);
      window.living.set(id, { kind: begin, ms, run });
      return id;
    };
    window[end] = (id) => {
      window.living.delete(id);
      stop(id);
    };
  }
  window.hurry = (leastMs) => {
    for (const [id, { kind, ms, run }] of [...window.living]) {
      if (kind !== 'setTimeout' || ms < leastMs) continue;
      window.clearTimeout(id);
      run();
    }
  };
  for (const name of ['IntersectionObserver', 'MutationObserver', 'ResizeObserver']) {
    const Real = window[name];
    window[name] = class extends Real {
      observe(...given) {
        window.living.set(this, { kind: name });
        return super.observe(...given);
      }
      disconnect() {
        window.living.delete(this);
        return super.disconnect();
      }
    };
  }  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const ids = new WeakMap();
  const keyOf = (type, listener, capture) => {
    if (!ids.has(listener)) ids.set(listener, Math.random());
    return `${type} ${ids.get(listener)} ${!!(capture?.capture ?? capture)}`;
  };
  EventTarget.prototype.addEventListener = function (type, listener, how) {
    const target = this ?? window;
    if (listener && (target === window || target === document)) window.living.set(keyOf(type, listener, how), { kind: 'listener', type });
    return addEventListener.call(target, type, listener, how);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, how) {
    const target = this ?? window;
    if (listener && (target === window || target === document)) window.living.delete(keyOf(type, listener, how));
    return removeEventListener.call(target, type, listener, how);
  };
}
