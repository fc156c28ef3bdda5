// A service worker that keeps a page and what it needs for days without a network. Copy it, and change the names below.
const CACHE = 'shop-1'; // Another name for every release of your own files.
const MANIFEST = '/v1/manifest.json';
const BLOB = /\/v1\/blobs\/([0-9a-f]{64})$/;

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(beginKeeping());
});
// A yes after a no on the same page finds this worker still there, and installs nothing.
self.addEventListener('message', (event) => event.waitUntil(beginKeeping()));
self.addEventListener('activate', (event) => event.waitUntil(Promise.all([self.clients.claim(), dropOthers()])));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET') return;
  if (BLOB.test(pathname)) event.respondWith(cacheFirst(request));
  else if (pathname.endsWith(MANIFEST)) event.respondWith(networkFirst(request, dropOldBlobs));
  // Your own pages, scripts and modules. Nothing of a visitor is in them.
  else if (origin === location.origin) event.respondWith(networkFirst(request));
});

/** Tables are named by the hash of their bytes: what is here never changes. */
async function cacheFirst(request) {
  return (await caches.match(request.url)) ?? keep(request);
}

/** What may change is asked for, and what was kept stands in where nothing answers. */
async function networkFirst(request, kept = () => undefined) {
  try {
    const response = await keep(request);
    await kept();
    return response;
  } catch {
    return (await caches.match(request.url)) ?? Response.error();
  }
}

async function keep(request) {
  const response = await fetch(request);
  const copy = response.clone();
  if (response.ok) await whileKeeping((cache) => cache.put(request.url, copy));
  return response;
}

/** Tables that the manifest names no longer go. What it names is in its signed payload, which the page verifies. */
function dropOldBlobs() {
  return whileKeeping(async (cache) => {
    const all = await cache.keys();
    const manifest = all.find(({ url }) => new URL(url).pathname.endsWith(MANIFEST));
    const { payload = '' } = manifest ? await (await cache.match(manifest)).json() : {};
    const old = all.filter(({ url }) => BLOB.test(url) && !payload.includes(BLOB.exec(url)[1]));
    await Promise.all(old.map((request) => cache.delete(request)));
  });
}

function beginKeeping() {
  return navigator.locks.request(CACHE, () => caches.open(CACHE));
}

/** A page that was told no deletes the cache while it holds the lock alone. To open one then would be to keep without a yes. */
function whileKeeping(change) {
  return navigator.locks.request(CACHE, { mode: 'shared' }, async () => {
    if (await caches.has(CACHE)) await change(await caches.open(CACHE));
  });
}

async function dropOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
}
