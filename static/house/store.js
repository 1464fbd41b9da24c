/* The store of this phone: what was saved, photos, drafts and small notes, each with the person whose it is. Pages and the worker
   share this file. The stores only ever grow: an older page goes on working beside a newer schema. */
(() => {
  "use strict";
  const SCHEMA = 1;
  let who = self.document?.documentElement.dataset.user || "";
  let opened = null;

  function connect(version) {
    return new Promise((done, fail) => {
      const request = indexedDB.open("simpul", version);
      request.onupgradeneeded = ({ oldVersion }) => {
        if (oldVersion) return;
        request.result.createObjectStore("items", { keyPath: "id" }).createIndex("user", "user");
        for (const name of ["blobs", "drafts", "meta"]) request.result.createObjectStore(name, { keyPath: "key" });
      };
      request.onerror = () => fail(request.error);
      request.onsuccess = () => {
        const db = request.result;
        db.onversionchange = db.onclose = () => { db.close(); opened = null; };
        done(db);
      };
    });
  }

  function open() {
    opened = opened || connect(SCHEMA).catch((fault) => {
      if (fault.name === "VersionError") return connect(); // a newer page was here
      opened = null;
      throw fault;
    });
    return opened;
  }

  /* One transaction over one store or several; what the last request of `work` gave. */
  async function db(stores, mode, work, again) {
    const names = [].concat(stores);
    const base = await open();
    let deal;
    try {
      deal = base.transaction(names, mode, { durability: stores === "drafts" ? "relaxed" : "strict" }); // a draft is written at every key
    } catch (fault) {
      opened = null; // the system closed it behind our back
      if (again) throw fault;
      return db(stores, mode, work, true);
    }
    return new Promise((done, fail) => {
      const request = work(...names.map((name) => deal.objectStore(name)));
      deal.oncomplete = () => done(request?.result);
      deal.onabort = () => fail(deal.error || new DOMException("", "AbortError"));
    });
  }

  const get = (id) => db("items", "readonly", (items) => items.get(id));
  const meta = (name) => db("meta", "readonly", (kept) => kept.get(name)).then((row) => row?.value);
  const note = (name, value) => db("meta", "readwrite", (kept) => kept.put({ key: name, value }));

  async function list() {
    const own = await db("items", "readonly", (items) => items.index("user").getAll(who));
    return own.sort((a, b) => a.saved_at - b.saved_at);
  }

  /* Whether the line is dear or slow, so that photos had better wait. */
  const saver = () => {
    const { type, saveData, effectiveType } = navigator.connection || {};
    return type !== "wifi" && (saveData || /2g/.test(effectiveType));
  };

  simpul.store = { user: () => who, as: (id) => { who = id; }, db, get, meta, note, list, saver };
})();
