// Keeps a tablet's start and form on it, under its own address alone. KEPT (link, version, addresses) stands above, written
// by the server: another questionnaire, page or script is another version, which takes the place of the one before.
(function () {
  "use strict";
  const mine = "minyi " + KEPT.link + " ", name = mine + KEPT.version + " " + sum(KEPT.addresses.join());
  function sum(text) { let made = 0; for (const letter of text) { made = (made * 31 + letter.charCodeAt(0)) | 0; } return made; }
  function known(address) {  // as the list has it: language and size, and nothing else
    const url = new URL(address), more = new URLSearchParams();
    if (url.searchParams.get("lang") === "en") { more.set("lang", "en"); }
    if (url.searchParams.get("size") === "large") { more.set("size", "large"); }
    const whole = url.pathname + (more.toString() && "?" + more);
    return url.origin === location.origin && KEPT.addresses.includes(whole) && !url.searchParams.has("who") ? whole : "";
  }
  async function take() {
    const cache = await caches.open(name);
    await cache.addAll(KEPT.addresses.map(address => new Request(address, { cache: "reload" })));
    await self.skipWaiting();
  }
  async function settle() {
    const names = await caches.keys();
    await Promise.all(names.filter(one => one.startsWith(mine) && one !== name).map(one => caches.delete(one)));
    await self.clients.claim();
  }
  self.addEventListener("install", event => event.waitUntil(take()));
  self.addEventListener("activate", event => event.waitUntil(settle()));
  self.addEventListener("fetch", event => {
    const address = event.request.method === "GET" && known(event.request.url);
    if (address) {
      event.respondWith(caches.open(name).then(cache => cache.match(address)).then(found => found || fetch(event.request)));
    }
  });
})();
