/* Leaving: says what has not been sent yet, and takes along everything of this person's but that. */
(() => {
  "use strict";
  const PATIENCE_MS = 2000;
  const { outbox } = simpul;
  const form = document.querySelector("[data-leave]");
  const left = document.getElementById("sisa");

  async function count() {
    const { wait } = await outbox.sum();
    left.hidden = !wait;
    left.querySelector("span").textContent = left.dataset.words.replace("{n}", wait);
  }

  async function forget() {
    const user = outbox.user();
    const { controller } = navigator.serviceWorker || {};
    if (controller) controller.postMessage({ type: "forget", user });
    await caches.delete("simpul-pages-" + user);
    await outbox.remove(...(await outbox.list()).filter((item) => item.state === "sent"));
    await outbox.db("drafts", "readwrite", (drafts) => drafts.delete(IDBKeyRange.bound(user + " ", user + "!")));
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!navigator.onLine) return simpul.say(form.dataset.cut);
    await Promise.race([forget().catch(() => {}), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
    form.submit();
  });
  left.querySelector("button").addEventListener("click", () => outbox.send(true));
  document.addEventListener("simpul:outbox", count);
  count();
})();
