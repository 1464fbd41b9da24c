/* Ids and hours, as the phone's clock has them. Pages and the worker share this file. */
(() => {
  "use strict";
  const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");

  /* UUIDv7: milliseconds, then chance. */
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let rest = Math.max(Date.now(), 0);
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

  /* 09.12 */
  function hour(ms) {
    const moment = new Date(ms);
    return two(moment.getHours()) + "." + two(moment.getMinutes());
  }

  self.simpul = { uuid, local, hour };
})();
