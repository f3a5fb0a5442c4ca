"use strict";
const $ = (id) => document.getElementById(id);
const kept = () => { try { return localStorage.getItem("language"); } catch { return null; } };
const keep = (value) => { try { localStorage.setItem("language", value); } catch { /* a browser that keeps nothing */ } };
let language = new URLSearchParams(location.search).get("lang") ?? kept() ?? "ja";
if (!["ja", "en"].includes(language)) language = "ja";
/** What was shown last, and of it the choice whose fields are open. */
let seen = null, open = null;
const of = (words) => words[language];
const WORDS = {
  before: { ja: "始める前の確認", en: "Before the first scenario" },
  waiting: { ja: "お待ちください。ベンチが次の準備をしています。", en: "Please wait: the bench prepares what comes next." },
  gone: { ja: "ベンチが応答しません。実行は終わったようです。", en: "The bench does not answer any more: the run seems to be over." },
  send: { ja: "送る", en: "Send" },
  missing: { ja: "（なければ空のまま）", en: " (leave empty if there is none)" },
  late: { ja: "この質問はもう終わっています。", en: "This question has been answered already." },
  table: { ja: "一覧", en: "List" },
  "by-person": { ja: "実行を終えました。残りのシナリオは次の実行で続けられます。", en: "The run was ended. The rest can go on in another run." },
  "input-ended": { ja: "実行は終わりました。", en: "The run is over." },
  interrupted: { ja: "実行は中断されました。", en: "The run was interrupted." },
  finished: { ja: "すべて終わりました。ありがとうございました。", en: "All is done. Thank you." },
};
function make(name, text, more = {}) {
  const element = Object.assign(document.createElement(name), more);
  if (text !== undefined) element.textContent = text;
  return element;
}
function speak() {
  document.documentElement.lang = language;
  document.title = language === "ja" ? "製品の操作 窓口 Madoguchi" : "At the product, Madoguchi";
  for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === language));
  for (const element of document.querySelectorAll("[data-ja]")) element.textContent = element.dataset[language];
  if (seen) show(seen);
}
function where({ nth, of: all, id, title, step }) {
  $("where").textContent = nth === 0 ? of(WORDS.before) : `${nth} / ${all}  ${of(title)} (${id})`;
  $("progress").max = Math.max(all, 1);
  $("progress").value = Math.max(nth - 1, 0);
  $("progress").setAttribute("aria-label", $("where").textContent);
  $("step").textContent = step;
}
function table({ heads, rows }) {
  const used = heads.map((_, place) => rows.some((row) => row[place] !== ""));
  const line = (cells, name) => {
    const row = make("tr");
    row.append(...cells.filter((_, place) => used[place]).map((cell) => make(name, cell)));
    return row;
  };
  const whole = make("table"), head = make("thead"), body = make("tbody");
  head.append(line(heads.map(of), "th"));
  for (const cell of head.querySelectorAll("th")) cell.scope = "col";
  body.append(...rows.map((row) => line(row, "td")));
  whole.append(make("caption", of(WORDS.table), { className: "unseen" }), head, body);
  return whole;
}
const COMMON = ["unsupported", "error", "again", "stop"];
function show(view) {
  where(view.place);
  const prompt = view.prompt;
  $("tell").hidden = !prompt;
  $("task").textContent = prompt ? of(prompt.task) : of(WORDS[view.ended ?? "waiting"]);
  $("facts").replaceChildren(...(prompt?.facts ?? []).flatMap(({ name, value }) => [make("dt", of(name)), make("dd", of(value))]));
  $("charts").replaceChildren(...(prompt?.table ? [table(prompt.table)] : []));
  if ($("charts").firstChild) Object.assign($("charts"), { tabIndex: 0 }); else $("charts").removeAttribute("tabindex");
  if (!prompt) { $("form").replaceChildren(); return; }
  const button = (choice) => {
    const button = make("button", of(choice.words), { type: "button", onclick: () => choose(choice) });
    button.dataset.choice = choice.key;
    if (choice.fields.length) button.setAttribute("aria-expanded", String(open === choice.key));
    return button;
  };
  const common = (choice) => COMMON.includes(choice.key);
  $("choices").replaceChildren(...prompt.choices.filter((choice) => !common(choice)).map(button));
  $("common").replaceChildren(...prompt.choices.filter(common).map(button));
  const chosen = prompt.choices.find((choice) => choice.key === open);
  const typed = [...document.querySelectorAll("#form input:not([type=file])")].map(({ id, value }) => [id, value]);
  $("form").replaceChildren(...(chosen ? [form(chosen)] : []));
  // Another language, or another choice, takes nothing away that was typed to this question.
  for (const [id, value] of typed) if ($(id)) $(id).value = value;
}
function form(choice) {
  const form = make("form", undefined, { className: "fields", noValidate: true });
  for (const field of choice.fields) {
    const input = make("input", undefined, { id: `field-${field.key}`, type: field.kind === "file" ? "file" : field.kind === "day" ? "date" : "text", autocomplete: "off" });
    input.dataset.field = field.key;
    if (field.kind === "digit") input.inputMode = "numeric";
    const label = make("label", of(field.words) + (field.needed ? "" : of(WORDS.missing)));
    label.htmlFor = input.id;
    const row = make("div");
    row.append(label, input);
    form.append(row);
  }
  form.append(make("button", of(WORDS.send), { type: "submit", className: "go" }));
  form.onsubmit = (event) => { event.preventDefault(); send(choice, form); };
  return form;
}
function choose(choice) {
  $("said").textContent = "";
  if (!choice.fields.length) { send(choice, null); return; }
  open = choice.key;
  show(seen);
  $("form").querySelector("input").focus();
}
/** The content of a file in base64, or what was typed. */
async function value(input) {
  if (input.type !== "file") return input.value;
  if (!input.files.length) return "";
  const bytes = new Uint8Array(await input.files[0].arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
async function send(choice, form) {
  const fields = {};
  for (const input of form?.querySelectorAll("input") ?? []) {
    const told = await value(input);
    if (told.trim()) fields[input.dataset.field] = told;
  }
  const body = JSON.stringify({ number: seen.number, answer: { choice: choice.key, fields } });
  const answer = await fetch("/api/answers", { method: "POST", headers: { "content-type": "application/json" }, body }).catch(() => null);
  if (answer?.status === 422) { wrong(await answer.json()); return; }
  $("said").textContent = answer === null ? of(WORDS.gone) : answer.status === 409 ? of(WORDS.late) : "";
  await look();
}
function wrong({ field, words }) {
  for (const input of document.querySelectorAll("[data-field]")) input.setAttribute("aria-invalid", String(input.dataset.field === field));
  $("said").textContent = of(words);
  document.querySelector(`[data-field="${field}"]`)?.focus();
}
async function look() {
  const answer = await fetch("/api/desk").catch(() => null);
  const view = answer?.ok ? await answer.json() : { ...(seen ?? { number: 0, place: { nth: 0, of: 0, id: "", title: {}, step: "" } }), prompt: null, ended: seen?.ended ?? "gone" };
  if (JSON.stringify(view) === JSON.stringify(seen)) return;
  const other = !seen || view.number !== seen.number || !view.prompt !== !seen.prompt;
  if (other) { open = null; $("said").textContent = ""; }
  const typed = other ? [] : [...document.querySelectorAll("#form input")];
  seen = view;
  // What is being typed stays, when nothing but the step has changed.
  if (typed.length) where(view.place); else show(view);
  if (other) $("task").focus({ preventScroll: false });
}
for (const button of document.querySelectorAll("[data-lang]")) button.onclick = () => { language = button.dataset.lang; keep(language); speak(); };
speak();
(async () => { for (;;) { await look(); await new Promise((later) => setTimeout(later, 300)); } })();
