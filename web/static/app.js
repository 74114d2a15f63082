// Keys: every page works without them.
"use strict";
(() => {
  const typing = (at) => at.closest("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("main tbody tr a:first-of-type, main .clist a")].filter(
    (a, i, all) => a.offsetParent && (i === 0 || a.closest("tr, a") !== all[i - 1].closest("tr, a")));

  const move = (step) => {
    const all = rows();
    const here = all.indexOf(document.activeElement);
    const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step];
    if (next) next.focus();
  };

  const search = () => {
    const box = document.getElementById("search");
    if (box) { box.focus(); box.select(); }
  };

  const keys = {
    "/": search,
    "n": () => { const main = document.querySelector("[data-key=n]"); if (main) main.click(); },
    "j": () => move(1),
    "k": () => move(-1),
    "?": () => document.getElementById("keys").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      event.preventDefault();
      search();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
