/* The outbox page: what this phone keeps of its user. Rows are templates of the page, its words are data. */
(() => {
  "use strict";
  const WEEK = 7 * 864e5;
  const SHOWN = 100;
  const ROOM = 3e6; // bytes of photos that go into a copy; the others are only named
  const PAINT_MS = 50;
  const { outbox, hour, local, say, today } = simpul;
  const part = (id) => document.getElementById(id);
  const words = part("antrean").dataset;
  const [copying, sending] = part("aksi").children;
  const tell = (word, n) => (n ? words[word].replace("{n}", n) : "");
  const joined = (parts, by) => parts.filter(Boolean).join(by);
  const clone = (name) => part("baris-" + name).content.firstChild.cloneNode(true);
  let moving = false; // something is on its way
  let hurried = false; // by our own button
  let paints = 0;
  let due = 0;

  const own = (store) => outbox.db(store, "readonly", (kept) => kept.getAll())
    .then((all) => all.filter(({ user }) => user === outbox.user()));

  async function read() {
    const [items, drafts, blobs] = await Promise.all(["items", "drafts", "blobs"].map(own));
    const of = (state) => items.filter((item) => item.state === state);
    const sent = of("sent").filter((item) => Date.now() - item.sent_at < WEEK).reverse();
    return { wait: of("wait"), check: of("check"), sent, drafts, blobs };
  }

  /* tadi 09.22, or 7 Nov 09.22 when it was another day */
  function when(ms, word) {
    if (today(ms)) return tell(word, hour(ms));
    return new Date(ms).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "short" }) + " " + hour(ms);
  }

  function stateOf({ state, seen, receipt }) {
    if (state !== "wait") return seen || state;
    if (receipt && !hurried && outbox.saver()) return "wifi";
    return moving ? "go" : receipt ? "photo" : "wait";
  }

  function row(item, blobs) {
    const { id, photos, errors } = item;
    const li = clone(stateOf(item));
    const [name, place, time, why, link, button] = li.querySelectorAll("[data-in]");
    const bytes = blobs.reduce((sum, { sha, blob }) => sum + photos.includes(sha) * blob.size, 0);
    const about = [tell("photos", photos.length), tell("size", Math.ceil(bytes / 1024)), when(item.saved_at, "ago"), tell("code", item.receipt)];
    name.textContent = item.what;
    name.href = item.url; // a draft's name is a link
    place.textContent = joined([item.where, ...about], " · ");
    if (item.sent_at) time.textContent = when(item.sent_at, "at");
    if (!why) return li;
    why.textContent = joined([item.reason, ...Object.values(errors || {})], " ");
    link.href = item.url;
    button.onclick = () => dismiss(item);
    for (const one of [link, button]) {
      one.id = one.tagName + id; // focus finds it again in the next row of this item
      one.setAttribute("aria-label", one.textContent + ": " + item.what);
    }
    return li;
  }

  async function dismiss(item) {
    await outbox.put({ ...item, state: "sent", seen: "seen", sent_at: Date.now() });
    const undo = clone("undo");
    const toast = say(tell("done", item.what), undo);
    undo.onclick = () => {
      toast.remove();
      outbox.put(item);
    };
    part("isi").focus({ preventScroll: true });
  }

  function list(name, all, blobs) {
    const section = part(name);
    const [title, place, more] = section.querySelectorAll("[data-list]");
    section.hidden = !all.length;
    title.textContent = tell(name, all.length);
    place.replaceChildren(...all.slice(0, SHOWN).map((item) => row(item, blobs)));
    more.textContent = tell("more", Math.max(all.length - SHOWN, 0));
  }

  async function paint() {
    const mine = ++paints;
    const kept = await read();
    const sum = await outbox.sum();
    if (mine !== paints) return; // a later look is under way
    const { wait, check, sent, drafts, blobs } = kept;
    const left = check.length + wait.length;
    const forms = drafts.map(({ key, at, url, what }) => ({
      id: key, state: "draft", saved_at: at, url, photos: [], what: tell("draft", what.replace(/ · Simpul$/, "")),
    }));
    const undone = [...check, ...wait, ...forms];
    const focused = document.activeElement.id;
    list("undone", undone, blobs);
    list("day", sent.filter((item) => today(item.sent_at)), blobs);
    list("older", sent.filter((item) => !today(item.sent_at)), blobs);
    if (focused) part(focused)?.focus({ preventScroll: true });
    const last = sum.last && tell(left ? "lastly" : "last", when(sum.last, "at"));
    part("note").lastChild.textContent = joined([left ? tell("safe", left) : words.clear, last], " ");
    const shown = {
      note: left || last, wifi: !hurried && outbox.saver() && wait.some((item) => item.photos.length),
      how: check.length, empty: !undone.length && !sent.length, aksi: true,
    };
    for (const id in shown) part(id).hidden = !shown[id];
    sending.lastChild.textContent = (hurried && tell("busy", wait.length)) || words.send;
    sending.setAttribute("aria-busy", hurried);
  }

  const broken = () => { part("broken").hidden = false; };
  function soon() {
    clearTimeout(due);
    due = setTimeout(() => paint().catch(broken), PAINT_MS);
  }

  async function hurry() {
    if (hurried) return;
    hurried = true;
    const before = await read();
    await outbox.send(true);
    hurried = false;
    soon();
    const after = await read();
    const some = (state) => after[state].filter(({ id }) => before.wait.some((item) => item.id === id)).length;
    const told = joined([tell("went", some("sent")), tell("look", some("check"))], ", ");
    say(part("masuk") ? words.out : told || words[!some("wait") ? "none" : navigator.onLine ? "later" : "offline"]);
  }

  const encoded = (blob) => new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(blob);
  });

  async function copy() {
    const { wait, check, sent, blobs } = await read();
    const dibuat = local(new Date());
    const foto = {};
    let room = ROOM;
    for (const { sha, blob } of blobs.sort((a, b) => a.done - b.done)) { // what is not sent comes first
      room -= blob.size;
      foto[sha] = room < 0 ? blob.size + " byte" : await encoded(blob);
    }
    const told = { tentang: words.about, pemilik: words.owner, dibuat, belum_selesai: [...check, ...wait], terkirim: sent, foto };
    const link = document.createElement("a");
    link.download = "simpul-antrean-" + dibuat.slice(0, 10) + ".json";
    link.href = URL.createObjectURL(new Blob([JSON.stringify(told, null, 1)]));
    link.click();
    say(tell("copied", link.download));
  }

  copying.onclick = () => copy().catch(broken);
  sending.onclick = () => hurry().catch(broken);
  document.addEventListener("simpul:outbox", (event) => {
    moving = event.detail.sending;
    soon();
  });
  navigator.storage?.persisted?.().then((safe) => { part("keep").hidden = safe; });
  soon();
})();
