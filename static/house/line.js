/* Whether there is a line: known from requests that were answered or failed. What the browser says of it (navigator.onLine, its
   events) is a reason to ask, never an answer: after a reload it claims a line that is not there. */
(() => {
  "use strict";
  const PATIENCE_MS = 4000;
  const [FIRST_MS, LAST_MS] = [3000, 3e4]; // how often is asked while there is none
  const line = { on: !document.documentElement.dataset.kept, heard, reach }; // a kept page came because the network did not
  let timer = 0;
  let wait = FIRST_MS;

  function heard(answered) {
    const news = answered !== line.on;
    line.on = answered;
    clearTimeout(timer);
    if (answered) wait = FIRST_MS;
    else timer = setTimeout(() => document.hidden || reach(), (wait = Math.min(wait * 1.5, LAST_MS)) * (0.5 + Math.random()));
    if (news) document.dispatchEvent(new CustomEvent("simpul:line"));
  }

  /* Ask for a sign of life; anybody's answer but the server's own (a portal's page) is none. */
  async function reach() {
    const patience = new AbortController();
    const alarm = setTimeout(() => patience.abort(), PATIENCE_MS);
    const answered = await fetch("/healthz", { cache: "no-store", signal: patience.signal })
      .then((answer) => answer.json()).then((told) => "database" in told, () => false);
    clearTimeout(alarm);
    heard(answered);
    return answered;
  }

  simpul.line = line;
  document.addEventListener("simpul:answer", ({ detail }) => heard(detail));
  for (const word of ["online", "offline"]) addEventListener(word, reach);
  document.addEventListener("visibilitychange", () => document.hidden || line.on || reach());
  if (!line.on) addEventListener("load", reach);
})();
