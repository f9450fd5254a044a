// The menu is open without script and on a wide screen; on a phone it folds, so that the page comes first.
(function () {
  "use strict";
  var menu = document.querySelector(".menu details"), wide = window.matchMedia("(min-width: 1000px)");
  if (!menu) { return; }
  function fit() { menu.open = wide.matches; }
  fit();
  wide.addEventListener("change", fit);
})();
