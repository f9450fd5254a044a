// Comfort only: photos are made smaller before they travel, a second tap does not send twice, and when the network
// breaks while sending, the words and the form's key wait in this tab, so that sending again is the same report.
(function () {
  "use strict";
  var LONGEST = 1600, SMALL = 700000, MOST = 3;
  var input = document.getElementById("photo"), told = document.getElementById("photo-state"), busy = false;

  function drawn(file, bitmap) {
    var scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height)), canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    var pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return new Promise(function (resolve) {
      canvas.toBlob(function (blob) {
        resolve(blob ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file);
      }, "image/jpeg", 0.85);
    });
  }
  function smaller(file) {
    if (file.size < SMALL || !/^image\//.test(file.type)) { return Promise.resolve(file); }
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(
      function (bitmap) { return drawn(file, bitmap); }).catch(function () { return file; });
  }
  if (input && window.createImageBitmap && window.DataTransfer && window.Promise) {
    input.addEventListener("change", function () {
      if (busy) { return; }
      var files = Array.prototype.slice.call(input.files);
      if (!files.length) { told.textContent = ""; return; }
      if (files.length > MOST) { told.textContent = input.dataset.many; return; }
      busy = true;
      told.textContent = input.dataset.working;
      Promise.all(files.map(smaller)).then(function (ready) {
        var holder = new DataTransfer();
        ready.forEach(function (file) { holder.items.add(file); });
        input.files = holder.files;
        told.textContent = input.dataset.ready.replace("{}", ready.length);
      }).catch(function () { told.textContent = ""; }).then(function () { busy = false; });
    });
  }

  var KEPT = "minyi:report", report = document.querySelector("form[data-report]");
  function store(value) {
    try {
      if (value) { sessionStorage.setItem(KEPT, JSON.stringify(value)); } else { sessionStorage.removeItem(KEPT); }
    } catch (e) { return; }
  }
  function restore() {
    var kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(KEPT)); } catch (e) { return; }
    if (!kept || kept.action !== report.getAttribute("action").split("?")[0] || document.getElementById("text").value) { return; }
    Object.keys(kept.fields).forEach(function (name) { report.elements[name].value = kept.fields[name]; });
  }
  if (document.querySelector("[data-ticket]")) { store(null); }
  if (report) {
    restore();
    report.addEventListener("submit", function () {
      var fields = {};
      ["token", "field", "area", "where", "text"].forEach(function (name) { fields[name] = report.elements[name].value; });
      store({ action: report.getAttribute("action").split("?")[0], fields: fields });
    });
  }

  document.querySelectorAll("form[data-sending]").forEach(function (form) {
    var sent = false, button = form.querySelector("button[type=submit]"), status = document.getElementById("status");
    form.addEventListener("submit", function (event) {
      if (sent || busy) { event.preventDefault(); return; }
      sent = true;
      button.setAttribute("aria-disabled", "true");
      if (status) { status.textContent = form.dataset.sending; }
    });
    addEventListener("pageshow", function () {  // also from the back button
      sent = false;
      button.removeAttribute("aria-disabled");
      if (status) { status.textContent = ""; }
    });
  });
})();
