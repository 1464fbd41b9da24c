/* The outbox: what was saved on this phone, until the server has said of each item that it has it. Pages and the worker share
   this file; it knows no form. An item leaves the queue by a verdict under its own id and by nothing else (docs/offline.md). */
(() => {
  "use strict";
  const DAY = 864e5;
  const MOST = 50;
  const CHUNK = 65536;
  const PATIENCE_MS = 30000;
  const NEWER = "belum dikenal"; // the verdict on a kind that the server does not know yet
  const OFFER_MS = 216e5; // how often the server is asked whether it still has what was sent
  const { uuid, local, store } = simpul;
  const { user, db, get, meta, note, list, saver } = store;
  const page = self.document;
  const channel = self.BroadcastChannel && new BroadcastChannel("simpul");
  const heard = new Map(); // id -> who waits for its verdict
  let running = null;
  let asked = false;
  let hurried = false;
  let most = MOST;
  let fails = 0;
  let timer = 0;
  let pause = 0; // until when the server wants to hear nothing
  const late = new Set(); // ids that nobody could take on their own: behind all others

  /* --- what is kept ----------------------------------------------------------------------------- */
  const key = (item, sha) => item.user + "/" + sha;

  async function put(...items) {
    await db("items", "readwrite", (kept) => items.map((item) => kept.put(item)).pop());
    tell(items);
  }

  async function remove(...gone) {
    await db(["items", "blobs"], "readwrite", (kept, blobs) => {
      for (const item of gone) {
        kept.delete(item.id);
        for (const sha of item.photos) {
          const own = key(item, sha);
          blobs.get(own).onsuccess = ({ target }) => target.result?.item === item.id && blobs.delete(own); // two may have the same photo
        }
      }
    });
    tell(gone.filter((item) => item.user === user()));
  }

  /* What is past its week: copies of what was sent, whoever sent it, and drafts. */
  async function tidy(week = 7 * DAY) {
    const all = await db("items", "readonly", (items) => items.getAll());
    const old = all.filter((item) => item.state === "sent" && Date.now() - item.sent_at >= week);
    if (old.length) await remove(...old);
    const drafts = await db("drafts", "readonly", (kept) => kept.getAll());
    const stale = drafts.filter((draft) => Date.now() - draft.at >= 7 * DAY);
    if (stale.length) await db("drafts", "readwrite", (kept) => stale.map((draft) => kept.delete(draft.key)).pop());
  }

  async function save({ kind, fields, what, where = "", photos = [], draft = "" }) {
    const now = new Date();
    const item = {
      id: uuid(), user: user(), kind, fields, what, where, url: location.pathname + location.search, state: "wait",
      happened_at: local(now), offset: String(-now.getTimezoneOffset()), saved_at: +now, photos: photos.map(({ sha }) => sha),
    };
    const write = () => db(["items", "blobs", "drafts"], "readwrite", (items, blobs, drafts) => {
      drafts.delete(draft); // with it: whoever finds both would save twice
      for (const { sha, blob } of photos) blobs.put({ key: key(item, sha), user: user(), sha, blob, have: 0, done: false, item: item.id });
      return items.add(item);
    });
    await write().catch(async () => { // make room with what can be had again, then once more
      for (const name of await caches.keys()) if (name.startsWith("simpul-pages-")) await caches.delete(name);
      await tidy(0);
      return write();
    });
    navigator.storage?.persist?.();
    navigator.serviceWorker?.ready.then((ready) => ready.sync?.register("kirim")).catch(() => {});
    tell([item]);
    return item;
  }

  /* --- who listens ------------------------------------------------------------------------------ */
  function hear({ user: whose, items, sending, out }) {
    if (whose !== user()) return;
    for (const item of items) {
      if (item.state === "wait" && !item.receipt) asked = asked || Boolean(running); // also when another tab saved it
      if (item.receipt || item.state !== "wait") heard.get(item.id)?.();
    }
    if (page) page.dispatchEvent(new CustomEvent(out ? "simpul:out" : "simpul:outbox", { detail: { items, sending } }));
  }

  function tell(items, more) {
    const told = { user: user(), items, sending: Boolean(running), ...more };
    hear(told);
    channel?.postMessage(told);
  }

  async function settled(id, ms) {
    await Promise.race([new Promise((done) => heard.set(id, done)), new Promise((done) => setTimeout(done, ms)), send()]);
    heard.delete(id);
    return get(id);
  }

  /* When the server was reached last, when it was offered what it has, and what it was told to be held here. */
  const contact = async () => (await meta("contact " + user())) || {};

  async function sum() {
    const all = await list();
    const count = (state) => all.filter((item) => item.state === state).length;
    return { wait: count("wait"), check: count("check"), last: (await contact()).last || 0 };
  }

  /* --- sending ---------------------------------------------------------------------------------- */
  async function ask(url, type, body) {
    const patience = new AbortController();
    const alarm = setTimeout(() => patience.abort(), PATIENCE_MS);
    let line = false;
    try {
      const headers = { "Content-Type": type };
      const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual", cache: "no-store", signal: patience.signal });
      const wait = Math.min(answer.headers.get("Retry-After") * 1000, 36e5);
      line = !answer.ok && answer.type !== "opaqueredirect"; // a portal redirects, or greets with a page
      const told = answer.ok ? await answer.json() : answer.status === 429 && (await answer.json().catch(() => null));
      const ours = Boolean(told && (told.verdicts || told.sha256));
      line ||= ours;
      if (ours) return { ...told, wait, version: answer.headers.get("X-Simpul-Kinds") };
      throw Object.assign(new Error(answer.status), { status: answer.status, wait });
    } finally {
      clearTimeout(alarm);
      page?.dispatchEvent(new CustomEvent("simpul:answer", { detail: line }));
    }
  }

  /* One request; false when there is nothing more to ask. `passed`: what this round must not try again. */
  async function batch(passed) {
    const all = await list();
    const before = await contact();
    const left = all.filter((item) => item.state === "wait" || again(item, before.version));
    const going = left.filter((item) => !item.receipt && !passed.has(item.id))
      .sort((a, b) => late.has(a.id) - late.has(b.id)).slice(0, most);
    const rest = left.filter((item) => !going.includes(item));
    const held = { count: rest.length, oldest: rest[0]?.happened_at };
    const age = Date.now() - (before.offered || 0);
    const sent = all.filter((item) => item.state === "sent").reverse();
    const from = passed.from || 0; // of what was sent, so much was offered in this round
    const offer = age > OFFER_MS || age < 0 ? sent.slice(from, from + 200).map((item) => item.id) : [];
    const more = offer.length && sent.length > from + offer.length;
    if (!going.length && !offer.length && held.count === (before.count || 0) && held.oldest === before.oldest) return false;
    const items = going.map(({ id, kind, fields, happened_at, offset }) => ({ id, kind, fields, happened_at, offset }));
    const body = { user: going[0]?.user || user(), clock: local(new Date()), items, held, sent: offer };
    let told;
    try {
      told = await ask("/kirim", "application/json", JSON.stringify(body));
    } catch (fault) {
      if (fault.wait) pause = performance.now() + fault.wait;
      const broken = fault.status >= 500 && fault.status !== 503;
      if (!broken && fault.status !== 413) throw fault;
      most = Math.ceil(going.length / 2) || 1; // a request without items, too, may fail
      if (going.length === 1) late.add(going[0].id); // one that nobody can take must not hold up the others
      if (going.length === 1 && passed.size < 3) passed.add(going[0].id);
      else if (broken || going.length < 2) throw fault;
      return true;
    }
    most = Math.min(MOST, most * 2);
    await take(going, told, passed);
    const back = await lost(sent, told.unknown || []);
    passed.from = from + offer.length - back;
    const offered = offer.length && !back && !more ? Date.now() : before.offered;
    await note("contact " + user(), { last: Date.now(), ...held, offered, version: told.version });
    if (told.wait) pause = performance.now() + told.wait;
    return more || going.length + back;
  }

  /* What the server's version did not know is asked of the next one. */
  const again = ({ state, verdict, version, sent_at: at }, now) =>
    state === "check" && verdict === NEWER && (version !== now || Date.now() - at > OFFER_MS);

  async function take(going, { verdicts = [], version }, passed) {
    const changed = [];
    for (const item of going) {
      const told = verdicts.find((verdict) => verdict.id === item.id) || {};
      const { verdict, receipt, reason, errors } = told;
      if (["diterima", "sudah ada", "ganda"].includes(verdict) && receipt) item.state = item.photos.length ? "wait" : "sent";
      else if (["perlu diperiksa", "ditolak", NEWER].includes(verdict)) item.state = "check";
      else { passed.add(item.id); continue; }
      changed.push(Object.assign(item, { verdict, receipt, reason, errors, version, sent_at: Date.now() }));
    }
    if (changed.length) await put(...changed);
  }

  /* A server that was restored gets back what it has forgotten. */
  async function lost(sent, unknown) {
    const again = sent.filter((item) => unknown.includes(item.id));
    if (!again.length) return 0;
    for (const item of again) Object.assign(item, { state: "wait", receipt: "", verdict: "" });
    await db("blobs", "readwrite", (blobs) => {
      blobs.openCursor().onsuccess = ({ target: { result: at } }) => {
        if (!at) return;
        if (again.some((item) => item.photos.includes(at.value.sha))) at.update({ ...at.value, have: 0, done: false });
        at.continue();
      };
    });
    await put(...again);
    return again.length;
  }

  /* Words before pictures: what is saved while a photo goes up does not wait for it. */
  async function words(passed) {
    asked = hurried; // who is in a hurry gets a turn of their own
    while (pause <= performance.now() && (await batch(passed)));
  }

  /* --- photos ----------------------------------------------------------------------------------- */
  async function upload(item, sha, passed) {
    const kept = await db("blobs", "readonly", (blobs) => blobs.get(key(item, sha)));
    if (!kept) return "gone";
    for (let part = 0, stuck = 0; !kept.done; part = CHUNK) { // at first nothing: the server says how far it is
      const from = kept.have;
      const url = "/kirim/foto/" + sha + "?user=" + item.user + "&mulai=" + from + "&panjang=" + kept.blob.size;
      const told = await ask(url, "application/octet-stream", kept.blob.slice(from, from + part));
      if (told.sha256 !== sha) throw new Error(sha);
      if (told.state === "ditolak") return told.reason;
      Object.assign(kept, { have: told.have, done: told.state === "lengkap" });
      await db("blobs", "readwrite", (blobs) => blobs.put(kept));
      tell([item]);
      if (!kept.done && part && told.have <= from && ++stuck > 2) throw new Error(sha);
      if (asked) await words(passed);
    }
    return "";
  }

  async function photos(hurry, passed) {
    const waiting = (await list()).filter((item) => item.state === "wait" && item.receipt);
    if (saver() && !hurry) return;
    for (const item of waiting) {
      let wrong = "";
      try {
        for (const sha of item.photos) wrong = (await upload(item, sha, passed)) || wrong;
      } catch (fault) {
        if (!fault.status || [401, 429, 503].includes(fault.status)) throw fault;
        passed.add(item.id); // the photos of the others do not wait for it
        continue;
      }
      await put(Object.assign(item, wrong ? { state: "check", reason: wrong } : { state: "sent", sent_at: Date.now() }));
    }
  }

  /* --- turns ------------------------------------------------------------------------------------ */
  function later(ms) {
    clearTimeout(timer);
    timer = setTimeout(send, ms * (0.5 + Math.random()));
  }

  async function round(hurry) {
    const passed = new Set();
    if (hurry) fails = pause = 0;
    const rest = pause - performance.now();
    if (rest > 0) return later(rest);
    try {
      await words(passed);
      await photos(hurry, passed);
      await words(passed);
      fails = passed.size ? fails + 1 : 0;
      if (passed.size) later(Math.min(1000 * 2 ** fails, 3e5));
    } catch (fault) {
      if (fault.status === 401) return tell([], { out: true });
      later(fault.wait || Math.min(1000 * 2 ** fails++, 3e5));
    }
  }

  async function turn() {
    while (asked) {
      const hurry = hurried;
      asked = hurried = false;
      if (navigator.locks) await navigator.locks.request("simpul-kirim", () => round(hurry));
      else await round(hurry);
    }
  }

  /* Send what waits; `now`: the photos too, whatever the data saver says. Never fails: what is not sent stays. */
  async function send(now) {
    if (!user()) return;
    asked = true;
    hurried = hurried || now === true;
    if (!running) {
      running = turn().catch(() => later(5000)).then(() => {
        running = null;
        tell([]);
        if (asked) send(); // somebody asked when the turn was just over
      });
      tell([]);
    }
    await running;
  }

  simpul.outbox = { ...store, save, send, put, remove, settled, sum, tidy };
  if (channel) channel.onmessage = ({ data }) => hear(data);
  if (!page) return;
  const soon = () => { fails = 0; later(1000); };
  addEventListener("online", soon);
  page.addEventListener("visibilitychange", () => page.visibilityState === "visible" && send());
  navigator.connection?.addEventListener("change", soon);
  addEventListener("load", () => { tidy().catch(() => {}); later(500); });
})();
