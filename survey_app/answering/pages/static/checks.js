// What is wrong with one question's fields, by its own rules as the page carries them: a turn of the page says what the
// server would say. The server's own are questionnaires/checks.py; one table of cases holds for both.
window.minyiWrong = (function () {
  "use strict";
  var logic = window.minyiLogic;
  function today() {
    var now = new Date(), two = function (figure) { return ("0" + figure).slice(-2); };
    return now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate());
  }
  function tidy(text, lines) {  // as the server stores it
    var kept = text.normalize("NFC").replace(/\r\n/g, "\n").replace(/[\0-\t\v-\x1f\x7f-\x9f]/g, "").trim();
    return lines ? kept : kept.replace(/\s+/g, " ");
  }
  function fits(pattern, text) {
    try { return new RegExp("^(?:" + pattern + ")$", "u").test(text); } catch (e) { return true; }  // an old browser: the server says
  }
  function choices(rules, chosen) {
    var alone = chosen.some(function (code) { return (rules.alone || []).indexOf(code) >= 0; });
    if (alone && chosen.length > 1) { return "exclusive"; }
    if (!alone && chosen.length < (rules.low || 0)) { return "too_few"; }
    return chosen.length > (rules.high || chosen.length) ? "too_many" : "";
  }
  function number(rules, text) {
    var value = logic.number(text);
    if (value === null || /\.\d{6}\d*[1-9]\s*$/.test(text)) { return "not_a_number"; }
    if (rules.says.not_whole && value !== Math.floor(value)) { return "not_whole"; }
    return value < Number(rules.low || -Infinity) || value > Number(rules.high || Infinity) ? "out_of_range" : "";
  }
  function day(rules, text) {  // as the field of a browser gives it; another way of writing it is left to the server
    if (!/^\d{4}-\d\d-\d\d$/.test(text)) { return ""; }
    function limit(which) { return rules[which] === "today" ? today() : rules[which]; }
    return rules.low && text < limit("low") || rules.high && text > limit("high") ? "out_of_range" : "";
  }
  function words(rules, text) {
    var length = Array.from(text).length;
    if (length > rules.longest) { return "too_long"; }
    if (length < (rules.shortest || 0)) { return "too_short"; }
    return rules.pattern && !fits(rules.pattern, text) ? "pattern" : "";
  }
  function ranks(rules, key, names, found) {  // [field, message]
    var seen = {}, twice = "", count = 0;
    names.forEach(function (name) {
      if (!found[name]) { return; }
      if (seen[found[name]]) { twice = twice || name; }
      seen[found[name]] = true;
      count += 1;
    });
    if (twice) { return [twice, "rank_twice"]; }
    for (var place = 1; place <= count; place += 1) { if (!seen[place]) { return [key, "rank_gap"]; } }
    return [key, count && choices(rules, Object.keys(seen))];
  }
  // key: of the question. names: of its fields that apply. found: name -> text, or a list of what is ticked; blank ones
  // left out. broken: the browser could not read a field. Gives [[field, words]].
  return function (rules, key, names, found, broken) {
    var says = rules.says, given = logic.given(key, found), text = found[key], wrong = "";
    var own = names.filter(function (name) { return name !== key + "__other"; });
    if (rules.type === "matrix") {
      return own.filter(function (name) { return !found[name]; }).map(function (name) { return [name, says.rows[name.slice(key.length + 2)]]; });
    }
    if (rules.type === "ranking" && given) {
      var rank = ranks(rules, key, own, found);
      return rank[1] ? [[rank[0], says[rank[1]]]] : [];
    }
    if (/text$/.test(rules.type) && text) { given = text = tidy(text, rules.type === "long_text"); }
    if (broken) { return [[key, says.not_a_date || says.not_a_number]]; }
    if (!given || rules.type === "number" && !text.trim()) { return says.required ? [[key, says.required]] : []; }
    if (rules.type === "multiple") { wrong = choices(rules, given); }
    if (rules.type === "number") { wrong = number(rules, text); }
    if (rules.type === "date") { wrong = day(rules, text); }
    if (/text$/.test(rules.type)) { wrong = words(rules, text); }
    return wrong ? [[key, says[wrong]]] : [];
  };
})();
