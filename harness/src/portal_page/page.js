"use strict";
// ---- words ---------------------------------------------------------------------------------------------------------
const VALIDITY = { 1: ["ok", ["有効", "Insured"]], 2: ["stop", ["資格なし（喪失）", "Not insured any more"]], 3: ["stop", ["無効", "Not valid"]], 4: ["mind", ["登録された資格がありません", "No qualification on record"]], 5: ["mind", ["複数該当", "Several found"]] };
const STANDING = { active: ["ok", ["有効", "running"]], ended: ["calm", ["終了", "ended"]], not_yet: ["mind", ["開始前", "not begun"]] };
const LIMITS = { A01: "区分ア", A02: "区分イ", A03: "区分ウ", A04: "区分エ", A05: "区分オ", A06: "区分オ（境）", B01: "現役並みⅢ", B02: "現役並みⅡ", B03: "現役並みⅠ", B04: "一般", B05: "低所得Ⅱ", B06: "低所得Ⅰ", B07: "低所得Ⅰ（老福）", B08: "低所得Ⅰ（境）", B09: "一般Ⅱ", B10: "一般Ⅰ" };
const SOURCES = { claim: ["レセプト", "claim"], prescription: ["電子処方箋", "e-prescription"] };
const AMOUNTS = [["paid", ["支払った額", "You paid"]], ["insurer", ["保険者の負担", "Insurer"]], ["public", ["公費の負担", "Public funds"]], ["total", ["医療費の総額", "Total"]]];

// ---- both languages ------------------------------------------------------------------------------------------------
const $ = (id) => document.getElementById(id);
const remembered = () => { try { return localStorage.getItem("language"); } catch { return null; } };
let language = remembered() ?? (navigator.language.startsWith("ja") ? "ja" : "en");
/** Gives an element its words; they change with the language. */
function say(element, [ja, en]) {
  element.dataset.ja = ja;
  element.dataset.en = en ?? ja;
  if (en === undefined) element.lang = "ja";
  element.textContent = element.dataset[language];
  return element;
}
function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === chosen));
  for (const element of document.querySelectorAll("[data-ja]")) element.textContent = element.dataset[chosen];
  for (const element of document.querySelectorAll("[data-ja-label]")) element.setAttribute("aria-label", element.getAttribute(`data-${chosen}-label`));
  for (const element of document.querySelectorAll("[data-label-ja]")) element.dataset.label = element.getAttribute(`data-label-${chosen}`);
}
/** An element; words are a pair, a text stands for itself and is Japanese data. */
function make(tag, looks, ...children) {
  const element = document.createElement(tag);
  if (looks) element.className = looks;
  for (const child of children.filter((child) => child !== null && child !== undefined)) {
    if (Array.isArray(child)) element.append(say(document.createElement("span"), child));
    else element.append(child);
  }
  return element;
}
const data = (text) => { const element = make("span", "", text); element.lang = "ja"; return element; };
const chip = ([tone, words]) => make("span", `chip ${tone}`, words);
const fact = (words, value, looks = "") => value === null || value === undefined ? null : make("div", looks, make("dt", "", words), make("dd", "", value));
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** 2026-04-01 or 2026-04 as a person reads it. */
function day(text) {
  const [year, month, date] = text.split("-").map(Number);
  return [`${year}年${month}月${date ? `${date}日` : ""}`, `${date ? `${date} ` : ""}${MONTHS[month - 1]} ${year}`];
}
/** 2026-04-01T09:30:00+09:00, to the minute or the second; instants of the interface are Japanese. */
function moment(text, end = 16) {
  const [ja, en] = day(text.slice(0, 10)), time = text.slice(11, end);
  return [`${ja} ${time}`, `${en}, ${time}`];
}
function when(text) {
  const element = say(document.createElement("time"), day(text));
  element.dateTime = text;
  return element;
}
const yen = (amount) => `${amount.toLocaleString("ja-JP")} 円`;
const money = (amount) => make("span", "", [yen(amount), `¥${amount.toLocaleString("en")}`]);

