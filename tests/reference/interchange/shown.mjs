// What survey-core and ODK's own engine show for the drawn answers. `node shown.mjs surveyjs|xlsform FOLDER`, where FOLDER
// holds what tests/questionnaires/interchange_forms.py wrote and `npm install survey-core@3.1.1 @getodk/xforms-engine@0.22.0 jsdom`.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const AT_ONCE = 200; // answers a process: the engines keep every form they opened
const [tool, folder, from] = process.argv.slice(2);
const require = createRequire(path.resolve(folder, "package.json"));
const { form, conditions, answers: all } = JSON.parse(fs.readFileSync(path.join(folder, `${tool}.json`), "utf8"));
const answers = all.slice(Number(from), Number(from) + AT_ONCE);
const names = [...conditions.map((_, place) => `q${place}`), "first", "within", "after"];
console.warn = console.error = () => {};

function bySurveyJs() {
  const { Model } = require("survey-core");
  return answers.map((given) => {
    const survey = new Model(form);
    survey.data = given;
    const seen = (question) => {
      for (let part = question; part; part = part.parent) if (!part.isVisible) return false;
      return true;
    };
    return names.map((name) => seen(survey.getQuestionByName(name)));
  });
}

async function byOdk() {
  const { JSDOM } = require("jsdom");
  const { window } = new JSDOM("<html></html>", { url: "http://127.0.0.1/" });
  for (const name of Object.getOwnPropertyNames(window)) if (!(name in globalThis)) globalThis[name] = window[name];
  Object.defineProperty(process, "versions", { value: {} }); // its parser's loader takes Node for CommonJS
  globalThis.window = window;
  const { loadForm } = await import(pathToFileURL(path.join(folder, "node_modules/@getodk/xforms-engine/dist/index.js")));
  const loaded = await loadForm(form, {});
  return answers.map((given) => {
    const nodes = {};
    const gather = (node) => {
      for (const child of node.currentState.children ?? []) {
        nodes[child.currentState.reference.split("/").pop()] = child;
        gather(child);
      }
    };
    gather(loaded.createInstance().root);
    for (const [name, value] of Object.entries(given)) {
      const node = nodes[name];
      if (Array.isArray(value)) node.selectValues(value);
      else if (["a", "s", "own-car", "x__y", "chain"].includes(name)) node.selectValue(value);
      else node.setValue(name === "age" ? BigInt(value) : value);
    }
    const seen = (node) => node.currentState.relevant;
    return names.map((name) => seen(nodes[name]));
  });
}

if (from !== undefined) {
  const shown = tool === "surveyjs" ? bySurveyJs() : await byOdk();
  fs.writeFileSync(path.join(folder, `${tool}.${from}`), JSON.stringify(shown));
  process.exit();
}
const shown = all.flatMap((_, at) => {
  if (at % AT_ONCE) return [];
  execFileSync(process.execPath, [process.argv[1], tool, folder, String(at)]);
  return JSON.parse(fs.readFileSync(path.join(folder, `${tool}.${at}`), "utf8"));
});
const lines = [...conditions, "first", "within", "after"].map((each, place) => {
  const bits = shown.map((row) => (row[place] ? "1" : "0")).join("");
  return `${each}\t${bits.match(/.{4}/g).map((four) => parseInt(four, 2).toString(16)).join("")}`;
});
fs.writeFileSync(path.join(folder, `${tool}.tsv`), lines.join("\n") + "\n");
