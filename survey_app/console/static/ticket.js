// Keeps a reply that is being written, a moment after the last key. Without script there is the button for it.
(function () {
  "use strict";
  document.querySelectorAll("form[data-draft]").forEach(function (form) {
    var box = form.querySelector("textarea"), told = form.querySelector("[data-saved]"), waiting = null, kept = box.value;
    function keep() {
      if (box.value === kept) { return; }
      var text = box.value;
      fetch(form.dataset.draft, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, keepalive: true })
        .then(function (reply) { if (reply.status === 204) { kept = text; told.textContent = told.dataset.saved; } })
        .catch(function () { told.textContent = ""; });
    }
    box.addEventListener("input", function () {
      told.textContent = "";
      clearTimeout(waiting);
      waiting = setTimeout(keep, 1500);
    });
    form.addEventListener("submit", function () { clearTimeout(waiting); kept = box.value; });
    document.addEventListener("visibilitychange", function () { if (document.hidden) { clearTimeout(waiting); keep(); } });
  });
})();
