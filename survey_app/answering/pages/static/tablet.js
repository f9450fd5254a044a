// A shared device: nothing is kept on it, and a form left alone for three minutes goes back to the start. A form that the
// start itself holds (held.js) stays there, encrypted, and asks for the PIN again.
(function () {
  "use strict";
  var held = "held" in document.body.dataset, start = document.body.dataset.start, idle = held ? 600000 : 180000, timer;
  function forget() { try { localStorage.clear(); sessionStorage.clear(); } catch (e) { return; } }
  function sending() { return document.querySelector("button[aria-disabled=true]"); }
  function leave() {
    if (sending()) { wait(); } else if (held) { parent.location.reload(); } else { location.replace(start); }
  }
  function wait() { clearTimeout(timer); timer = setTimeout(leave, idle); }
  forget();
  document.addEventListener("input", forget);
  addEventListener("pagehide", forget);
  addEventListener("unload", forget);  // a page with this handler is not kept for the back button
  if (document.querySelector("form[method=post]")) {
    ["input", "click", "scroll", "keydown"].forEach(function (name) { addEventListener(name, wait, true); });
    wait();
  }
})();
