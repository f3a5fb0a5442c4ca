// ---- the guide: eight steps, each with what crossed the seams ------------------------------------------------------
const STEPS = [
  [["{患者|かんじゃ}がカードを{置|お}き、{顔|かお}を{撮|と}ります", "The patient places the card, and the face is taken"], ["{患者|かんじゃ} → {読取機|よみとりき}", "patient → reader"], ["カードは{患者|かんじゃ}が{自分|じぶん}で{置|お}きます。{職員|しょくいん}は{預|あず}かりません。{読取機|よみとりき}は IC チップに「マイナンバーカードですか」とたずねます。{個人番号|こじんばんごう}のファイルは{開|ひら}きません。", "The patient places the card; staff never take it. The reader asks the chip whether it is a My Number Card. The files with the 12-digit number are never opened."]],
  [["チップの{写真|しゃしん}と{顔|かお}を{照合|しょうごう}します", "The photo in the chip is matched with the face"], ["カード → {読取機|よみとりき}", "card → reader"], ["{写真|しゃしん}は{照合番号|しょうごうばんごう}Bで{開|ひら}き、{署名|しょめい}を{確|たし}かめます。{撮|と}った{顔|かお}と{写真|しゃしん}は{読取機|よみとりき}の{中|なか}だけで{比|くら}べ、すぐに{捨|す}てます。ここでも{長|なが}さと{指紋|しもん}しか{見|み}せません。", "The photo opens with 照合番号B and its signature is verified. Face and photo are compared inside the reader only and dropped at once; here too you see but their length and a digest."]],
  [["{利用者証明用|りようしゃしょうめいよう}の{電子証明書|でんししょうめいしょ}を{読|よ}みます", "The user-authentication certificate is read"], ["カード → {読取機|よみとりき}", "card → reader"], ["{本人|ほんにん}とわかってから、{読取機|よみとりき}は{電子証明書|でんししょうめいしょ}を{読|よ}みます。{使|つか}うのは{証明書|しょうめいしょ}であって、12{桁|けた}の{番号|ばんごう}ではありません。", "Only now that identity is proved the reader reads the certificate. The certificate is what counts, not the 12-digit number."]],
  [["{医療機関|いりょうきかん}が{資格確認|しかくかくにん}を{求|もと}めます", "The institution asks for the qualification"], ["{読取機|よみとりき} → {端末|たんまつ} → {資格確認機関|しかくかくにんきかん}", "reader → terminal → backend"], ["{新|あたら}しいチャレンジにカードが{署名|しょめい}し、{証明書|しょうめいしょ}と{署名|しょめい}が{相互|そうご} TLS で{届|とど}きます。{古|ふる}い{署名|しょめい}は{使|つか}い{回|まわ}せません。", "The card signs a fresh challenge; certificate and signature travel over mutual TLS. An old signature cannot be used again."]],
  [["{資格確認機関|しかくかくにんきかん}が{証明書|しょうめいしょ}を{確|たし}かめます", "The backend checks the certificate"], ["{資格確認機関|しかくかくにんきかん} → {認証局|にんしょうきょく}", "backend → authority"], ["{発行者|はっこうしゃ}、{期間|きかん}、{失効|しっこう}を{確|たし}かめます。{失効|しっこう}の{理由|りゆう}は{窓口|まどぐち}に{知|し}らされません。{応答|おうとう}がないときは「{失効|しっこう}」ではなくシステムエラーです。", "Path, period and revocation are checked. The counter is never told the reason of a revocation; silence is a system error, not a revocation."]],
  [["{本人|ほんにん}を{見|み}つけ、{最新|さいしん}の{資格|しかく}を{返|かえ}します", "The person is found and the newest data come back"], ["{資格確認機関|しかくかくにんきかん} → {端末|たんまつ} → face フォルダー", "backend → terminal → folder face"], ["{同意|どうい}を{添|そ}えて{資格|しかく}をたずね、{最新|さいしん}の{資格|しかく}が{返|かえ}ります。{端末|たんまつ}は{結果|けっか}の XML を face フォルダーに{置|お}き、レセコンが{取|と}り{込|こ}みます。", "The qualification is asked with the consents, and the newest one comes back. The terminal puts the result as XML into the folder face, where the receipt computer takes it in."]],
  [["{確|たし}かめた{資格|しかく}で{請求|せいきゅう}します", "The claim is made on confirmed data"], ["レセコン → {審査支払機関|しんさしはらいきかん}", "receipt computer → review and payment agency"], ["レセプトは{手|て}で{打|う}った{番号|ばんごう}ではなく、{確|たし}かめた{資格|しかく}で{作|つく}られます。だから{返戻|へんれい}が{減|へ}ります。", "The claim carries confirmed data and no typed numbers; that is why fewer claims come back."]],
  [["{保険者|ほけんしゃ}が{異動|いどう}を{届|とど}けます", "Insurers feed every change"], ["{保険者|ほけんしゃ} → {資格確認機関|しかくかくにんきかん}", "insurer → backend"], ["{転職|てんしょく}で{保険者|ほけんしゃ}が{変|か}わりました。カードも{登録|とうろく}もそのままで、{次|つぎ}の{受付|うけつけ}では{新|あたら}しい{資格|しかく}が{返|かえ}ります。もう{一度|いちど}カードを{置|お}いてみてください。", "The patient has changed jobs. Card and registration stay as they are, and the next check-in gives the new insurance: place the card once more."]],
];
const PARTIES = { patient: ["{患者|かんじゃ}", "patient"], card: ["カード", "card"], reader: ["{読取機|よみとりき}", "reader"], terminal: ["{端末|たんまつ}", "terminal"], backend: ["{資格確認機関|しかくかくにんきかん}", "backend"], authority: ["{認証局|にんしょうきょく}", "authority"], "receipt-computer": ["レセコン", "receipt computer"], insurer: ["{保険者|ほけんしゃ}", "insurer"], claims: ["{審査支払機関|しんさしはらいきかん}", "review agency"], bench: ["ベンチ", "bench"] };
const guest = document.body.dataset.persona;
// The step that is shown, the last that has happened, and what crossed in each.
let at = 0, reached = 0, crossed = {}, last_seq = 0, drawn = "", closing = 0;
async function gather() {
  const entries = await ask("/api/evidence?after=0");
  last_seq = entries.at(-1)?.seq ?? 0;
  const marks = session.guide.steps;
  if (!marks.length) return;
  crossed = { ...(closing ? { 7: crossed[7], 8: crossed[8] } : {}), 1: [], 2: [], 3: [], 4: [], 5: [], 6: [] };
  // A page that was loaded anew learns from the seams what followed the visit.
  closing ||= before(entries, "claim");
  const end = closing || Infinity;
  let authority = false;
  for (const entry of entries) {
    const mark = marks.findLast(([, before]) => before < entry.seq);
    if (!mark || entry.seq > end) continue;
    // What the backend does with a certificate begins where it asks the authority, inside the institution's request.
    authority ||= entry.seam === "va";
    const step = mark[0] === 4 && authority ? 5 : entry.seam === "camera" ? Math.min(mark[0], 1) : mark[0];
    crossed[step].push(entry);
  }
  if (!closing || crossed[7]) return;
  const fed = before(entries, "feed") || Infinity;
  crossed[7] = entries.filter(({ seq }) => seq > closing && seq <= fed);
  if (fed < Infinity) crossed[8] = entries.filter(({ seq }) => seq > fed);
  reached = fed < Infinity ? 8 : 7;
}
/** The sequence number before the first entry of a seam after the visit began, 0 without one. */
function before(entries, seam) {
  const [, begun] = session.guide.steps[0];
  const first = entries.find((entry) => entry.seam === seam && entry.seq > begun);
  return first ? first.seq - 1 : 0;
}
/** Called with each new state of the session. */
async function guide() {
  // What it would do belonged to the state before.
  const stale = $("step").querySelector(".forward");
  if (stale) { stale.disabled = true; drawn = ""; }
  const { held, steps } = session.guide;
  const going = steps.length && !session.next.includes("place-card");
  if (!steps.length && !session.visit) { at = reached = closing = 0; crossed = {}; }
  else if (going && closing) { at = reached = closing = 0; crossed = {}; }
  if (steps.length && !closing) {
    await gather();
    const begun = steps.at(-1)[0];
    const settled = session.end !== null;
    reached = settled ? Math.max(begun === 6 && session.end.validity ? 6 : Math.max(begun - 1, 1), held ?? 0) : held ?? Math.max(begun - 1, 0);
    if (settled && session.end.validity) reached = !closing ? 6 : crossed[8] ? 8 : 7;
  }
  if (held && at < held) at = Math.max(at, 1);
  walk();
}
function next() {
  const idle = session.next.includes("place-card"), question = session.question?.question;
  if (at < reached) return [["つぎの{段階|だんかい}へ", "Next step"], () => { at += 1; walk(true); }];
  if (session.guide.held) return [["{続|つづ}ける", "Go on"], () => act("continue")];
  if (reached === 6 && idle) return [["7へ: {請求|せいきゅう}する", "To 7: make the claim"], () => happen(7, "/api/claims", { person: session_person(), institution: session.institution })];
  if (reached === 7) return [["8へ: {異動|いどう}を{届|とど}ける", "To 8: feed a change"], () => happen(8, "/api/feed", { person: session_person() })];
  if (idle) return [[`${named(guest)} のカードを{置|お}く`, `Place ${named(guest)}’s card`], () => act("place-card", { card: guest })];
  if (question === "mode") return session.next.includes("face") ? [["{顔認証|かおにんしょう}をえらぶ", "Choose face recognition"], () => act("face")] : session.next.includes("pin") ? [["{暗証番号|あんしょうばんごう}をえらぶ", "Choose the PIN"], () => act("pin")] : [["{職員|しょくいん}が{目視確認|もくしかくにん}を{始|はじ}める", "Staff start the visual check"], () => act("start-visual")];
  if (question === "look") return [["カメラを{見|み}る", "Look into the camera"], () => act("look", { capture: "clean" })];
  if (question === "hold-phone") return [["スマートフォンをかざす", "Hold the phone over the reader"], () => act("done")];
  if (question === "staff-check") return [["{職員|しょくいん}が{本人|ほんにん}と{確認|かくにん}する", "Staff confirm the person"], () => act("confirm")];
  if (question === "registration") return [["{登録|とうろく}する", "Register"], () => act("yes")];
  if (question === "consent") return [["{同意|どうい}する", "Agree"], () => act("yes")];
  if (question === "prescription-form") return [["{電子処方箋|でんししょほうせん}をえらぶ", "Choose the electronic prescription"], () => act("electronic")];
  if (question === "take-card-back") return [["カードを{取|と}る", "Take the card"], () => act("take-card")];
  return null;
}
let visitor = guest;
const session_person = () => visitor;
async function happen(step, path, body) {
  try {
    const before = last_seq;
    closing ||= before;
    await ask(path, body);
    const entries = await ask(`/api/evidence?after=${before}`);
    crossed[step] = entries;
    last_seq = entries.at(-1)?.seq ?? before;
    at = reached = step;
    walk(true);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    announce([error.problem.detail_ja, error.problem.detail]);
  }
}
function walk(moved = false) {
  if (session.card && people[session.card]) visitor = session.card;
  const forward = next();
  const kind = JSON.stringify([at, reached, session.revision, language, furigana]);
  if (kind === drawn) return;
  const inside = $("guide").contains(document.activeElement);
  drawn = kind;
  $("ladder").replaceChildren(...STEPS.map(([title], place) => {
    const rung = button("", [String(place + 1), String(place + 1)], () => { at = place + 1; walk(true); });
    label(rung, [`${place + 1} ${title[0]}`, `${place + 1} ${title[1]}`]);
    rung.disabled = place + 1 > reached;
    if (place + 1 === at) rung.setAttribute("aria-current", "step");
    return make("li", "", rung);
  }));
  const push = forward && button("forward", forward[0], forward[1]);
  const parts = at === 0
    ? [make("h3", "", ["カードを{置|お}くところから{始|はじ}めます", "It begins with a card on the reader"]), make("p", "why", ["{左|ひだり}は{患者|かんじゃ}の{画面|がめん}です。ボタンで{進|すす}めても、{左|ひだり}の{画面|がめん}を{直接|ちょくせつ}さわってもかまいません。{継|つ}ぎ{目|め}を{渡|わた}るたびに{止|と}まって、{渡|わた}った{中身|なかみ}を{見|み}せます。", "At the left is the patient’s screen. Go on with the button, or touch the screen itself. At each seam the visit stops and shows what crossed it."]), push]
    : [make("h3", "", STEPS[at - 1][0]), make("p", "who-to-whom", STEPS[at - 1][1]), make("p", "why", STEPS[at - 1][2]), push, ...crossings(crossed[at] ?? [])];
  $("step").replaceChildren(...parts.filter(Boolean));
  speak();
  if (moved || inside) ($("step").querySelector(".forward") ?? $("step")).focus({ preventScroll: true });
}
/** The card's commands of one step as one row, everything else as it crossed. */
function crossings(entries) {
  const rows = [];
  for (const entry of entries) {
    if (entry.seam === "card" && rows.at(-1)?.card) rows.at(-1).card.push(entry);
    else rows.push(entry.seam === "card" ? { card: [entry] } : { entry });
  }
  if (!rows.length) return [make("p", "hint", ["この{段階|だんかい}では{何|なに}も{渡|わた}りませんでした。", "Nothing crossed in this step."])];
  return rows.map(({ card, entry }) => card ? commands(card) : crossing(entry));
}
const way = (entry, place) => `${(PARTIES[entry.from] ?? [entry.from, entry.from])[place]} → ${(PARTIES[entry.to] ?? [entry.to, entry.to])[place]}`;
const folding = (words, inside) => { const box = make("details", "", make("summary", "", words)); box.addEventListener("toggle", () => { if (box.open && box.childElementCount === 1) box.append(inside()); }); return box; };
function crossing(entry) {
  const { bytes } = entry, size = bytes.text !== undefined ? new TextEncoder().encode(bytes.text).length : (bytes.hex ? bytes.hex.length / 2 : bytes.redacted?.length ?? 0);
  return make("div", "crossing", make("p", "", [entry.summary?.ja ?? "", entry.summary?.en ?? ""]), make("small", "", [`${way(entry, 0)} ・ #${entry.seq}`, `${way(entry, 1)} · #${entry.seq}`]),
    size ? folding([`{中身|なかみ}を{見|み}る（${size} バイト）`, `Show what crossed (${size} bytes)`], () => content(bytes)) : null);
}
function content({ text, hex, redacted }) {
  if (redacted) return make("p", "hint", [`{秘密|ひみつ}です: ${redacted.kind} ${redacted.length} バイト（${redacted.digest}）`, `Kept secret: ${redacted.kind}, ${redacted.length} bytes (digest ${redacted.digest})`]);
  const shown = make("pre", "", hex !== undefined ? hex.replace(/../g, "$& ").trim() : readable(text));
  shown.tabIndex = 0;
  return shown;
}
function readable(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text.replace(/></g, ">\n<"); }
}
function commands(entries) {
  const asked = entries.filter(({ direction }) => direction === "request").length;
  const list = () => make("ol", "", ...entries.filter(({ direction }) => direction === "request").map((command) => {
    const answer = entries.find(({ seq }) => seq === command.seq + 1);
    return make("li", "", command.summary.en, make("small", "", `→ ${answer?.summary?.en ?? ""}  ${bytesOf(command)} → ${bytesOf(answer)}`));
  }));
  return make("div", "crossing", make("p", "", [`カードと${asked}{往復|おうふく}（APDU）`, `${asked} ${asked === 1 ? "exchange" : "exchanges"} with the card (APDU)`]), make("small", "", [`${way({ from: "reader", to: "card" }, 0)} ・ #${entries[0].seq}`, `${way({ from: "reader", to: "card" }, 1)} · #${entries[0].seq}`]),
    folding(["コマンドを{見|み}る", "Show the commands"], list));
}
function bytesOf(entry) {
  if (!entry) return "";
  const { hex, redacted } = entry.bytes;
  if (redacted) return `[${redacted.kind} ${redacted.length}]`;
  return !hex ? "" : hex.length > 48 ? `${hex.slice(0, 48)}…` : hex;
}
beside = guide;
