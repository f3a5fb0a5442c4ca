"use strict";
// ---- words in Japanese, with furigana or without, and in English --------------------------------------------------
const $ = (id) => document.getElementById(id);
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing */ } };
const asked = new URLSearchParams(location.search);
let language = asked.get("lang") ?? kept("language") ?? "ja";
if (!["ja", "en"].includes(language)) language = "ja";
let furigana = (asked.get("furigana") ?? kept("furigana")) === "on";
/** `{漢字|かんじ}` in a text: with furigana a ruby, without the kanji alone. */
const RUBY = /\{([^|}]+)\|([^}]+)\}/g;
const plain = (text) => text.replace(RUBY, "$1");
function lettering(element, text) {
  // A choice of a list shows text alone.
  if (language !== "ja" || !furigana || element.tagName === "OPTION") { element.textContent = plain(text); return; }
  element.replaceChildren();
  let from = 0;
  for (const found of text.matchAll(RUBY)) {
    element.append(text.slice(from, found.index));
    const ruby = document.createElement("ruby"), reading = document.createElement("rt");
    reading.textContent = found[2];
    ruby.append(found[1], reading);
    element.append(ruby);
    from = found.index + found[0].length;
  }
  element.append(text.slice(from));
}
/** Gives an element its words; they change with the language. A single word is Japanese data, such as a name. */
function say(element, words) {
  const [ja, en] = typeof words === "string" ? [words] : words;
  element.dataset.ja = ja;
  element.dataset.en = en ?? ja;
  if (en === undefined && /[^\x00-\x7f]/.test(ja)) element.lang = "ja";
  lettering(element, element.dataset[language]);
  return element;
}
function label(element, [ja, en]) {
  element.dataset.jaLabel = ja;
  element.dataset.enLabel = en;
  element.setAttribute("aria-label", plain(language === "ja" ? ja : en));
  return element;
}
function speak() {
  document.documentElement.lang = language;
  document.documentElement.classList.toggle("furigana", furigana && language === "ja");
  const [ja, en] = document.body.dataset.title.split("|");
  document.title = language === "ja" ? ja : en;
  for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === language));
  for (const button of document.querySelectorAll("[data-furigana]")) {
    button.setAttribute("aria-pressed", String(furigana));
    button.hidden = language !== "ja";
  }
  for (const element of document.querySelectorAll("[data-ja]")) lettering(element, element.dataset[language]);
  for (const element of document.querySelectorAll("[data-ja-label]")) element.setAttribute("aria-label", plain(element.dataset[`${language}Label`]));
}
function tongues() {
  for (const button of document.querySelectorAll("[data-lang]")) button.onclick = () => { language = button.dataset.lang; keep("language", language); speak(); };
  for (const button of document.querySelectorAll("[data-furigana]")) button.onclick = () => { furigana = !furigana; keep("furigana", furigana ? "on" : "off"); speak(); };
  speak();
}

