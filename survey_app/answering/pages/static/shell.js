// An interviewer's tablet: opened by its PIN, it begins interviews, holds them and sends each by itself, exactly once (its
// form's key makes every repetition the same submission), with or without a network. The form stands in a frame (held.js).
(function () {
  "use strict";
  const root = document.getElementById("shell"), vault = window.minyiVault;
  if (!root) { return; }
  if (window.parent !== window) {  // the form's frame has come back to the start
    if (window.parent.minyiShell) { window.parent.minyiShell.leave(); }
    return;
  }
  const words = JSON.parse(root.dataset.words), at = root.dataset.at, day = 864e5, limit = 30000;
  const view = name => document.getElementById("tablet-" + name);
  const said = (name, value) => words[name].replace("{}", value);
  let pin = "", current = null, sending = null, asking = null, tries = 0, timer = 0, offset = 0, contact = 0, loaded = {}, unkept = [];

  function only(name) {
    ["plain", "stop", "lock", "list", "done", "frame"].forEach(one => { view(one).hidden = one !== name; });
    if (name !== "frame") { view("frame").removeAttribute("src"); }
  }
  function stop(title, help) {
    only("stop");
    view("stop").querySelector("h1").textContent = words[title];
    view("stop").querySelector("p").textContent = words[help];
  }
  function tell(name) { view("said").textContent = name ? words[name] : ""; }
  async function ask(path, fields) {  // a reply of our server; throws where there is no network
    const control = asking = new AbortController(), over = setTimeout(() => control.abort(), limit);
    try {
      const reply = await fetch(at + path, {
        method: "POST", body: fields, credentials: "same-origin", signal: control.signal, redirect: "error",
        headers: { "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded" }
      });
      if (reply.status === 500) { throw new Error("failed"); }  // of this one alone
      if (reply.status > 500 || [408, 425, 429].includes(reply.status) && path !== "/load") { throw new Error("busy"); }
      const text = await reply.text(), json = (reply.headers.get("Content-Type") || "").includes("json");
      if (reply.ok && reply.status !== 204 && !json) { throw new Error("not ours"); }  // as the sign-in page of a Wi-Fi
      return { status: reply.status, ok: reply.ok, date: Date.parse(reply.headers.get("Date")), text: text, json: json ? JSON.parse(text) : null };
    } finally { clearTimeout(over); }
  }
  const spared = writing => writing.catch(() => null);  // what may stay unwritten where the storage is full
  const fields = values => new URLSearchParams(values).toString();

  // --- The clock: what the server's says against the tablet's, noted with every interview.
  async function hear(date) {
    if (!date) { return; }
    offset = date - Date.now();
    contact = date;
    await spared(vault.note("clock", { offset: offset, contact: contact }));
  }
  function finished(record) {  // by the server's clock; where the tablet's was set since, as it was, unless that cannot be
    const then = record.finished + record.offset;
    return then >= record.contact - day / 24 && then <= Date.now() + offset + 60000 ? then : record.finished + offset;
  }
  const seconds = span => Math.max(0, Math.round(span / 1000));

  // --- Opening.
  async function start() {
    if (!window.isSecureContext) { stop("insecure", "insecure_help"); return; }
    const able = window.crypto && crypto.subtle && window.indexedDB && navigator.serviceWorker;
    if (!able) { stop("unsupported", "unsupported_help"); return; }
    try { await vault.open(at); } catch (error) { stop("unsupported", "unsupported_help"); return; }
    navigator.serviceWorker.register(at + "/worker.js", { scope: at }).catch(() => null);
    const apple = /iPad|iPhone|iPod/.test(navigator.userAgent) || navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1;
    view("home").hidden = !apple || navigator.standalone === true;
    await count();
    only("lock");
    view("pin").focus();
  }
  async function count() {  // shown before the PIN too: numbers and days, nothing of what was said
    const held = (await vault.held()).filter(one => one.state !== "sent" && one.state !== "open");
    const oldest = Math.max(0, ...held.map(one => Math.floor((Date.now() + offset - finished(one)) / day)));
    document.querySelectorAll(".unsent").forEach(place => {
      place.textContent = held.length + unkept.length ? said("held", held.length + unkept.length) : words.all_sent;
    });
    document.querySelectorAll(".old").forEach(place => {
      place.hidden = oldest < 3;
      place.textContent = said("old", oldest);
    });
    return held.length + unkept.length;
  }
  view("lock").addEventListener("submit", async event => {
    event.preventDefault();
    const button = view("lock").querySelector("button"), wrong = view("wrong");
    if (button.getAttribute("aria-disabled")) { return; }
    button.setAttribute("aria-disabled", "true");
    wrong.textContent = "";
    try { wrong.textContent = words[await unlock(view("pin").value.trim())] || ""; }
    catch (error) { wrong.textContent = error.name === "QuotaExceededError" ? words.low : words.first_online; }
    button.removeAttribute("aria-disabled");
  });
  async function unlock(typed) {  // gives the name of what is wrong
    if (!await vault.about("lock")) {
      const lock = await vault.lock(typed, at), refused = await load(typed);
      if (refused) { return refused; }
      await vault.note("lock", lock);
    } else if (!await vault.unlock(typed, at)) { return "wrong_pin"; }
    pin = typed;
    view("pin").value = "";
    const clock = await vault.about("clock"), lasts = navigator.storage && navigator.storage.persist && await navigator.storage.persist();
    offset = clock ? clock.offset : 0;
    contact = clock ? clock.contact : 0;
    const known = await vault.about("loaded");
    loaded = known ? await vault.unseal(known) : {};
    view("kept").textContent = words[lasts ? "kept" : "not_kept"];
    await list();
    again();
    return "";
  }
  async function load(typed) {
    const reply = await ask("/load", fields({ pin: typed, has: await vault.count() }));
    await hear(reply.date);
    if (!reply.ok) {
      if (reply.json && reply.json.refused === "ended") { await note({ standing: "ended" }); }
      return reply.json ? reply.json.refused : "first_online";
    }
    const forms = reply.json.forms;
    delete reply.json.forms;
    await spared(vault.add(forms));
    await note(reply.json);
    return "";
  }
  async function note(changes) {  // sealed too: it says where people live
    loaded = changes;
    await spared(vault.note("loaded", await vault.seal(loaded)));
  }

  // --- The list.
  function standing() {  // what the server last said; what the clock alone says is told, for it may be wrong
    const moment = Date.now() + offset, known = loaded.standing || "open", early = loaded.opens && moment < Date.parse(loaded.opens);
    if (known !== "open" && (known !== "early" || early)) { return [known, known]; }
    return ["open", loaded.closes && moment >= Date.parse(loaded.closes) ? "closed" : ""];
  }
  async function list() {
    only("list");
    for (const old of await vault.held()) { if (old.state === "sent" && Date.now() - old.started > 7 * day) { await vault.drop(old.id); } }
    const held = await vault.held(), rows = view("rows"), free = await vault.count(), [state, hint] = standing();
    held.sort((a, b) => b.started - a.started);
    rows.textContent = held.length ? "" : words.none;
    held.forEach(record => rows.appendChild(row(record)));
    view("room").textContent = said("room", free);
    view("who-line").hidden = !loaded.invites;
    view("begin").hidden = state !== "open";
    tell(hint);
    window.minyiCases.draw({
      words: words, loaded: loaded, begin: begin, hold: hold,
      redraw: async () => { await note(loaded); await list(); again(); }
    });
    await count();
  }
  function row(record) {
    const line = document.createElement("li"), when = document.createElement("span"), mark = document.createElement("strong");
    when.textContent = new Date(record.started + record.offset).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
    mark.textContent = (record.visit ? words.visit_made + " " : "") + words["state_" + record.state];
    mark.className = record.state;
    line.append(when, " ", mark);
    if (record.reason) { line.append(Object.assign(document.createElement("p"), { textContent: record.reason, className: "error" })); }
    const act = (name, what) => window.minyiCases.offer(line, words[name], what);
    if (record.state === "open" || record.state === "refused" && !record.visit) { act("resume", () => show(record)); }
    if (record.state === "refused") { act("again", async () => { await vault.put({ ...record, state: "waiting", reason: "" }); await list(); again(); }); }
    if (record.state === "open" || record.stored) { act("remove", async () => { if (confirm(words.remove_open)) { await vault.drop(record.id); await list(); } }); }
    return line;
  }

  // --- One interview.
  view("begin").addEventListener("submit", async event => {
    event.preventDefault();
    const form = await vault.first();
    window.minyiCases.household(view("who").value.trim(), form ? form.row : []);
  });
  async function begin(who, answers) {
    const form = await vault.first(), space = navigator.storage && navigator.storage.estimate ? await navigator.storage.estimate() : {};
    if (!form) { tell("no_forms"); return; }
    if (space.quota && space.quota - space.usage < 1e6) { tell("low"); return; }
    const record = { id: form.token, state: "open", started: Date.now(), offset: offset, contact: contact };
    record.sealed = await vault.seal({ who: who, order: form.order, answers: answers, fixed: Object.keys(answers || {}) });
    try { await vault.begin(form, record); } catch (error) { tell("low"); return; }
    view("who").value = "";
    await show(record);
  }
  async function hold(path, values) {  // an attempt that was no interview
    const id = [...crypto.getRandomValues(new Uint8Array(16))].map(one => one.toString(16).padStart(2, "0")).join("");
    const moment = Date.now(), record = { id: id, visit: true, state: "waiting", started: moment, finished: moment, offset: offset, contact: contact };
    record.sealed = await vault.seal({ to: path, body: fields({ ...values, key: id }), lang: document.documentElement.lang });
    return vault.put(record).then(() => true, () => { tell("low"); return false; });
  }
  async function show(record) {
    current = { record: record, plain: await vault.unseal(record.sealed), writing: Promise.resolve() };
    frame(at + "/form" + location.search);
  }
  function frame(address) {  // a new one each time: nothing of the person before is left in it
    const fresh = Object.assign(document.createElement("iframe"), { id: "tablet-frame", title: view("frame").title, src: address });
    view("frame").replaceWith(fresh);
    only("frame");
  }
  async function write(changes, plain) {  // one after the other; the newest is what stays
    Object.assign(current.plain, plain);
    const record = Object.assign(current.record, changes);
    record.sealed = await vault.seal(current.plain);
    await vault.put(record);
  }
  window.minyiShell = {
    interview: () => current && { token: current.record.id, order: current.plain.order, answers: current.plain.answers, fixed: current.plain.fixed || [] },
    keep: answers => {
      if (!current) { return; }
      const mine = current;
      mine.writing = mine.writing.then(() => mine === current && write({}, { answers: answers })).catch(() => null);
    },
    finish: async (body, answers, lang) => {
      if (!current || current.done) { return; }
      const mine = current, changes = { state: "waiting", reason: "", finished: Date.now(), offset: offset, contact: contact };
      mine.done = true;
      await mine.writing;
      try { await write(changes, { body: body, answers: answers, lang: lang }); }
      catch (error) {
        mine.done = false;
        Object.assign(mine.record, changes);
        unkept = [mine];
        view("frame").contentDocument.getElementById("status").textContent = words.full;
        again();
        return;
      }
      const one = (loaded.cases || []).find(each => each.serial === mine.plain.who);
      if (one) { one.done = true; await note(loaded); }
      current = null;
      unkept = unkept.filter(one => one !== mine);
      only("done");
      await count();
      again(mine.record.id);
    },
    written: () => (current ? current.writing.then(() => true) : true),
    leave: async () => {
      if (current) { await current.writing; }
      if (unkept.length) { return; }
      current = null;
      await list();
    }
  };
  view("next").addEventListener("click", list);

  // --- Sending.
  async function settle(record, reply) {
    if (reply.ok && reply.json && reply.json.receipt) {
      await vault.drop(record.id);  // nothing of what was said stays
      await spared(vault.put({ id: record.id, visit: record.visit, state: "sent", started: record.started, offset: record.offset }));
      return reply.json.without_cookies;
    }
    if (reply.json && reply.json.refused) { await vault.put({ ...record, state: "refused", reason: reply.json.refused, stored: true }); return ""; }
    const page = new DOMParser().parseFromString(reply.text, "text/html");
    const lines = [...page.querySelectorAll("#summary li, main .error")].map(line => line.textContent.trim());
    const reason = lines.join(" ") || (page.querySelector("main h1") || page.body).textContent.trim().slice(0, 200) || String(reply.status);
    await vault.put({ ...record, state: "refused", reason: reason, stored: reply.status === 409 });
    return "";
  }
  async function post(record, plain) {
    const times = { held_seconds: seconds(Date.now() + offset - finished(record)), took_seconds: seconds(record.finished - record.started) };
    const reply = await ask((plain.to || "/" + encodeURIComponent(plain.who || "-")) + "?lang=" + plain.lang, plain.body + "&" + fields(times));
    return settle(record, reply);
  }
  async function work(shown) {
    const waiting = (await vault.held()).filter(one => one.state === "waiting");
    await hear((await ask("/unsent", fields({ number: waiting.length + unkept.length }))).date);
    let failed = null;
    for (const record of waiting) {
      let address = "";
      try { address = await post(record, await vault.unseal(record.sealed)); }
      catch (error) { if (error.message !== "failed") { throw error; } failed = error; }  // the others do not wait for it
      if (address && record.id === shown && !view("done").hidden) {
        frame(address);  // its receipt, for the person who is still there
      }
    }
    for (const mine of unkept.splice(0)) {
      let address = "";
      try { address = await post(mine.record, mine.plain); } catch (error) { unkept.push(mine); throw error; }
      current = null;
      if (address) { frame(address); } else { await list(); }
    }
    await ask("/unsent", fields({ number: await count() }));
    await load(pin);
    if (failed) { throw failed; }
  }
  async function send(shown) {
    if (sending || !pin) { return sending; }
    clearTimeout(timer);
    tell("sending");
    const alone = navigator.locks ? act => navigator.locks.request("minyi " + at, act) : act => act();
    sending = alone(() => work(shown)).then(() => { tries = 0; tell(""); }, error => {
      tries += 1;
      tell(["failed", "busy"].includes(error.message) ? error.message : "offline");
      timer = setTimeout(again, Math.min(60, Math.pow(2, tries)) * (750 + 500 * Math.random()));
    });
    await sending;
    sending = null;
    if (!view("list").hidden) { const told = view("said").textContent; await list(); if (told) { view("said").textContent = told; } }
    return count();
  }
  async function again(shown) {
    if (sending) { await sending; }
    return send(shown);
  }
  addEventListener("online", () => {  // what was under way when the network went may hang; the first new try may still come too early
    tries = 0;
    if (sending && asking) { asking.abort(); }
    again();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { again(); } });
  setInterval(() => again(), 600000);
  start();
})();
