/* Leaving: says what has not been sent yet, and takes along everything of this person's but that. */
(() => {
  "use strict";
  const PATIENCE_MS = 2000;
  const { outbox, say } = simpul;
  const left = document.getElementById("sisa");
  if (!left) return;
  const [number, send] = left.querySelectorAll("b, button");
  const form = left.nextElementSibling;

  async function count() {
    number.textContent = (await outbox.sum()).wait;
    left.hidden = number.textContent === "0";
  }

  async function forget() {
    const user = outbox.user();
    navigator.serviceWorker?.controller?.postMessage({ type: "forget" });
    await outbox.db("drafts", "readwrite", (drafts) => drafts.delete(IDBKeyRange.bound(user + " ", user + "!")));
    await outbox.remove(...(await outbox.list()).filter((item) => item.state === "sent"));
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await simpul.line.reach())) return say(form.dataset.cut);
    await Promise.race([forget().catch(() => {}), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
    form.submit();
  });
  send.onclick = () => outbox.send(true);
  const look = () => count().catch(() => {}); // a phone that keeps nothing has nothing left
  document.addEventListener("simpul:outbox", look);
  look();
})();
