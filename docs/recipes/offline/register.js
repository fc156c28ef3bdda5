// Keeps the page for days without a network while the visitor wants to be known, and lets go of it when they do not.
const WORKER = '/sw.js';

export function keepOffline(me) {
  if (!navigator.serviceWorker) return;
  // One after the other: a no that comes while the page is being kept must find all of it.
  let last = Promise.resolve();
  const look = () => {
    last = last.then(() => (me.consent.allowed('personalize') ? begin() : end())).catch(console.warn);
  };
  me.consent.subscribe(look);
  look();
}

async function begin() {
  if (await navigator.serviceWorker.getRegistration(WORKER)) return;
  await navigator.serviceWorker.register(WORKER);
  (await navigator.serviceWorker.ready).active.postMessage('keep');
  // What this page has loaded already went past the worker: once more, from the browser's own cache.
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
  await Promise.allSettled([location.href, ...loaded].map((url) => fetch(url, { cache: 'force-cache' })));
}

async function end() {
  await (await navigator.serviceWorker.getRegistration(WORKER))?.unregister();
  // The worker serves this page until it is left, but keeps nothing more once its cache is gone.
  for (const name of await caches.keys()) {
    if (name.startsWith('shop-')) await navigator.locks.request(name, () => caches.delete(name));
  }
}
