// The form of a tablet that holds its interviews, inside the tablet's start: takes its key and what was filled in from
// there, and hands over every change and the whole. It runs before the page's own script, which then finds it filled in.
(function () {
  "use strict";
  var form = document.querySelector("form[data-held]"), shell = form && window.parent !== window && window.parent.minyiShell;
  var given = shell && shell.interview();
  if (!given) {
    if (form) { location.replace(document.body.dataset.start); }
    return;
  }
  function named(name) { return Array.prototype.slice.call(form.querySelectorAll('[name="' + name + '"]')); }
  function moved(items) {  // into the order of `items`, at the places where they stand
    var marks = items.filter(Boolean).map(function (item) { return item[0]; });
    var places = marks.slice().sort(function (a, b) { return a.compareDocumentPosition(b) & 4 ? -1 : 1; }).map(function (first) {
      return first.parentNode.insertBefore(document.createComment(""), first);
    });
    items.filter(Boolean).forEach(function (item, number) {
      item.forEach(function (node) { places[number].parentNode.insertBefore(node, places[number]); });
    });
    places.forEach(function (place) { place.remove(); });
  }
  function item(key, code) {  // an option with its own words, a row of a table, a line of a ranking
    var line = named(key + "__" + code)[0], own = named(key).filter(function (input) { return input.value === code; })[0];
    own = own || form.querySelector('[name="' + key + '"] option[value="' + code + '"]');
    var node = line && line.closest(".row,.rank") || own && (own.closest("label") || own);
    var more = node && node.nextElementSibling;
    return node && (more && more.className === "own" ? [node, more] : [node]);
  }
  Object.keys(given.order).forEach(function (key) {
    if (key !== "sections") { moved(given.order[key].map(function (code) { return item(key, code); })); return; }
    var sections = Array.prototype.slice.call(form.querySelectorAll("section"));
    function first(section) { return section.querySelector(".question"); }
    var turns = sections.map(function (section) { return first(section).hasAttribute("data-page"); });  // pages begin at the same places
    moved(given.order.sections.map(function (place) { return [sections[place]]; }));
    form.querySelectorAll("section").forEach(function (section, place) { first(section).toggleAttribute("data-page", turns[place]); });
  });
  form.elements.token.value = given.token;
  Object.keys(given.answers || {}).forEach(function (name) {
    named(name).forEach(function (input, place) {
      var values = given.answers[name];
      if (input.type === "radio" || input.type === "checkbox") { input.checked = values.indexOf(input.value) >= 0; }
      else if (input.type !== "hidden" || name === "_at") { input.value = values[place] || ""; }
    });
  });
  given.fixed.forEach(function (name) {  // what chose the person is not changed afterwards
    named(name).forEach(function (input) { input.readOnly = true; input.closest(".question").classList.add("fixed"); });
  });
  function answers() {
    var found = {};
    new FormData(form).forEach(function (value, name) { if (name !== "token") { (found[name] = found[name] || []).push(value); } });
    return found;
  }
  form.addEventListener("input", function () { setTimeout(function () { shell.keep(answers()); }); });
  document.addEventListener("submit", function (event) {  // after the page's own, which may turn a page instead
    if (event.defaultPrevented) { return; }
    event.preventDefault();
    if (!form.dispatchEvent(new Event("minyi:check", { cancelable: true }))) { return; }
    var body = new URLSearchParams(new FormData(form));
    form.querySelectorAll(".question").forEach(function (box) { body.append(form.dataset.held, box.id.slice(2)); });  // left open knowingly
    shell.finish(body.toString(), answers(), document.documentElement.lang);
  });
  document.getElementById("leave").addEventListener("click", function (event) { event.preventDefault(); shell.leave(); });
  document.body.dataset.held = "";  // tablet.js leaves it to the start
})();
