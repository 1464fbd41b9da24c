/* Minutes and what was promised there: what this phone holds shows where it belongs, and the summary is copied at one press.
     [data-promise]  a row; its parts [data-if] belong to one state, [data-said] tells in their place how far the newest word has come
     [data-waiting]  a list of what was added here and is not on this page yet: no [data-item] has its id
     [data-anew]     a form after which the page is asked for anew, once the server has what was sent */
(() => {
  "use strict";
  const { outbox, make, hour, say } = simpul;
  const SAID = "attendance.follow-up-done";
  const since = document.documentElement.dataset.kept || performance.timeOrigin; // what was sent before stands on the page
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const words = document.querySelector("[data-phone]")?.dataset;
  const PAUSE_MS = 600; // a second tap of the same thumb is none
  let paints = 0;

  const far = (item) => (item.receipt ? words.sent.replace("{n}", hour(item.sent_at)) : words.phone);

  function turn(row, said) {
    const state = said ? said.fields.keadaan : row.dataset.state;
    const other = row.dataset.shown && row.dataset.shown !== state;
    row.dataset.shown = state;
    const told = row.querySelector("[data-said]");
    row.querySelectorAll("[data-if]").forEach((part) => {
      part.hidden = part.dataset.if !== state || (said && part.parentNode === told.parentNode);
    });
    told.hidden = !said;
    if (said) told.replaceChildren(state === "selesai" ? make("b", "w-h", words.done) : words.undone, " · " + far(said));
    if (other) rest(row.querySelector("div[data-if]:not([hidden])"));
  }

  /* Where the button was that was pressed there is now the one that takes it back. */
  function rest(part) {
    if (!part) return;
    part.inert = true;
    setTimeout(() => {
      part.inert = false;
      if (document.activeElement === document.body) part.querySelector("button").focus();
    }, PAUSE_MS);
  }

  function waiting(item) {
    const knot = make("b", "k b", "–");
    knot.ariaHidden = "true";
    return make("li", "", knot, make("div", "who", make("b", "", item.what)), make("div", "end", make("span", "", make("small", "", far(item)))));
  }

  async function paint() {
    const mine = ++paints;
    const held = (await outbox.list()).filter(({ state, sent_at }) => state === "wait" || (state === "sent" && sent_at > since));
    if (mine !== paints) return; // a later look is under way
    for (const row of all("[data-promise]")) {
      turn(row, held.filter(({ kind, fields }) => kind === SAID && fields.tindak === row.dataset.promise).pop());
    }
    for (const list of all("[data-waiting]")) {
      const added = held.filter(({ id, kind, fields }) => kind === list.dataset.waiting && fields.rapat === list.dataset.meeting
        && !document.querySelector(`[data-item="${id}"]`));
      list.replaceChildren(...added.map(waiting));
      list.hidden = !added.length;
    }
  }

  /* The names that hold every word that is typed; the only one is taken. */
  function sift(find) {
    const list = document.getElementById(find.dataset.sift);
    const [none, ...people] = list.options;
    find.hidden = false;
    find.addEventListener("input", () => {
      const left = people.filter(({ text }) => simpul.holds(text, find.value));
      list.replaceChildren(none, ...left);
      list.value = left.length === 1 ? left[0].value : "";
    });
  }

  function copies(button) {
    const text = document.getElementById(button.dataset.copy);
    button.hidden = false;
    document.getElementById(button.dataset.hint).hidden = true;
    text.addEventListener("focus", () => text.select());
    button.addEventListener("click", async () => {
      text.select();
      await navigator.clipboard.writeText(text.value).catch(() => document.execCommand("copy"));
      say(button.dataset.copied);
    });
  }

  all("[data-sift]").forEach(sift);
  all("[data-copy]").forEach(copies);
  if (!words) return;
  document.addEventListener("simpul:saved", ({ target, detail: { item } }) => {
    if (!("anew" in target.dataset) || !item.receipt) return;
    simpul.remember("sessionStorage", "simpul", JSON.stringify([item])); // the next page says it
    location.reload();
  });
  const show = () => paint().catch(() => {});
  document.addEventListener("simpul:outbox", show);
  show();
})();
