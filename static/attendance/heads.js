/* The head count beside the marks. Each tap counts anew; once the server has another count, its words are made anew; without
   network the toast says enough. */
(() => {
  "use strict";
  let came; // as counted from the rows; before the first tap the page is right

  function count() {
    if (came === undefined) return;
    document.querySelectorAll("[data-came]").forEach((part) => { part.textContent = came; });
    document.querySelectorAll("[data-heads]").forEach((part) => {
      const over = part.dataset.heads - came;
      const word = over > 0 ? "over" : over < 0 ? "under" : "even";
      part.textContent = part.dataset[word].replace("{n}", Math.abs(over));
      part.classList.toggle("w-t", over !== 0);
    });
  }

  async function renew(form) {
    const answer = await fetch(form.action);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const words = page.querySelector("[data-words]");
    if (words) document.querySelectorAll("[data-words]").forEach((part) => part.replaceWith(Object.assign(words.cloneNode(true), { id: part.id })));
    count();
  }

  document.addEventListener("simpul:counted", ({ detail }) => {
    ({ came } = detail);
    count();
  });
  document.addEventListener("simpul:saved", ({ target, detail: { item } }) => {
    if (item.kind === "attendance.heads" && item.receipt) renew(target).catch(() => {});
  });
})();
