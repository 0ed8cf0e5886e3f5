// The page while the own node does not answer. Keeps the program of the page (the files of one build) and nothing else:
// what the node says (/api) never comes near this, so a browser holds no picture of anybody's records.
// `npm run build` puts the list of files and its digest in place of the two names below (tools/offline.ts).

const FILES = __FILES__;
const KEPT = 'tansiq-__VERSION__';

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('tansiq-') && name !== KEPT).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== self.location.origin || address.pathname.startsWith('/api')) return;
  if (request.mode === 'navigate') {
    // the node's own page while it answers: a newer program is never held back by an older one
    event.respondWith(fetch(request).catch(() => caches.match('/index.html', { cacheName: KEPT }).then((page) => page ?? Response.error())));
  } else if (FILES.includes(address.pathname) && !request.headers.has('range')) {
    event.respondWith(caches.match(address.pathname, { cacheName: KEPT }).then((held) => held ?? fetch(request)));
  }
});
