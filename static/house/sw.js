/* The service worker: static files, and pages for the hours without network. What is not GET it never sees.
   VERSION, FILES and SCRIPTS stand in front of it when it is served.

   Pages are kept for one person, who is whoever the last page from the network named: X-Simpul-User says whose it is (0: nobody's),
   X-Simpul-Keep that it is worth keeping. When somebody else is named, all other people's pages go; without a name none is served. */
(() => {
  "use strict";
  importScripts(...SCRIPTS);
  const { outbox } = simpul;
  const STATIC = "simpul-static-";
  const PAGES = "simpul-pages-";
  const USER = "X-Simpul-User";
  const AT = "X-Simpul-At";
  const SIZE = "X-Simpul-Size";
  const OLDER = 2; // pages of builds before still want their files
  const WEEK_MS = 6048e5;
  const FRESH_MS = 9e5;
  const PATIENCE_MS = 4000;
  const AFTER_FORM_MS = 3e4; // what a form has just changed is on no kept page
  const FORM_MS = 12e4; // the longest that the worker stays awake for a form
  const JUST_MS = 6e4;
  const ROOM = 2 ** 20; // bytes
  const ANY = { ignoreVary: true };
  let who; // whose pages are kept; undefined: not yet remembered
  let named = 0; // the request that said so
  let count = 0;
  let said = 0; // what had been asked for when something was last sent: it knows nothing of that
  let posted; // the page that a form under way leads to: redirects keep its name
  let arrived = () => {};
  const came = new Set(); // addresses whose page came after the kept one was shown

  const age = (copy) => Math.abs(Date.now() - copy.headers.get(AT)); // a clock that was put back ages, too
  const pages = (user) => caches.open(PAGES + user);
  const remembered = () => outbox.meta("user").then((user) => user || "", () => undefined); // unread: asked again next time
  const active = async () => (who ??= await remembered()) || "";

  /* Forget the caches of this kind but one, and but so many of the newest. */
  async function clear(kind, but, newest) {
    const names = (await caches.keys()).filter((name) => name.startsWith(kind) && name !== kind + but);
    for (const name of names.slice(0, newest)) await caches.delete(name);
  }

  /* `at`: the request that names them; one that began earlier and answers later says nothing any more. */
  async function become(user, at) {
    const before = await active();
    if (at < named) return user === before;
    named = at;
    if (user !== before) {
      who = user;
      await clear(PAGES, user);
      await outbox.note("user", user);
    }
    return true;
  }

  /* Whether the answer was ours, and for this person. */
  async function keep(at, url, answer) {
    const user = answer.headers.get(USER);
    if (!user || !(await become(+user ? user : "", at)) || !who || answer.status > 499) return false;
    const cache = await pages(user);
    if (answer.headers.get("X-Simpul-Keep")) {
      const body = await answer.arrayBuffer();
      const copy = new Response(body, answer);
      copy.headers.set(AT, Date.now());
      copy.headers.set(SIZE, body.byteLength);
      if (who === user) await cache.put(url, copy);
      await tidy(cache);
    } else await cache.delete(url, ANY);
    return true;
  }

  /* What is past its week goes, then the oldest of what is too much. */
  async function tidy(cache) {
    const copies = [];
    for (const key of await cache.keys()) copies.push([key, await cache.match(key, ANY)]);
    let room = ROOM;
    for (const [key, copy] of copies.sort(([, a], [, b]) => age(a) - age(b))) {
      room -= copy.headers.get(SIZE);
      if (room < 0 || age(copy) > WEEK_MS) await cache.delete(key, ANY);
    }
  }

  /* The kept page of this address, or of the same without its question. */
  async function stored(url) {
    const cache = await pages(await active());
    await tidy(cache);
    const copy = (await cache.match(url, ANY)) || (await cache.match(url.split("?")[0], ANY));
    return new Response((await copy.text()).replace("<html", `$& data-kept="${copy.headers.get(AT)}"`), copy);
  }

  /* The page that came too late, once: for whoever was told of it. */
  async function late(url) {
    const copy = came.delete(url) && (await (await pages(await active())).match(url, ANY));
    return copy && age(copy) < JUST_MS && copy;
  }

  async function page(event) {
    const { request, resultingClientId } = event;
    const { url } = request;
    const ready = await late(url);
    if (ready) return ready;
    const at = ++count;
    let kept;
    const net = (async () => {
      const answer = (await event.preloadResponse) || (await fetch(request));
      event.waitUntil((kept = keep(at, url, answer.clone())));
      return answer;
    })();
    const soon = net.catch(() => {});
    event.waitUntil(soon);
    const patience = resultingClientId === posted ? AFTER_FORM_MS : PATIENCE_MS;
    arrived();
    const answer = await Promise.race([soon, new Promise((done) => setTimeout(done, patience))]);
    if (answer && !/50[234]/.test(answer.status)) return answer;
    const copy = await stored(url).catch(() => {});
    if (copy && !answer) event.waitUntil(soon.then(async () => {
      if (!(await kept)) return;
      if (at > said) came.add(url); // else it is asked for once more
      (await clients.get(resultingClientId))?.postMessage("newer");
    }));
    return copy || answer || net.catch(() => caches.match("/luring", ANY));
  }

  /* The kept copy while it is fresh, else a new one; nothing when none could be had. */
  async function have(url) {
    const copy = await caches.match(url, ANY);
    if (copy && age(copy) < FRESH_MS) return copy;
    const at = ++count;
    const answer = await fetch(url, { priority: "low" });
    return (await keep(at, url, answer.clone())) && answer;
  }

  const told = {
    /* Fetch what is worth having today, one page after the other, unless the line is dear or bad. */
    async warm() {
      const { saveData, effectiveType } = navigator.connection || {};
      if (saveData || /2g/.test(effectiveType) ) return;
      const list = await have("/simpan");
      for (const url of (await list.json()).pages) if (!(await have(url))) return;
    },
    forget: () => become("", ++count),
    skip: () => skipWaiting(),
  };

  const on = (name, act) => addEventListener(name, (event) => event.waitUntil(act(event)));

  on("install", async () => {
    const cache = await caches.open(STATIC + VERSION);
    await cache.addAll([...FILES, new Request("/luring", { credentials: "omit" })]);
  });

  on("activate", async () => {
    await clear(STATIC, VERSION, -OLDER);
    await registration.navigationPreload?.enable();
    await clients.claim();
  });

  on("message", ({ data }) => told[data.type]());

  on("sync", async ({ tag }) => {
    if (tag !== "kirim") return;
    outbox.as((await active()).split(".")[0]);
    await outbox.send();
  });

  addEventListener("fetch", (event) => {
    const { request } = event;
    const opens = request.mode === "navigate";
    if (request.method !== "GET") {
      said = ++count;
      came.clear();
      if (opens) event.waitUntil(new Promise((done) => {
        posted = event.resultingClientId;
        setTimeout((arrived = done), FORM_MS);
      }));
      return;
    }
    if (opens) event.respondWith(page(event));
    else if (/static\/build/.test(request.url)) event.respondWith(caches.match(request, ANY).then((file) => file || fetch(request)));
  });
})();
