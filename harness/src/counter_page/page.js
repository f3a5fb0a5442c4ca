"use strict";
// ---- words ---------------------------------------------------------------------------------------------------------
const CONSENTS = {
  "limit": ["限度額情報", "Limit information"],
  "specific-diseases": ["特定疾病療養受療証", "Specific diseases"],
  "health-check": ["特定健診情報", "Health check-ups"],
  "drugs": ["薬剤情報", "Drug history"],
  "care": ["診療情報", "Care history"],
  "operations": ["手術情報", "Operations"],
  "diagnosis-names": ["傷病名情報", "Names of illnesses"],
  "infections": ["感染症情報", "Infections"],
  "allergies": ["アレルギー情報", "Allergies"],
  "contraindications": ["薬剤禁忌情報", "Contraindications"],
  "tests": ["検査情報", "Tests"],
  "prescriptions": ["処方情報", "Prescribed drugs"],
};
// Tone, sign, headline, and what it means at the counter.
const ENDS = {
  "completed": ["ok", "✓", ["受付が完了しました", "Checked in"], ["資格の回答が届きました。カードをお取りください。", "The qualification was answered. Please take your card."]],
  "no-card": ["calm", "–", ["カードがありません", "No card on the reader"], ["マイナンバーカードを置いてください。", "Please place your My Number Card."]],
  "not-my-number-card": ["stop", "×", ["マイナンバーカードではありません", "Not a My Number Card"], ["別のカードが置かれています（画面 002）。", "Another kind of card lies there (screen 002)."]],
  "card-removed": ["calm", "–", ["カードが取り外されました", "The card was taken away"], ["結果は出ていません。もう一度置いてください。", "There is no result. Please place it again."]],
  "face-mismatch": ["stop", "×", ["顔を確認できませんでした", "Face and photo do not match"], ["もう一度試すか、暗証番号か目視確認を使います。", "Try again, or use the PIN or the visual check."]],
  "no-picture": ["calm", "–", ["撮影できませんでした", "No picture could be taken"], ["暗証番号か目視確認を使います。", "Use the PIN or the visual check."]],
  "face-record-refused": ["stop", "×", ["カードの顔写真を信頼できません", "The photo in the card cannot be trusted"], ["記録の署名が合いません。顔の照合はしていません。", "The record’s signature does not verify; no face was compared."]],
  "wrong-pin": ["stop", "×", ["暗証番号が違います", "Wrong PIN"], ["正しい入力がありませんでした。", "No entry was right."]],
  "pin-locked": ["stop", "×", ["暗証番号がロックされました", "The PIN is locked"], ["解除は市区町村の窓口です。顔認証と目視確認は使えます。", "Only the municipality unlocks it. Face and visual check still work."]],
  "mode-not-offered": ["calm", "–", ["この方法は使えません", "This way is not offered"], ["このカードでは別の確認方法を選びます。", "For this card, choose another way."]],
  "timed-out": ["calm", "–", ["時間切れです", "Nobody answered in time"], ["何も照会していません。もう一度カードを置いてください。", "Nothing was asked of anybody. Place the card again."]],
  "phone-not-taken": ["calm", "–", ["スマートフォンは使えません", "Phones are not taken here"], ["カードを置いてください。", "Place the card."]],
  "reader-not-approved": ["stop", "×", ["このリーダーは承認されていません", "This reader is not approved"], ["カードが署名しません。暗証番号を使ってください。", "The card does not sign for it. Use the PIN."]],
  "staff-refused": ["stop", "×", ["本人と確認されませんでした", "Staff did not confirm the person"], ["何も照会していません。", "Nothing was asked of anybody."]],
  "no-certificate": ["stop", "×", ["電子証明書がありません", "No certificate on the card"], ["このカードは保険証として使えません。", "This card cannot be used as insurance card."]],
  "certificate-refused": ["stop", "×", ["電子証明書を利用できません", "The certificate cannot be used"], ["理由は窓口に知らされません（画面 006）。ほかの方法で資格を確認します。", "The counter is not told why (screen 006). Prove the qualification another way."]],
  "signature-refused": ["stop", "×", ["署名を確認できません", "The signature does not verify"], ["この証明書の鍵による署名ではありません。", "It was not made with this certificate’s key."]],
  "not-registered": ["mind", "!", ["保険証としての登録がありません", "Not registered as insurance card"], ["登録しなかったか、登録できません。", "Registration was declined, or is barred."]],
  "system-error": ["sys", "!", ["システムエラー", "System error"], ["判断できませんでした。患者についての判断ではありません。", "Nobody could tell. This says nothing about the patient."]],
};
const VALIDITY = { 1: ["有効", "valid"], 2: ["無効", "not valid"], 3: ["無効（新しい資格あり）", "not valid, a newer one exists"], 4: ["該当資格なし", "none found"], 5: ["複数該当", "several found"], 6: ["有効（未登録）", "valid, not registered"] };
const NOTICES = { "expires-soon": ["証明書の有効期限まで 3 か月以内", "Certificate expires within three months"], "grace": ["証明書は期限切れ（猶予期間中）", "Certificate expired, within grace"] };
const LIMITS = { A01: "区分ア", A02: "区分イ", A03: "区分ウ", A04: "区分エ", A05: "区分オ", A06: "区分オ（境）", B01: "現役並みⅢ", B02: "現役並みⅡ", B03: "現役並みⅠ", B04: "一般", B05: "低所得Ⅱ", B06: "低所得Ⅰ", B07: "低所得Ⅰ（老福）", B08: "低所得Ⅰ（境）", B09: "一般Ⅱ", B10: "一般Ⅰ" };
const LOSSES = { "01": ["死亡", "death"], "02": ["生活保護受給開始", "public assistance"], "03": ["他保険の資格取得", "other insurance"], "99": ["その他", "other"] };
const MODES = { face: ["顔認証", "face"], pin: ["暗証番号", "PIN"], visual: ["目視確認", "visual check"] };
const PHONES = { android: ["の Android", "’s Android"], iphone: ["の iPhone", "’s iPhone"] };
const CARDS = { none: ["カードなし", "no card"], foreign: ["別の IC カード", "another IC card"] };
const FORMS = { electronic: ["電子", "electronic"], paper: ["紙", "paper"] };
// In the order of the flow.
const PARTIES = { patient: ["患者", "patient"], card: ["カード", "card"], reader: ["リーダー", "reader"], terminal: ["端末", "terminal"], backend: ["資格確認機関", "backend"], authority: ["認証局", "authority"], "receipt-computer": ["レセコン", "receipt computer"], insurer: ["保険者", "insurer"], claims: ["審査支払機関", "claims"], bench: ["ベンチ", "bench"] };

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
}
/** An element; words are a pair, a text stands for itself. */
function make(tag, looks, ...children) {
  const element = document.createElement(tag);
  if (looks) element.className = looks;
  for (const child of children.filter((child) => child !== null && child !== undefined)) {
    if (Array.isArray(child)) element.append(say(document.createElement("span"), child));
    else element.append(child);
  }
  return element;
}
const chip = (words, tone = "") => make("span", `chip ${tone}`, words);
const fact = (words, value, looks = "") => value === null || value === undefined ? null : make("div", looks, make("dt", "", words), make("dd", "", value));
const both = (left, right) => [0, 1].map((place) => `${left[place] ?? left[0]}${right[place] ?? right[0]}`);
/** 2026-04-01T09:30:00+09:00 as a person reads it. Instants of the interface end in +09:00 or Z. */
const japanese = (instant) => new Date(Date.parse(instant) + 9 * 3600e3).toISOString().slice(0, 16).replace("T", " ");

