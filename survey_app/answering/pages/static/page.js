// Comfort only: the page works without this. Hides what does not apply, fills answers into later words, turns pages.
(function () {
  "use strict";
  var form = document.querySelector("form[data-code]");
  if (!form) { return; }
  var logic = window.minyiLogic;
  function all(selector, within) { return Array.prototype.slice.call((within || form).querySelectorAll(selector)); }

  function answers() {
    var found = {};
    all("input,select,textarea").forEach(function (input) {
      var value = input.value;
      if (!input.name || input.name === "token" || input.disabled) { return; }
      if ((input.type === "radio" || input.type === "checkbox") && !input.checked) { return; }
      if (input.hasAttribute("data-number")) { value = logic.number(value); }
      if (value === "" || value === null) { return; }
      found[input.name] = input.type === "checkbox" ? (found[input.name] || []).concat(value) : value;
    });
    return found;
  }
  function show() {  // in the page's order: what stands in a hidden box is hidden, and has no answer for later rules
    all("[data-show-if]").forEach(function (box) {
      var outer = box.parentElement.closest("[data-off]");
      var visible = !outer && logic.holds(JSON.parse(box.dataset.showIf), answers());
      box.hidden = !visible;
      if (box.tagName === "OPTION") {
        box.disabled = !visible;
        if (!visible && box.selected) { box.parentElement.value = ""; }
        return;
      }
      box.toggleAttribute("data-off", !visible);
      all("input,select,textarea", box).forEach(function (input) { input.disabled = !!input.closest("[data-off]"); });
    });
    all("[data-pipe]").forEach(fill);
  }
  function fill(place) {
    var words = all('[name="' + place.dataset.pipe + '"]').map(function (input) {
      if (input.disabled) { return ""; }
      if (input.tagName === "SELECT") { return input.value && input.selectedOptions[0].textContent; }
      if (input.type !== "radio" && input.type !== "checkbox") { return input.value.trim(); }
      var own = input.checked && input.closest("label").nextElementSibling;
      own = own && own.className === "own" && own.querySelector("input").value.trim();
      return input.checked ? own || input.closest("label").textContent.trim() : "";
    }).filter(Boolean);
    place.dataset.none = place.dataset.none || place.textContent;
    place.textContent = words.length ? words.join(document.documentElement.lang === "en" ? ", " : "、") : place.dataset.none;
  }
  document.querySelectorAll("small.if").forEach(function (note) { note.remove(); });
  show();
  form.addEventListener("input", show);

  // A long list can be searched: options are taken out and put back, since phones do not hide them.
  all("select[data-search]").forEach(function (select) {
    var field = document.createElement("input"), options = Array.prototype.slice.call(select.options);
    field.type = "search";
    field.className = "search";
    field.placeholder = select.dataset.search;
    field.setAttribute("aria-label", select.dataset.search);
    field.addEventListener("input", function (event) {
      var wanted = field.value.trim().toLowerCase(), chosen = select.value;
      event.stopPropagation();
      options.forEach(function (option) { option.remove(); });
      options.filter(function (option) {
        return !option.value || option.value === chosen || option.textContent.toLowerCase().indexOf(wanted) >= 0;
      }).forEach(function (option) { select.appendChild(option); });
      select.value = chosen;
    });
    field.addEventListener("keydown", function (event) { if (event.key === "Enter") { event.preventDefault(); select.focus(); } });
    select.parentNode.insertBefore(field, select);
  });

  // Pages: sections up to the next one that begins a page. The back button of the phone turns back.
  var pages = [], page = 0;
  all("section").forEach(function (section) {
    if (!pages.length || section.hasAttribute("data-page")) { pages.push([]); }
    pages[pages.length - 1].push(section);
  });
  if (pages.length < 2 || !form.dataset.next) { return; }
  var submit = form.querySelector("button[type=submit]"), back = turner("back", -1), next = turner("next", 1);
  var progress = document.createElement("p");
  progress.className = "help";
  progress.setAttribute("role", "status");
  form.insertBefore(progress, form.querySelector("section"));
  back.className = "plain back";
  submit.parentNode.insertBefore(next, submit);
  submit.parentNode.insertBefore(back, submit.nextSibling);
  function turner(name, step) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = form.dataset[name];
    button.addEventListener("click", function () { if (step < 0) { turn(step); } else { go(); } });
    return button;
  }
  function open(number) {
    return pages[number].some(function (section) { return !section.hasAttribute("data-off"); });
  }
  function reach(step) {  // the next page that has something to ask, or -1
    for (var at = page + step; at >= 0 && at < pages.length; at += step) { if (open(at)) { return at; } }
    return -1;
  }
  function draw() {
    pages.forEach(function (sections, number) {
      sections.forEach(function (section) { section.hidden = number !== page || section.hasAttribute("data-off"); });
    });
    var last = reach(1) < 0;
    next.hidden = last;
    submit.hidden = !last;
    back.hidden = reach(-1) < 0;
    var some = pages.map(function (_, number) { return number; }).filter(open);
    progress.textContent = form.dataset.pageOf.replace("{}", some.indexOf(page) + 1).replace("{}", some.length);
  }
  function turn(step) {
    var to = reach(step);
    if (to < 0) { return; }
    page = to;
    history.pushState({ page: page }, "");
    draw();
    form.dispatchEvent(new Event("minyi:page"));
    var heading = pages[page].filter(function (section) { return !section.hidden; })[0].querySelector("h2");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    progress.scrollIntoView();
  }
  function go() {
    var missing = [], found = answers();
    pages[page].forEach(function (section) {
      all(".question", section).forEach(function (box) {
        var fields = all("input,select,textarea", box).filter(function (input) { return !input.disabled && input.name; });
        var old = box.querySelector(".needed"), key = box.id.slice(2), why = "";
        if (old) { old.remove(); }
        box.classList.remove("wrong");
        if (box.hasAttribute("data-required") && logic.given(key, found) === undefined) { why = form.dataset.required; }
        fields.forEach(function (input) {  // what the server would refuse as no number
          if (input.dataset.number && input.value.trim() && logic.number(input.value) === null) { why = input.dataset.number; }
        });
        if (fields.length && why) { missing.push([box, why]); }
      });
    });
    missing.forEach(function (found) {
      var note = document.createElement("p");
      note.className = "error needed";
      note.textContent = found[1];
      found[0].classList.add("wrong");
      found[0].querySelector(".title").insertAdjacentElement("afterend", note);
    });
    if (!missing.length) { turn(1); return; }
    missing[0][0].querySelector("input,select,textarea").focus();
    missing[0][0].scrollIntoView();
  }
  addEventListener("popstate", function (event) {
    page = event.state && event.state.page || 0;
    draw();
  });
  form.addEventListener("input", draw);
  form.addEventListener("submit", function (event) {
    if (!next.hidden && !(event.submitter && event.submitter.id === "later")) { event.preventDefault(); go(); }
  });
  // Begins at the page with what is wrong, else where this tab was, else where unfinished answers stopped.
  var mark = form.querySelector(".error") || document.getElementById(form.dataset.at || ""), was = history.state;
  pages.forEach(function (sections, number) {
    if (mark && sections.some(function (section) { return section.contains(mark); })) { page = number; }
  });
  if (was && was.page < pages.length && !form.querySelector(".error") && open(was.page)) { page = was.page; }
  draw();
})();
