/* What a form wants before it is kept on this phone, in the words of the house. Every form is novalidate (plumbing/language.py), so
   that no browser speaks in its own; what goes to the server straight is judged there, but for signs that the browser would leave out.
     data-empty  of a field: what is said when nothing is in it, instead of the word of `#isian` */
(() => {
  "use strict";
  const KEPT = "form[data-outbox]:not([data-marking])";
  const words = document.getElementById("isian")?.dataset;
  simpul.make = make;
  if (!words) return; // a page without forms
  const put = (text, n) => text.replace("{n}", n);

  function make(tag, className, ...parts) {
    const element = document.createElement(tag);
    element.className = className;
    element.append(...parts);
    return element;
  }

  function fault({ validity: is, type, dataset, min, max, minLength }) {
    if (is.badInput) return words[type === "number" ? "number" : "unread"];
    if (is.valueMissing) return dataset.empty || words[/radio|select/.test(type) ? "choose" : "empty"];
    if (is.rangeUnderflow) return put(words.least, min);
    if (is.rangeOverflow) return put(words.most, max);
    return is.tooShort ? put(words.short, minLength) : words.unread;
  }

  /* One [field, sentence] for each name that is wrong. */
  function wrong(form, only) {
    const found = new Map();
    for (const field of form.elements) {
      const { name, type, validity: is, willValidate } = field;
      if (willValidate && !is.valid && (!only || is[only])) found.get(name + type) || found.set(name + type, [field, fault(field)]);
    }
    return Array.from(found.values());
  }

  function clear(form) {
    form.querySelectorAll(".said, .sum, .err").forEach((said) => said.remove());
    form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  }

  function head(form, said) {
    said.setAttribute("role", "alert");
    said.tabIndex = -1;
    form.prepend(said);
    said.focus();
  }

  /* The sentence at its field; what the field is called. */
  function mark(field, sentence, place) {
    const box = field.closest(".field, fieldset") || field.form;
    const said = make("p", "err said", make("span", "", sentence));
    field.id = field.id || "isian-" + place;
    said.id = field.id + "-e";
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", said.id);
    field.closest("details")?.setAttribute("open", "");
    box.append(said);
    return (field.type === "radio" ? box.querySelector("legend") : field.labels[0])?.textContent.trim().replace(/:$/, "");
  }

  /* All that is wrong, with links to it, as the server says it. */
  function blame(form, all) {
    clear(form);
    const links = all.map(([field, sentence], place) => {
      const name = mark(field, sentence, place);
      return Object.assign(make("a", "", (name ? name + ": " : "") + sentence), { href: "#" + field.id });
    });
    head(form, make("div", "sum said", make("h2", "", put(words.wrong, all.length)), ...links));
  }

  /* Whether nothing is wrong; else it is said. */
  function whole(form, only) {
    const all = wrong(form, only);
    if (all.length) blame(form, all);
    return !all.length;
  }

  document.addEventListener("submit", (event) => {
    const { target } = event;
    if (target.matches("[role=search], [data-marking]") || whole(target, target.matches(KEPT) ? "" : "badInput")) return;
    document.querySelector(".pressed")?.classList.remove("pressed");
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("change", ({ target: { files, parentNode } }) => {
    const said = files?.[0] && parentNode.querySelector("[role=status]");
    if (said) said.textContent = files[0].name;
  });

  Object.assign(simpul, { clear, head, mark });
})();
