// A form that is left unsent says at which question, once, and nothing else: no key, no answer, no cookie is read.
(function () {
  "use strict";
  var form = document.querySelector("form[data-code]"), last = "", sent = false;
  if (!form || !navigator.sendBeacon || !window.URLSearchParams) { return; }
  form.addEventListener("input", function (event) { last = (event.target.name || "").split("__")[0] || last; });
  form.addEventListener("submit", function () { sent = true; });
  addEventListener("pagehide", function () {
    if (!last || sent) { return; }
    sent = true;
    navigator.sendBeacon("/s/" + form.dataset.code + "/left", new URLSearchParams({ q: last }));
  });
})();
