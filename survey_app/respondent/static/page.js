// Comfort only: the page works without this. Hides questions that do not apply, keeps a draft on the
// phone until the receipt, and sends again with the same key when the network drops.
(function () {
  "use strict";
  var done = document.querySelector("[data-receipt]");
  var form = document.querySelector("form[data-code]");
  var memory = { get: function (k) { try { return localStorage.getItem(k); } catch (e) { return null; } },
    set: function (k, v) { try { localStorage.setItem(k, v); } catch (e) { return; } },
    drop: function (k) { try { localStorage.removeItem(k); } catch (e) { return; } } };
  if (done && done.dataset.code) { memory.drop("minyi:" + done.dataset.code); }
  if (!form) { return; }
  var name = "minyi:" + form.dataset.code;
  var status = document.getElementById("status");
  var button = form.querySelector("button");

  function answers() {
    var found = {};
    new FormData(form).forEach(function (value, key) {
      if (key !== "token") { (found[key] = found[key] || []).push(value); }
    });
    return found;
  }
  function holds(rule, given) {
    var operator = Object.keys(rule)[0], operands = rule[operator];
    if (operator === "and") { return operands.every(function (r) { return holds(r, given); }); }
    if (operator === "or") { return operands.some(function (r) { return holds(r, given); }); }
    if (operator === "not") { return !holds(operands[0], given); }
    var values = (given[operands[0]] || []).filter(function (v) { return v !== ""; });
    if (!values.length) { return false; }
    if (operator === "answered") { return true; }
    if (operator === "contains") { return values.indexOf(operands[1]) >= 0; }
    if (operator === "equals") { return values[0] === operands[1]; }
    if (operator === "in") { return operands[1].indexOf(values[0]) >= 0; }
    var number = Number(values[0]), limit = Number(operands[1]);
    return operator === "at_least" ? number >= limit : number <= limit;
  }
  function show() {
    form.querySelectorAll("[data-show-if]").forEach(function (box) {
      var visible = holds(JSON.parse(box.dataset.showIf), answers());
      box.hidden = !visible;
      box.querySelectorAll("input,select,textarea").forEach(function (input) { input.disabled = !visible; });
    });
  }
  function restore() {
    var kept;
    try { kept = JSON.parse(memory.get(name) || "null"); } catch (e) { kept = null; }
    if (!kept || document.getElementById("summary")) { return; }
    form.querySelectorAll("input[type=radio],input[type=checkbox]").forEach(function (input) {
      if ((kept[input.name] || []).indexOf(input.value) >= 0) { input.checked = true; }
    });
    form.querySelectorAll("select,textarea").forEach(function (input) {
      if (kept[input.name]) { input.value = kept[input.name][0]; }
    });
    status.textContent = form.dataset.restored;
  }
  document.querySelectorAll("small.if").forEach(function (note) { note.remove(); });
  restore();
  show();
  form.addEventListener("input", function () { show(); memory.set(name, JSON.stringify(answers())); });
  var summary = document.getElementById("summary");
  if (summary) { summary.focus(); }

  var sending = false;
  function send() {
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).then(function (reply) {
      if (reply.redirected) { location.replace(reply.url); return; }
      return reply.text().then(function (page) { document.open(); document.write(page); document.close(); });
    }).catch(function () {
      status.textContent = form.dataset.offline;
      setTimeout(send, 4000);
    });
  }
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (sending) { return; }
    sending = true;
    button.setAttribute("aria-disabled", "true");
    status.textContent = form.dataset.sending;
    send();
  });
  addEventListener("pageshow", function (event) { if (event.persisted) { location.reload(); } });
})();
