/* The service worker: keeps the static files of this build and the offline page, and nothing else. What is not GET it never sees.
   "VERSION" and "FILES" are filled in when it is served. */
"use strict";
const CACHE = "simpul-static-" + "VERSION";
const FILES = "FILES";
const OFFLINE = "/luring";

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([...FILES, OFFLINE]);
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("simpul-static-") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    if (self.registration.navigationPreload) await self.registration.navigationPreload.enable();
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

async function kept(request) {
  return (await caches.match(request, { ignoreVary: true })) || fetch(request);
}

async function page(event) {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return (await caches.match(OFFLINE, { ignoreVary: true })) || Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (FILES.includes(url.pathname)) event.respondWith(kept(event.request));
  else if (event.request.mode === "navigate") event.respondWith(page(event));
});