// ---- the interface -------------------------------------------------------------------------------------------------
class Refused extends Error {
  constructor(problem) { super(problem.title); this.problem = problem; }
}
// In this page's memory only: who reloads it is logged out.
let token = null;
async function ask(path, body, method = body === undefined ? "GET" : "POST") {
  const headers = {};
  if (body) headers["content-type"] = "application/json";
  if (token && path.startsWith("/portal/")) headers.authorization = `Bearer ${token}`;
  let response;
  try {
    response = await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined });
  } catch {
    throw new Refused({ title: "The portal does not answer", detail: "Is `madoguchi portal serve` still running?", title_ja: "応答がありません", detail_ja: "madoguchi portal serve が動いているか確かめてください。" });
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({ title: response.statusText, detail: "" }));
  throw new Refused({ title_ja: problem.title, detail_ja: problem.detail, ...problem });
}
const told = async (...request) => (await ask(...request)).json();
function refusal(error, tone = "") {
  if (!(error instanceof Refused)) throw error;
  const { title, detail, title_ja, detail_ja } = error.problem;
  return make("div", `told ${tone}`, make("h2", "", [title_ja, title]), make("p", "", [detail_ja, detail]));
}
const kind = (error) => error instanceof Refused ? error.problem.type?.split("/").pop() : undefined;

// ---- log-in --------------------------------------------------------------------------------------------------------
let people = {};
async function everybody() {
  const personas = await told("/bench/personas");
  people = Object.fromEntries(personas.map((person) => [person.id, person]));
  return personas;
}
function facts() {
  const person = people[$("persona").value];
  const marks = !person ? [] : !person.card ? [["stop", ["カードなし", "no card"]]] : !person.pin ? [["mind", ["暗証番号のないカード", "card without PIN"]]]
    : [[person.tries_left > 1 ? "calm" : "stop", [`暗証番号 残り ${person.tries_left} 回`, `${person.tries_left} PIN ${person.tries_left === 1 ? "try" : "tries"} left`]]];
  $("facts").replaceChildren(...marks.map(chip));
  // A card without PIN can be put on all the same: the card says what it thinks of it.
  $("pin").required = Boolean(person?.pin);
}
async function logIn(event) {
  event.preventDefault();
  const persona = $("persona").value, pin = $("pin").value;
  $("pin").value = "";
  $("go").disabled = true;
  $("refused").replaceChildren();
  try {
    const { challenge, challenge_identifier } = await told("/portal/challenges", null, "POST");
    const proof = await told(`/bench/cards/${encodeURIComponent(persona)}/signature`, { challenge, pin });
    const session = await told("/portal/sessions", { challenge_identifier, ...proof });
    token = session.token;
    $("name").textContent = people[persona].name;
    say($("until"), moment(session.valid_until).map((text, place) => place ? `logged in until ${text.slice(-5)}` : `${text.slice(-5)} までログイン中`));
    $("entrance").hidden = true;
    $("inside").hidden = false;
    enter("qualifications");
  } catch (error) { $("refused").replaceChildren(refusal(error)); }
  await everybody().catch(() => null);
  facts();
  $("go").disabled = false;
}
async function leave() {
  await ask("/portal/session", undefined, "DELETE").catch(() => null);
  out();
}
function out(error) {
  token = null;
  $("inside").hidden = true;
  $("room").replaceChildren();
  $("entrance").hidden = false;
  $("refused").replaceChildren(...(error ? [refusal(error, "calm")] : []));
  $("persona").focus();
}

