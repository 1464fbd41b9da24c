/* The position of a check-in: asked only when the switch is tapped, said in words, never needed. */
(() => {
  "use strict";
  const ROUGH_M = 100;

  function fill(box, lat, lng, accuracy) {
    box.querySelector("[name=lat]").value = lat;
    box.querySelector("[name=lng]").value = lng;
    box.querySelector("[name=accuracy]").value = accuracy;
  }

  function ask(box, tick) {
    const says = box.querySelector("[role=status]");
    fill(box, "", "", "");
    if (!tick.checked) return void (says.textContent = says.dataset.first);
    says.textContent = box.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        if (!tick.checked) return;
        const metres = Math.ceil(coords.accuracy);
        fill(box, coords.latitude.toFixed(5), coords.longitude.toFixed(5), metres);
        const words = metres > ROUGH_M ? box.dataset.rough : box.dataset.found;
        says.textContent = words.replace("{m}", metres.toLocaleString("id"));
      },
      (fault) => {
        tick.checked = false;
        says.textContent = fault.code === 1 ? box.dataset.refused : box.dataset.lost;
      },
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 },
    );
  }

  document.addEventListener("change", (event) => {
    const box = event.target.matches("[data-ask]") && event.target.closest("[data-position]");
    if (box) ask(box, event.target);
  });

  if (!navigator.geolocation) return;
  document.querySelectorAll("[data-position]").forEach((box) => {
    const says = box.querySelector("[role=status]");
    says.dataset.first = says.textContent;
    box.hidden = false;
  });
})();
