// In a sheet of fields Enter and the arrow keys lead down and up its column; without script Tab does.
(function () {
  "use strict";
  document.querySelectorAll("[data-sheet]").forEach(function (sheet) {
    function fields() { return Array.prototype.slice.call(sheet.querySelectorAll("input,textarea")); }
    sheet.addEventListener("keydown", function (event) {
      var field = event.target, down = event.key === "Enter" || event.key === "ArrowDown", up = event.key === "ArrowUp";
      if (event.isComposing || field.tagName === "TEXTAREA" || !(down || up)) { return; }
      if (event.key !== "Enter" && (field.list || field.type === "date")) { return; }  // the arrows choose there
      var cell = field.closest("td"), column = fields().filter(function (other) { return other.closest("td").cellIndex === cell.cellIndex; });
      var next = column[column.indexOf(field) + (down ? 1 : -1)];
      event.preventDefault();
      if (next) { next.focus(); if (next.select) { next.select(); } } else if (down) { sheet.closest("form").querySelector("button:not([type=button])").focus(); }
    });
  });
})();
