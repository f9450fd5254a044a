// Lists that a finger finds easier: a long one as a box to type in, a ranking by taps. It follows page.js.
(function () {
  "use strict";
  if (!window.minyiPage) { return; }
  var form = window.minyiPage.form, all = window.minyiPage.all;

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
})();