// ---- the interface -------------------------------------------------------------------------------------------------
class Refused extends Error {
  constructor(problem) { super(problem.title); this.problem = problem; }
}
async function ask(path, body) {
  const request = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let response, answer;
  try {
    response = await fetch(path, request);
    answer = await response.json();
  } catch {
    throw new Refused({ title: "The counter does not answer", detail: "Is `madoguchi reader serve` still running?", title_ja: "窓口が応答しません", detail_ja: "madoguchi reader serve が動いているか確かめてください。" });
  }
  if (!response.ok) throw new Refused({ title_ja: answer.title, detail_ja: answer.detail, ...answer });
  return answer;
}

// ---- the form ------------------------------------------------------------------------------------------------------
let people = {}, institutions = {}, entries = [], entry = "", newest = 0;
const picked = (name) => document.querySelector(`input[name=${name}]:checked`)?.value;
const named = (id) => people[id] ? `${people[id].name}` : id;

function option(person) {
  const element = document.createElement("option");
  element.value = person.id;
  element.lang = "ja";
  element.textContent = `${person.name} ${person.id}`;
  return element;
}
function marks(person) {
  const { card, coverages } = person;
  const marks = [[`${person.birthdate} ${person.sex === 1 ? "男" : "女"}`, `${person.birthdate} ${person.sex === 1 ? "M" : "F"}`]];
  if (!card) marks.push(["カードなし", "no card"]);
  else {
    if (!card.pin) marks.push(["暗証番号なし", "no PIN"]);
    if (!card.photo) marks.push(["顔写真なし", "no photo"]);
    if (!card.certificate) marks.push(["電子証明書なし", "no certificate"]);
    if (!card.registered) marks.push(["保険証未登録", "not registered"]);
    if (card.issuer !== "trusted") marks.push(["別の認証局", "other authority"]);
    marks.push([`カード期限 ${card.expiry}`, `card until ${card.expiry}`]);
  }
  if (person.disclosure_barred) marks.push(["自己情報提供不可", "disclosure barred"]);
  if (person.address_withheld) marks.push(["住所不開示", "address withheld"]);
  if (!coverages.length) marks.push(["資格なし", "no insurance"]);
  for (const { insurer_name, lost, valid_until } of coverages) {
    const end = lost ? [`（${lost} 喪失）`, ` (lost ${lost})`] : valid_until ? [`（${valid_until} まで）`, ` (until ${valid_until})`] : ["", ""];
    marks.push(both([insurer_name], end));
  }
  return marks;
}
function fill() {
  const of = (list) => Object.values(list);
  const most = Math.max(...of(institutions).map(({ offers }) => offers.length));
  for (const institution of of(institutions)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "institution", value: institution.code, checked: institution.offers.length === most });
    const name = make("span", "", institution.name, make("small", "", institution.code));
    name.lang = "ja";
    $("institutions").append(make("label", "tile", input, name));
  }
  for (const id of ["person", "holder", "signer", "subject"]) $(id).append(...of(people).filter((person) => id === "person" || person.card).map(option));
  $("person").value = $("subject").value = "hanako";
  $("holder").value = $("signer").value = "taro";
  for (const [kind, words] of Object.entries(CONSENTS)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "checkbox", name: "consent", value: kind, checked: true });
    $("consents").append(make("label", "tile", input, words));
  }
  for (const key of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "back", "0", "enter"]) {
    const word = { back: ["消す", "Delete"], enter: ["確定", "Enter"] }[key];
    const button = make("button", word ? "word" : "", word ?? key);
    Object.assign(button, { type: "button", onclick: () => press(key) });
    $("pad").append(button);
  }
}
/** Shows what the choices call for and nothing else. */
function follow() {
  $("facts").replaceChildren(...marks(people[$("person").value]).map((words) => chip(words, "plain")));
  $("holder").hidden = picked("card") !== "other";
  $("pin").hidden = picked("mode") !== "pin";
  $("staff").hidden = picked("mode") !== "visual";
  $("signer").hidden = $("trouble").value !== "signed-by-card-of";
  const { offers, electronic_prescriptions } = institutions[picked("institution")];
  $("prescriptions").hidden = !electronic_prescriptions;
  for (const input of document.querySelectorAll("input[name=consent]")) {
    input.disabled = !offers.includes(input.value);
    say(input.nextSibling, input.disabled ? both(CONSENTS[input.value], ["（尋ねません）", " (not asked)"]) : CONSENTS[input.value]);
  }
  const dots = "●".repeat(entry.length) + "○".repeat(4 - entry.length);
  if ($("dots").textContent !== dots) {
    $("dots").textContent = dots;
    say($("count"), [`${entry.length} 桁`, `${entry.length} digits`]);
  }
  $("curl").textContent = `curl --json '${JSON.stringify(request(), (key, value) => key === "pin_entries" ? value.map(() => "••••") : value, 1).replace(/\n */g, " ")}' ${location.origin}/api/visits`;
  $("typed").replaceChildren(...entries.map((_, place) => chip([`${place + 1} 回目 ●●●●`, `No. ${place + 1} ●●●●`])));
}
function press(key) {
  if (key === "back") entry ? entry = entry.slice(0, -1) : entries.pop();
  else if (key !== "enter" && entries.length < 10) entry += key;
  if (entry.length === 4 || (key === "enter" && entry)) { entries.push(entry); entry = ""; }
  follow();
}
function request() {
  const person = $("person").value, card = picked("card"), mode = picked("mode"), trouble = $("trouble").value;
  const wanted = {
    person, mode,
    institution: picked("institution"),
    card: { own: person, android: person, iphone: person, other: $("holder").value }[card] ?? card,
    consents: [...document.querySelectorAll("input[name=consent]:checked:enabled")].map((input) => input.value),
    register: $("register").checked,
  };
  if (PHONES[card]) wanted.phone = card;
  if (mode === "pin") wanted.pin_entries = entry ? [...entries, entry] : entries;
  if (mode === "visual") wanted.staff_confirms = $("confirms").checked;
  if (!$("prescriptions").hidden && picked("prescription")) wanted.prescription = picked("prescription");
  if (trouble) wanted.trouble = trouble === "signed-by-card-of" ? { [trouble]: $("signer").value } : trouble;
  return wanted;
}

