/* The service worker: static files, and pages for the hours without network. What is not GET it never sees.
   VERSION, FILES and SCRIPTS stand in front of it when it is served.

   Pages are kept for one person, who is whoever the last page from the network named: X-Simpul-User says whose it is, X-Simpul-Keep
   that it is worth keeping. When somebody else is named, or nobody, all other people's pages go; without a name none is served. */
(() => {
  "use strict";
  importScripts(...SCRIPTS);
  const { outbox } = simpul;
  const STATIC = "simpul-static-";
  const PAGES = "simpul-pages-";
  const OFFLINE = "/luring";
  const USER = "X-Simpul-User";
  const AT = "X-Simpul-At";
  const SIZE = "X-Simpul-Size";
  const BUILDS = 3; // pages of a build before still want its files
  const WEEK_MS = 6048e5;
  const FRESH_MS = 9e5;
  const PATIENCE_MS = 4000;
  const ROOM = 2 ** 20;
  const ANY = { ignoreVary: true };
  let who; // whose pages are kept; undefined: not yet remembered
  let named = 0; // the request that said so
  let count = 0;

  const active = async () => (who ??= (await outbox.meta("user").catch(() => "")) || "");
  const age = (copy) => Math.abs(Date.now() - copy.headers.get(AT)); // a clock that was put back ages, too

  /* `at`: the request that names them; one that began earlier and answers later says nothing any more. */
  async function become(user, at) {
    const other = user !== (await active());
    if (at < named) return false;
    named = at;
    who = user;
    if (other) {
      for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== PAGES + user) await caches.delete(name);
      await outbox.note("user", user);
      await outbox.note("warm", 0);
    }
    return true;
  }

  async function keep(url, user, answer) {
    const cache = await caches.open(PAGES + user);
    if (answer.status !== 200 || !answer.headers.get("X-Simpul-Keep")) return cache.delete(url, ANY);
    const body = await answer.arrayBuffer();
    const headers = new Headers(answer.headers);
    headers.set(AT, Date.now());
    headers.set(SIZE, body.byteLength);
    if (who === user) await cache.put(url, new Response(body, { headers }));
    return tidy(cache);
  }

  /* What is past its week goes, then the oldest of what is too much. */
  async function tidy(cache) {
    const copies = await Promise.all((await cache.keys()).map(async (key) => [key, await cache.match(key, ANY)]));
    let room = ROOM;
    for (const [key, copy] of copies.filter(([, copy]) => copy).sort(([, a], [, b]) => age(a) - age(b))) {
      room -= copy.headers.get(SIZE);
      if (room < 0 || age(copy) > WEEK_MS) await cache.delete(key, ANY);
    }
  }

  async function learn(url, answer, at) {
    const user = answer.headers.get(USER);
    if (user && (await become(+user ? user : "", at)) && who && answer.status < 500) await keep(url, user, answer);
  }

  /* The kept page of this address, or of the same without its question. */
  async function stored(url) {
    const user = await active();
    if (!user) return null;
    const cache = await caches.open(PAGES + user);
    await tidy(cache);
    const copy = (await cache.match(url, ANY)) || (await cache.match(new URL(url).pathname, ANY));
    if (!copy) return null;
    const html = await copy.text();
    return new Response(html.replace("<html", `<html data-kept="${copy.headers.get(AT)}"`), { headers: copy.headers });
  }

  async function page(event) {
    const { url } = event.request;
    const at = ++count;
    const load = async () => {
      const answer = (await event.preloadResponse) || (await fetch(event.request));
      event.waitUntil(learn(url, answer.clone(), at).catch(() => {}));
      return answer;
    };
    const net = load();
    const soon = net.catch(() => {});
    event.waitUntil(soon);
    const answer = await Promise.race([soon, new Promise((done) => setTimeout(done, PATIENCE_MS))]);
    if (answer && !/50[234]/.test(answer.status)) return answer;
    return (await stored(url).catch(() => {})) || answer || net.catch(() => caches.match(OFFLINE, ANY));
  }

  /* Fetch what is worth having today, one page after the other, unless the line is dear or bad. */
  async function warm() {
    const { saveData, effectiveType } = navigator.connection || {};
    if (saveData || /2g/.test(effectiveType) || Math.abs(Date.now() - (await outbox.meta("warm"))) < FRESH_MS) return;
    const at = ++count;
    const list = await fetch("/simpan");
    if (list.status === 401) return become("", at);
    const { user, pages } = await list.json();
    if (!(await become(user, at))) return;
    await outbox.note("warm", Date.now());
    const cache = await caches.open(PAGES + user);
    for (const url of pages) {
      const copy = await cache.match(url, ANY);
      if (copy && age(copy) < FRESH_MS) continue;
      if (who !== user) return;
      const answer = await fetch(url, { priority: "low" });
      if (answer.headers.get(USER) !== user || answer.status > 499) return;
      await keep(url, user, answer);
    }
  }

  const told = {
    warm: () => warm().catch(() => {}),
    forget: async ({ user }) => (user === (await active()) ? become("", ++count) : caches.delete(PAGES + user)),
    skip: () => self.skipWaiting(),
  };

  self.addEventListener("install", (event) => {
    const fill = (cache) => cache.addAll([...FILES, new Request(OFFLINE, { credentials: "omit" })]);
    event.waitUntil(caches.open(STATIC + VERSION).then(fill));
  });

  self.addEventListener("activate", (event) => {
    const begin = async () => {
      const builds = (await caches.keys()).filter((name) => name.startsWith(STATIC) && name !== STATIC + VERSION);
      await Promise.all(builds.slice(0, 1 - BUILDS).map((name) => caches.delete(name)));
      const { navigationPreload } = self.registration;
      if (navigationPreload) await navigationPreload.enable();
      await self.clients.claim();
    };
    event.waitUntil(begin());
  });

  self.addEventListener("message", (event) => event.waitUntil(told[event.data.type](event.data)));

  self.addEventListener("sync", (event) => {
    const send = (user) => (outbox.as(user), outbox.send());
    if (event.tag === "kirim") event.waitUntil(active().then(send));
  });

  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) return;
    if (url.pathname.startsWith("/static/build/")) event.respondWith(caches.match(request, ANY).then((file) => file || fetch(request)));
    else if (request.mode === "navigate") event.respondWith(page(event));
  });
})();
