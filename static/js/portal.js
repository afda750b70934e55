// Comforts only: every page works without this file.
(function () {
  "use strict";
  var summary = document.querySelector(".errors");
  if (summary) { summary.focus(); }
  // One open menu at a time; Escape closes it and returns the focus.
  var menus = document.querySelectorAll(".menu details, .account");
  menus.forEach(function (menu) {
    menu.addEventListener("toggle", function () {
      if (menu.open) { menus.forEach(function (other) { if (other !== menu) { other.open = false; } }); }
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    menus.forEach(function (menu) { if (menu.open) { menu.open = false; menu.querySelector("summary").focus(); } });
  });
  // Ask before a half-filled form is left.
  document.querySelectorAll("form[data-guard]").forEach(function (form) {
    var changed = false;
    form.addEventListener("input", function () { changed = true; });
    form.addEventListener("submit", function () { changed = false; });
    window.addEventListener("beforeunload", function (event) { if (changed) { event.preventDefault(); } });
  });
}());