// ---- the screen and the result -------------------------------------------------------------------------------------
function screen(tone, sign, headline, meaning, chips = [], busy = false) {
  const mark = make("span", "sign", sign);
  mark.setAttribute("aria-hidden", "true");
  $("glass").className = `glass ${tone} ${busy ? "busy" : ""}`;
  $("glass").replaceChildren(mark, make("h2", "", headline), make("p", "", meaning), ...(chips.length ? [make("div", "chips", ...chips)] : []));
}
const idle = () => screen("calm", "▭", ["カードを置いてください", "Please place your card"], ["だれが何を置くかを選び、「受付する」を押します。", "Choose who stands there and what lies on the reader, then check in."]);
function failed(error) {
  if (!(error instanceof Refused)) throw error;
  const { title, detail, title_ja, detail_ja } = error.problem;
  $("result").replaceChildren();
  screen("sys", "!", [title_ja, title], [detail_ja, detail]);
}
function show(visit) {
  newest = Math.max(newest, visit.number);
  const { outcome } = visit, { answer } = outcome;
  let [tone, sign, headline, meaning] = ENDS[outcome.end];
  if (answer && ![1, 6].includes(answer.validity)) [tone, sign] = ["mind", "!"];
  const chips = [];
  if (answer) chips.push(make("span", "chip", ["資格", "Qualification"], make("b", "", VALIDITY[answer.validity])));
  if (outcome.notice) chips.push(make("span", "chip", make("b", "", NOTICES[outcome.notice])));
  if (outcome.pin_tries_left !== null) chips.push(make("span", "chip", ["暗証番号 残り", "PIN tries left"], make("b", "", String(outcome.pin_tries_left))));
  screen(tone, sign, headline, meaning, chips);
  $("result").replaceChildren(judged(visit), ...(answer ? [answered(answer, outcome)] : []), crossed(visit.evidence));
}
function judged(visit) {
  const { number, at, outcome, divergence } = visit;
  const link = (to, words, label) => { const a = make("a", "", words); a.href = `#visit=${to}`; a.setAttribute("aria-label", label); return a; };
  const nav = make("nav", "", number > 1 ? link(number - 1, "←", `No. ${number - 1}`) : null, number < newest ? link(number + 1, "→", `No. ${number + 1}`) : null);
  const verdict = visit.agrees === null ? chip(["判定なし", "not judged"], "calm") : visit.agrees ? chip(["✓ 期待どおり", "✓ as expected"], "ok") : chip(["× 期待と違う", "× not as expected"], "stop");
  verdict.dataset.agrees = visit.agrees;
  const card = CARDS[visit.card] ?? both([named(visit.card)], PHONES[visit.phone] ?? ["のカード", "’s card"]);
  const offered = institutions[visit.institution].offers;
  const asked = outcome.consents_asked.filter((kind) => offered.includes(kind));
  return make("section", "card",
    make("div", "judge", make("h2", "", [`受付 No. ${number}`, `Visit no. ${number}`]), verdict, nav),
    make("dl", "facts",
      fact(["いつ", "When"], japanese(at)),
      fact(["どこで", "Where"], institutions[visit.institution].name),
      fact(["だれが", "Who"], named(visit.person)),
      fact(["カード", "Card"], card),
      fact(["本人確認", "Identification"], MODES[visit.mode]),
      fact(["資格確認機関への照会", "Backend asked"], outcome.asked_backend ? ["あり", "yes"] : ["なし", "no"]),
      fact(["face の結果ファイル", "Result files in face"], String(outcome.result_files)),
      fact(["尋ねた同意", "Consents asked"], asked.length ? make("span", "chips", ...asked.map((kind) => chip(CONSENTS[kind], "plain"))) : ["なし", "none"], "wide")),
    divergence && make("dl", "parts", make("dt", "", ["最初の相違", "First divergence"]), make("dd", "", divergence.pointer),
      make("dt", "", ["期待", "Expected"]), make("dd", "", divergence.expected), make("dt", "", ["実際", "Seen"]), make("dd", "", divergence.actual)));
}
function answered(answer, outcome) {
  const { record } = answer;
  const numbers = record?.numbers;
  const limit = answer.limit && [`${LIMITS[answer.limit] ?? ""} ${answer.limit}`.trim()];
  const consents = answer.consents.length ? make("span", "chips", ...answer.consents.map((kind) => chip(CONSENTS[kind], "ok"))) : ["なし", "none"];
  return make("section", "card", make("h2", "", ["資格の回答", "What was answered"]), make("dl", "facts",
    fact(["資格有効性", "Validity"], both([`${answer.validity} `], VALIDITY[answer.validity])),
    fact(["氏名", "Name"], record?.name),
    fact(["生年月日", "Birth date"], record?.birthdate),
    fact(["本人・家族", "Insured or family"], record && (record.relation === "insured" ? ["本人", "insured"] : ["家族", "family"])),
    fact(["保険者番号", "Insurer number"], numbers?.insurer_number),
    fact(["記号", "Symbol"], numbers?.symbol),
    fact(["番号", "Number"], numbers?.number),
    fact(["枝番", "Branch"], numbers?.branch),
    fact(["資格取得日", "Gained"], record?.gained),
    fact(["資格喪失日", "Lost"], record?.lost),
    fact(["喪失事由", "Reason of loss"], record?.loss_reason && (LOSSES[record.loss_reason] ?? record.loss_reason)),
    fact(["限度額適用", "Limit class"], limit),
    fact(["処方箋", "Prescription"], answer.prescription && FORMS[answer.prescription]),
    fact(["住所", "Address"], record && (record.address ?? ["開示されません", "withheld"]), "wide"),
    fact(["同意", "Consents"], consents, "wide"),
    fact(["診療情報などを閲覧できる期限", "Medical information until"], answer.available_until && japanese(answer.available_until), "wide")));
}

