/* What every page has: the state of the connection, toasts that leave, focus on what went wrong, the service worker. */
(() => {
  "use strict";
  const TOAST_MS = 8000;
  const SAY_MS = 2000;
  const SAME_MS = 600;
  const SAME_PX = 24;
  const SENT_MS = 5000;
  const COUNT_MS = 50;
  const MOST = 0.4; // of the screen

  const sign = document.getElementById("net");
  let sum = null; // what the outbox counted last
  let shown; // which of its states stands there
  let said; // which was said aloud last: only another one is worth a word, and only when it stays
  let pause = 0;
  let counting = 0;

  const today = (ms) => new Date(ms).toDateString() === new Date().toDateString();
  /* 09.22, or 7 Nov 2024 09.22 when it was another day */
  const when = (ms) => (today(ms) ? "" : new Date(ms).toLocaleDateString("id", { dateStyle: "medium" }) + " ") + simpul.hour(ms);

  /* The header: what waits on this phone, else when all of it was sent, else the connection. */
  function net() {
    if (!sign?.isConnected) return; // a page without it, or one that went away
    const { on } = simpul.line;
    const { wait, check, last } = sum || {};
    const state = wait ? "wait" : !on ? "off" : check ? "check" : last && today(last) ? "sent" : "on";
    const words = sign.dataset[state].replace("{n}", wait || check || (last && when(last)));
    const top = document.querySelector(".top").classList;
    top.toggle("cut", !on);
    top.toggle("wait", Boolean(wait));
    sign.querySelector("span").textContent = words;
    const use = sign.querySelector("use");
    const glyph = !on ? "#offline" : wait ? "#queue" : check ? "#alert" : "#cloud";
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, glyph));
    if (state === shown) return;
    shown = state;
    clearTimeout(pause);
    pause = setTimeout(() => {
      const aloud = document.getElementById("net-kata");
      if (aloud && said && said !== state) aloud.textContent = sign.textContent;
      said = state;
    }, SAY_MS);
  }

  async function count() {
    const before = sum;
    sum = await simpul.outbox.sum();
    if (before && sum.last > before.last) simpul.line.heard(true); // by another tab
    net();
  }

  /* --- what is said ----------------------------------------------------------------------------- */
  function fade(toast) {
    setTimeout(() => {
      if (toast.contains(document.activeElement)) fade(toast);
      else toast.remove();
    }, TOAST_MS);
  }

  /* Where something is said without lying over anything: the page keeps a place free, else a line of its own comes before `part`. */
  function place(part) {
    const kept = document.getElementById("said");
    if (kept) return kept;
    const made = simpul.make("div", "said");
    made.id = "said";
    if (part instanceof Element) part.before(made);
    else document.querySelector("main").prepend(made);
    return made;
  }

  /* Say it for eight seconds, in a place that was made for it until something else is said. */
  function say(words, button = "", part = null) {
    const toast = simpul.make("p", "toast", simpul.make("span", "", words), button);
    toast.setAttribute("role", "status");
    const there = place(part);
    there.replaceChildren(toast);
    if (there.matches(".dock *, .sticky *")) fade(toast);
    return toast;
  }

  /* The session ended: a link leads to the sign-in and back here. */
  function enter() {
    const words = document.getElementById("kata").dataset;
    if (document.getElementById("masuk")) return words.out;
    const link = simpul.make("a", "btn", words.enter);
    link.href = "/masuk?lanjut=" + encodeURIComponent(location.pathname + location.search);
    const said = say(words.out, link);
    said.id = "masuk";
    said.setAttribute("role", "alert");
    return words.out;
  }

  /* Where the letters are so large, or the screen so low, that what is held would leave no room for rows, it goes with the page. */
  function fit([{ target }]) {
    if (!target.querySelector(".step")) document.documentElement.classList.toggle("low", target.offsetHeight > innerHeight * MOST);
  }

  /* --- one tap is one tap ----------------------------------------------------------------------- */
  /* A second tap of the same thumb is none: under it there may be another thing by now, or another page. */
  let tap = JSON.parse(simpul.recall("sessionStorage", "tap") || "[0, 0, 0]");

  function once(event) {
    if (!event.isTrusted || !event.detail || !event.target.closest("button, a, summary")) return; // a keyboard's has no detail
    const [at, x, y] = tap;
    tap = [performance.timeOrigin + event.timeStamp, event.pageX, event.pageY]; // of the page: who has scrolled means another
    if (tap[0] - at > SAME_MS || Math.hypot(x - tap[1], y - tap[2]) > SAME_PX) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /* A plain form is sent once, however long the answer takes. */
  function lock(event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (Date.now() - form.simpulSent < SENT_MS) event.preventDefault();
    else form.simpulSent = Date.now();
  }

  addEventListener("click", once, true);
  addEventListener("submit", lock);
  addEventListener("pagehide", () => {
    simpul.remember("sessionStorage", "tap", JSON.stringify([tap[0], tap[1] - scrollX, tap[2] - scrollY]));
  });
  addEventListener("pageshow", ({ persisted }) => persisted && Array.from(document.forms, (form) => { delete form.simpulSent; }));

  function focus() {
    const wrong = document.querySelector("[data-focus]");
    if (!wrong) return;
    wrong.removeAttribute("data-focus");
    wrong.focus();
  }

  document.querySelectorAll(".dock").forEach((dock) => new ResizeObserver(fit).observe(dock));
  document.addEventListener("simpul:line", net);
  document.addEventListener("htmx:after:swap", focus);
  document.addEventListener("htmx:after:request", (event) => {
    const { response } = event.detail.ctx || {};
    if (response) simpul.line.heard(true);
    if (response && response.status === 401) enter();
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && event.detail.ctx.response) return;
    simpul.line.heard(false);
    const { request, sourceElement = {} } = event.detail.ctx || {};
    const words = document.getElementById("kata");
    if (sourceElement.href) location.assign(sourceElement.href); // the phone may have kept that page
    else if (words && request) say(words.dataset.unloaded, "", event.detail.ctx.target);
  });

  document.addEventListener("simpul:out", enter);
  document.addEventListener("simpul:outbox", () => {
    clearTimeout(counting);
    counting = setTimeout(() => count().catch(() => {}), COUNT_MS);
  });

  net();
  if (sign) count().catch(() => {});
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  const old = type === "back_forward" || document.documentElement.dataset.kept;
  if (old) document.querySelectorAll("main > .toast").forEach((toast) => toast.remove());
  focus();
  addEventListener("load", () => navigator.serviceWorker?.register("/sw.js").catch(() => {}));
  Object.assign(simpul, { say, enter, today, when });
})();