// ---- what one sees -------------------------------------------------------------------------------------------------
const ROOMS = {
  qualifications: [["資格", "Qualification"], qualifications],
  medicines: [["お薬", "Medicines"], medicines],
  checks: [["健診", "Health checks"], checks],
  care: [["診療・手術", "Care, operations"], care],
  prescriptions: [["電子処方箋", "Prescriptions"], prescriptions],
  costs: [["医療費", "Costs"], costs],
};
async function enter(name) {
  for (const button of $("rooms").children) {
    if (button.dataset.room === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  const [title, show] = ROOMS[name];
  try {
    $("room").replaceChildren(make("h2", "", title), ...await show());
  } catch (error) {
    if (kind(error) === "no-session") return out(error);
    $("room").replaceChildren(make("h2", "", title), kind(error) === "not-registered" ? unregistered() : refusal(error));
  }
  speak(language);
}
function unregistered() {
  return make("div", "told mind", make("h2", "", ["保険証としての利用登録がありません", "Not registered as insurance card"]),
    make("p", "", ["登録すると、このカードが保険証になり、記録もここで見られます。", "Once registered, the card serves as insurance card, and your records show here."]), registering());
}
function registering() {
  const button = say(document.createElement("button"), ["保険証として利用登録する", "Register as insurance card"]);
  button.onclick = async () => {
    try { await ask("/portal/registration", null, "POST"); } catch (error) { return button.replaceWith(refusal(error)); }
    enter("qualifications");
    $("room").focus();
  };
  return button;
}
const none = (words) => make("p", "none", words);
const hint = (ja, en) => make("p", "hint", [ja, en]);
function list(entries, empty) {
  return entries.length ? make("ul", "list", ...entries.map((parts) => make("li", "", ...parts))) : none(empty);
}
const where = ({ name }) => { const element = make("small", "", name); element.lang = "ja"; return element; };
function entry(date, what, small, mark) {
  return [when(date), make("div", "what", data(what), small), mark ? chip(mark) : null];
}

async function qualifications() {
  const screen = await told("/portal/qualifications");
  const [tone, words] = VALIDITY[screen.validity];
  const current = screen.periods.find(({ standing }) => standing === "active") ?? screen.periods[0];
  const { holder } = screen;
  const at = make("span", "at", moment(screen.as_of, 19));
  const proof = make("div", `proof ${tone}`,
    make("p", "state", make("b", "", words), make("span", "", ["", "as of "], at, [" 現在", ""])),
    make("dl", "facts",
      fact(["氏名", "Name"], holder && data(holder.name)),
      fact(["生年月日", "Born"], holder && when(holder.birthdate)),
      ...(current ? numbers(current) : [])),
    hint("この画面は、カードと一緒に窓口で示せば資格の証明になります。画面だけでは証明になりません。", "Shown at a counter together with the card, this screen is proof of the qualification; by itself it is none."));
  const earlier = screen.periods.map((period) => [
    make("span", "", when(period.gained)),
    make("div", "what", data(period.insurer_name), period.lost ? make("small", "", day(period.lost.on).map((text, place) => place ? `until ${text}, that day not covered` : `${text} に喪失（その日から対象外）`)) : null),
    chip(STANDING[period.standing]),
  ]);
  return [proof, make("h2", "", ["資格の期間", "Periods"]), list(earlier, ["保険者の届出がまだありません。", "No insurer has reported anything yet."])];
}
function numbers(period) {
  const limit = period.certificates?.limits?.[0];
  return [
    fact(["保険者", "Insurer"], data(period.insurer_name), "wide"),
    fact(["保険者番号", "Insurer number"], period.insurer_number),
    fact(["記号", "Symbol"], period.symbol && data(period.symbol)),
    fact(["番号", "Number"], period.number),
    fact(["枝番", "Branch"], period.branch),
    fact(["本人・家族", "Insured or family"], period.own_or_family === "1" ? ["本人", "insured"] : ["家族", "family"]),
    fact(["限度額適用", "Limit class"], limit && data(`${LIMITS[limit.flag] ?? ""} ${limit.flag}`)),
  ];
}
async function medicines() {
  const { medicines } = await told("/portal/medicines");
  const amount = ({ quantity, unit, times }) => make("small", "", data(`${quantity}${unit ?? ""}`), times ? [` × ${times} 日分`, ` × ${times} days`] : null);
  return [
    hint("3 年前までの分です。電子処方箋の薬は、調剤されたその日から見えます。", "Three years back. What is dispensed on an e-prescription shows on the very day."),
    list(medicines.map((one) => entry(one.dispensed, one.name, amount(one), ["calm", SOURCES[one.source]])), ["記録がありません。", "Nothing is recorded."]),
  ];
}
async function checks() {
  const { health_checks } = await told("/portal/health-checks");
  const items = ({ items }) => make("dl", "facts", ...items.map(({ name, value, unit }) => fact([name], data(`${value} ${unit ?? ""}`.trim()))));
  return [
    hint("5 年前までの特定健診です。", "Specific health checks of the last five years."),
    list(health_checks.map((check) => [when(check.made), make("div", "what", items(check))]), ["記録がありません。", "Nothing is recorded."]),
  ];
}
async function care() {
  const [{ care, available_from }, { operations }] = await Promise.all([told("/portal/care"), told("/portal/operations")]);
  const act = (one) => entry(one.on, one.name, where(one.institution));
  const [ja, en] = day(available_from);
  return [
    hint(`この画面では ${ja} から見られます。`, `Shown here since ${en}.`),
    list(care.map(act), ["診療の記録がありません。", "No care is recorded."]),
    make("h2", "", ["手術", "Operations"]),
    list(operations.map(act), ["手術の記録がありません。", "No operation is recorded."]),
  ];
}
async function prescriptions() {
  const { prescriptions } = await told("/portal/prescriptions");
  const one = ({ issued, prescriber, drugs, dispensed }) => entry(issued, drugs.map(({ name }) => name).join("、"),
    make("span", "", where(prescriber), dispensed ? make("small", "", day(dispensed.on).map((text, place) => place ? `dispensed ${text}, ${dispensed.pharmacy.name}` : `${text} ${dispensed.pharmacy.name}で調剤`)) : null),
    dispensed ? ["ok", ["調剤済み", "dispensed"]] : ["mind", ["未調剤", "open"]]);
  return [hint("今日出された処方箋も、すぐに見えます。", "A prescription of today shows at once."), list(prescriptions.map(one), ["電子処方箋がありません。", "There is no e-prescription."])];
}
async function costs() {
  const { years } = await told("/portal/costs");
  if (!years.length) return [none(["医療費の記録がありません。", "No costs are recorded."])];
  const select = make("select", "", ...years.map(({ year }) => { const one = say(document.createElement("option"), [`${year}年`, String(year)]); one.value = String(year); return one; }));
  select.id = "year";
  const label = say(document.createElement("label"), ["年", "Year"]);
  label.htmlFor = "year";
  const file = say(document.createElement("button"), ["確定申告用のファイル", "File for a tax return"]);
  file.type = "button";
  file.onclick = () => download(select.value);
  const table = make("div", "table");
  const show = async () => { table.replaceChildren(tableOf(await told(`/portal/costs/${select.value}`))); speak(language); };
  select.onchange = show;
  await show();
  return [
    make("div", "tools", label, select, file), table,
    hint("ファイルはベンチ独自の様式です。国税庁の様式ではなく、e-Tax には送れません。", "The file has a layout of the bench’s own; it is not the National Tax Agency’s, and e-Tax does not take it."),
  ];
}
function tableOf({ rows, sums }) {
  const head = (words) => { const cell = make("th", "", words); cell.scope = "col"; return cell; };
  const amounts = (of) => AMOUNTS.map(([name, [ja, en]]) => {
    const cell = make("td", "", money(of[name]));
    [cell.dataset.labelJa, cell.dataset.labelEn] = [ja, en];
    cell.dataset.label = language === "ja" ? ja : en;
    return cell;
  });
  const row = (one) => make("tr", "", make("td", "", when(one.month)), make("td", "", data(one.institution.name)), ...amounts(one));
  const total = make("th", "", ["合計", "Sum"]);
  total.scope = "row";
  total.colSpan = 2;
  return make("table", "", make("thead", "", make("tr", "", head(["診療年月", "Month"]), head(["医療機関", "Institution"]), ...AMOUNTS.map(([, words]) => head(words)))),
    make("tbody", "", ...rows.map(row)), make("tfoot", "", make("tr", "", total, ...amounts(sums))));
}
async function download(year) {
  try {
    const blob = await (await ask(`/portal/costs/${year}/file`)).blob();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `medical-costs-${year}-bench.xml`;
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (error) {
    if (kind(error) === "no-session") return out(error);
    $("room").append(refusal(error));
  }
}

// ---- beginning -----------------------------------------------------------------------------------------------------
async function start() {
  for (const button of document.querySelectorAll("[data-lang]")) button.onclick = () => {
    speak(button.dataset.lang);
    try { localStorage.setItem("language", language); } catch { /* a browser that keeps nothing */ }
  };
  for (const [name, [words]] of Object.entries(ROOMS)) {
    const button = say(document.createElement("button"), words);
    button.type = "button";
    button.dataset.room = name;
    button.onclick = () => enter(name);
    $("rooms").append(button);
  }
  speak(language);
  try {
    const personas = await everybody();
    $("persona").replaceChildren(...personas.map(({ id, name }) => { const one = make("option", "", `${name} ${id}`); one.value = id; one.lang = "ja"; return one; }));
    $("persona").value = "hanako";
  } catch (error) { $("go").disabled = true; return $("refused").replaceChildren(refusal(error)); }
  facts();
  $("persona").onchange = facts;
  $("login").addEventListener("submit", logIn);
  $("leave").onclick = leave;
}
start();
