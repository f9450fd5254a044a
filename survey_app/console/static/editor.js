// The questionnaire editor: keeps what is typed, redraws what changed, and leads the keyboard on. Without it every button works too.
(function () {
  "use strict";
  var form = document.getElementById("editor"), preview = document.getElementById("preview");
  var timer = 0, busy = false, waiting = null, typed = 0, composing = false, dragged = null, follow = "";

  function morph(old, fresh) {  // makes `old` like `fresh`, without taking the focus or the word from whoever types
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || (old.id || "") !== (fresh.id || "")) { old.replaceWith(fresh); return; }
    if (old.nodeType !== 1) { if (old.data !== fresh.data) { old.data = fresh.data; } return; }
    var mine = old === document.activeElement;
    Array.prototype.slice.call(old.attributes).forEach(function (one) {
      if (!fresh.hasAttribute(one.name) && one.name !== "open" && one.name !== "draggable" && one.name !== "data-kept") { old.removeAttribute(one.name); }
    });
    Array.prototype.slice.call(fresh.attributes).forEach(function (one) {
      if (one.name !== "open" && old.getAttribute(one.name) !== one.value) { old.setAttribute(one.name, one.value); }
    });
    if (fresh.hasAttribute("open")) { old.open = true; }
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(old.nodeName) && !(mine && old.type !== "checkbox")) {
      if (old.type === "checkbox") { old.checked = fresh.checked; }
      else if (old.nodeName !== "SELECT" && old.value !== fresh.value) { old.value = fresh.value; }
    }
    if (old.nodeName === "TEXTAREA") { return; }
    var now = Array.prototype.slice.call(old.childNodes), next = Array.prototype.slice.call(fresh.childNodes);
    next.forEach(function (one, place) { if (now[place]) { morph(now[place], one); } else { old.appendChild(one); } });
    now.slice(next.length).forEach(function (one) { one.remove(); });
    if (old.nodeName === "SELECT" && old.value !== fresh.value) { old.value = fresh.value; }
  }

  function draw(text, address, leading) {
    var page = new DOMParser().parseFromString(text, "text/html"), fresh = page.getElementById("editor");
    if (!fresh) { location.reload(); return; }
    var frame = page.getElementById("preview");
    if (frame.getAttribute("src") !== preview.getAttribute("src")) { preview.setAttribute("src", frame.getAttribute("src")); }
    morph(form, fresh);
    page.querySelectorAll("aside a, aside .help").forEach(function (one, place) { morph(document.querySelectorAll("aside a, aside .help")[place], one); });
    draggable();
    if (follow && document.getElementById(follow)) { document.getElementById(follow).focus(); }
    follow = "";
    if (!leading) { return; }
    history.replaceState(null, "", address.replace(/[?&]new=1/, ""));
    var first = form.querySelector("[autofocus]") || form.querySelector("#outline [aria-current]");
    if (first) { first.focus(); }
  }

  function send(act) {
    var data, at = typed, leading = act !== "save" && !/^line/.test(act);
    clearTimeout(timer);
    form.dataset.kept = "";
    if (busy) { waiting = act === "save" ? waiting || act : act; return; }
    data = new URLSearchParams(new FormData(form));
    data.set("do", act);
    busy = true;
    fetch(form.action, { method: "POST", body: data, credentials: "same-origin" }).then(function (reply) {
      return reply.text().then(function (text) {
        busy = false;
        if (!waiting && (leading || at === typed)) { draw(text, reply.url, leading); }
        else { revise(text); if (at !== typed) { later(); } }
        if (waiting) { act = waiting; waiting = null; send(act); } else if (at === typed) { form.dataset.kept = "yes"; }
      });
    }).catch(function () {
      busy = false;
      document.getElementById("told").textContent = form.dataset.failed;
      timer = setTimeout(function () { send(act); }, 5000);
    });
  }
  function revise(text) {  // typing went on meanwhile: only what the next sending needs
    var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("#editor [name=revision]");
    if (fresh) { form.elements.revision.value = fresh.value; }
  }
  function later() { clearTimeout(timer); timer = setTimeout(function () { if (composing) { later(); } else { send("save"); } }, 700); }

  form.addEventListener("compositionstart", function () { composing = true; });
  form.addEventListener("compositionend", function () { composing = false; });
  form.addEventListener("input", function (event) {
    if (!event.target.name || event.target.name === "part") { return; }
    typed += 1;
    form.dataset.kept = "";
    if (event.target.hasAttribute("data-now")) { send("save"); } else { later(); }
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    send(event.submitter && event.submitter.value || "save");
  });
  form.addEventListener("keydown", function (event) {
    var field = event.target, line = field.closest("[data-lines] .line"), entry = field.closest("#outline li[data-at]");
    if (entry && event.altKey && /^Arrow(Up|Down)$/.test(event.key)) {
      event.preventDefault();
      send("move:" + entry.dataset.at + (event.key === "ArrowUp" ? ":-1" : ":1"));
    } else if (line && event.altKey && /^Arrow(Up|Down)$/.test(event.key)) {
      var up = event.key === "ArrowUp", name = line.parentNode.querySelector("[name$='.was']").name.slice(2, -4), number = +name.split(".").pop();
      event.preventDefault();
      follow = field.id.replace("." + number + ".", "." + (number + (up ? -1 : 1)) + ".");
      send("line:" + name + (up ? ":up" : ":down"));
    } else if (event.key === "Enter" && !event.isComposing && field.nodeName === "INPUT") {
      event.preventDefault();
      if (!line) { send("save"); return; }
      var all = Array.prototype.slice.call(field.closest("[data-lines]").querySelectorAll(".line input, .line textarea"));
      var each = line.querySelectorAll("input, textarea").length, next = all[all.indexOf(field) + each];
      if (next) { next.focus(); }
    }
  });
  addEventListener("beforeunload", function (event) { if (!form.dataset.kept) { event.preventDefault(); } });

  function draggable() { form.querySelectorAll("#outline li[data-at]").forEach(function (one) { one.draggable = true; }); }
  form.addEventListener("dragstart", function (event) { 
    dragged = event.target.closest && event.target.closest("li[data-at]");
    if (dragged) { event.dataTransfer.setData("text/plain", dragged.dataset.at); }
  });
  form.addEventListener("dragover", function (event) {
    var over = dragged && event.target.closest("li[data-at]");
    form.querySelectorAll("li.over").forEach(function (one) { one.classList.remove("over"); });
    if (over && over !== dragged) { event.preventDefault(); over.classList.add("over"); }
  });
  form.addEventListener("drop", function (event) {
    var over = event.target.closest("li[data-at]");
    event.preventDefault();
    if (dragged && over && over !== dragged) { send("move:" + dragged.dataset.at + ":" + over.dataset.at); }
    dragged = null;
  });
  draggable();
  form.dataset.kept = "yes";
})();
