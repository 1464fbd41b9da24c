/* The names of one list, sifted on the phone by letters and by status; a closed list too. Without script the server sifts. */
(() => {
  "use strict";
  const SILENT = /[\p{M}\p{Cf}'`´‘’‛′ʹʻʼʽʾʿˈ＇]/gu; // accents, unseen signs and apostrophes part no words
  const TITLE = /^(?:hj?|haji|hajj?ah|drs?|dra|drg|ir|prof|kh|kyai|kiai|ust(?:ad[sz]?)?|ba?pa?k|i?bu|sdri?|tn|ny|nn|mas|mbak|kak|gus|tgh|pdt|r[rd]|raden)$/;
  const SPELLINGS = [
    ["muhammad", /^m(?:d|hd|(?:oe|[ou])[ck]?h(?:d|am+[ae]d)?)?$/], ["ahmad", /^a[ck]?hm[ae]d$/], ["siti", /^(?:sit+i|sti?)$/], ["abdul", /^abd(?:ul|oel)?$/],
  ];
  const words = (text) => text.normalize("NFKD").toLowerCase().replace(SILENT, "").match(/[\p{L}\p{N}]+/gu) || [];
  const spelt = (word) => (SPELLINGS.find(([, ways]) => ways.test(word)) || [word])[0];

  /* Whether a text holds the beginning of every word that is typed, or all of them with the blanks elsewhere; without titles. */
  simpul.holds = (text, typed) => {
    const asked = words(typed);
    while (asked.length > 1 && TITLE.test(asked[0])) asked.shift();
    const there = words(text);
    const joined = asked.join("");
    return asked.every((start) => there.some((word) => word.startsWith(start) || spelt(word) === spelt(start)))
      || (joined.length > 4 && there.some((_word, at) => there.slice(at).join("").startsWith(joined)));
  };

  const list = document.getElementById("daftar");
  const field = document.querySelector("[data-filter]");
  if (!list || !field) return;

  function filter() {
    const { show } = document.querySelector("a[data-show][aria-current]").dataset;
    let none = true;
    for (const row of list.querySelectorAll("li[data-status]")) {
      const who = row.querySelector(".who").textContent;
      const done = row.dataset.status !== "b";
      const came = "ht".includes(row.dataset.status);
      const left = !row.dataset.status || { b: done, done: !done, hadir: !came, tidak: came }[show];
      row.hidden = left || !simpul.holds(who, field.value);
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
