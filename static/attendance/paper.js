/* While row numbers are typed: which names they are, and H on their rows. The numbers themselves are what is sent; what a person
   has tapped on a row stays as it is. */
(() => {
  "use strict";
  const form = document.getElementById("kertas");
  if (!form) return;
  const typed = form.elements.baris;
  const said = form.querySelector("[data-typed]");
  let ours = [];

  const numbers = () => {
    const found = new Set();
    const spans = /(\d{1,5})(?:\.0\b)?(?:\.?\s*(?:[-\u2010-\u2015\u2212]+|s\s?[/.]?\s?d\.?|sampai|hingga)\s*(\d{1,5})(?:\.0\b)?)?/gi;
    for (const [, from, to] of typed.value.normalize("NFKC").matchAll(spans)) {
      for (let n = +from; n <= Math.min(+(to || from), 5000); n += 1) found.add(n);
    }
    return Array.from(found);
  };

  const choose = (row, letter) => {
    row.querySelector(`[type=radio][value="${letter}"]`).checked = true;
  };

  const show = () => {
    ours.filter((row) => row.querySelector('[type=radio][value=h]').checked).forEach((row) => choose(row, ""));
    const rows = numbers().map((n) => document.getElementById(`baris-${n}`)).filter(Boolean);
    ours = rows.filter((row) => row.querySelector('[type=radio][value=""]').checked);
    ours.forEach((row) => choose(row, "h"));
    said.hidden = !rows.length;
    said.textContent = said.dataset.said.replace("{n}", rows.length).replace("{names}", rows.map((row) => row.querySelector("b span").textContent).join(", "));
  };

  typed.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
})();
