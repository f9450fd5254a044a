// What this phone keeps: the answers with their form's key until their receipt, and a submission that could not be
// sent yet. No address carries the key: whoever is handed an address opens an empty form.
(function () {
  "use strict";
  var place = document.querySelector("[data-code]");
  if (!place || !window.fetch || !window.URLSearchParams || !window.FormData || !FormData.prototype.forEach) { return; }
  var name = "minyi:" + place.dataset.code, week = 7 * 864e5, unkept = null;

  function kept() {
    var found = unkept;
    try { found = JSON.parse(localStorage.getItem(name)) || unkept; } catch (e) { found = unkept; }
    return found && found.token && Date.now() - found.at < week ? found : null;
  }
  function keep(changes) {
    var all = kept() || {};
    Object.keys(changes).forEach(function (key) { all[key] = changes[key]; });
    all.at = Date.now();
    unkept = all;  // where storage is off or full, at least as long as the page is open
    try { localStorage.setItem(name, JSON.stringify(all)); } catch (e) { return; }
  }
  function drop() {
    unkept = null;
    try { localStorage.removeItem(name); } catch (e) { return; }
  }

  var form = document.querySelector("form[data-code]"), note = document.getElementById("draft");
  var status = document.getElementById("status"), button = form && form.querySelector("button[type=submit]");
  var sending = false, tries = 0, timer = 0;
  function say(what) { if (note) { status.textContent = note.dataset[what]; } }

  // Send what is queued until the server has answered. The key in it makes every repetition the same submission.
  function send() {
    var queued = kept();
    clearTimeout(timer);
    if (sending || !queued || !queued.queued) { return; }
    sending = true;
    if (button) { button.setAttribute("aria-disabled", "true"); }
    say("sending");
    var control = window.AbortController ? new AbortController() : {};
    var limit = setTimeout(function () { if (control.abort) { control.abort(); } }, 30000);
    fetch(queued.action, {
      method: "POST", body: queued.body, credentials: "same-origin", signal: control.signal,
      headers: { "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded" }
    }).then(function (reply) {
      if (reply.status >= 500 || reply.status === 429 || reply.status === 408) { throw "busy"; }
      if (reply.ok) {
        return reply.json().then(function (stored) {
          var receipt = navigator.cookieEnabled ? stored.receipt : stored.without_cookies;
          keep({ queued: false, receipt: receipt });
          location.replace(receipt);
        });
      }
      return reply.text().then(function (page) {  // refused: the page says why, and the answers stay on the phone
        if (reply.status === 409) { drop(); } else { keep({ queued: false }); }
        if (form) { document.open(); document.write(page); document.close(); }
      });
    }).catch(function (why) {
      say(why === "busy" ? "busy" : "offline");
      timer = setTimeout(send, Math.min(60, Math.pow(2, tries)) * (750 + 500 * Math.random()));
      tries += 1;
    }).then(function () {
      clearTimeout(limit);
      sending = false;
      if (button) { button.removeAttribute("aria-disabled"); }
    });
  }
  function retry() { tries = 0; send(); }
  addEventListener("online", retry);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { retry(); } });
  addEventListener("pageshow", function (event) { if (event.persisted) { location.reload(); } });

  var before = kept();
  if (!form) {  // a receipt or a message
    if (before && (before.receipt || !before.queued && place.hasAttribute("data-erased"))) { drop(); } else { send(); }
    return;
  }

  var token = form.elements.token, refused = document.getElementById("summary");
  var continued = form.hasAttribute("data-continued");
  function answers() {
    var found = {};
    new FormData(form).forEach(function (value, field) {
      if (field !== "token") { (found[field] = found[field] || []).push(value); }
    });
    return found;
  }
  function restore(values) {
    var seen = {};
    Array.prototype.forEach.call(form.elements, function (input) {
      var given = values[input.name] || [];
      if (input.type === "radio" || input.type === "checkbox") { input.checked = given.indexOf(input.value) >= 0; }
      else if (input.matches("select[multiple]")) {
        Array.prototype.forEach.call(input.options, function (o) { o.selected = given.indexOf(o.value) >= 0; });
      } else if (input.name && input.type !== "hidden" && input.type !== "submit" && input.type !== "button") {
        seen[input.name] = seen[input.name] || 0;
        input.value = given[seen[input.name]] || "";
        seen[input.name] += 1;
      }
    });
    form.dispatchEvent(new Event("input", { bubbles: true }));
    var at = !history.state && values._at && document.getElementById("q-" + values._at[0]);
    if (at) { at.dispatchEvent(new Event("minyi:reach", { bubbles: true })); }  // the page where one was
  }

  if (before && before.receipt) {  // stored, but its receipt was never seen
    drop();
    location.replace(before.receipt);
    return;
  }
  if (refused) {
    keep({ token: token.value, answers: answers(), queued: false });
  } else if (before && (before.queued || !continued || before.token === token.value && !before.saved)) {
    token.value = before.token;
    restore(before.answers);
    note.hidden = false;
  } else if (continued) {
    note.hidden = false;
  }
  note.querySelector("button").addEventListener("click", function () {
    drop();
    var empty = new URL(form.action);
    empty.searchParams.set(/[?&]again=/.test(location.search) ? "again" : "new", "1");
    location.href = empty.pathname + empty.search;
  });

  // A longer questionnaire's draft also goes to the server: when a page is turned or left, and after a pause.
  var dirty = false, saving = false, pause = 0, resume = document.getElementById("resume");
  function save() {
    clearTimeout(pause);
    if (!form.dataset.draft || !dirty || saving || sending || (kept() || {}).queued) { return; }
    saving = true;
    dirty = false;
    fetch(form.dataset.draft, {
      method: "POST", body: new URLSearchParams(new FormData(form)).toString(), credentials: "same-origin", keepalive: true,
      headers: { "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded" }
    }).then(function (reply) {
      if (!reply.ok) { throw reply.status; }
      return reply.json();
    }).then(function (saved) {
      if (kept()) { keep({ saved: !dirty }); }
      var link = resume.querySelector("a");
      link.href = saved.resume;
      link.textContent = link.href;
      resume.hidden = false;
    }).catch(function () { dirty = true; }).then(function () { saving = false; });
  }
  form.addEventListener("input", function () {
    keep({ token: token.value, answers: answers(), saved: false });
    dirty = true;
    clearTimeout(pause);
    pause = setTimeout(save, 3000);
  });
  form.addEventListener("minyi:page", function () {
    dirty = dirty || !!kept();  // unfinished answers go on at the page that is open now
    clearTimeout(pause);
    pause = setTimeout(save, 60);  // once it is drawn: a slow phone would wait for what is sent
  });
  addEventListener("online", save);
  document.addEventListener("visibilitychange", function () { if (document.hidden) { save(); } });

  var later = document.getElementById("later"), leaving = false;
  if (later) { later.addEventListener("click", function () { leaving = true; }); }
  form.addEventListener("submit", function (event) {
    if (event.defaultPrevented) { return; }
    if (leaving) { leaving = false; return; }  // 'continue later' is a plain post
    event.preventDefault();
    if (sending) { return; }
    clearTimeout(pause);
    keep({
      token: token.value, answers: answers(), action: form.action, queued: true,
      body: new URLSearchParams(new FormData(form)).toString()
    });
    retry();
  });
  send();
})();
