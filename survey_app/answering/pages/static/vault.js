// What a tablet keeps, in IndexedDB: empty forms, and interviews sealed with AES-GCM. The key is made of the link and the
// PIN (PBKDF2) and stays in memory; a write counts when its transaction is through.
window.minyiVault = (function () {
  "use strict";
  const rounds = 600000, words = new TextEncoder(), sure = "minyi";
  let base = null, key = null;
  function opened(name) {
    return new Promise((done, fail) => {
      const asked = indexedDB.open(name, 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("about");
        asked.result.createObjectStore("forms", { keyPath: "token" });
        asked.result.createObjectStore("held", { keyPath: "id" });
      };
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  }
  function run(stores, mode, act) {
    return new Promise((done, fail) => {
      const work = base.transaction(stores, mode, { durability: "strict" });
      let given;
      work.oncomplete = () => done(given && given.result);
      work.onabort = () => fail(work.error || new DOMException("full", "QuotaExceededError"));
      given = act(...stores.map(name => work.objectStore(name)));
    });
  }
  async function made(pin, salt, link) {
    const raw = await crypto.subtle.importKey("raw", words.encode(link + "\n" + pin), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: salt, iterations: rounds };
    return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }
  async function seal(value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv: iv, body: await crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, key, words.encode(JSON.stringify(value))) };
  }
  async function unseal(sealed) {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.body);
    return JSON.parse(new TextDecoder().decode(plain));
  }
  return {
    seal: seal,
    unseal: unseal,
    open: async link => { base = await opened("minyi " + link); },
    about: name => run(["about"], "readonly", about => about.get(name)),
    note: (name, value) => run(["about"], "readwrite", about => about.put(value, name)),
    put: record => run(["held"], "readwrite", held => held.put(record)),
    drop: id => run(["held"], "readwrite", held => held.delete(id)),
    held: () => run(["held"], "readonly", held => held.getAll()),
    count: () => run(["forms"], "readonly", forms => forms.count()),
    add: made => run(["forms"], "readwrite", forms => { made.forEach(form => forms.put(form)); }),
    first: () => run(["forms"], "readonly", forms => forms.getAll(null, 1)).then(found => found[0]),
    begin: (form, record) => run(["forms", "held"], "readwrite", (forms, held) => { forms.delete(form.token); held.put(record); }),
    // Whether the PIN is the one it was locked with.
    unlock: async (pin, link) => {
      const lock = await run(["about"], "readonly", about => about.get("lock"));
      key = await made(pin, lock.salt, link);
      return unseal(lock.check).then(said => said === sure, () => false);
    },
    lock: async (pin, link) => {  // makes the key; what it gives is noted once the server has taken the PIN
      const salt = crypto.getRandomValues(new Uint8Array(16));
      key = await made(pin, salt, link);
      return { salt: salt, check: await seal(sure) };
    }
  };
})();
