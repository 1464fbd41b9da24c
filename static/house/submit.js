/* Every form[data-outbox]: what was filled in is saved on the phone first, then sent, and the form says what became of it.
   What is typed is kept as a draft on every change. Without script, or without a place to save, the form posts plainly.
     data-outbox  the kind of what is sent (a button's data-kind comes before it; data-plain on a button: post plainly)
     data-what    what the outbox calls it; {name} is replaced by the words chosen for that field
     data-where   its second line
     data-then    where to go once the server has it, {id} is its own; without it the form is emptied for the next
     data-undo    the kind that takes it back: the toast has Batalkan
     data-quiet   its row says what became of it: no toast does
     data-gone    its rows can be taken back: as with data-quiet, what went wrong is said where it moves no row
     data-asks    what the server draws anew when somebody has to answer a question: there stand the answers
     data-once    said once is enough: while it waits to be sent, its sentence stands in the form's place */
(() => {
  "use strict";
  const OURS = "form[data-outbox]:not([data-marking])";
  const PATIENCE_MS = 6000;
  const { outbox, hour, make, clear, head, mark, recall, remember } = simpul;
  const words = document.getElementById("isian")?.dataset;
  if (!words) return; // a page without forms
  const forms = () => Array.from(document.querySelectorAll(OURS));
  const draftOf = (form) => outbox.user() + " " + location.pathname + "#" + (form.id || forms().indexOf(form));

  function button(word, act) {
    const made = make("button", "btn", word);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  function busy(form, on, pressed) {
    form.ariaBusy = on || null;
    form.inert = on; // what is typed now would be lost with the rest
    document.querySelector(".pressed")?.classList.remove("pressed");
    if (on) pressed?.classList.add("pressed");
    else pressed?.focus();
  }

  /* --- what is in a form ------------------------------------------------------------------------ */
  function fieldsOf(form, pressed) {
    const data = new FormData(form);
    if (pressed?.name) data.append(pressed.name, pressed.value);
    const fields = {};
    for (const name of new Set(data.keys())) {
      const all = data.getAll(name).filter((value) => typeof value === "string");
      if (all.length) fields[name] = all.length > 1 ? all : all[0];
    }
    const photos = form.simpulPhotos || [];
    if (photos.length) fields.foto = photos.map(({ sha }) => sha);
    return fields;
  }

  function chosen(form, name) {
    const field = form.elements[name];
    const radio = typed(form).find((f) => f.name === name && f.type === "radio" && f.checked);
    if (radio) return radio.labels[0].querySelector("span").firstChild.textContent.trim();
    return field ? (field.options ? field.selectedOptions[0].text : field.value) : "";
  }

  const called = (form, pressed) => (pressed?.dataset.what || form.dataset.what || document.title)
    .replace(/{(\w+)}/g, (_, name) => chosen(form, name));

  /* --- saving ----------------------------------------------------------------------------------- */
  async function take(form, pressed) {
    busy(form, true, pressed);
    clear(form);
    const told = {
      kind: pressed?.dataset.kind || form.dataset.outbox,
      fields: fieldsOf(form, pressed), what: called(form, pressed), where: form.dataset.where, photos: form.simpulPhotos, draft: draftOf(form),
    };
    let item;
    try {
      item = await outbox.save(told);
    } catch {
      busy(form, false, pressed);
      return complain(form, words.full, button(words.direct, () => post(form, pressed)));
    }
    drop(form);
    if (form.dataset.answers) done(form.dataset.answers).catch(() => {});
    const toast = "quiet" in form.dataset ? null : announce(item, form.dataset.undo);
    item = (await outbox.settled(item.id, simpul.line.on ? PATIENCE_MS : 0)) || item;
    busy(form, false, pressed);
    if (item.state === "check") return toast?.remove(), refuse(form, item);
    form.dispatchEvent(new CustomEvent("simpul:saved", { bubbles: true, detail: { item } }));
    form.reset();
    if ("once" in form.dataset) stand(form, item);
    if (!form.dataset.then || !item.receipt) return;
    remember("sessionStorage", "simpul", JSON.stringify([item, form.dataset.undo]));
    location.assign(form.dataset.then.replace("{id}", item.id));
  }

  const stand = (form, item) => form.replaceWith(make("p", "note", make("span", "", says(item))));

  async function standing() {
    const left = (await outbox.list()).filter((item) => item.state === "wait");
    document.querySelectorAll("form[data-once]").forEach((form) => {
      const same = left.find((item) => JSON.stringify(item.fields) === JSON.stringify(fieldsOf(form)));
      if (same) stand(form, same);
    });
  }

  /* Past the outbox, for a phone that cannot keep anything. */
  function post(form, pressed) {
    const plain = pressed || form.appendChild(make("button", "vh"));
    const now = new Date();
    const stamp = { id: simpul.uuid(), happened_at: simpul.local(now), offset: -now.getTimezoneOffset(), clock: simpul.local(now) };
    for (const name in stamp) form.append(Object.assign(make("input", ""), { type: "hidden", name, value: stamp[name] }));
    plain.dataset.plain = "";
    form.requestSubmit(plain);
  }

  const says = (item) => (item.receipt
    ? words.sent.replace("{hour}", hour(item.sent_at)).replace("{code}", item.receipt)
    : words.saved.replace("{hour}", hour(item.saved_at))) + " " + item.what.replace(/\.*$/, ".");

  /* The toast: saved, then sent; and for eight seconds the way back. */
  function announce(item, undo) {
    const { id, what } = item;
    const toast = simpul.say(says(item));
    if (!item.receipt) document.addEventListener("simpul:outbox", ({ detail: { items } }) => {
      const now = items.find((one) => one.id === id && one.receipt);
      if (now) toast.querySelector("span").textContent = says(now);
    });
    if (undo) toast.append(button(words.undo, async () => {
      toast.remove();
      const { lembar } = item.fields; // an undo that overtakes its tap is kept beside its list
      const told = { kind: undo, fields: { urung: id, ...(lembar && { lembar }) }, what: words.undone + ": " + what };
      simpul.say(await outbox.save(told).then(() => told.what, () => words.full));
      outbox.send();
    }));
    return toast;
  }

  /* --- what went wrong -------------------------------------------------------------------------- */
  function complain(form, text, ...more) {
    if (form.matches("[data-quiet], [data-gone]")) simpul.say(text, ...more);
    else head(form, make("div", "note bad said", make("span", "", text), ...more));
  }

  function refuse(form, item) {
    if (item.verdict === "ditolak") keep(form).then(() => outbox.remove(item));
    Object.entries(item.errors || {}).forEach(([name, sentence], place) => {
      const field = typed(form).find((f) => f.name === name);
      if (field) mark(field, sentence, place);
    });
    complain(form, item.reason);
    if (form.dataset.asks && item.verdict !== "ditolak") ask(form, item).catch(() => {});
  }

  /* The same sending once more, for the part of the page that has the question and its answers. What was typed
     stays in the queue until one of them is saved. */
  async function ask(form, { id, fields, happened_at, offset }) {
    const target = form.dataset.asks;
    const values = { ...fields, id, happened_at, offset, clock: simpul.local(new Date()) };
    await htmx.ajax("POST", form.getAttribute("action"), { target, swap: "outerHTML", values });
    document.querySelectorAll(target + " form").forEach((one) => { one.dataset.answers = id; });
  }

  const done = async (id) => outbox.put({ ...await outbox.get(id), state: "sent", seen: "seen", sent_at: Date.now() });

  /* --- drafts ----------------------------------------------------------------------------------- */
  const typed = (form) => Array.from(form.elements).filter((f) => f.name && !/^(hidden|file|submit|button|fieldset)$/.test(f.type));

  async function keep(form) {
    if (!typed(form).length) return;
    const fields = typed(form).filter((f) => f.type !== "radio" || f.checked)
      .map((f) => [f.name, f.type === "checkbox" ? f.checked : f.value, f.type === "radio" && chosen(form, f.name)]);
    const url = location.pathname + location.search;
    const draft = { key: draftOf(form), user: outbox.user(), fields, photos: form.simpulPhotos || [], at: Date.now(), url, what: called(form) };
    form.dataset.dirty = "1";
    return outbox.db("drafts", "readwrite", (drafts) => drafts.put(draft)).catch(() => {});
  }

  function drop(form) {
    delete form.dataset.dirty;
    return outbox.db("drafts", "readwrite", (drafts) => drafts.delete(draftOf(form))).catch(() => {});
  }

  /* A place that was found by searching stands no more in the list: it comes back as a choice of its own. */
  function restoreRadio(form, name, value, word) {
    let radio = typed(form).find((f) => f.name === name && f.value === value);
    const list = form.querySelector(".picker ul");
    if (!radio && list) {
      radio = Object.assign(document.createElement("input"), { type: "radio", name, value });
      list.prepend(make("li", "", make("label", "tick", radio, make("span", "", word))));
    }
    if (!radio) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async function restore(form) {
    const draft = await outbox.db("drafts", "readonly", (drafts) => drafts.get(draftOf(form)));
    if (!draft) return;
    for (const [name, value, word] of draft.fields) {
      const field = form.elements[name];
      if (word) restoreRadio(form, name, value, word);
      else if (!field) continue;
      else if (field.type === "checkbox") field.checked = value;
      else field.value = value;
      if (value && field?.closest) field.closest("details")?.setAttribute("open", "");
    }
    if (draft.photos.length && simpul.photos) simpul.photos.restore(form, draft.photos);
    form.dataset.dirty = "1";
    const said = make("div", "note said", make("span", "", words.draft), button(words.drop, () => {
      drop(form);
      form.reset();
      said.remove();
    }));
    form.prepend(said);
  }

  /* --- what the page hears ---------------------------------------------------------------------- */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const pressed = event.submitter;
    if (!form.matches(OURS) || !outbox.user() || !self.indexedDB || pressed?.dataset.plain != null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!form.ariaBusy) take(form, pressed);
  }, true);

  for (const name of ["input", "change", "simpul:photos", "simpul:camera"]) {
    document.addEventListener(name, (event) => {
      const form = event.target.form || event.target;
      if (event.isTrusted !== false || name[6] === ":") if (form.matches && form.matches(OURS)) keep(form);
    });
  }

  addEventListener("pageshow", (event) => {
    if (event.persisted) forms().forEach((form) => busy(form, false));
  });

  addEventListener("load", () => {
    if (!outbox.user()) return;
    forms().filter((form) => typed(form).length).forEach((form) => restore(form).catch(() => {}));
    standing().catch(() => {});
    const said = recall("sessionStorage", "simpul") || "[]";
    remember("sessionStorage", "simpul", "[]");
    const [item, undo] = JSON.parse(said);
    if (item?.user === outbox.user()) announce(item, undo);
  });
})();
