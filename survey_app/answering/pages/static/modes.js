// Large text, reading aloud, the way from the error summary to a field, and room above the soft keyboard.
(function () {
  "use strict";
  var root = document.documentElement;
  function recall(key) { try { return localStorage.getItem(key); } catch (e) { return null; } }
  function remember(key, value) { try { localStorage.setItem(key, value); } catch (e) { return; } }
  function each(selector, act) { document.querySelectorAll(selector).forEach(act); }

  // Large text: the address says it (?size=), else what this phone remembers.
  var switcher = document.getElementById("size");
  function sized(address, large) {
    var url = new URL(address, location.href);
    if (large) { url.searchParams.set("size", "large"); } else { url.searchParams.delete("size"); }
    return url.pathname + url.search + url.hash;
  }
  function resize(large) {
    root.classList.toggle("large", large);
    remember("minyi:size", large ? "large" : "normal");
    if (switcher) { switcher.textContent = large ? switcher.dataset.normal : switcher.dataset.large; }
    history.replaceState(null, "", sized(location.href, large));
    each("form[action]", function (f) { f.setAttribute("action", sized(f.getAttribute("action"), large)); });
    each("#language,.done a", function (a) { a.setAttribute("href", sized(a.href, large)); });
  }
  if (window.URL && window.URLSearchParams) {
    var wanted = new URL(location.href).searchParams.get("size") || recall("minyi:size");
    if (wanted === "large" || wanted === "normal") { resize(wanted === "large"); }
    if (switcher) {
      switcher.addEventListener("click", function (event) {
        event.preventDefault();
        resize(!root.classList.contains("large"));
      });
    }
    var language = document.getElementById("language");
    if (language) {
      language.addEventListener("click", function () {  // a form for another person, or in an erased one's place, stays one
        var here = new URL(location.href).searchParams, to = new URL(language.href);
        ["new", "again"].forEach(function (kind) { if (here.get(kind)) { to.searchParams.set(kind, 1); } });
        language.href = to.href;
      });
    }
  }

  // Copying an address, where the phone lets a page do it.
  var copy = document.getElementById("copy");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", function () {
      navigator.clipboard.writeText(copy.dataset.copy).then(function () { copy.textContent = copy.dataset.done; });
    });
  }

  // Reading aloud, where the phone has a voice for the page's language.
  var speech = window.speechSynthesis, reader = document.getElementById("read");
  var calm = window.matchMedia && matchMedia("(prefers-reduced-motion: reduce)").matches;
  var round = 0, current = null;
  function blocks() {
    return Array.prototype.filter.call(
      document.querySelectorAll("main h1,main h2,.site,.consent,#summary,.question,.done"),
      function (b) { return b.getClientRects().length && !b.parentElement.closest("#summary,.done,.question"); });
  }
  function words(block) {
    var copy = block.cloneNode(true), said = [];
    copy.querySelectorAll("[hidden],select,textarea,button").forEach(function (e) { e.remove(); });
    copy.querySelectorAll(".row").forEach(function (row, index) {  // a table's options are read once
      if (index) { row.querySelectorAll("label").forEach(function (e) { e.remove(); }); }
    });
    copy.textContent.split("\n").forEach(function (line) { if (line.trim()) { said.push(line.trim()); } });
    return said.join("\n");
  }
  function mark(block) {
    if (current) { current.classList.remove("reading"); }
    current = block;
    if (block) {
      block.classList.add("reading");
      block.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    }
  }
  function label(reading) {
    reader.textContent = reading ? reader.dataset.stop : reader.dataset.read;
    reader.setAttribute("aria-pressed", String(reading));
  }
  function stop() {
    round += 1;
    speech.cancel();
    mark(null);
    label(false);
  }
  function read(list) {
    stop();
    label(true);
    remember("minyi:read", "yes");
    var mine = round;
    (function next() {
      if (mine !== round) { return; }
      var block = list.shift();
      if (!block) { stop(); return; }
      mark(block);
      var utterance = new SpeechSynthesisUtterance(words(block));
      utterance.lang = root.lang;
      utterance.onend = utterance.onerror = next;
      speech.speak(utterance);
    })();
  }
  function offer() {
    var ours = root.lang.slice(0, 2);
    var able = speech.getVoices().some(function (v) { return v.lang.slice(0, 2) === ours || ours === "zh" && v.lang.slice(0, 3) === "cmn"; });
    if (!able || !reader.hidden) { return; }
    reader.hidden = false;
    each("section > h2", function (heading) {
      var head = document.createElement("div"), button = document.createElement("button");
      head.className = "head";
      button.type = "button";
      button.className = "plain hear";
      button.textContent = reader.dataset.read;
      button.setAttribute("aria-label", reader.dataset.read + " " + heading.textContent);
      heading.parentNode.insertBefore(head, heading);
      head.appendChild(heading);
      head.appendChild(button);
      button.addEventListener("click", function () {
        read(blocks().filter(function (b) { return head.parentNode.contains(b); }));
      });
    });
    if (recall("minyi:read") === "yes") { reader.classList.add("again"); }
  }
  if (speech && reader && window.SpeechSynthesisUtterance) {
    label(false);
    reader.addEventListener("click", function () {
      if (reader.getAttribute("aria-pressed") === "true") { stop(); remember("minyi:read", "no"); } else { read(blocks()); }
    });
    document.addEventListener("focusin", function (event) {  // goes on from the question that was touched
      var box = event.target.closest && event.target.closest(".question");
      if (!box || !current || box === current) { return; }
      var list = blocks();
      read(list.slice(list.indexOf(box)));
    });
    document.addEventListener("keydown", function (event) { if (event.key === "Escape" && current) { stop(); } });
    addEventListener("pagehide", function () { speech.cancel(); });
    if (speech.addEventListener) { speech.addEventListener("voiceschanged", offer); }
    offer();
  }

  // The error summary takes the focus; each of its lines leads into its field, on whatever page that stands.
  var summary = document.getElementById("summary");
  if (summary) { summary.focus(); }
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("#summary a"), box = link && document.querySelector(link.getAttribute("href"));
    if (!box) { return; }
    box.dispatchEvent(new Event("minyi:reach", { bubbles: true }));
    var named = link.dataset.field && box.querySelector('[name="' + link.dataset.field + '"]:not(:disabled)');
    var touched = box.querySelector('[data-for="' + link.dataset.field + '"]') || box.querySelector("[data-for]");
    var field = named && !named.hidden && named || touched || box.querySelector(".error ~ * input,.error ~ input,.error ~ select,.error ~ textarea") || box.querySelector("input,select,textarea");
    if (field) { event.preventDefault(); field.focus(); box.scrollIntoView(); }
  });

  // The soft keyboard takes its height from the page's end, so every field and button can stand above it.
  function typing() { return document.activeElement && document.activeElement.matches("textarea,input:not([type=radio]):not([type=checkbox])"); }
  function centre() { if (typing()) { document.activeElement.scrollIntoView({ block: "center" }); } }
  var port = window.visualViewport;
  if (port) {
    port.addEventListener("resize", function () {
      if (port.scale > 1.01) { return; }  // pinched, no keyboard
      var covered = Math.max(0, innerHeight - port.height);
      root.style.setProperty("--keyboard", (covered > 100 ? covered : 0) + "px");
      centre();
    });
  }
  document.addEventListener("focusin", function () { setTimeout(centre, 300); });
})();
