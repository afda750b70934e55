// The one door from text to markup, for browsers that ask for one. htmx puts fragments of our own pages into the page;
// text is never turned into a script or into the address of a script: those two doors are left out, so they are shut.
(function () {
  "use strict";
  if (!window.trustedTypes || !window.trustedTypes.createPolicy) { return; }
  window.trustedTypes.createPolicy("default", { createHTML: function (markup) { return markup; } });
}());
