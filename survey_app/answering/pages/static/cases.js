// The persons on a tablet's list: where they are found, what each attempt came to, who of a household is asked. `tablet` is
// what shell.js lends: begin(who, answers), hold(path, fields), redraw(), and what the server last said.
window.minyiCases = (function () {
  "use strict";
  const view = name => document.getElementById("tablet-" + name);
  const make = (tag, about) => Object.assign(document.createElement(tag), about);
  let tablet = null, asked = null;
  const said = (name, value) => tablet.words[name].replace("{}", value);

  function draw(lent) {
    tablet = lent;
    const cases = (tablet.loaded.cases || []).filter(one => !one.done), list = view("cases");
    const begun = new Map([...list.querySelectorAll("form")].map(form => [form.dataset.serial, form])), at = document.activeElement;
    list.textContent = "";
    list.hidden = !cases.length;
    view("cases-title").hidden = !cases.length;
    cases.sort((a, b) => (a.appointment || "9") < (b.appointment || "9") ? -1 : 1).forEach(one => list.append(line(one)));
    list.querySelectorAll("li").forEach((box, place) => { if (begun.has(cases[place].serial)) { box.append(begun.get(cases[place].serial)); } });
    if (list.contains(at)) { at.focus(); }  // what somebody is filling in stays, whatever comes in meanwhile
  }
  function clock(moment) {  // by the survey's clock; one that was typed here is so already
    const zoned = /Z$|[+-]\d\d:\d\d$/.test(moment), how = { dateStyle: "short", timeStyle: "short", timeZone: tablet.loaded.zone };
    return zoned ? new Date(moment).toLocaleString(document.documentElement.lang, how) : moment.replace("T", " ");
  }
  function line(one) {
    const box = make("li", {}), name = (tablet.loaded.outcomes.find(pair => pair[0] === one.outcome) || ["", ""])[1];
    box.append(make("strong", { textContent: one.serial }), " " + one.place + " ");
    if (one.phone) { box.append(make("a", { href: "tel:" + one.phone.replace(/[^+\d]/g, ""), textContent: one.phone })); }
    const facts = [name, one.attempts ? said("attempts", one.attempts) : ""];
    if (one.appointment) { facts.push(said("meet", clock(one.appointment))); }
    box.append(make("p", { className: "help", textContent: facts.filter(Boolean).join(" · ") }));
    if (one.returned) { box.append(make("p", { className: "error", textContent: said("returned", one.returned) })); }
    offer(box, tablet.words.visit, () => household(one.serial, one.row));
    offer(box, tablet.words.outcome, () => { if (!box.querySelector("form")) { box.append(sheet(one)); } });
    return box;
  }
  function offer(box, word, what) {
    const button = make("button", { type: "button", className: "plain", textContent: word });
    button.addEventListener("click", what);
    box.append(button);
  }
  function sheet(one) {
    const form = make("form", {}), outcome = make("select", { required: true }), when = make("input", { type: "datetime-local" });
    form.dataset.serial = one.serial;
    outcome.append(make("option", { value: "", textContent: "—" }));
    tablet.loaded.outcomes.forEach(pair => outcome.append(make("option", { value: pair[0], textContent: pair[0] + " " + pair[1] })));
    [["outcome", outcome], ["meet_label", when]].forEach(pair => {
      const label = make("label", { textContent: tablet.words[pair[0]] });
      label.append(pair[1]);
      form.append(label);
    });
    form.append(make("button", { textContent: tablet.words.save }));
    form.addEventListener("submit", async event => {
      event.preventDefault();
      const ok = await tablet.hold("/visit", { who: one.serial, outcome: outcome.value, appointment: when.value });
      if (!ok) { return; }
      form.remove();
      const now = tablet.loaded.cases.find(each => each.serial === one.serial) || one;
      Object.assign(now, { outcome: outcome.value, attempts: now.attempts + 1, appointment: when.value });
      tablet.redraw();
    });
    return form;
  }

  // Who of a household is asked; without such a rule the interview begins at once. `row`: see cases.py.
  function household(who, row) {
    if (!tablet.loaded.within) { tablet.begin(who, null); return; }
    asked = { who: who, row: row };
    view("household").hidden = false;
    view("adults").value = "";
    view("chosen").textContent = "";
    view("adults").focus();
  }
  const number = () => Math.floor(Number(view("adults").value));
  view("adults").addEventListener("input", () => {
    const known = asked && number() >= 1 && number() <= asked.row.length;
    view("chosen").textContent = !known ? "" : tablet.loaded.within === "kish" ? said("kish", asked.row[number() - 1]) : tablet.words.birthday;
  });
  view("household").addEventListener("submit", event => {
    event.preventDefault();
    if (!view("chosen").textContent) { return; }
    view("household").hidden = true;
    tablet.begin(asked.who, { [tablet.loaded.adults]: [String(number())] });
  });
  return { draw: draw, household: household, offer: offer };
})();
