// Sort by a heading, filter by words, show the rest of a long table. Without script a table is complete and leaves as a file all the same.
(function () {
  "use strict";
  var LONG = 60, whole = {}; // rows; tables, by id, that somebody has opened, also after they were put in anew
  function value(row, place) { return row.cells[place] ? row.cells[place].dataset.value || row.cells[place].textContent.trim() : ""; }
  function compare(a, b) {
    if (a === "" || b === "") { return a === b ? 0 : a === "" ? 1 : -1; }
    var x = Number(a), y = Number(b);
    return isNaN(x) || isNaN(y) ? a.localeCompare(b, "zh") : x - y;
  }
  function bind(root) { root.querySelectorAll("[data-table]").forEach(function (box) {
    var table = box.querySelector("table"), body = table.tBodies[0], filter = box.querySelector("[data-filter]");
    var count = box.querySelector("[data-count]"), long = body.rows.length > LONG;
    function shorten() { body.classList.toggle("short", long && !whole[table.id] && !(filter && filter.value.trim())); }
    if (long && !whole[table.id]) {
      var all = document.createElement("button");
      all.type = "button"; all.className = "second no-print"; all.textContent = table.dataset.all + " (" + body.rows.length + ")";
      all.addEventListener("click", function () { whole[table.id] = true; shorten(); all.remove(); });
      box.appendChild(all);
    }
    shorten();
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, place) {
      var button = document.createElement("button");
      button.type = "button"; button.className = "sort"; button.textContent = head.textContent;
      head.textContent = ""; head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        Array.prototype.slice.call(body.rows).sort(function (a, b) {
          var order = compare(value(a, place), value(b, place));
          return down ? -order : order;
        }).forEach(function (row) { body.appendChild(row); });
      });
    });
    if (filter) {
      filter.addEventListener("input", function () {
        var words = filter.value.trim().toLowerCase(), seen = 0;
        Array.prototype.forEach.call(body.rows, function (row) {
          row.hidden = row.textContent.toLowerCase().indexOf(words) < 0;
          seen += row.hidden ? 0 : 1;
        });
        count.textContent = seen;
        shorten();
      });
    }
  }); }
  bind(document);
  document.addEventListener("minyi:tables", function (event) { bind(event.detail); });  // parts that were put in later
  // What scrolls sideways is reached by the keyboard too.
  function reach() {
    document.querySelectorAll(".scroll").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) {
        var caption = box.querySelector("caption");
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", caption ? caption.textContent.trim() : document.title);
      } else if (box.hasAttribute("tabindex")) {
        box.removeAttribute("tabindex"); box.removeAttribute("role"); box.removeAttribute("aria-label");
      }
    });
  }
  reach();
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);
})();
