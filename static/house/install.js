/* What the phone keeps: it fetches the pages of the day, says how old a kept page is, offers the home screen once, and offers a new
   version when nothing is being written. */
(() => {
  "use strict";
  const AFTER_MS = 3000;
  const { connection = {}, serviceWorker: workers } = navigator;
  const { user, kept } = document.documentElement.dataset;
  const words = document.getElementById("simpan").dataset;
  const entry = document.querySelector("[data-install]");
  let touched = false;
  let prompt = null;
  let asked = false;

  const make = (tag, className, ...parts) => {
    const element = Object.assign(document.createElement(tag), { className });
    element.append(...parts);
    return element;
  };
  const quiet = () => !touched && !document.querySelector(".task, [data-dirty], [aria-busy=true]");

  /* A line above the actions that stays until it is answered. */
  function hint(id, text, ...answers) {
    const said = make("p", "note", make("span", "", text));
    said.id = id;
    for (const [word, act] of answers) {
      const button = make("button", "btn", word);
      button.onclick = () => { said.remove(); act && act(); };
      said.append(button);
    }
    said.setAttribute("role", "status");
    document.querySelector(".dock").prepend(said);
  }

  /* --- pages for later -------------------------------------------------------------------------- */
  function warm() {
    if (kept || !user || !navigator.onLine || connection.saveData || /2g/.test(connection.effectiveType)) return;
    workers.ready.then(({ active }) => active.postMessage({ type: "warm" }));
  }

  if (kept) {
    const at = new Date(+kept);
    const day = at.toDateString() === new Date().toDateString() ? "" : at.toLocaleDateString("id", { day: "numeric", month: "short" }) + ", ";
    document.querySelector(".top").after(make("p", "note", make("span", "", words.kept.replace("{at}", day + simpul.hour(+kept)))));
    simpul.net(false);
  }

  /* --- the home screen -------------------------------------------------------------------------- */
  function install() {
    prompt.prompt();
    prompt = null;
    look();
  }

  /* --- what may be offered now ------------------------------------------------------------------ */
  async function look() {
    if (entry) entry.hidden = !prompt;
    if (prompt && localStorage.install === "due" && quiet() && !matchMedia("(display-mode: standalone)").matches) {
      localStorage.install = "said";
      hint("pasang", words.home, [words.yes, install], [words.no]);
    }
    const { waiting } = (await workers.getRegistration()) || {};
    if (!waiting || !quiet() || document.getElementById("baru")) return;
    hint("baru", words.fresh, [words.reload, () => {
      if (!quiet()) return;
      asked = true;
      waiting.postMessage({ type: "skip" });
    }]);
  }

  for (const name of ["input", "change"]) document.addEventListener(name, () => { touched = true; });
  document.addEventListener("simpul:saved", () => { touched = false; });
  document.addEventListener("simpul:outbox", ({ detail }) => {
    if (!localStorage.install && detail.items.some((item) => item.state === "sent")) localStorage.install = "due";
    look();
  });
  document.addEventListener("visibilitychange", look);
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event;
    look();
  });
  if (entry) entry.querySelector("button").onclick = install;
  if (!workers) return;
  workers.addEventListener("controllerchange", () => asked && location.reload());
  workers.ready.then((ready) => {
    look();
    ready.onupdatefound = () => { ready.installing.onstatechange = look; };
  });
  window.addEventListener("load", () => setTimeout(warm, AFTER_MS));
})();