// ---- what crossed the seams ----------------------------------------------------------------------------------------
/** Runs of card entries become one row each, so that the story stays readable. */
function blocks(evidence) {
  const found = [];
  for (const entry of evidence) {
    const last = found.at(-1);
    if (entry.seam === "card" && last?.card) last.entries.push(entry);
    else found.push({ card: entry.seam === "card", entries: [entry] });
  }
  return found;
}
/** `READ BINARY offset 0, Ne 256` three times is `READ BINARY ×3`. */
function commands(entries) {
  const runs = [];
  for (const { summary } of entries.filter((entry) => entry.direction === "request")) {
    const name = summary.en.replace(/ (offset|current EF)\b.*|,.*/, "");
    if (runs.at(-1)?.name === name) runs.at(-1).times += 1;
    else runs.push({ name, times: 1 });
  }
  return runs.map(({ name, times }) => times > 1 ? `${name} ×${times}` : name).join(" · ");
}
function crossed(evidence) {
  const lanes = Object.keys(PARTIES).filter((party) => evidence.some(({ from, to }) => from === party || to === party));
  const list = make("ol", "seq", ...blocks(evidence).map(({ card, entries }) => make("li", "", card ? cardRow(entries, lanes) : row(entries[0], lanes))));
  const head = make("div", "head", make("div", "lanes", ...lanes.map((party) => make("span", "", PARTIES[party]))));
  head.setAttribute("aria-hidden", "true");
  const section = make("section", "card", make("h2", "", ["継ぎ目を渡ったもの", "What crossed the seams"]), evidence.length ? head : make("p", "hint", ["何も渡っていません。", "Nothing crossed."]), list);
  section.style.setProperty("--n", String(lanes.length));
  section.style.setProperty("--lanes", `${lanes.length * 54}px`);
  return section;
}
function drawn(from, to, lanes, looks) {
  const [start, end] = [lanes.indexOf(from), lanes.indexOf(to)];
  const [left, right] = [Math.min(start, end), Math.max(start, end)];
  const arrow = make("span", `arrow ${looks} ${end > start ? "right" : "left"}`);
  arrow.style.gridColumn = `${left + 1} / ${right + 2}`;
  arrow.style.marginInline = `${50 / (right - left + 1)}%`;
  const life = (_, place) => { const line = make("span", "life"); line.style.gridColumn = String(place + 1); return line; };
  return make("span", "lanes", ...lanes.map(life), arrow);
}
const way = ({ from, to }) => both(both(PARTIES[from] ?? [from], [" → "]), PARTIES[to] ?? [to]);
function folding(looks, parts, body) {
  const details = make("details", `row ${looks}`, make("summary", "", ...parts));
  // Drawn when first opened: a visit holds some hundred entries.
  details.addEventListener("toggle", () => { if (details.open && !details.querySelector(".body")) details.append(make("div", "body", ...body())); });
  return details;
}
function row(entry, lanes) {
  const small = make("small", "", both(way(entry), [` #${entry.seq}`]));
  const words = make("span", "words", make("p", "", [entry.summary?.ja ?? "", entry.summary?.en ?? ""]), small);
  return folding(entry.direction, [drawn(entry.from, entry.to, lanes, "to"), words], () => [bytes(entry.bytes)]);
}
function cardRow(entries, lanes) {
  const pairs = entries.filter((entry) => entry.direction === "request").map((entry) => [entry, entries.find((answer) => answer.seq === entry.seq + 1)]);
  const events = entries.filter((entry) => entry.direction === "event");
  const small = make("small", "", commands(entries));
  const ended = events.length ? [` · ${events.at(-1).summary.ja}`, ` · ${events.at(-1).summary.en}`] : ["", ""];
  const words = make("span", "words", make("p", "", both([`カードと ${pairs.length} 往復`, `${pairs.length} ${pairs.length === 1 ? "exchange" : "exchanges"} with the card`], ended)), small);
  return folding("exchange", [drawn("reader", "card", lanes, "to back"), words], () => [make("ol", "", ...pairs.map(([command, response]) => make("li", "", exchange(command, response))))]);
}
function exchange(command, response) {
  const words = make("span", "words", make("p", "", command.summary.en), make("small", "", `→ ${response?.summary?.en ?? ""} · #${command.seq}`));
  return folding("", [words], () => [command, response].filter(Boolean).map((entry) => bytes(entry.bytes)));
}
function bytes({ text, hex, redacted }) {
  if (redacted) return make("p", "hint", [`秘匿: ${redacted.kind}、${redacted.length} バイト（照合用 ${redacted.digest}）`, `kept secret: ${redacted.kind}, ${redacted.length} bytes (digest ${redacted.digest})`]);
  if (hex !== undefined) return make("pre", "", hex.replace(/../g, "$& ").trim() || "–");
  return make("pre", "", readable(text) || "–");
}
function readable(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text.replace(/></g, ">\n<"); }
}

