/* What a browser may refuse to keep: in private modes, by a setting, or in one too old. Small notes never throw, and a page whose forms
   would be kept on the phone says that they are not, and lets them go to the server plainly. */
(() => {
  "use strict";
  const KEPT = "form[data-outbox], form[data-scan]";
  const page = new Map(); // instead of a store that is refused: as long as the page lives
  const words = document.getElementById("isian")?.dataset;

  /* From localStorage or sessionStorage; null for nothing. */
  function recall(store, key) {
    try {
      return self[store].getItem(key);
    } catch {
      return page.get(key) ?? null;
    }
  }

  function remember(store, key, value) {
    try {
      self[store].setItem(key, value);
    } catch {
      page.set(key, value);
    }
  }

  /* Writes once and takes it back: some modes open a store and refuse every row. */
  const probe = () => simpul.store.db("drafts", "readwrite", (drafts) => {
    drafts.put({ key: "?", at: Date.now() });
    return drafts.delete("?");
  });

  /* Its scripts find no form of theirs any more: neither what is said of it, nor who listens to it. */
  function plain(form) {
    for (const name of ["outbox", "marking", "scan"]) delete form.dataset[name];
    form.querySelectorAll("[data-photo-box]").forEach((box) => { box.hidden = true; });
  }

  function tell(fault) {
    if (fault.name === "QuotaExceededError") return; // there is room to be made: the form says so when it is saved
    const said = simpul.make("p", "note bad", simpul.make("span", "", words.unkept));
    said.setAttribute("role", "alert");
    document.querySelector("main").prepend(said);
    document.querySelectorAll("form[data-scan]").forEach((form) => form.replaceWith(form.cloneNode(true)));
    document.querySelectorAll(KEPT + ", form[data-marking]").forEach(plain);
  }

  Object.assign(simpul, { recall, remember });
  addEventListener("load", () => {
    if (words && simpul.store.user() && document.querySelector(KEPT)) probe().catch(tell);
  });
})();