// ---- elements -----------------------------------------------------------------------------------------------------
/** An element; a pair of words becomes a span that changes with the language, a text stands for itself. */
function make(tag, looks, ...children) {
  const element = document.createElement(tag);
  if (looks) element.className = looks;
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(Array.isArray(child) ? say(document.createElement("span"), child) : child);
  }
  return element;
}
function button(looks, words, act, ...before) {
  const element = make("button", looks, ...before, words);
  element.type = "button";
  element.onclick = act;
  return element;
}
/** A drawing of strokes on a field of 48 × 48, for the eye alone. */
function icon(name) {
  const space = $("drawing").namespaceURI, drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 48 48");
  drawing.setAttribute("class", `icon i-${name}`);
  drawing.setAttribute("aria-hidden", "true");
  for (const stroke of ICONS[name]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", stroke);
    drawing.append(path);
  }
  return drawing;
}
const ICONS = {
  card: ["M5 13a4 4 0 0 1 4-4h30a4 4 0 0 1 4 4v22a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4z", "M11 19h8v7h-8z", "M26 19h11M26 25h11M11 32h26"],
  face: ["M8 16V11a3 3 0 0 1 3-3h5M32 8h5a3 3 0 0 1 3 3v5M40 32v5a3 3 0 0 1-3 3h-5M16 40h-5a3 3 0 0 1-3-3v-5", "M24 13c6 0 9 4 9 10s-4 13-9 13-9-7-9-13 3-10 9-10z", "M20 22v1M28 22v1M20.5 29c2 2 5 2 7 0"],
  keys: ["M10 8h28a2 2 0 0 1 2 2v28a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2z", "M16 17v.01M24 17v.01M32 17v.01M16 25v.01M24 25v.01M32 25v.01M24 33v.01"],
  staff: ["M17 15a6 6 0 1 0 12 0 6 6 0 1 0-12 0z", "M9 40c0-9 6-14 14-14 3 0 6 1 8 2", "M30 36l4 4 8-9"],
  check: ["M11 25l9 9 18-20"],
  stop: ["M13 13l22 22M35 13L13 35"],
  mind: ["M24 10v18M24 36v.5"],
  phone: ["M16 5h16a3 3 0 0 1 3 3v32a3 3 0 0 1-3 3H16a3 3 0 0 1-3-3V8a3 3 0 0 1 3-3z", "M22 38h4"],
  lift: ["M6 30h36v10a3 3 0 0 1-3 3H9a3 3 0 0 1-3-3z", "M24 24V6M16 13l8-8 8 8"],
  book: ["M24 12c-4-3-10-4-17-4v28c7 0 13 1 17 4 4-3 10-4 17-4V8c-7 0-13 1-17 4z", "M24 12v28"],
  wait: ["M12 24v.01M24 24v.01M36 24v.01"],
  paper: ["M13 5h15l8 8v28a2 2 0 0 1-2 2H13a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z", "M28 5v9h8M17 23h13M17 30h13M17 37h8"],
  back: ["M14 8l-8 8 8 8", "M6 16h24a10 10 0 0 1 0 20H18"],
};

// ---- the interface ------------------------------------------------------------------------------------------------
class Refused extends Error {
  constructor(problem) { super(problem.title); this.problem = problem; }
}
const SILENT = { title: "The counter does not answer", detail: "Is the command in the terminal still running?", title_ja: "{応答|おうとう}がありません", detail_ja: "{端末|たんまつ}のコマンドが{動|うご}いているか{確|たし}かめてください。" };
async function ask(path, body, signal) {
  const request = body === undefined ? { signal } : { signal, method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let response, answer;
  try {
    response = await fetch(path, request);
    answer = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(SILENT);
  }
  if (!response.ok) throw new Refused({ title_ja: answer.title, detail_ja: answer.detail, ...answer });
  return answer;
}
/** Shows each new state of the session, and tells when the counter is silent. */
async function follow(show, silent) {
  let seen = -1;
  for (;;) {
    try {
      const session = await ask(`/api/session?after=${seen}`);
      if (session.revision !== seen) { seen = session.revision; show(session); }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      silent(error.problem);
      seen = -1;
      await new Promise((again) => setTimeout(again, 2000));
    }
  }
}
/** Does something at the counter. What is refused because the visit has gone on is no fault: the new screen tells. */
async function act(name, more = {}) {
  try { await ask("/api/session/acts", { act: name, ...more }); return true; } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.problem.status !== 409) announce([error.problem.detail_ja, error.problem.detail]);
    return false;
  }
}
function announce(words) { say($("said"), words); }
let people = {}, institutions = {};
async function catalogue() {
  const [everybody, places] = await Promise.all([ask("/api/personas"), ask("/api/institutions")]);
  people = Object.fromEntries(everybody.map((person) => [person.id, person]));
  institutions = Object.fromEntries(places.map((place) => [place.code, place]));
}
const named = (id) => people[id]?.name ?? id;
