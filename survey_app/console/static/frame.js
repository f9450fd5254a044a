// The menu is open without script and on a wide screen; on a phone it folds, so that the page comes first.
(function () {
  "use strict";
  var menu = document.querySelector(".menu details"), wide = window.matchMedia("(min-width: 1000px)");
  if (!menu) { return; }
  function fit() { menu.open = wide.matches; }
  fit();
  wide.addEventListener("change", fit);
})();
// Several of one list: choosing one leaves room for the next; without script the next has room after saving.
document.addEventListener("change", function (event) {
  "use strict";
  var box = event.target, next = box.nextElementSibling, more;
  if (!box.matches("select[data-more]") || !box.value || (next && next.matches("select[data-more]"))) { return; }
  more = box.cloneNode(true);
  more.value = "";
  box.after(more);
});
