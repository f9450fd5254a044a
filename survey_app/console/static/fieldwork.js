// Refresh the page's parts while it is looked at. A part that is being read closely (focus, a filter, an opened or sorted
// table) is left alone; without script, reloading does the same.
(function () {
  "use strict";
  var box = document.getElementById("live"), late = document.getElementById("late"), timer = 0, busy = false;
  if (!box || !window.fetch) { return; }
  function say(text) { late.textContent = text || ""; late.hidden = !text; }
  function inUse(part) {
    return part.contains(document.activeElement) || part.querySelector("details[open],[data-table] [aria-sort]") ||
      Array.prototype.some.call(part.querySelectorAll("[data-filter]"), function (field) { return field.value; });
  }
  function put(html) {
    var fresh = document.createElement("div"), there = {}, before = null;
    fresh.innerHTML = html;
    box.querySelectorAll("[data-part]").forEach(function (part) { there[part.dataset.part] = part; });
    Array.prototype.slice.call(fresh.children).reverse().forEach(function (part) {
      var old = there[part.dataset.part];
      delete there[part.dataset.part];
      if (old && inUse(old)) { before = old; return; }
      if (old) { box.replaceChild(part, old); } else { box.insertBefore(part, before); }
      before = part;
      document.dispatchEvent(new CustomEvent("minyi:tables", { detail: part }));
    });
    Object.keys(there).forEach(function (name) { if (!inUse(there[name])) { there[name].remove(); } });
  }
  function refresh() {
    if (document.hidden || busy) { return; }
    busy = true;
    fetch(box.dataset.live + location.search.replace("?", "&"), { credentials: "same-origin", redirect: "manual", headers: { "X-Refresh": "1" } }).then(function (reply) {
      if (reply.type === "opaqueredirect" || reply.status === 403) { clearInterval(timer); say(box.dataset.ended); return; }
      if (!reply.ok) { throw reply.status; }
      return reply.text().then(function (html) { put(html); say(""); });
    }).catch(function () { say(box.dataset.late); }).then(function () { busy = false; });
  }
  function start() { clearInterval(timer); if (!document.hidden) { timer = setInterval(refresh, box.dataset.seconds * 1000); } }
  document.addEventListener("visibilitychange", function () { start(); refresh(); });
  start();
})();
