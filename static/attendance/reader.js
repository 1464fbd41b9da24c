/* Reading the presenter's screen: what it shows goes into the form, which is sent like any other. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-reads]");
  if (!form) return;
  const words = form.dataset;
  const says = form.querySelector("#terbaca");
  let last = "";

  document.addEventListener("simpul:code", ({ detail }) => {
    const [, token] = /\/hadir\/(\d+\.\d+\.[\w-]{14})(?:\/|$)/.exec(detail) || [];
    const sheet = token?.split(".")[0];
    navigator.vibrate?.(token ? [120] : [100, 50, 100]);
    says.hidden = false;
    says.className = token ? "note" : "note bad";
    says.textContent = token ? words.read : words.foreign;
    if (!token || sheet === last) return;
    last = sheet;
    form.elements.kode.value = token;
    form.requestSubmit();
  });

  /* Refused: the next code may be the right one. */
  document.addEventListener("simpul:outbox", ({ detail }) => {
    if (detail.items.some(({ kind, state }) => kind === "attendance.screen" && state === "check")) last = "";
  });
})();
