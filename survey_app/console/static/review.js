// A part that is folded up is printed all the same; what stands behind a drawing, and long tables, as the reader left them.
window.addEventListener("beforeprint", function () {
  "use strict";
  document.querySelectorAll(".part > details").forEach(function (box) { box.open = true; });
});
