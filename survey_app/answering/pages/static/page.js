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
  window.minyiPage = { form: form, all: all, accused: accused };  // for lists.js and turns.js
})();
