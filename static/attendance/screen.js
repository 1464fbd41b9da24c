/* The code on the presenter's screen: signed here every quarter of a minute, without network. It follows the server's clock: the
   difference to this phone's is measured whenever the server answers, and remembered for a page that opens without it. */
(() => {
  "use strict";
  const WINDOW_MS = 15000;
  const CLOCK = "simpul-jam";
  const SOON_MS = 2500;
  const box = document.querySelector("[data-screen]");
  if (!box) return;
  const { recall, remember } = simpul;
  const { sheet, secret, now, url } = box.dataset;
  const [path, ground, bar, says] = ["path", "rect", ".strip rect", "[role=status]"].map((part) => box.querySelector(part));
  const kept = document.documentElement.dataset.kept;
  const bytes = (text) => new TextEncoder().encode(text);
  let ahead = Number(recall("localStorage", CLOCK)); // milliseconds that the server's clock is ahead of this one
  let key = null;
  let shown = 0;
  let lock = null;

  function know(difference) {
    ahead = Math.round(difference);
    remember("localStorage", CLOCK, ahead);
    drift();
  }

  function drift() {
    const minutes = Math.round(Math.abs(ahead) / 60000);
    says.textContent = recall("localStorage", CLOCK) === null ? box.dataset.unknown
      : minutes ? box.dataset.off.replace("{n}", minutes) : "";
  }

  async function ask() {
    const before = Date.now();
    const answer = await fetch("/healthz", { cache: "no-store" });
    const after = Date.now();
    const told = Date.parse(answer.headers.get("Date"));
    if (told && after - before < SOON_MS) know(told + 500 - (before + after) / 2); // a date has whole seconds
  }

  async function token(number) {
    const told = sheet + "." + number;
    const digest = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(told)), 0, 10);
    return told + "." + btoa(String.fromCharCode(...digest)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  }

  function draw(text) {
    const code = qrcode(0, "M");
    code.addData(text);
    code.make();
    const side = code.getModuleCount();
    let dark = "";
    for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) if (code.isDark(y, x)) dark += `M${x + 4} ${y + 4}h1v1h-1z`;
    path.setAttribute("d", dark);
    for (const name of ["width", "height"]) ground.setAttribute(name, side + 8);
    path.parentElement.setAttribute("viewBox", `0 0 ${side + 8} ${side + 8}`);
    box.dataset.token = text;
  }

  async function tick() {
    const time = Date.now() + ahead;
    const number = Math.floor(time / WINDOW_MS);
    bar.setAttribute("width", 15 - (time % WINDOW_MS) / 1000);
    if (number === shown) return;
    shown = number;
    draw(url + (await token(number)));
  }

  async function awake() {
    if (document.hidden || lock) return;
    lock = await navigator.wakeLock?.request("screen").catch(() => null);
    lock?.addEventListener("release", () => { lock = null; });
  }

  async function begin() {
    if (!self.crypto?.subtle) return void (says.textContent = box.dataset.insecure);
    key = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const [came] = performance.getEntriesByType("navigation");
    const at = came ? performance.timeOrigin + came.responseStart : Date.now();
    const fresh = !kept && came?.type !== "back_forward";
    if (fresh) know(now - at);
    else if (kept && recall("localStorage", CLOCK) === null) know(now - kept); // it says when it came
    drift();
    tick();
    setInterval(tick, 250);
    awake();
    if (kept) ask().catch(() => {});
  }

  addEventListener("online", () => ask().catch(() => {}));
  document.addEventListener("visibilitychange", awake);
  begin();
})();
