/* The menu of a row: one is open at a time, and it opens to the side that has room between what stands still on the screen. */
(() => {
  "use strict";
  const edge = (selector, side) => {
    const part = document.querySelector(selector);
    return part && /fixed|sticky/.test(getComputedStyle(part).position) && part.getBoundingClientRect()[side];
  };

  /* Upwards where it would end behind the dock, unless there it would begin behind the head. */
  function turn(menu) {
    const pop = menu.querySelector(".pop");
    if (!pop) return;
    pop.classList.remove("up");
    const { top, bottom } = menu.getBoundingClientRect();
    const floor = edge(".dock", "top") || innerHeight;
    const ceiling = Math.max(edge(".sticky", "bottom") || 0, 0);
    const tall = pop.offsetHeight;
    if (bottom + tall <= floor) return;
    if (top - tall >= ceiling) pop.classList.add("up");
    else scrollBy(0, Math.min(bottom + tall - floor, top - ceiling));
  }

  function close(except) {
    document.querySelectorAll(".menu[open]").forEach((menu) => {
      if (menu === except) return;
      if (menu.contains(document.activeElement)) menu.firstElementChild.focus({ preventScroll: true });
      menu.open = false;
    });
  }

  document.addEventListener("click", ({ target }) => close(target.closest(".menu")));
  document.addEventListener("keydown", ({ key }) => key === "Escape" && close());
  document.addEventListener("toggle", ({ target }) => target.open && target.matches(".menu") && turn(target), true);
  simpul.closeMenus = close;
})();
