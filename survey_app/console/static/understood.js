// While one types: how the server understands what stands in the boxes. Without script it says so after saving.
(function () {
  "use strict";
  document.querySelectorAll("[data-understood]").forEach(function (group) {
    var says = group.querySelector("[data-says]"), timer = 0, latest = 0;
    if (!says) { return; }
    group.addEventListener("input", function (event) {
      if (event.target.name) { clearTimeout(timer); timer = setTimeout(ask, 250); }
    });
    function ask() {
      var sent = new URLSearchParams(), mine = ++latest;
      group.querySelectorAll("input[name],select[name]").forEach(function (box) {
        if (box.type !== "radio" && box.type !== "hidden") { sent.append(box.name, box.value); }
      });
      fetch(group.dataset.understood + "?" + sent, { headers: { Accept: "application/json" }, credentials: "same-origin" })
        .then(function (reply) { if (!reply.ok || reply.redirected) { throw reply; } return reply.json(); })
        .then(function (reply) {
          if (mine !== latest) { return; }
          says.textContent = reply.says;
          says.classList.toggle("error", reply.wrong);
        })
        .catch(function () { says.textContent = ""; });
    }
  });
})();