// ---- what the buttons do -------------------------------------------------------------------------------------------
const setClock = ({ now }) => { $("now").textContent = japanese(now); $("now").dateTime = now; $("to").min = $("to").value = now.slice(0, 16); };
async function checkIn(event) {
  event.preventDefault();
  $("go").disabled = true;
  $("result").replaceChildren();
  screen("calm", "…", ["確認しています", "One moment"], ["カードを置いたままお待ちください。", "Please leave your card on the reader."], [], true);
  try {
    const visit = await ask("/api/visits", request());
    history.replaceState(null, "", `#visit=${visit.number}`);
    setClock({ now: visit.at });
    show(visit);
  } catch (error) { failed(error); }
  // What was typed is not kept.
  [entries, entry] = [[], ""];
  follow();
  $("go").disabled = false;
  if (innerWidth <= 940) $("screen").scrollIntoView({ block: "start" });
}
async function told(work) {
  try { say($("said"), await work()); } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say($("said"), [error.problem.detail_ja, error.problem.detail]);
  }
}
async function followLink() {
  const number = /^#visit=(\d+)$/.exec(location.hash)?.[1];
  if (!number) return;
  try { show(await ask(`/api/visits/${number}`)); } catch (error) { failed(error); }
}
async function start() {
  for (const button of document.querySelectorAll("[data-lang]")) button.onclick = () => {
    speak(button.dataset.lang);
    try { localStorage.setItem("language", language); } catch { /* a browser that keeps nothing */ }
  };
  speak(language);
  idle();
  try {
    const [everybody, places, clock] = await Promise.all([ask("/api/personas"), ask("/api/institutions"), ask("/api/clock")]);
    people = Object.fromEntries(everybody.map((person) => [person.id, person]));
    institutions = Object.fromEntries(places.map((place) => [place.code, place]));
    fill();
    setClock(clock);
  } catch (error) { $("go").disabled = true; return failed(error); }
  follow();
  speak(language);
  $("visit").addEventListener("change", follow);
  $("visit").addEventListener("submit", checkIn);
  $("pin").addEventListener("keydown", (event) => {
    const key = /^\d$/.test(event.key) ? event.key : event.key === "Backspace" ? "back" : null;
    if (key) { event.preventDefault(); press(key); }
  });
  const tick = (checked) => () => { for (const input of document.querySelectorAll("input[name=consent]")) input.checked = checked; };
  $("all").onclick = tick(true);
  $("no").onclick = tick(false);
  $("clock").addEventListener("submit", (event) => { event.preventDefault(); told(async () => { const clock = await ask("/api/clock", { to: $("to").value }); setClock(clock); return [`${japanese(clock.now)} になりました。`, `It is now ${japanese(clock.now)}.`]; }); });
  $("authority").addEventListener("submit", (event) => { event.preventDefault(); told(async () => { const { person } = await ask("/api/authority", { person: $("subject").value, act: $("act").value }); return [`認証局が処理しました: ${named(person)}`, `The authority did it: ${named(person)}`]; }); });
  addEventListener("hashchange", followLink);
  followLink();
}
start();
