/* Every form[data-outbox]: an id and the time of the tap go along, a second tap is dropped, and what could not be
   sent says so and can be sent again under the same id. Works for htmx and for plain posts; without it forms post plainly. */
(() => {
  "use strict";
  const OURS = "form[data-outbox]";
  const unsent = new WeakMap(); // form -> stamp of the try that failed
  const again = new WeakMap(); // form -> stamp to use for the next try

  const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");

  /* UUIDv7: milliseconds, then chance. */
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let rest = Date.now();
    for (let i = 5; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
    bytes[6] = (bytes[6] & 15) | 112;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  /* 2024-11-09T09:12:03.123+07:00 */
  function local(moment) {
    const east = -moment.getTimezoneOffset();
    const wall = new Date(moment.getTime() + east * 60000).toISOString().slice(0, -1);
    return wall + (east < 0 ? "-" : "+") + two(east / 60) + ":" + two(east % 60);
  }

  function stamp(data, first) {
    const moment = new Date();
    const made = first || { id: uuid(), happened_at: local(moment), offset: String(-moment.getTimezoneOffset()) };
    for (const name in made) data.set(name, made[name]);
    data.set("clock", local(moment));
    return made;
  }

  const kept = (data) => ({ id: data.get("id"), happened_at: data.get("happened_at"), offset: data.get("offset") });
  const posts = (form) => form.matches(OURS) && (form.getAttribute("method") || "").toLowerCase() === "post";

  function busy(form, on, button) {
    if (on) form.setAttribute("aria-busy", "true");
    else form.removeAttribute("aria-busy");
    form.querySelectorAll(".pressed").forEach((b) => b.classList.remove("pressed"));
    if (on && button) button.classList.add("pressed");
  }

  function forget(form) {
    unsent.delete(form);
    const said = form.querySelector(":scope > .fail");
    if (said) said.remove();
  }

  function sayUnsent(form, button) {
    const words = document.getElementById("kata").dataset;
    const said = document.createElement("div");
    said.className = "note bad fail";
    said.setAttribute("role", "alert");
    const text = document.createElement("span");
    text.textContent = words.unsent;
    const retry = document.createElement("button");
    retry.type = "button";
    retry.className = "btn";
    retry.textContent = words.again;
    retry.addEventListener("click", () => {
      again.set(form, unsent.get(form));
      forget(form);
      form.requestSubmit(button && button.isConnected && button.type === "submit" ? button : null);
    });
    said.append(text, retry);
    form.append(said);
  }

  document.addEventListener("formdata", (event) => {
    if (!posts(event.target)) return;
    stamp(event.formData, again.get(event.target));
    again.delete(event.target);
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(OURS)) return;
    if (event.target.getAttribute("aria-busy") !== "true") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("submit", (event) => {
    if (posts(event.target) && !event.defaultPrevented) busy(event.target, true, event.submitter);
  });

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.matches(OURS)) forget(form); // other words are another submission
  });

  /* htmx 4: the form stands in ctx.request.form */
  const formOf = (event) => {
    const request = event.detail && event.detail.ctx && event.detail.ctx.request;
    return request && request.form && posts(request.form) ? request.form : null;
  };
  document.addEventListener("htmx:before:request", (event) => {
    const form = formOf(event);
    if (!form) return;
    forget(form);
    busy(form, true, event.detail.ctx.request.submitter);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const form = formOf(event);
    if (form) busy(form, false);
  });
  function failed(event) {
    const { ctx } = event.detail;
    const form = formOf(event);
    const status = ctx.response ? ctx.response.status : 0;
    if (!form || (status && status < 500 && status !== 429)) return;
    if (ctx.response && ctx.response.status && event.type === "htmx:error") return;
    unsent.set(form, kept(ctx.request.body));
    busy(form, false);
    sayUnsent(form, ctx.request.submitter);
  }
  document.addEventListener("htmx:error", failed);
  document.addEventListener("htmx:response:error", failed);

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll(OURS).forEach((form) => busy(form, false));
  });

  window.simpul = { uuid, stamp, kept };
})();
