/* Photos of a form: made small on this phone, known by the SHA-256 of the bytes that will be sent, shown, and taken out again.
   They are kept as form.simpulPhotos = [{sha, blob}]; submit.js saves them with the form, outbox.js sends them (docs/offline.md). */
(() => {
  "use strict";
  const SIDE = 1600;
  const GOAL = 200 * 1024;
  const LIMIT = 300 * 1024;
  const MOST = 3;
  const BOX = "[data-photo-box]";
  const able = self.createImageBitmap && self.crypto && crypto.subtle;
  const working = new WeakMap(); // form -> what is being made small

  const listOf = (form) => form.simpulPhotos || [];
  const fire = (form, name) => form.dispatchEvent(new CustomEvent("simpul:" + name, { bubbles: true }));

  function drawn(image, side) {
    const scale = Math.min(1, side / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  /* Less quality first, then fewer pixels. */
  async function shrunk(file) {
    const image = await createImageBitmap(file);
    for (let side = SIDE; ; side *= 0.75) {
      const canvas = drawn(image, side);
      let blob;
      for (const quality of [0.8, 0.7, 0.6, 0.5]) {
        blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
        if (blob.size <= GOAL) break;
      }
      if (blob.size <= LIMIT) return image.close(), blob;
    }
  }

  async function named(blob) {
    const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return { sha: Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join(""), blob };
  }

  function show(form, said) {
    const box = form.querySelector(BOX);
    const words = box.dataset;
    const all = listOf(form);
    box.querySelectorAll("img").forEach((img) => URL.revokeObjectURL(img.src));
    box.querySelector("ul").replaceChildren(...all.map(({ blob }, place) => {
      const row = document.createElement("li");
      const img = new Image();
      const drop = document.createElement("button");
      img.src = URL.createObjectURL(blob);
      img.alt = "";
      drop.type = "button";
      drop.className = "btn";
      drop.textContent = words.drop.replace("{n}", place + 1);
      drop.addEventListener("click", () => {
        form.simpulPhotos = all.filter((one) => one.blob !== blob);
        show(form);
        fire(form, "photos");
        box.querySelector("input").focus();
      });
      row.append(img, drop);
      return row;
    }));
    const size = all.reduce((sum, { blob }) => sum + blob.size, 0);
    const sum = all.length ? words.sum.replace("{n}", all.length).replace("{kb}", Math.ceil(size / 1024)) : "";
    box.querySelector("[role=status]").textContent = [sum, said].filter(Boolean).join(". ");
  }

  async function take(form, files) {
    const words = form.querySelector(BOX).dataset;
    let said = "";
    for (const file of files) {
      if (listOf(form).length >= MOST) { said = words.many; break; }
      show(form, words.busy.replace("{n}", files.indexOf(file) + 1).replace("{all}", files.length));
      try {
        const photo = await named(await shrunk(file));
        form.simpulPhotos = listOf(form).filter(({ sha }) => sha !== photo.sha).concat(photo);
        fire(form, "photos");
      } catch {
        said = words.wrong;
      }
    }
    show(form, said);
  }

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-photos]")) return;
    const { form } = target;
    const files = Array.from(target.files);
    target.value = "";
    const work = Promise.resolve(working.get(form)).then(() => take(form, files));
    working.set(form, work);
    work.finally(() => working.get(form) === work && working.delete(form));
  });

  /* The tab may be killed while the camera is open. */
  document.addEventListener("click", ({ target }) => target.matches("[data-photos]") && fire(target.form, "camera"));

  /* Whoever saves while a photo is still made small, saves with it. */
  self.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    const work = working.get(target);
    if (!work) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    work.then(() => target.requestSubmit(submitter));
  }, true);

  document.addEventListener("reset", ({ target }) => {
    if (!target.querySelector(BOX)) return;
    target.simpulPhotos = [];
    show(target);
  });

  document.querySelectorAll(BOX).forEach((box) => {
    box.hidden = false;
    if (able) return;
    box.querySelector(".act").hidden = true;
    box.querySelector("[role=status]").textContent = box.dataset.unable;
  });

  simpul.photos = {
    restore(form, photos) {
      form.simpulPhotos = photos;
      show(form);
    },
  };
})();
