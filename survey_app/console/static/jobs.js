// Follow a background job: move its bar, and go on to the result. Without script the page refreshes itself.
(function () {
  "use strict";
  var box = document.querySelector("[data-job]");
  if (!box) { return; }
  var words = box.querySelector("[data-words]"), bar = box.querySelector("[data-bar]");
  var count = box.querySelector("[data-count]");
  function show(job) {
    if (job.result) { location.replace(job.result); return; }
    if (!job.open) { location.reload(); return; }
    if (words.textContent !== job.words) { words.textContent = job.words; }
    if (job.of) { bar.max = job.of; bar.value = job.done; count.textContent = job.done + " / " + job.of; }
    setTimeout(ask, 700);
  }
  function ask() {
    fetch(box.dataset.job, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (reply) { if (!reply.ok || reply.redirected) { throw reply; } return reply.json(); })
      .then(show)
      .catch(function () { setTimeout(ask, 3000); });
  }
  setTimeout(ask, 500);
})();
