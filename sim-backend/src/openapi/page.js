"use strict";
const words = {
  ja: { body: "本文", answers: "応答", schemas: "データの形", must: "必須", example: "例", parameters: "パラメーター", broken: "文書を読めません: " },
  en: { body: "Body", answers: "Answers", schemas: "Shapes of data", must: "required", example: "Example", parameters: "Parameters", broken: "The document cannot be read: " },
};
let lang = (navigator.language || "ja").startsWith("ja") ? "ja" : "en";
if (["#ja", "#en"].includes(location.hash)) lang = location.hash.slice(1);
let told = null;

/* Texts carry both languages: Japanese | English. */
function say(text) {
  const parts = String(text || "").split(" | ");
  return parts.length === 2 ? parts[lang === "ja" ? 0 : 1] : String(text || "");
}
function put(parent, name, text, kind) {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (kind) element.className = kind;
  parent.append(element);
  return element;
}
function resolve(value) {
  if (!value || !value.$ref) return value;
  return value.$ref.slice(2).split("/").reduce((at, key) => at && at[key], told);
}
function nameOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.oneOf) return schema.oneOf.map(nameOf).join(" / ");
  if (schema.const) return '"' + schema.const + '"';
  if (schema.enum) return schema.enum.map((one) => '"' + one + '"').join(" / ");
  if (schema.type === "array") return nameOf(schema.items) + "[]";
  return [schema.type, schema.format].filter(Boolean).join(" ");
}
function row(table, head, ...cells) {
  const line = put(table, "tr");
  const first = put(line, "th");
  first.scope = "row";
  put(first, "code", head);
  for (const cell of cells) put(line, "td", cell);
  return first;
}
function fields(parent, schema) {
  const whole = schema.type === "array" ? schema.items : schema;
  const table = put(parent, "table");
  for (const [name, field] of Object.entries(whole.properties || {})) {
    const head = row(table, name, nameOf(field), say(field.description));
    if ((whole.required || []).includes(name)) put(head, "span", " " + words[lang].must, "must");
  }
  for (const form of whole.oneOf || []) row(table, form.title || nameOf(form), nameOf((form.properties || {}).data), "");
}
function contents(parent, content) {
  for (const [kind, media] of Object.entries(content || {})) {
    const line = put(parent, "p");
    put(line, "code", kind);
    put(line, "span", " " + nameOf(media.schema));
    for (const example of Object.values(media.examples || {})) {
      const value = example.value;
      put(parent, "pre", typeof value === "string" ? value : JSON.stringify(value, null, 2)).setAttribute("aria-label", words[lang].example);
    }
  }
}
function operation(parent, path, method, it) {
  const box = put(parent, "details");
  box.id = it.operationId;
  const head = put(box, "summary");
  put(head, "b", method.toUpperCase(), method);
  put(head, "code", path);
  put(head, "span", say(it.summary));
  const inner = put(box, "div", undefined, "inner");
  if (it.description) put(inner, "p", say(it.description));
  if (it.parameters) {
    put(inner, "h3", words[lang].parameters);
    const table = put(inner, "table");
    for (const one of it.parameters.map(resolve)) row(table, one.name, one.in, say(one.description));
  }
  if (it.requestBody) {
    put(inner, "h3", words[lang].body);
    put(inner, "p", say(it.requestBody.description));
    contents(inner, it.requestBody.content);
  }
  put(inner, "h3", words[lang].answers);
  const table = put(inner, "table");
  for (const [status, answer] of Object.entries(it.responses)) {
    const one = resolve(answer);
    row(table, status, say(one.description), Object.entries(one.content || {}).map(([kind, media]) => kind + " " + nameOf(media.schema)).join(", "));
  }
}
function show() {
  const main = document.getElementById("paths");
  const open = new Set([...main.querySelectorAll("details[open]")].map((box) => box.id));
  main.replaceChildren();
  document.documentElement.lang = lang;
  document.getElementById("about").textContent = say(told.info.description);
  document.getElementById("version").textContent = told.info.version;
  for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
  for (const tag of told.tags) {
    put(main, "h2", say(tag.description));
    for (const [path, methods] of Object.entries(told.paths))
      for (const [method, it] of Object.entries(methods)) if (it.tags[0] === tag.name) operation(main, path, method, it);
  }
  put(main, "h2", words[lang].schemas);
  for (const [name, schema] of Object.entries(told.components.schemas)) {
    const box = put(main, "details");
    box.id = "schema-" + name;
    put(put(box, "summary"), "code", name);
    const inner = put(box, "div", undefined, "inner");
    if (schema.description) put(inner, "p", say(schema.description));
    fields(inner, schema);
  }
  for (const box of main.querySelectorAll("details")) box.open = open.has(box.id);
}
for (const button of document.querySelectorAll("[data-lang]"))
  button.addEventListener("click", () => { lang = button.dataset.lang; if (told) show(); });
fetch("openapi.json").then((answer) => answer.json()).then((document_) => { told = document_; show(); })
  .catch((error) => { document.getElementById("state").textContent = words[lang].broken + error; });
