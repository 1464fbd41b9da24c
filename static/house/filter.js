/* The names of one list, sifted on the phone by letters and by status; a closed list too. Without script the server sifts. */
(() => {
  "use strict";
  const list = document.getElementById("daftar");
  const field = document.querySelector("[data-filter]");
  if (!list || !field) return;
  const SILENT = /[\p{M}\p{Cf}'`´‘’‛′ʹʻʼʽʾʿˈ＇]/gu; // accents, unseen signs and apostrophes part no words
  const plain = (text) => " " + text.normalize("NFD").toLowerCase().replace(SILENT, "").replace(/[^\p{L}\p{N}]+/gu, " ");

  function filter() {
    const asked = plain(field.value).trim().split(" ");
    const { show } = document.querySelector("a[data-show][aria-current]").dataset;
    let none = true;
    for (const row of list.querySelectorAll("li[data-status]")) {
      const who = plain(row.querySelector(".who").textContent);
      const done = row.dataset.status !== "b";
      const left = !row.dataset.status || (show === "b" && done) || (show === "done" && !done);
      row.hidden = left || !asked.every((start) => who.includes(" " + start));
      none = none && row.hidden;
    }
    document.querySelector("[data-none]").hidden = !none;
  }

  field.addEventListener("input", filter);
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    filter();
  });
  document.addEventListener("click", (event) => {
    const show = event.target.closest("a[data-show]");
    if (!show || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    document.querySelector("a[data-show][aria-current]").removeAttribute("aria-current");
    show.setAttribute("aria-current", "true");
    filter();
  });
  simpul.filter = filter;
})();
