// Whether a rule holds for what is filled in, and numbers as the server reads them. The server's own are
// questionnaires/logic.py and definitions/numbers.py; one table of cases holds for both.
window.minyiLogic = (function () {
  "use strict";
  var SCALES = { "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8 };
  function number(text) {  // null where it is none, or one that can be read in two ways
    var bare = text.replace(/[\uff01-\uff5e]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xfee0); });
    bare = bare.replace(/\u2212/g, "-").replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g, "");
    bare = bare.replace(/\s/g, " ").trim();
    var found = /^([+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+|\d+)?(?:\.\d*)?) ?(百?万|千万?|亿)?$/.exec(bare);
    var digits = found && found[1].replace(/\D/g, "").length;
    if (!digits || digits > 28) { return null; }
    var value = Number(found[1].replace(/[, ]/g, ""));
    if (found[2]) { value = Number((value * SCALES[found[2]]).toPrecision(15)); }
    return Math.abs(value) > 1e15 ? null : value;
  }
  function given(key, found) {  // of a matrix or a ranking: the rows that were answered
    if (found[key] !== undefined) { return found[key]; }
    var rows = Object.keys(found).filter(function (name) { return name.indexOf(key + "__") === 0 && name !== key + "__other"; });
    return rows.length ? rows.map(function (name) { return name.slice(key.length + 2); }) : undefined;
  }
  function same(answer, value) { return typeof answer === "number" ? answer === Number(value) : answer === value; }
  function holds(rule, found) {  // found: name of a field -> text, a number, or a list of what is ticked
    var operator = Object.keys(rule)[0], operands = rule[operator];
    if (operator === "and") { return operands.every(function (r) { return holds(r, found); }); }
    if (operator === "or") { return operands.some(function (r) { return holds(r, found); }); }
    if (operator === "not") { return !holds(operands[0], found); }
    var answer = given(operands[0], found), value = operands[1], several = Array.isArray(answer);
    if (answer === undefined) { return false; }
    if (operator === "answered") { return true; }
    if (operator === "contains") { return several && answer.indexOf(value) >= 0; }
    if (operator === "equals") { return same(answer, value); }
    if (operator === "not_equals") { return !same(answer, value); }
    if (operator === "in") { return value.some(function (each) { return same(answer, each); }); }
    if (operator === "before") { return typeof answer === "string" && answer < value; }
    if (operator === "after") { return typeof answer === "string" && answer > value; }
    var counted = operator.indexOf("count") === 0;
    if (counted !== several) { return false; }
    var figure = counted ? answer.length : typeof answer === "number" ? answer : number(answer);
    if (figure === null) { return false; }
    return /least/.test(operator) ? figure >= Number(value) : figure <= Number(value);
  }
  return { number: number, given: given, holds: holds };
})();
