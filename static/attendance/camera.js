/* The camera as a reader of codes: the browser's own detector, or else an engine in a worker, fetched only then and kept for
   the hours without network. Whatever one picture brings, the next one is looked at. */
(() => {
  "use strict";
  const PAUSE_MS = 80;
  const AGAIN_MS = 3000; // a code that stays in sight is read once
  const SIDE = 480; // pixels of what the engine looks at
  const ENGINE_MS = 4000;
  const box = document.querySelector("[data-camera]");
  if (!box) return;
  const words = box.dataset;
  const [video, says, start] = ["video", "[role=status]", "[data-start]"].map((part) => box.querySelector(part));
  const [torch, which] = ["[data-torch]", "select"].map((part) => box.querySelector(part));
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  let stream = null;
  let wanted = false;
  let detector = null;
  let worker = null;
  let turn = 0; // of the camera: a loop of an earlier one ends
  let last = { text: "", at: 0 };

  const say = (word) => { says.textContent = words[word] || ""; };

  /* --- engines ---------------------------------------------------------------------------------- */
  async function engine() {
    const own = self.BarcodeDetector && (await BarcodeDetector.getSupportedFormats().catch(() => []));
    if (own && own.includes("qr_code")) detector = new BarcodeDetector({ formats: ["qr_code"] });
    else worker = new Worker(words.engine);
  }

  /* The engine is not among the files that every phone fetches; a phone that needs it keeps it from its first visit. */
  async function keep() {
    const cache = self.caches && (await caches.open("simpul-mesin"));
    if (!cache || self.BarcodeDetector || (await cache.match(words.engine))) return;
    for (const old of await cache.keys()) await cache.delete(old);
    await cache.add(words.engine);
  }

  function picture() {
    const { videoWidth: width, videoHeight: height } = video;
    const side = Math.min(width, height);
    const edge = Math.min(side, SIDE);
    canvas.canvas.width = canvas.canvas.height = edge;
    canvas.drawImage(video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, edge, edge);
    return canvas.getImageData(0, 0, edge, edge);
  }

  function decoded(data) {
    return new Promise((done, fail) => {
      const alarm = setTimeout(() => fail(new Error("engine")), ENGINE_MS);
      worker.onerror = fail;
      worker.onmessage = ({ data: told }) => {
        clearTimeout(alarm);
        done(told.data || "");
      };
      worker.postMessage({ type: "decode", data }, [data.data.buffer]);
    });
  }

  async function read() {
    if (!video.videoWidth) return [];
    if (detector) return (await detector.detect(video)).map((code) => code.rawValue);
    try {
      return [await decoded(picture())];
    } catch (fault) {
      worker.terminate();
      worker = new Worker(words.engine);
      throw fault;
    }
  }

  async function look(mine) {
    while (mine === turn) {
      try {
        for (const text of await read()) if (text && mine === turn) take(text);
      } catch { /* one bad picture */ }
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  }

  function take(text) {
    const now = performance.now();
    const known = text === last.text && now - last.at < AGAIN_MS;
    last = { text, at: now };
    if (!known) box.dispatchEvent(new CustomEvent("simpul:code", { bubbles: true, detail: text }));
  }

  /* --- the camera ------------------------------------------------------------------------------- */
  async function open() {
    if (!navigator.mediaDevices) return say("none");
    close();
    const mine = ++turn;
    say("opening");
    const video1 = which.value ? { deviceId: { exact: which.value } } : { facingMode: "environment" };
    try {
      if (!detector && !worker) await engine();
      const opened = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...video1, width: { ideal: 1280 } } });
      if (mine !== turn) return opened.getTracks().forEach((track) => track.stop());
      stream = opened;
    } catch (fault) {
      start.hidden = false;
      return say(fault.name === "NotAllowedError" ? "refused" : "none");
    }
    video.srcObject = stream;
    video.hidden = false;
    start.hidden = true;
    await video.play().catch(() => {});
    say("look");
    look(mine);
    offer().catch(() => {});
  }

  function close() {
    turn++;
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
  }

  /* The lamp and another camera, where there is one. */
  async function offer() {
    const [track] = stream.getVideoTracks();
    torch.hidden = !track.getCapabilities?.().torch;
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
    const { deviceId } = track.getSettings();
    which.replaceChildren(...cameras.map((device, place) => new Option(device.label || place + 1, device.deviceId, false, device.deviceId === deviceId)));
    which.parentElement.hidden = cameras.length < 2;
  }

  start.addEventListener("click", () => { wanted = true; open(); });
  which.addEventListener("change", open);
  torch.addEventListener("click", () => {
    const on = torch.ariaPressed !== "true";
    torch.ariaPressed = String(on);
    stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] }).catch(() => { torch.hidden = true; });
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else if (wanted && !stream) open();
  });
  addEventListener("pagehide", close);

  start.hidden = false;
  keep().catch(() => {});
  navigator.permissions?.query({ name: "camera" })
    .then(({ state }) => { if (state === "granted") wanted = true, open(); }).catch(() => {});
})();
