/* Photos of a form: made small on this phone, known by the SHA-256 of the bytes that will be sent, shown, and taken out again.
   They are kept as form.simpulPhotos = [{sha, blob}]; submit.js saves them with the form, outbox.js sends them (docs/offline.md).
   While one is made small the form is busy: nobody saves without it. */
(() => {
  "use strict";
  const BOX = "[data-photo-box]";
  const MOST = 3;
  const fire = (form, name) => form.dispatchEvent(new CustomEvent("simpul:" + name, { bubbles: true }));

  /* At most 1600 px and 300 KB, better 200: less quality first, then fewer pixels. */
  async function shrunk(file) {
    const image = await createImageBitmap(file);
    const { width, height } = image;
    for (let scale = Math.min(1, 1600 / Math.max(width, height)); ; scale *= 0.75) {
      const canvas = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      for (const quality of [0.8, 0.6, 0.5]) {
        const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
        if (blob.size <= (quality > 0.5 ? 204800 : 307200)) return blob;
      }
    }
  }

  async function named(blob) {
    const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return { sha: Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, "0")).join(""), blob };
  }

  function put(form, photos, said = "") {
    const box = form.querySelector(BOX);
    const { sum, drop } = box.dataset;
    let bytes = 0;
    form.simpulPhotos = photos;
    box.querySelector("ul").innerHTML = photos.map(({ blob }, place) => {
      bytes += blob.size;
      return `<li><img src="${URL.createObjectURL(blob)}" alt=""><button type="button" class="btn" value="${place}">${drop} ${place + 1}</button>`;
    }).join("");
    if (bytes) said = sum.replace("{n}", photos.length).replace("{kb}", Math.ceil(bytes / 1024)) + ". " + said;
    box.querySelector("[role=status]").textContent = said;
  }

  async function take(form, box, files) {
    if (form.ariaBusy) return; // it is being saved
    const photos = form.simpulPhotos || [];
    let said;
    box.disabled = form.ariaBusy = true;
    for (const file of files) {
      put(form, photos, box.dataset.busy);
      if (photos.length < MOST) await shrunk(file).then(named).then((photo) => photos.push(photo), () => { said = box.dataset.wrong; });
      else said = box.dataset.many;
    }
    box.disabled = form.ariaBusy = null;
    put(form, photos, said);
    fire(form, "photos");
  }

  document.querySelectorAll(BOX).forEach((box) => {
    const { form } = box;
    box.hidden = false;
    box.addEventListener("change", ({ target }) => {
      take(form, box, Array.from(target.files));
      target.value = "";
    });
    box.addEventListener("click", ({ target }) => {
      if (target.files) return fire(form, "camera"); // the tab may be killed while the camera is open
      if (!target.value) return;
      put(form, form.simpulPhotos.filter((_, place) => place != target.value));
      fire(form, "photos");
      box.querySelector("input").focus();
    });
    form.addEventListener("reset", () => put(form, []));
  });

  simpul.photos = { restore: put };
})();
