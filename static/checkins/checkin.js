/* A check-in shows what its kind asks, and is empty after it was saved; what was taken back says so in one's own list. */
(() => {
  "use strict";
  const forms = () => document.querySelectorAll("form[data-checkin]");
  if (!document.querySelector("[data-checkin], [data-gone]")) return;

  function match(form) {
    const kind = form.querySelector("[name=jenis]:checked");
    form.querySelectorAll("[data-when]").forEach((part) => { part.hidden = !kind || kind.value !== part.dataset.when; });
  }

  function clean(form) {
    form.querySelectorAll("[name=lat], [name=lng], [name=accuracy]").forEach((field) => { field.value = ""; });
    form.querySelectorAll("[data-position] [role=status]").forEach((says) => { says.textContent = says.dataset.first; });
    match(form);
  }

  function gone({ kind, state, fields }) {
    const end = kind === "checkin.void" && document.querySelector(`[id="ci-${fields.urung}"] .end`);
    if (!end) return;
    end.simpulButton ??= end.firstElementChild; // it comes back when the server says no
    end.replaceChildren(state === "check" ? end.simpulButton || "" : end.closest("form").dataset.gone);
  }

  document.addEventListener("change", ({ target }) => forms().forEach((form) => form.contains(target) && match(form)));
  document.addEventListener("simpul:saved", ({ target }) => setTimeout(() => clean(target))); // it is reset right after
  document.addEventListener("simpul:outbox", ({ detail }) => detail.items.forEach(gone));
  document.addEventListener("htmx:after:swap", () => forms().forEach(match));
  forms().forEach(match);
  simpul.outbox.list().then((items) => items.forEach(gone)).catch(() => {});
})();
