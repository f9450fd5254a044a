// Pages: questions up to the next one that begins a page. The back button of the phone turns back.
(function () {
  "use strict";
  if (!window.minyiPage) { return; }
  var form = window.minyiPage.form, all = window.minyiPage.all;
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
    form.classList.add("turning");  // what lies below the screen is laid out once the rest is seen
    requestAnimationFrame(function () { setTimeout(function () { form.classList.remove("turning"); }); });
    draw();
    form.dispatchEvent(new Event("minyi:page"));
    var first = pages[page].filter(function (box) { return !box.closest("[data-off]"); })[0];
    var heading = first.parentNode === before ? first.querySelector(".title") : first.parentNode.querySelector("h2");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    told.parentNode.scrollIntoView();
  }
  function go() { if (!window.minyiPage.accused(pages[page])) { turn(1); } }
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
