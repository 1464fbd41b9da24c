/* The outbox page: what this phone keeps of its user. Rows are templates of the page, its words are data. */
(() => {
  "use strict";
  const SHOWN = 100;
  const ROOM = 3e6; // bytes of photos that go into a copy; the others are only named
  const { outbox, local, say, today, when } = simpul;
  const part = (id) => document.getElementById(id);
  const words = document.querySelector("template#antrean")?.dataset;
  if (!words) return;
  const [copying, sending] = part("aksi").children;
  const tell = (word, n) => (n ? words[word].replace("{n}", n) : "");
  const joined = (parts, by) => parts.filter(Boolean).join(by);
  const clone = (name) => part("baris-" + name).content.firstChild.cloneNode(true);
  const past = (ms) => (today(ms) ? tell("ago", when(ms)) : when(ms));
  let moving = false; // something is on its way
  let hurried = false; // by our own button
  let paints = 0;

  const own = (store) => outbox.db(store, "readonly", (kept) => kept.getAll())
    .then((all) => all.filter(({ user }) => user === outbox.user()));

  /* By the words that a reader of the copy finds in it. */
  async function read() {
    const [items, draf, foto] = await Promise.all(["items", "drafts", "blobs"].map(own));
    const of = (state) => items.filter((item) => item.state === state);
    const terkirim = of("sent").filter((item) => Date.now() - item.sent_at < 7 * 864e5).reverse();
    return { diperiksa: of("check"), menunggu: of("wait"), draf, terkirim, foto };
  }

  function stateOf({ state, seen, receipt }) {
    if (state !== "wait") return seen || state || "draft";
    if (receipt && !hurried && outbox.saver()) return "wifi";
    return moving ? "go" : receipt ? "photo" : "wait";
  }

  function row(item, blobs) {
    const { id, what, where, url, photos, receipt, reason, errors, sent_at } = item;
    const li = clone(stateOf(item));
    const [name, place, time, why, ...controls] = li.querySelectorAll("[data-in]");
    const bytes = blobs.reduce((sum, { sha, blob }) => sum + photos.includes(sha) * blob.size, 0);
    name.textContent = what.replace(" · Simpul", "");
    name.href = url; // a draft's name is a link
    place.textContent = joined([
      where, tell("photos", photos.length), tell("size", Math.ceil(bytes / 1024)), past(item.saved_at || item.at), tell("code", receipt),
    ], " · ");
    if (sent_at) time.textContent = when(sent_at);
    if (why) why.textContent = joined([words[reason] || reason, ...Object.values(errors || {})], " ");
    for (const one of controls) {
      one.id = one.tagName + id; // focus finds it again in the next row of this item
      one.href = url;
      one.onclick = one.type && (() => dismiss(item));
      one.setAttribute("aria-label", one.textContent + ": " + what);
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
    part("isi").focus();
  }

  function list(name, all, blobs) {
    const [title, place, more] = part(name).querySelectorAll("[data-list]");
    part(name).hidden = !all.length;
    title.textContent = tell(name, all.length);
    place.replaceChildren(...all.slice(0, SHOWN).map((item) => row(item, blobs)));
    more.textContent = tell("more", all.slice(SHOWN).length);
  }

  async function paint() {
    const mine = ++paints;
    const kept = await read();
    const sum = await outbox.sum();
    if (mine !== paints) return; // a later look is under way
    const { diperiksa, menunggu, draf, terkirim, foto } = kept;
    const left = diperiksa.length + menunggu.length;
    const undone = [...diperiksa, ...menunggu, ...draf];
    const focused = document.activeElement.id;
    list("undone", undone, foto);
    list("day", terkirim.filter((item) => today(item.sent_at)), foto);
    list("older", terkirim.filter((item) => !today(item.sent_at)), foto);
    if (focused) part(focused)?.focus();
    part("safe").textContent = joined([left ? tell("safe", left) : words.clear, tell("last", sum.last && when(sum.last))], " ");
    part("note").hidden = !left && !sum.last;
    part("wifi").hidden = hurried || !outbox.saver() || !menunggu.some((item) => item.photos.length);
    part("empty").hidden = undone.length || terkirim.length;
    part("aksi").hidden = false;
    sending.setAttribute("aria-busy", hurried);
  }

  const broken = () => { part("broken").hidden = false; };
  const show = () => paint().catch(broken);

  async function hurry() {
    if (hurried) return;
    hurried = true;
    const before = (await read()).menunggu.map(({ id }) => id);
    await outbox.send(true);
    hurried = false;
    show();
    const after = await read();
    const some = (all) => all.filter(({ id }) => before.includes(id)).length;
    const told = joined([tell("went", some(after.terkirim)), tell("look", some(after.diperiksa))], ", ");
    if (!part("masuk")) say(told || words[!some(after.menunggu) ? "none" : simpul.line.on ? "later" : "offline"]);
  }

  const encoded = (blob) => new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(blob);
  });

  async function copy() {
    const kept = await read();
    const now = local(new Date());
    const link = document.createElement("a");
    let room = ROOM;
    for (const photo of kept.foto.sort((a, b) => a.done - b.done)) { // what is not sent comes first
      room -= photo.blob.size;
      photo.blob = room < 0 ? photo.blob.size : await encoded(photo.blob);
    }
    link.download = "simpul-antrean-" + now.slice(0, 10) + ".json";
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ tentang: words.about, ...kept }, null, 1)]));
    link.click();
  }

  copying.onclick = () => copy().catch(broken);
  sending.onclick = () => hurry().catch(broken);
  document.addEventListener("simpul:outbox", ({ detail }) => {
    moving = detail.sending;
    show();
  });
  navigator.storage?.persisted?.().then((safe) => { part("keep").hidden = safe; });
  show();
})();
