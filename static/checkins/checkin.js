/* After a check-in was taken: an empty form and no stale position; the receipt leaves after 8 seconds. */
(() => {
  "use strict";
  const TOAST_MS = 8000;

  function match(form) {
    const kind = form.querySelector("[name=jenis]:checked");
    form.querySelectorAll("[data-when]").forEach((part) => {
      part.hidden = !kind || kind.value !== part.dataset.when;
    });
  }

  function clean(form) {
    form.reset();
    form.querySelectorAll("[name=lat], [name=lng], [name=accuracy]").forEach((field) => { field.value = ""; });
    form.querySelectorAll("[data-position] [role=status]").forEach((says) => { says.textContent = says.dataset.first; });
    match(form);
  }

  function fade() {
    const toast = document.getElementById("urung");
    if (!toast || toast.hidden || toast.dataset.fading) return;
    toast.dataset.fading = "1";
    const leave = () => {
      if (toast.contains(document.activeElement)) setTimeout(leave, TOAST_MS);
      else toast.hidden = true;
    };
    setTimeout(leave, TOAST_MS);
  }

  const ready = () => document.querySelectorAll("form[data-checkin]").forEach(match);

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-checkin]");
    if (form && event.target.name === "jenis") match(form);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const { request, response } = event.detail.ctx;
    const form = request && request.form;
    if (form && form.matches("[data-checkin]") && response && response.status === 200) clean(form);
  });
  document.addEventListener("htmx:after:swap", () => { ready(); fade(); });
  ready();
})();
