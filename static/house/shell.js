/* What every page has: the state of the connection, toasts that leave, focus on what went wrong, the service worker. */
(() => {
  "use strict";
  const TOAST_MS = 8000;

  function net(on) {
    const sign = document.getElementById("net");
    if (!sign) return;
    document.querySelector(".top").classList.toggle("cut", !on);
    const words = sign.querySelector("span");
    const word = on ? sign.dataset.on : sign.dataset.off;
    if (words.textContent === word) return;
    words.textContent = word;
    const use = sign.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, on ? "#cloud" : "#offline"));
  }

  function fade(toast) {
    setTimeout(() => {
      if (toast.contains(document.activeElement)) fade(toast);
      else if (toast.id === "urung") toast.hidden = true;
      else toast.remove();
    }, TOAST_MS);
  }

  function say(words) {
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.setAttribute("role", "status");
    toast.append(Object.assign(document.createElement("span"), { textContent: words }));
    document.querySelector(".dock").prepend(toast);
    fade(toast);
  }

  /* The session ended: a line above the actions leads to the sign-in and back here. */
  function enter() {
    const words = document.getElementById("kata").dataset;
    if (document.getElementById("masuk")) return words.out;
    const said = Object.assign(document.createElement("p"), { id: "masuk", className: "note bad" });
    said.setAttribute("role", "alert");
    const link = Object.assign(document.createElement("a"), { className: "btn", textContent: words.enter });
    link.href = "/masuk?lanjut=" + encodeURIComponent(location.pathname + location.search);
    said.append(Object.assign(document.createElement("span"), { textContent: words.out }), link);
    document.querySelectorAll(".toast").forEach((toast) => { toast.hidden = true; });
    document.querySelector(".dock").prepend(said);
    return words.out;
  }

  function focus() {
    const wrong = document.querySelector("[data-focus]");
    if (!wrong) return;
    wrong.removeAttribute("data-focus");
    wrong.focus();
  }

  window.addEventListener("online", () => net(true));
  window.addEventListener("offline", () => net(false));
  document.addEventListener("htmx:after:swap", focus);
  document.addEventListener("htmx:after:request", (event) => {
    net(true);
    const { response } = event.detail.ctx || {};
    if (response && response.status === 401) enter();
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && event.detail.ctx.response) return;
    net(false);
    const request = event.detail.ctx && event.detail.ctx.request;
    const words = document.getElementById("kata");
    if (words && request && request.method === "GET") say(words.dataset.unloaded);
  });

  if (!navigator.onLine) net(false);
  document.querySelectorAll(".toast:not([hidden])").forEach(fade);
  focus();
  if ("serviceWorker" in navigator) {
    window.addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
  }
  window.simpul = Object.assign(window.simpul || {}, { net, say, enter });
})();
