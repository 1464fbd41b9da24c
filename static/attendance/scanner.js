/* The page that reads cards at the door. A code is saved in the outbox before anything is sent; the list of the page knows whose
   it is, so that a name stands there without network. A code that the list does not know goes too: the server knows more. */
(() => {
  "use strict";
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const [SCAN, MARK, VOID, GUEST] = ["attendance.scan", "attendance.mark", "attendance.void", "attendance.walk-in"];
  const STATUSES = ["hadir", "terlambat", "izin", "sakit", "alpa"];
  const SHAPES = { ok: ["k h", "H"], known: ["k b", "="], bad: ["k no", "!"], ask: ["k i", "?"] };
  const BUZZ = { ok: [120], known: [60, 60, 60], ask: [120], bad: [100, 50, 100] };
  const one = (selector) => document.querySelector(selector);
  const { outbox, say, make, hour, uuid } = simpul;
  const form = one("form[data-scan]");
  if (!form || !outbox.user() || !self.indexedDB) return; // the form posts plainly
  const words = form.dataset;
  const { rapat, lembar, kode: typed, waktu } = form.elements;
  const result = one("#hasil");
  const list = one("#pindaian");
  const seats = new Map(Array.from(document.querySelectorAll("#kursi > li"), (row) => [row.dataset.code, row]));
  const own = new Map(); // what this phone has saved of this list since the page was made, by id
  const made = Number(document.documentElement.dataset.kept) || performance.timeOrigin;
  form.removeAttribute("data-outbox"); // from here on this script sends

  /* The code without what was pasted around it and letters that look like figures; "" when one is wrong (attendance/rules/tokens.py). */
  function plain(text) {
    const signs = text.normalize("NFKC").toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
    const told = signs.replace(/O/g, "0").replace(/[IL]/g, "1").replace(/^(K0DE)?(KARTU)?(?=.{10}$)/, "");
    const values = Array.from(told, (sign) => ALPHABET.indexOf(sign));
    if (values.length !== 10 || values.includes(-1)) return "";
    const sum = values.slice(0, 9).reduce((total, value) => {
      const next = (total ^ value) << 1;
      return next & 32 ? next ^ 37 : next;
    }, 0);
    return sum === values[9] ? told : "";
  }

  /* --- what is known ---------------------------------------------------------------------------- */
  const items = () => Array.from(own.values()).sort((a, b) => a.saved_at - b.saved_at);

  function valid() {
    const gone = items().filter(({ kind, state }) => kind === VOID && state !== "check").map(({ fields }) => fields.urung);
    return items().filter(({ id, kind, state }) => kind !== VOID && state !== "check" && !gone.includes(id));
  }

  function letterOf(code) {
    const row = seats.get(code);
    let letter = row ? row.dataset.status : "";
    for (const { kind, fields } of valid()) {
      const said = STATUSES.find((name) => row && fields[name] === row.dataset.seat);
      if (kind === SCAN && fields.kode === code) letter = "h";
      else if (kind === MARK && said) [letter] = said;
    }
    return letter;
  }

  function count() {
    const guests = new Set(valid().filter(({ kind, fields }) => kind === GUEST || (kind === SCAN && !seats.has(fields.kode)))
      .map(({ id, fields }) => fields.kode || id));
    const here = Array.from(seats.keys()).filter((code) => /[ht]/.test(letterOf(code)));
    const known = here.filter((code) => seats.get(code).dataset.guest).length; // guests stand apart from the invited
    const unsent = items().filter(({ state }) => state === "wait").length;
    const sums = { came: Number(words.others) + here.length - known, guests: Number(words.guests) + known + guests.size, unsent };
    const guest = one("[data-count=guests]").dataset.word;
    sums.guests = sums.guests ? guest.replace("{n}", sums.guests) : "";
    for (const name in sums) one(`[data-count=${name}]`).textContent = sums[name];
    one("[data-pending]").hidden = !unsent;
  }

  /* --- what is said ----------------------------------------------------------------------------- */
  function knot(sort) {
    const [shape, sign] = SHAPES[sort];
    const made = make("b", shape, sign);
    made.ariaHidden = "true";
    return made;
  }

  function tell(sort, name, more) {
    const who = make("span", "who", make("b", "", name), make("small", "", more));
    result.replaceChildren(knot(sort), who);
    result.dataset.sort = sort;
    navigator.vibrate?.(BUZZ[sort]);
  }

  const nameOf = (code) => seats.get(code)?.querySelector("b").textContent || words.stranger.replace("{code}", code);
  const officeOf = (code) => seats.get(code)?.querySelector("small").textContent || words.judged;

  /* One line a code that was read on this phone, the last one on top. */
  function draw() {
    const gone = items().filter(({ kind, state }) => kind === VOID && state !== "check").map(({ fields }) => fields.urung);
    const lines = items().filter(({ kind }) => kind === SCAN).reverse().slice(0, 30).map((item) => {
      const { id, fields: { kode }, state, sent_at, saved_at, reason } = item;
      const wrong = state === "check";
      let small = words.phone;
      if (state === "sent") small = words.sent + " " + hour(sent_at);
      if (wrong) small = reason;
      if (gone.includes(id)) small = words.undone;
      const sort = wrong || gone.includes(id) ? "bad" : seats.has(kode) ? "ok" : "ask";
      const who = make("div", "who", make("b", "", nameOf(kode)), make("small", "", small));
      return make("li", "", knot(sort), who, make("div", "end", hour(saved_at)));
    });
    list.replaceChildren(...lines);
    list.hidden = !lines.length;
    one("#pindaian-kosong").hidden = !list.hidden;
    count();
  }

  function keep(news) {
    for (const item of news) {
      const ours = [SCAN, MARK, VOID, GUEST].includes(item.kind) && item.fields.lembar === lembar.value;
      if (!ours || !(own.has(item.id) || item.state === "wait" || item.sent_at > made)) continue;
      const before = own.get(item.id);
      own.set(item.id, item);
      if (before?.state === "wait" && item.state === "check") tell("bad", item.fields.kode ? nameOf(item.fields.kode) : item.what, item.reason);
    }
    draw();
  }

  /* --- what is done ----------------------------------------------------------------------------- */
  /* Save it in the outbox. It is known from now on and not when a slow phone has stored it: the next reading may come before. */
  async function save(told) {
    const id = uuid();
    own.set(id, { ...told, id, state: "wait", saved_at: Date.now() });
    try {
      const item = await outbox.save({ ...told, where: words.where });
      own.set(item.id, item);
      return item;
    } finally {
      own.delete(id);
      draw();
    }
  }

  async function scan(text, cara) {
    const kode = plain(text);
    if (!kode) return tell("bad", cara === "kode" ? words.mistyped : words.foreign, cara === "kode" ? words.again : words.next);
    const name = nameOf(kode);
    if (/[ht]/.test(letterOf(kode))) return tell("known", name, words.known);
    const late = Date.now() > Date.parse(words.lateAfter);
    one("fieldset").hidden = one("fieldset").disabled = !late;
    if (late && !waktu.value) return tell("bad", words.late, words.choose);
    const fields = { rapat: rapat.value, lembar: lembar.value, kode, cara };
    const kursi = seats.get(kode)?.dataset.seat;
    if (kursi) fields.kursi = kursi;
    if (late) fields.waktu = waktu.value;
    try {
      const { id } = await save({ kind: SCAN, fields, what: words.card + ": " + name });
      tell(kursi ? "ok" : "ask", name, officeOf(kode));
      offer(id, kursi, name);
    } catch {
      return tell("bad", name, words.full);
    }
    outbox.send();
  }

  function offer(urung, kursi, name) {
    const button = make("button", "btn", words.undo);
    button.type = "button";
    const toast = say(name, button);
    button.addEventListener("click", async () => {
      toast.remove();
      const fields = { rapat: rapat.value, lembar: lembar.value, urung, ...(kursi && { kursi }) };
      try {
        await save({ kind: VOID, fields, what: words.undo + ": " + name });
        tell("known", name, words.undone);
      } catch {
        tell("bad", name, words.full);
      }
      outbox.send();
    });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = typed.value;
    typed.value = "";
    if (text.trim()) scan(text, "kode");
  });

  document.addEventListener("simpul:code", ({ detail }) => scan(detail, "kartu"));

  /* A reader that types: whatever it types lands in the field. */
  document.addEventListener("keydown", ({ key, target, ctrlKey, metaKey }) => {
    if (key.length === 1 && target === document.body && !ctrlKey && !metaKey) typed.focus();
  });

  document.addEventListener("simpul:outbox", ({ detail }) => keep(detail.items));
  addEventListener("pageshow", () => outbox.list().then(keep).catch(() => {}));
  if (matchMedia("(hover: hover)").matches) typed.focus();
})();
