// Comfort only: the page works without this. Hides questions that do not apply.
(function () {
  "use strict";
  var form = document.querySelector("form[data-code]");
  if (!form) { return; }

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
  document.querySelectorAll("small.if").forEach(function (note) { note.remove(); });
  show();
  form.addEventListener("input", show);
})();
