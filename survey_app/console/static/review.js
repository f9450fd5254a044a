// Whatever is folded up is printed all the same.
window.addEventListener("beforeprint", function () {
  "use strict";
  document.querySelectorAll("details.part, .part > details, .part details").forEach(function (box) { box.open = true; });
});
