/* The page that takes attendance. One form, one row a name: li#seat-<invitation>[data-status]. A row shows what the server had
   when the page was made and, over it, in the order in which it happened, what this phone has saved of this meeting since.
   A tap is saved in the outbox before anything is sent; counters and the strip are computed from the rows. */
(() => {
  "use strict";
  const STATUSES = ["hadir", "terlambat", "izin", "sakit", "alpa"]; // their first letters are the codes; b: nothing yet
  const MARK = "attendance.mark";
  const VOID = "attendance.void";
  const one = (selector) => document.querySelector(selector);
  const { outbox, say, local, hour } = simpul;
  const form = one("form[data-marking]");
  if (!form || !outbox.user() || !self.indexedDB) return; // the form posts plainly
  const words = form.dataset;
  const lembar = form.elements.lembar.value;
  const items = new Map(); // what this phone knows of this meeting, by id
  const base = new Map(); // seat -> its row as the server had it
  const seats = new Map(); // record -> seat
  let toastTimer = 0;

  const rows = () => Array.from(form.querySelectorAll("li[data-status]"));
  const rowOf = (seat) => document.getElementById("seat-" + seat);
  const undoOf = (row) => row.querySelector("[name=urung]");

  /* Old HTML that comes back was made when this entry of the history was first opened. */
  function madeAt() {
    const came = performance.getEntriesByType("navigation")[0].type;
    const before = came === "back_forward" && history.state;
    const made = before ? before.made : performance.timeOrigin;
    history.replaceState({ made }, "");
    return Number(document.documentElement.dataset.kept) || made;
  }

  /* --- one row ---------------------------------------------------------------------------------- */
  const pressed = (fields) => STATUSES.find((name) => fields[name]);

  function seatOf({ id, kind, fields }) {
    const record = kind === VOID ? fields.urung : id;
    return fields.kursi || fields[pressed(fields)] || seats.get(record) || record;
  }

  function codeOf({ fields, happened_at }) {
    const [code] = pressed(fields) || "h";
    const late = fields.waktu ? fields.waktu !== "tepat" : Date.parse(happened_at) > Date.parse(words.lateAfter);
    return code === "h" && late ? "t" : code;
  }

  function shown(item) {
    const code = codeOf(item);
    let small = item.state ? words.phone : "…";
    if (item.state === "sent") small = words.sent + " " + hour(item.sent_at);
    if (item.verdict === "ganda") small += " · " + words.double;
    return { code, html: `<b class="w-${code}">${words[code]}</b><small>${small}</small>`, record: item.id };
  }

  function stateOf(seat) {
    const own = Array.from(items.values()).filter((item) => seatOf(item) === seat);
    own.sort((a, b) => Date.parse(a.happened_at) - Date.parse(b.happened_at));
    const gone = own.map(({ kind, state, fields }) => kind === VOID && state !== "check" && fields.urung);
    const nothing = { code: base.has(seat) ? "b" : "" };
    let state = base.get(seat) || nothing;
    if (gone.includes(state.record)) state = nothing;
    for (const item of own) {
      if (item.state === "check") state = { ...state, why: item.reason };
      else if (item.kind !== VOID && !gone.includes(item.id)) state = shown(item);
    }
    return state;
  }

  function draw(seat, refused) {
    const { code, html = "", record = "", why = refused || "" } = stateOf(seat);
    const row = rowOf(seat) || (code && addGuest(seat));
    if (!row) return;
    if (!code) return row.remove();
    const focused = row.contains(document.activeElement);
    row.dataset.status = code;
    row.querySelector(".k").outerHTML = `<b class="k ${code}" aria-hidden="true">${code === "b" ? "–" : code.toUpperCase()}</b>`;
    row.querySelector(".end > span").innerHTML = html;
    undoOf(row).value = record;
    row.lastElementChild.textContent = why;
    if (focused) row.querySelector(code === "b" ? ".tap" : "summary").focus({ preventScroll: true });
  }

  /* Somebody at the door who is only on this phone yet: at the end of the list. */
  function addGuest(seat) {
    const row = rows()[0].cloneNode(true);
    const name = items.get(seat).what.replace(/^.*?: /, "");
    row.id = "seat-" + seat;
    row.hidden = false;
    row.querySelectorAll("button:not([name=urung]), .who > :nth-child(n+3)").forEach((part) => part.remove());
    row.querySelectorAll(".who b, .vh").forEach((part) => { part.textContent = name; });
    row.querySelector(".who small").textContent = words.guest;
    one("#daftar").append(row);
    return row;
  }

  /* --- saving ----------------------------------------------------------------------------------- */
  async function keep(kind, fields, row) {
    const seat = row.id.slice(5);
    const name = row.querySelector(".who b").textContent;
    const early = { kind, fields, happened_at: local(new Date()) };
    closeMenus();
    items.set(early, early);
    redraw([seat]);
    const word = kind === MARK ? words[row.dataset.status] : words.undo;
    let refused;
    try {
      const { id } = await outbox.save({ kind, fields, what: word + ": " + name, where: words.where });
      seats.set(id, seat);
      if (kind === MARK) offerUndo(name + " " + word.toLowerCase(), id);
      outbox.send();
    } catch {
      refused = words.full;
    }
    items.delete(early);
    redraw([seat], refused);
  }

  function mark({ name, value }, row) {
    const asked = one("fieldset");
    if (Date.now() > Date.parse(words.ends)) asked.hidden = asked.disabled = false;
    if (simpul.whole(form)) keep(MARK, { ...Object.fromEntries(new FormData(form)), [name]: value }, row);
  }

  function undo({ value: urung }, row = rowOf(seats.get(urung))) {
    const kursi = row.id.slice(5);
    one("#urung").hidden = true;
    keep(VOID, { lembar, urung, ...(base.has(kursi) && { kursi }) }, row); // it may overtake its tap
  }

  function offerUndo(text, record) {
    const toast = one("#urung");
    toast.querySelector("span").textContent = text;
    undoOf(toast).value = record;
    toast.hidden = true;
    void toast.offsetWidth; // the line of eight seconds starts anew
    toast.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { toast.hidden = true; }, 8000);
  }

  /* --- counters --------------------------------------------------------------------------------- */
  const unsent = () => Array.from(items.values()).filter(({ state = "wait" }) => state === "wait").length;

  function redraw(changed, refused) {
    new Set(changed).forEach((seat) => draw(seat, refused));
    const sums = { all: 0, h: 0, t: 0, i: 0, s: 0, a: 0, b: 0, unsent: unsent() };
    for (const row of rows()) {
      sums.all++;
      sums[row.dataset.status]++;
    }
    sums.done = sums.all - sums.b;
    document.querySelectorAll("[data-count]").forEach((place) => {
      place.textContent = sums[place.dataset.count];
    });
    one("[data-pending]").hidden = !sums.unsent;
    drawStrip(one(".sticky .strip"), sums);
  }

  function drawStrip(strip, sums) {
    let x = 0;
    strip.setAttribute("viewBox", "0 0 " + sums.all + " 1");
    strip.setAttribute("aria-label", Array.from("htisab", (code) => sums[code] + " " + words[code]).join(", "));
    strip.innerHTML = Array.from("htisa", (code) => {
      x += sums[code];
      return `<rect class="f-${code}" x="${x - sums[code]}" width="${sums[code]}" height="1"/>`;
    }).join("");
  }

  /* --- filter ----------------------------------------------------------------------------------- */
  const SILENT = /[\p{M}\p{Cf}'`´‘’‛′ʹʻʼʽʾʿˈ＇]/gu; // accents, unseen signs and apostrophes part no words
  const plain = (text) => " " + text.normalize("NFD").toLowerCase().replace(SILENT, "").replace(/[^\p{L}\p{N}]+/gu, " ");

  function filter() {
    const asked = plain(one("[data-filter]").value).trim().split(" ");
    const { show } = one("a[data-show][aria-current]").dataset;
    let none = true;
    for (const row of rows()) {
      const who = plain(row.querySelector(".who").textContent);
      const done = row.dataset.status !== "b";
      row.hidden = (show === "b" && done) || (show === "done" && !done) || !asked.every((start) => who.includes(" " + start));
      none = none && row.hidden;
    }
    one("[data-none]").hidden = !none;
  }

  /* --- what the page hears ---------------------------------------------------------------------- */
  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    const finds = target.matches("[role=search]");
    const hands = target.matches(".act") && (unsent() || !navigator.onLine);
    if (!finds && !hands && !target.matches("[data-marking]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (finds) filter();
    else if (hands) say(navigator.onLine ? words.first : words.signal), outbox.send();
    else (submitter.name === "urung" ? undo : mark)(submitter, submitter.closest("li") || undefined);
  }, true);

  one("[data-filter]").addEventListener("input", filter);

  document.addEventListener("click", (event) => {
    const show = event.target.closest("a[data-show]");
    if (show && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      one("a[data-show][aria-current]").removeAttribute("aria-current");
      show.setAttribute("aria-current", "true");
      filter();
    }
    closeMenus(event.target.closest("details"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus();
  });

  function closeMenus(except) {
    document.querySelectorAll("details[open]").forEach((menu) => {
      if (menu === except) return;
      if (menu.contains(document.activeElement)) menu.firstElementChild.focus();
      menu.open = false;
    });
  }

  /* What is sent already stands in the page, unless it was sent after the page was made. */
  function take(told) {
    const news = told.filter(({ id, kind, fields, state, sent_at }) => /mark|void|walk|scan/.test(kind) && fields.lembar === lembar
      && (items.has(id) || state === "wait" || sent_at > made));
    for (const item of news) items.set(item.id, item);
    if (news.length) redraw(news.map(seatOf));
  }

  for (const row of rows()) {
    const seat = row.id.slice(5);
    const record = undoOf(row).value;
    base.set(seat, { code: row.dataset.status, html: row.querySelector(".end > span").innerHTML, record });
    seats.set(record, seat);
  }
  const made = madeAt();
  const look = () => outbox.list().then(take).then(filter).catch(() => {});
  document.addEventListener("simpul:outbox", ({ detail }) => take(detail.items));
  addEventListener("pageshow", look);
})();
