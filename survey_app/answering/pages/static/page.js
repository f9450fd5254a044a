// Comfort only: the page works without this. Hides what does not apply, fills answers into later words, turns pages.
(function () {
  "use strict";
  var form = document.querySelector("form[data-code]");
  if (!form) { return; }
  var logic = window.minyiLogic;
  function all(selector, within) { return Array.prototype.slice.call((within || form).querySelectorAll(selector)); }

  function written(within) {  // name of a field -> its text, or a list of what is ticked
    var found = {};
    all("input,select,textarea", within).forEach(function (input) {
      if (!input.name || input.name === "token" || input.disabled || input.value === "") { return; }
      if ((input.type === "radio" || input.type === "checkbox") && !input.checked) { return; }
      found[input.name] = input.type === "checkbox" ? (found[input.name] || []).concat(input.value) : input.value;
    });
    return found;
  }
  function answers() {  // the same with numbers read, for rules
    var found = written();
    all("[data-number]").forEach(function (input) {
      var value = found[input.name] && logic.number(found[input.name]);
      if (value === null) { delete found[input.name]; } else if (value !== undefined) { found[input.name] = value; }
    });
    return found;
  }
  // What rules look at is read once, and again where something was shown or hidden: a slow phone feels every pass.
  var ruled = all("[data-show-if]"), asked = all(".question"), piped = all("[data-pipe]");
  function rule(box, name) { return box[name] || (box[name] = JSON.parse(box.dataset[name])); }
  function able(box, off) {  // whether that changed anything
    return all("input,select,textarea", box).filter(function (input) {
      var no = off || !!input.closest("[data-off]"), other = input.disabled !== no;
      if (other) { input.disabled = no; }
      return other;
    }).length;
  }
  function show() {  // in the page's order: what stands in a hidden box is hidden, and has no answer for later rules
    var found = answers();
    ruled.forEach(function (box) {
      var visible = !box.parentElement.closest("[data-off]") && logic.holds(rule(box, "showIf"), found), option = box.tagName === "OPTION";
      if (box.hidden === !visible && (option || box.hasAttribute("data-off") === !visible)) { return; }
      box.hidden = !visible;
      if (option) {
        box.disabled = !visible;
        if (!visible && box.selected) { box.parentElement.value = ""; }
      } else {
        box.toggleAttribute("data-off", !visible);
        able(box, false);
      }
      found = answers();
    });
    end(found);
    piped.forEach(fill);
  }
  function end(found) {  // an answer that ends the questionnaire: what comes after it is not asked
    var over = false;
    asked.forEach(function (box) {
      var off = box.closest("[data-off]"), section = box.parentElement;
      box.toggleAttribute("data-over", over);
      if (section.querySelector(".question") === box) { section.toggleAttribute("data-over", over); }
      if (able(box, over)) { found = answers(); }
      all("[data-ends]", box).forEach(function (note) {
        var ends = !over && !off && logic.given(box.id.slice(2), found) !== undefined && logic.holds(rule(note, "ends"), found);
        note.hidden = !ends;
        over = over || ends;
      });
    });
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
  form.addEventListener("input", function (event) {  // an option that stands alone unticks the others, and they it
    var box = event.target.type === "checkbox" && event.target.closest("[data-check]");
    var alone = box && event.target.checked && JSON.parse(box.dataset.check).alone || [];
    all("input:checked", alone.length ? box : document.createElement("p")).forEach(function (input) {
      var single = alone.indexOf(event.target.value) >= 0 || alone.indexOf(input.value) >= 0;
      if (input.name === event.target.name && input !== event.target && single) { input.checked = false; }
    });
  });
  form.addEventListener("input", show);

  // How much is written, from half the limit on; nothing that is typed or pasted is cut.
  all("[data-longest]").forEach(function (field) {
    var note = document.createElement("p"), most = Number(field.dataset.longest);
    note.className = "count";
    field.insertAdjacentElement("afterend", note);
    function count() {
      var length = Array.from(field.value.trim()).length;
      note.textContent = length * 2 > most ? length + " / " + most : "";
      note.classList.toggle("over", length > most);
    }
    form.addEventListener("input", count);
    count();
  });

  // What is wrong, beside its field as the server shows it; what was mended loses its red at once.
  function wrong(box) {  // [[field, words]] by the question's own rules
    var names = [];
    if (!box.dataset.check || box.closest("[data-off],[data-over]")) { return names; }
    all("input,select,textarea", box).forEach(function (input) {
      if (input.name && !input.disabled && names.indexOf(input.name) < 0) { names.push(input.name); }
    });
    var broken = all("input", box).some(function (input) { return input.validity && input.validity.badInput; });
    return names.length ? window.minyiWrong(JSON.parse(box.dataset.check), box.id.slice(2), names, written(box), broken) : [];
  }
  function fieldsOf(box, field) {
    var own = all('[name="' + field + '"]:not([hidden]),[data-for="' + field + '"]', box);
    return own.length ? own : all("input,select", box);
  }
  function point(box, field, id, on) {  // the field says that it is wrong and where that is written
    var fields = fieldsOf(box, field), group = fields.length > 1 && (fields[0].closest(".row") || fields[0].closest("fieldset"));
    fields.forEach(function (input) { if (on) { input.setAttribute("aria-invalid", "true"); } else { input.removeAttribute("aria-invalid"); } });
    var holder = group || fields[0], ids = (holder.getAttribute("aria-describedby") || "").split(" ");
    ids = ids.filter(function (one) { return one && one !== id; }).concat(on ? id : []);
    if (ids.length) { holder.setAttribute("aria-describedby", ids.join(" ")); } else { holder.removeAttribute("aria-describedby"); }
  }
  function accuse(box, field, words) {
    var note = document.createElement("p"), place = fieldsOf(box, field)[0].closest(".row,.rank,.own");
    note.className = "error";
    note.id = field + "-error";
    note.textContent = words;
    if (place && all('[name="' + field + '"]', place).length) {
      place.insertBefore(note, place.matches(".rank") ? place.firstChild : place.firstElementChild.nextSibling);
    } else {
      var heads = all(".title,.title ~ .help", box);
      heads[heads.length - 1].insertAdjacentElement("afterend", note);
    }
    box.classList.add("wrong");
    point(box, field, note.id, true);
  }
  function mend(box, found) {  // takes away what is no longer wrong; adds nothing
    all(".error", box).forEach(function (note) {
      var field = note.id.replace(/-error$/, ""), still = found.filter(function (one) { return one[0] === field; })[0];
      var line = document.querySelector('#summary [data-field="' + field + '"]');
      if (still) { note.textContent = still[1]; return; }
      note.remove();
      point(box, field, note.id, false);
      if (line) { line.closest("li").remove(); }
    });
    box.classList.toggle("wrong", !!box.querySelector(".error"));
    var summary = document.getElementById("summary");
    if (summary && !summary.querySelector("li")) { summary.remove(); }
  }
  form.addEventListener("input", function (event) {
    all(".question.wrong").forEach(function (box) {
      if (box.contains(event.target) || box.closest("[data-off]")) { mend(box, wrong(box)); }
    });
  });

  function accused(boxes) {  // says at the head of the form what is wrong in these questions; false where nothing is
    var old = document.getElementById("summary"), summary = document.createElement("div"), title = document.createElement("h2");
    var list = document.createElement("ul"), pages = document.getElementById("pages");
    boxes.forEach(function (box) {
      mend(box, []);
      wrong(box).forEach(function (one) {
        var line = document.createElement("li"), link = document.createElement("a"), head = box.querySelector(".title").cloneNode(true);
        all("small", head).forEach(function (mark) { mark.remove(); });
        accuse(box, one[0], one[1]);
        link.href = "#" + box.id;
        link.dataset.field = one[0];
        link.textContent = head.textContent.trim();
        line.appendChild(link);
        line.appendChild(document.createTextNode(" " + one[1]));
        list.appendChild(line);
      });
    });
    if (old) { old.remove(); }
    document.title = (list.firstChild ? form.dataset.wrong : "") + document.title.replace(form.dataset.wrong, "");
    if (!list.firstChild) { return false; }
    summary.className = "summary";
    summary.id = "summary";
    summary.tabIndex = -1;
    summary.setAttribute("role", "alert");
    title.textContent = form.dataset.summary;
    summary.appendChild(title);
    summary.appendChild(list);
    form.insertBefore(summary, pages ? pages.parentNode.nextSibling : form.querySelector("section"));
    summary.focus();
    summary.scrollIntoView();
    return true;
  }
  form.addEventListener("minyi:check", function (event) {  // of a tablet, where no server says it
    if (accused(all(".question"))) { event.preventDefault(); }
  });

  // A long list is one box: type and choose, and a single match is taken. The list itself keeps the answer.
  all("select[data-search]").forEach(function (select) {
    var field = document.createElement("input"), list = document.createElement("div"), at = -1;
    field.type = "search";
    field.dataset.for = select.name;
    field.id = select.id;
    select.id = "";
    select.hidden = true;
    list.id = field.id + "-list";
    list.className = "list";
    list.hidden = true;
    field.placeholder = select.dataset.search;
    field.autocomplete = "off";
    list.setAttribute("role", "listbox");
    [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]].forEach(
      function (pair) { field.setAttribute(pair[0], pair[1]); });
    ["aria-describedby", "aria-invalid"].forEach(function (name) {
      if (select.hasAttribute(name)) { field.setAttribute(name, select.getAttribute(name)); }
    });
    function said() { return select.value ? select.selectedOptions[0].textContent : ""; }
    function matches() {
      var wanted = field.value.trim().toLowerCase();
      return Array.prototype.filter.call(select.options, function (option) {
        return option.value && !option.disabled && (wanted === said().toLowerCase() || option.textContent.toLowerCase().indexOf(wanted) >= 0);
      });
    }
    function close() {
      list.hidden = true;
      at = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    }
    function take(option) {
      select.value = option ? option.value : "";
      if (option) { field.value = option.textContent; }
      close();
      select.dispatchEvent(new Event("input", { bubbles: true }));
    }
    function offer() {
      list.textContent = "";
      matches().forEach(function (option, number) {
        var line = document.createElement("div");
        line.id = list.id + number;
        line.textContent = option.textContent;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", String(option.selected));
        line.addEventListener("mousedown", function (event) { event.preventDefault(); take(option); });
        list.appendChild(line);
      });
      if (!list.firstChild) { list.textContent = select.dataset.none; }
      list.hidden = false;
      at = -1;
      field.setAttribute("aria-expanded", "true");
    }
    function settle() {  // left or Enter: what stands there, chosen or the only one that fits
      var found = matches(), whole = found.filter(function (option) { return option.textContent === field.value.trim(); });
      if (field.value.trim() !== said()) { take(field.value.trim() ? whole[0] || (found.length === 1 ? found[0] : null) : null); } else { close(); }
    }
    field.addEventListener("input", function (event) { event.stopPropagation(); offer(); });
    field.addEventListener("focus", offer);
    field.addEventListener("click", offer);
    field.addEventListener("blur", settle);
    field.addEventListener("keydown", function (event) {
      var lines = list.children, step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Enter") {
        event.preventDefault();
        if (at >= 0) { take(matches()[at]); } else { settle(); }
      }
      if (event.key === "Escape") { close(); }
      if (!step || !lines.length) { return; }
      event.preventDefault();
      if (list.hidden) { offer(); }
      at = (at + step + lines.length) % lines.length;
      Array.prototype.forEach.call(lines, function (line, number) { line.classList.toggle("at", number === at); });
      field.setAttribute("aria-activedescendant", lines[at].id);
      lines[at].scrollIntoView({ block: "nearest" });
    });
    form.addEventListener("input", function () { if (document.activeElement !== field) { field.value = said(); } });
    field.value = said();
    select.parentNode.insertBefore(field, select);
    select.parentNode.insertBefore(list, select);
  });

  // Ranking by touch: a tap gives the next place, another takes it away; a ranked one is dragged, or moved by the arrow
  // keys. The lists beside the options keep the answer, and are what a page without script shows.
  all("[data-ranks]").forEach(function (group) {
    var words = group.dataset, most = Number(words.ranks), status = document.createElement("p"), held = null, dragged = false;
    var lines = all(".rank", group), buttons = lines.map(function (line) {
      var button = document.createElement("button"), label = line.querySelector("label"), select = line.querySelector("select");
      button.type = "button";
      button.className = "place";
      button.dataset.for = select.name;
      button.innerHTML = "<b></b><span></span><i aria-hidden=true>⠿</i>";
      button.children[1].textContent = label.textContent;
      label.hidden = select.hidden = true;
      line.appendChild(button);
      return button;
    });
    group.querySelector("[data-how]").hidden = false;
    status.className = "away";
    status.setAttribute("role", "status");
    group.appendChild(status);
    function list(button) { return button.parentNode.querySelector("select"); }
    function ranked() {
      return buttons.filter(function (b) { return list(b).value && !list(b).disabled; }).sort(function (a, b) { return list(a).value - list(b).value; });
    }
    function tell(button) { status.textContent = button.children[1].textContent + " " + (list(button).value ? words.place.replace("{}", list(button).value) : words.none); }
    function set(order, told) {
      buttons.forEach(function (b) { list(b).value = order.indexOf(b) < 0 ? "" : order.indexOf(b) + 1; });
      list(told).dispatchEvent(new Event("input", { bubbles: true }));
      tell(told);
    }
    function move(button, to) {
      var order = ranked().filter(function (b) { return b !== button; });
      order.splice(Math.max(0, to), 0, button);
      set(order, button);
    }
    function draw() {
      var order = ranked(), focus = document.activeElement;
      buttons.forEach(function (b) {
        b.children[0].textContent = list(b).value || "";
        b.setAttribute("aria-pressed", String(!!list(b).value));
      });
      order.concat(buttons.filter(function (b) { return order.indexOf(b) < 0; })).forEach(function (b, at) {
        var line = b.parentNode, there = all(".rank", group)[at];
        if (there !== line) { group.insertBefore(line, there); }
      });
      if (group.contains(focus)) { focus.focus(); }
    }
    buttons.forEach(function (button) {
      button.addEventListener("click", function () {
        var order = ranked(), at = order.indexOf(button);
        if (dragged) { return; }
        if (at >= 0) { order.splice(at, 1); } else if (order.length < most) { order.push(button); } else { status.textContent = words.full; return; }
        set(order, button);
      });
      button.addEventListener("keydown", function (event) {
        var step = { ArrowUp: -1, ArrowDown: 1 }[event.key], at = ranked().indexOf(button);
        if (step && at >= 0) { event.preventDefault(); move(button, Math.min(at + step, ranked().length - 1)); }
      });
      button.lastChild.addEventListener("pointerdown", function () { if (list(button).value) { held = button; } });
    });
    addEventListener("pointermove", function (event) {
      if (!held) { return; }
      var order = ranked(), to = order.filter(function (b) {
        var box = b.getBoundingClientRect();
        return b !== held && event.clientY > box.top + box.height / 2;
      }).length;
      held.classList.add("held");
      if (to !== order.indexOf(held)) { dragged = true; move(held, to); }
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      addEventListener(name, function () {
        if (!held) { return; }
        held.classList.remove("held");
        held = null;
        setTimeout(function () { dragged = false; }, 50);  // letting go is no tap
      });
    });
    form.addEventListener("input", draw);
    draw();
  });

  // Pages: questions up to the next one that begins a page. The back button of the phone turns back.
  var pages = [], page = 0, at = form.elements._at, next = document.getElementById("next");  // _at: an unfinished form goes on there
  if (!at) { return; }
  var submit = document.getElementById("send"), back = document.getElementById("back"), told = document.getElementById("pages");
  all(".question").forEach(function (box) {
    if (box.hasAttribute("data-page")) { pages.push([]); }
    pages[pages.length - 1].push(box);
  });
  next.addEventListener("click", function (event) { event.preventDefault(); go(); });
  back.addEventListener("click", function (event) { event.preventDefault(); turn(-1); });
  function open(number) {
    return pages[number].some(function (box) { return !box.closest("[data-off],[data-over]"); });
  }
  function reach(step) {  // the next page that has something to ask, or -1
    for (var at = page + step; at >= 0 && at < pages.length; at += step) { if (open(at)) { return at; } }
    return -1;
  }
  function draw() {
    var some = pages.map(function (_, number) { return number; }).filter(open);
    pages.forEach(function (boxes, number) {
      boxes.forEach(function (box) { box.toggleAttribute("data-else", number !== page); });
    });
    all("section").forEach(function (section) { section.toggleAttribute("data-else", !section.querySelector(".question:not([data-else])")); });
    document.getElementById("intro").toggleAttribute("data-else", page > 0);
    next.hidden = reach(1) < 0;
    submit.hidden = !next.hidden;
    back.hidden = reach(-1) < 0;
    at.value = pages[page][0].id.slice(2);
    told.textContent = told.dataset.pageOf.replace("{}", some.indexOf(page) + 1).replace("{}", some.length);
    told.previousElementSibling.max = some.length;
    told.previousElementSibling.value = some.indexOf(page) + 1;
  }
  function turn(step) {
    var to = reach(step), before = pages[page][0].parentNode;
    if (to < 0) { return; }
    page = to;
    history.pushState({ page: page }, "");
    draw();
    form.dispatchEvent(new Event("minyi:page"));
    var first = pages[page].filter(function (box) { return !box.closest("[data-off]"); })[0];
    var heading = first.parentNode === before ? first.querySelector(".title") : first.parentNode.querySelector("h2");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    told.parentNode.scrollIntoView();
  }
  function go() { if (!accused(pages[page])) { turn(1); } }
  form.addEventListener("minyi:reach", function (event) {
    pages.forEach(function (boxes, number) {
      if (number === page || boxes.indexOf(event.target) < 0) { return; }
      page = number;
      history.pushState({ page: page }, "");
      draw();
    });
  });
  addEventListener("popstate", function (event) {
    page = event.state && event.state.page || 0;
    draw();
  });
  form.addEventListener("input", draw);
  form.addEventListener("submit", function (event) {
    if (!next.hidden && !(event.submitter && event.submitter.id === "later")) { event.preventDefault(); go(); }
  });
  // Begins at the page with what is wrong, else where this tab was, else where unfinished answers stopped.
  var mark = form.querySelector(".error"), was = history.state;
  mark = mark && mark.closest(".question") || document.getElementById("q-" + at.value);
  pages.forEach(function (boxes, number) { if (boxes.indexOf(mark) >= 0) { page = number; } });
  if (was && was.page < pages.length && !form.querySelector(".error") && open(was.page)) { page = was.page; }
  draw();
})();
