/* The page that takes attendance. One form, one row a name: li#seat-<invitation>[data-status]. A tap paints the row at once and
   is posted by itself; the answer is the row as the server has it. Counters and the strip are computed from the rows. */
(() => {
  "use strict";
  const LETTERS = { h: "H", t: "T", i: "I", s: "S", a: "A", b: "–" };
  const CODES = { hadir: "h", terlambat: "t", izin: "i", sakit: "s", alpa: "a" };
  const PATIENCE_MS = 30000;
  const latest = new Map(); // row id -> id of its newest submission; an older answer must not repaint the row
  const waiting = new Map(); // row id -> how to send again what failed
  let undoable = null; // {record, before} of the last tap
  let toastTimer = 0;

  const page = () => document.querySelector("form[data-marking]");
  const rows = () => Array.from(page().querySelectorAll("li[data-status]"));

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  /* --- rows ------------------------------------------------------------------------------------- */
  function swap(old, fresh) {
    const focused = old.contains(document.activeElement);
    old.replaceWith(fresh);
    if (window.htmx) window.htmx.process(fresh);
    const place = focused && fresh.querySelector("summary, button");
    if (place) place.focus({ preventScroll: true });
    count();
  }

  function paint(row, code, second) {
    const words = page().dataset;
    const painted = row.cloneNode(true);
    painted.dataset.status = code;
    const knot = painted.querySelector(".k");
    knot.className = "k " + code;
    knot.textContent = LETTERS[code];
    painted.querySelectorAll(".why").forEach((said) => said.remove());
    const said = make("span");
    said.append(make("b", "w-" + code, words[code]), make("small", "", second));
    const end = painted.querySelector(".end");
    const menu = end.querySelector(".menu");
    if (menu) menu.open = false;
    end.replaceChildren(said, ...(menu ? [menu] : []));
    swap(row, painted);
  }

  function sayFailed(row) {
    const words = page().dataset;
    const button = make("button", "tap", words.again);
    button.type = "button";
    button.dataset.again = row.id;
    row.querySelectorAll(".why").forEach((said) => said.remove());
    row.querySelectorAll(".end > span > small").forEach((second) => { second.textContent = ""; });
    const why = make("div", "why");
    why.setAttribute("role", "alert");
    why.append(make("p", "w-a", words.failed), button);
    row.append(why);
    count();
  }

  function refuse(row, before, says) {
    if (undoable && undoable.id === row.id) {
      undoable = null; // what was refused cannot be undone
      document.getElementById("urung").hidden = true;
    }
    const back = before.cloneNode(true);
    const why = make("p", "why w-a", says);
    why.setAttribute("role", "alert");
    back.append(why);
    swap(row, back);
  }

  /* --- sending ---------------------------------------------------------------------------------- */
  function post(url, body) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    const headers = { "HX-Request": "true", Accept: "text/html" };
    return fetch(url, { method: "POST", body, headers, keepalive: true, signal: patience.signal })
      .then((answer) => answer.text().then((text) => [answer, text]))
      .finally(() => clearTimeout(timer));
  }

  async function send(url, body, id, before) {
    const token = body.get("id");
    latest.set(id, token);
    waiting.delete(id);
    let answer = null;
    let text = "";
    try {
      [answer, text] = await post(url, body);
    } catch {
      window.simpul.net(false);
    }
    if (latest.get(id) !== token) return;
    const row = document.getElementById(id);
    if (!row) return;
    const read = document.createElement("template");
    read.innerHTML = text;
    const fresh = read.content.querySelector("li[data-status]");
    if (answer) window.simpul.net(true);
    if (answer && answer.ok && fresh && fresh.id === id) return swap(row, fresh);
    if (answer && answer.status === 401) return refuse(row, before, window.simpul.enter());
    if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      if (fresh && fresh.id === id) return swap(row, fresh);
      const says = read.content.querySelector(".says, p");
      return refuse(row, before, says ? says.textContent.trim() : page().dataset.failed);
    }
    waiting.set(id, () => {
      window.simpul.stamp(body, window.simpul.kept(body));
      row.querySelectorAll(".why").forEach((said) => said.remove());
      send(url, body, id, before);
    });
    sayFailed(row);
  }

  function bodyOf(form, button) {
    const body = new URLSearchParams(new FormData(form));
    body.append(button.name, button.value);
    return body;
  }

  const isLate = () => {
    const limit = Date.parse(page().dataset.lateAfter || "");
    return Number.isFinite(limit) && Date.now() > limit;
  };

  function mark(button) {
    const row = button.closest("li[data-status]");
    const before = row.cloneNode(true);
    before.querySelectorAll("details[open]").forEach((menu) => { menu.open = false; });
    const code = button.name === "hadir" && isLate() ? "t" : CODES[button.name];
    const body = bodyOf(page(), button);
    paint(row, code, page().dataset.waiting);
    offerUndo(row, code, body.get("id"), before);
    send(page().getAttribute("action"), body, row.id, before);
  }

  /* --- undo ------------------------------------------------------------------------------------- */
  function offerUndo(row, code, record, before) {
    const toast = document.getElementById("urung");
    if (!toast) return;
    undoable = { record, before, id: row.id };
    toast.querySelector("span").textContent =
      row.querySelector(".who b, .who a").textContent + " " + page().dataset[code].toLowerCase();
    toast.querySelector("button").value = record;
    toast.hidden = true;
    void toast.offsetWidth; // the line of eight seconds starts anew
    toast.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { toast.hidden = true; }, 8000);
  }

  function undo(form, button) {
    const { id, before } = undoable;
    const body = bodyOf(form, button);
    for (const [name, value] of new FormData(page())) if (!body.has(name)) body.append(name, value);
    body.append("kursi", id.slice(5)); // an undo may overtake its tap
    const now = document.getElementById(id);
    undoable = null;
    document.getElementById("urung").hidden = true;
    if (!now) return;
    const marked = now.cloneNode(true);
    swap(now, before.cloneNode(true));
    send(form.getAttribute("action"), body, id, marked);
  }

  /* --- counters --------------------------------------------------------------------------------- */
  function count() {
    const sums = { all: 0, done: 0, h: 0, t: 0, i: 0, s: 0, a: 0, b: 0, unsent: waiting.size };
    for (const row of rows()) {
      sums.all++;
      sums[row.dataset.status]++;
      if (row.dataset.status !== "b") sums.done++;
    }
    document.querySelectorAll("[data-count]").forEach((place) => {
      place.textContent = sums[place.dataset.count].toLocaleString("id");
    });
    document.querySelectorAll("[data-pending]").forEach((words) => { words.hidden = !waiting.size; });
    document.querySelectorAll(".sticky .strip").forEach((strip) => drawStrip(strip, sums));
  }

  function drawStrip(strip, sums) {
    const words = page().dataset;
    let x = 0;
    const parts = Array.from("htisa").filter((code) => sums[code]);
    strip.setAttribute("viewBox", "0 0 " + Math.max(sums.all, 1) + " 1");
    strip.replaceChildren(...parts.map((code) => {
      const part = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const look = { class: "f-" + code, x, width: sums[code], height: 1 };
      for (const name in look) part.setAttribute(name, look[name]);
      x += sums[code];
      return part;
    }));
    const said = parts.map((code) => sums[code] + " " + words[code].toLowerCase());
    strip.setAttribute("aria-label", [...said, sums.b + " " + words.b].join(", "));
  }

  /* --- filter ----------------------------------------------------------------------------------- */
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  const whoIs = (row) => Array.from(row.querySelector(".who").children, (part) => part.textContent).join(" ");

  function filter() {
    const field = document.querySelector("input[data-filter]");
    const asked = plain(field ? field.value : "").split(/\s+/).filter(Boolean);
    const current = document.querySelector("a[data-show][aria-current]");
    const show = current ? current.dataset.show : "all";
    let shown = 0;
    for (const row of rows()) {
      const done = row.dataset.status !== "b";
      const words = asked.length ? plain(whoIs(row)).split(/[^\p{L}\p{N}]+/u) : [];
      const named = asked.every((start) => words.some((word) => word.startsWith(start)));
      row.hidden = !named || (show === "b" && done) || (show === "done" && !done);
      if (!row.hidden) shown++;
    }
    const none = document.querySelector("[data-none]");
    if (none) none.hidden = shown > 0;
  }

  /* --- what the page hears ---------------------------------------------------------------------- */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!page()) return;
    if (form.querySelector("input[data-filter]")) return event.preventDefault(), filter();
    if (form.matches(".act") && waiting.size) return event.preventDefault(), sendFirst();
    const taken = form === page() ? button && CODES[button.name]
      : button && button.name === "urung" && undoable && undoable.record === button.value;
    if (!taken) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form === page()) mark(button);
    else undo(form, button);
  }, true);

  document.addEventListener("input", (event) => {
    if (event.target.matches("input[data-filter]")) filter();
  });

  document.addEventListener("click", (event) => {
    const show = event.target.closest("a[data-show]");
    if (show && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      document.querySelectorAll("a[data-show]").forEach((other) => other.removeAttribute("aria-current"));
      show.setAttribute("aria-current", "true");
      filter();
    }
    const again = event.target.closest("[data-again]");
    if (again && waiting.has(again.dataset.again)) waiting.get(again.dataset.again)();
    closeMenus(event.target.closest("details.menu"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open] > summary");
    closeMenus(null);
    if (open) open.focus();
  });

  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  }

  const sendAll = () => waiting.forEach((retry) => retry());

  function sendFirst() {
    window.simpul.say(page().dataset.first);
    sendAll();
  }

  window.addEventListener("online", sendAll);
  window.addEventListener("beforeunload", (event) => {
    if (waiting.size) event.preventDefault(), event.returnValue = "";
  });
})();
