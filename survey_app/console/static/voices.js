// Written answers by the keyboard: J and K go on and back, over the end of a page too; digits tick codes, Enter stores them.
(function () {
  "use strict";
  var all = Array.prototype.slice.call(document.querySelectorAll(".voice")), at = all.indexOf(document.querySelector(".voice:target"));
  if (at >= 0) { all[at].focus(); }
  function go(step) {
    var link = document.querySelector(step > 0 ? "a[rel=next]" : "a[rel=prev]");
    if (all[at + step]) { at += step; all[at].focus(); all[at].scrollIntoView({ block: "nearest" }); }
    else if (link && (step > 0 || at === 0)) { location.href = link.href; }
  }
  document.addEventListener("focusin", function (event) {
    var voice = event.target.closest(".voice");
    if (voice) { at = all.indexOf(voice); }
  });
  document.addEventListener("keydown", function (event) {
    var where = event.target, typing = where.matches("input:not([type=checkbox]), select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var form = all[at] && all[at].querySelector("form"), key = event.key.toLowerCase();
    if (key === "j" || key === "n") { go(1); }
    else if (key === "k" || key === "p") { go(-1); }
    else if (form && /^[1-9]$/.test(key)) {
      var box = form.querySelectorAll("input[name=codes]")[key - 1];
      if (box) { box.checked = !box.checked; }
    } else if (form && key === "enter" && !where.matches("button, a, summary")) { form.requestSubmit(); }
    else { return; }
    event.preventDefault();
  });
})();
