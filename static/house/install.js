/* What the phone keeps: it has the pages of the day fetched, says how old a kept page is and when a newer one came, offers the home
   screen once, and a new version when nothing is being written. The words and buttons stand hidden in the page. */
(() => {
  "use strict";
  const AFTER_MS = 3000;
  const { outbox, when, recall, remember } = simpul;
  const { serviceWorker: workers } = navigator;
  const { user, kept } = document.documentElement.dataset;
  const part = (id) => document.getElementById(id);
  const quiet = () => !touched && !document.querySelector(".task, [data-dirty], [aria-busy=true]");
  const offer = part("versi-baru");
  let touched = false;
  let prompt = null;
  let fresh = null;
  let asked = false;

  if (!part("luring")) return; // a page for nobody in particular

  if (kept) {
    const said = part("luring");
    document.querySelector(".top").after(said);
    const words = simpul.make("span", "", said.textContent + when(+kept));
    const net = part("net");
    if (net) words.append(simpul.make("i", "", " · " + net.dataset.off.toLowerCase()));
    said.replaceChildren(words);
    said.hidden = part("antrean"); // its rows come from the phone: they are of now
    workers?.addEventListener("message", () => {
      const show = simpul.make("button", "fresh", offer ? offer.lastChild.textContent : "↻ " + said.innerText);
      said.setAttribute("role", "status");
      show.onclick = () => location.reload();
      if (!offer) said.textContent = ""; // a page that offers nothing else
      said.append(show);
    });
  }

  /* What may be offered now. */
  async function look() {
    if (!offer) return;
    const entry = part("pasang-di-sini");
    if (entry) entry.hidden = !prompt;
    if (prompt && recall("localStorage", "install") === "due" && quiet() && !matchMedia("(display-mode: standalone)").matches) {
      remember("localStorage", "install", "said");
      part("pasang").hidden = false;
    }
    fresh = (await workers?.getRegistration().catch(() => {}))?.waiting;
    offer.hidden = !fresh || !quiet();
  }

  /* Yes or no to one of the offers. */
  document.addEventListener("click", ({ target: { value, parentNode } }) => {
    if (value === "-pasang") parentNode.hidden = true;
    if (value === "+pasang") {
      prompt.prompt();
      prompt = null;
      parentNode.hidden = true;
    }
    if (value === "+baru" && quiet()) {
      asked = true;
      fresh.postMessage({ type: "skip" });
    }
  });
  document.addEventListener("input", () => {
    touched = true;
    look();
  });
  document.addEventListener("simpul:saved", () => { touched = false; });
  document.addEventListener("simpul:outbox", ({ detail }) => {
    const sent = detail.items.some((item) => item.state === "sent");
    if (sent && !recall("localStorage", "install")) remember("localStorage", "install", "due");
    look();
  });
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event;
    look();
  });
  if (!workers) return;
  workers.addEventListener("controllerchange", () => asked && location.reload());
  workers.ready.then((ready) => {
    look();
    ready.onupdatefound = () => { ready.installing.onstatechange = look; };
    if (user && !kept && !outbox.saver()) setTimeout(() => ready.active.postMessage({ type: "warm" }), AFTER_MS);
  });
})();
