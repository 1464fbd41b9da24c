/* The page that takes attendance. One form, one row a name: li#seat-<invitation>[data-status]. A row shows what the server had
   when the page was made and, over it, in the order in which it happened, what this phone has saved of this meeting since.
   A tap is saved in the outbox before anything is sent; counters and the strip are computed from the rows. Whatever arrives, a row
   keeps its size: what it says, what may be tapped and the way back take turns in one cell. */
(() => {
  "use strict";
  const STATUSES = ["hadir", "tepat", "terlambat", "izin", "sakit", "alpa"]; // what a button says of a seat; codes: h t i s a, b nothing yet
  const MARK = "attendance.mark";
  const VOID = "attendance.void";
  const UNDO_MS = 8000;
  const one = (selector) => document.querySelector(selector);
  const { outbox, say, make, local, hour, filter } = simpul;
  const form = one("form[data-marking]");
  if (!form || !outbox.user() || !self.indexedDB) return; // the form posts plainly
  const words = form.dataset;
  const lembar = form.elements.lembar.value;
  const icons = one("#net use")?.getAttribute("href").split("#")[0];
  const cloud = `<svg class="i sm" aria-hidden="true"><use href="${icons}#cloud"/></svg>`;
  const items = new Map(); // what this phone knows of this meeting, by id
  const base = new Map(); // seat -> its row as the server had it
  const seats = new Map(); // record -> seat

  const rows = () => Array.from(form.querySelectorAll("li[data-status]"));
  const rowOf = (seat) => document.getElementById("seat-" + seat);
  const backOf = (row) => row.querySelector(".pop [name=urung]");

  /* Old HTML that comes back was made when this entry of the history was first opened. */
  function madeAt() {
    const came = performance.getEntriesByType("navigation")[0]?.type;
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
    const name = pressed(fields) || "hadir";
    const late = Date.parse(happened_at) > Date.parse(words.lateAfter) && fields.waktu !== "tepat";
    if (name === "hadir") return late ? "t" : "h";
    return name === "tepat" ? "h" : name[0];
  }

  function shown(item) {
    const code = codeOf(item);
    let small = item.state ? words.phone : "…";
    if (item.state === "sent") small = `${hour(item.sent_at)} ${cloud}<span class="vh"> ${words.sent}</span>`;
    if (item.verdict === "ganda") small += ` <i>${words.double}</i>`;
    return { code, html: `<b class="w-${code}">${words[code]}</b><small>${small}</small>`, record: item.id };
  }

  function stateOf(seat) {
    const own = Array.from(items.values()).filter((item) => seatOf(item) === seat);
    own.sort((a, b) => Date.parse(a.happened_at) - Date.parse(b.happened_at));
    const gone = own.map(({ kind, state, fields }) => kind === VOID && state !== "check" && fields.urung);
    const expected = base.has(seat) && rowOf(seat)?.dataset.guest !== "tamu"; // a guest who is taken back is gone
    const nothing = { code: expected ? "b" : "" };
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
    if (!code) return base.has(seat) ? (row.dataset.status = "", row.hidden = true) : row.remove();
    if (!row.dataset.status) row.hidden = false;
    const focused = row.contains(document.activeElement);
    row.dataset.status = code;
    row.querySelector(".k").outerHTML = `<b class="k ${code}" aria-hidden="true">${code === "b" ? "–" : code.toUpperCase()}</b>`;
    row.querySelector(".end > span").innerHTML = html;
    backOf(row).value = record;
    row.querySelector(".why").textContent = why;
    const undo = row.querySelector(".undo");
    if (undo && undo.value !== record) undo.remove();
    if (focused) row.querySelector(code === "b" ? ".tap" : "summary").focus({ preventScroll: true });
  }

  /* Somebody at the door who is only on this phone yet: at the end of the list. */
  function addGuest(seat) {
    const row = rows()[0].cloneNode(true);
    const name = items.get(seat).what.replace(/^.*?: /, "");
    row.id = "seat-" + seat;
    row.dataset.guest = "tamu";
    row.hidden = false;
    row.querySelectorAll(".tap, .pop :not([name=urung], [name=urung] *), .who > :nth-child(n+3):not(.why)").forEach((part) => part.remove());
    row.querySelectorAll(".who b, summary .vh").forEach((part) => { part.textContent = name; });
    row.querySelector(".who small").textContent = words.guest;
    one("#daftar").append(row);
    return row;
  }

  /* --- saving ----------------------------------------------------------------------------------- */
  async function keep(kind, fields, row) {
    const seat = row.id.slice(5);
    const name = row.querySelector(".who b").textContent;
    const early = { kind, fields, happened_at: local(new Date()) };
    simpul.closeMenus();
    items.set(early, early);
    redraw([seat]);
    const word = kind === MARK ? words[row.dataset.status] : words.undo;
    const saved = await outbox.save({ kind, fields, what: word + ": " + name, where: words.where }).catch(() => null);
    items.delete(early);
    if (saved) seats.set(saved.id, seat);
    redraw([seat], saved ? "" : words.full);
    if (!saved) return say(name + ": " + words.full);
    outbox.send();
    if (kind === MARK && row.isConnected) offerUndo(row, name, saved.id);
  }

  /* From the border on it is asked who was on time. The question comes by itself; what is on the screen stays where it is, so on
     a page too short to scroll it stays hidden, and each row asks. */
  function ask() {
    const [asked, list] = [one("fieldset"), one("#daftar")];
    if (!asked?.hidden || Date.now() < Date.parse(words.lateAfter)) return;
    const { top } = list.getBoundingClientRect();
    asked.hidden = asked.disabled = false;
    scrollBy(0, list.getBoundingClientRect().top - top);
    asked.hidden = Math.abs(list.getBoundingClientRect().top - top) > 1;
  }

  /* Who has not answered it is asked in the row: its menu says both, and nothing moves. */
  function answered(row) {
    const open = one("fieldset :invalid");
    if (!open) return true;
    say(open.dataset.empty);
    row.querySelector(".end details").open = true;
    return false;
  }

  function mark({ name, value }, row) {
    ask();
    if (name !== "hadir" || answered(row)) keep(MARK, { ...Object.fromEntries(new FormData(form)), [name]: value }, row);
  }

  function undo({ value: urung }, row) {
    const kursi = row.id.slice(5);
    keep(VOID, { lembar, urung, ...(base.has(kursi) && { kursi }) }, row); // it may overtake its tap
  }

  /* The way back, for eight seconds in the row that was tapped, over what the row says. */
  function offerUndo(row, name, record) {
    const code = row.dataset.status;
    const button = make("button", "tap undo", make("b", "w-" + code, words[code]), make("u", "", words.undo), make("span", "vh", ", " + name));
    Object.assign(button, { name: "urung", value: record });
    row.querySelector(".undo")?.remove();
    row.querySelector(".end details").before(button);
    one("[data-told]").textContent = name + " " + words[code].toLowerCase();
    setTimeout(() => withdraw(button), UNDO_MS);
  }

  function withdraw(button) {
    const focused = document.activeElement === button;
    if (focused) return setTimeout(() => withdraw(button), UNDO_MS); // whoever is on it is not pushed off
    button.remove();
  }

  /* --- counters --------------------------------------------------------------------------------- */
  const unsent = () => Array.from(items.values()).filter(({ state = "wait" }) => state === "wait").length;

  function redraw(changed, refused) {
    if (!form.isConnected) return; // the page is another one by now
    new Set(changed).forEach((seat) => draw(seat, refused));
    const sums = { all: 0, h: 0, t: 0, i: 0, s: 0, a: 0, b: 0, guests: 0, unsent: unsent() };
    for (const { dataset: { status, guest } } of rows()) {
      if (guest) sums.guests += /[ht]/.test(status); // guests stand apart: x of the invited, and so many guests
      else sums.all++, sums[status]++;
    }
    sums.done = sums.all - sums.b;
    sums.came = sums.h + sums.t + sums.guests;
    one("[data-guests]")?.toggleAttribute("hidden", !sums.guests);
    document.querySelectorAll("[data-count]").forEach((place) => {
      place.textContent = sums[place.dataset.count];
    });
    one("[data-pending]").hidden = !sums.unsent;
    drawStrip(one(".sticky .strip"), sums);
    document.dispatchEvent(new CustomEvent("simpul:counted", { detail: sums }));
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

  /* --- what the page hears ---------------------------------------------------------------------- */
  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    const hands = target.matches(".guard, .guard .act") && (unsent() || !simpul.line.on);
    if (!hands && !target.matches("[data-marking]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (hands) say(simpul.line.on ? words.first : words.signal), outbox.send();
    else (submitter.name === "urung" ? undo : mark)(submitter, submitter.closest("li"));
  }, true);

  /* What is sent already stands in the page, unless it was sent after the page was made. */
  function take(told) {
    const news = told.filter(({ id, kind, fields, state, sent_at }) => /mark|void|walk|scan/.test(kind) && fields.lembar === lembar
      && (items.has(id) || state === "wait" || sent_at > made));
    for (const item of news) {
      if (item.state === "check" && items.get(item.id)?.state === "wait") say(item.what + ". " + item.reason);
      items.set(item.id, item);
    }
    if (news.length) redraw(news.map(seatOf));
  }

  for (const row of rows()) {
    const seat = row.id.slice(5);
    const record = backOf(row).value;
    base.set(seat, { code: row.dataset.status, html: row.querySelector(".end > span").innerHTML, record });
    seats.set(record, seat);
  }
  const made = madeAt();
  const look = () => outbox.list().then(take).then(filter).catch(() => {});
  document.addEventListener("simpul:outbox", ({ detail }) => take(detail.items));
  addEventListener("pageshow", look);
  const left = Date.parse(words.lateAfter) - Date.now();
  if (left > 0 && left < 864e5) setTimeout(ask, left);
})();
