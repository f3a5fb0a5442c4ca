// ---- the staff's screen -------------------------------------------------------------------------------------------
const NOW = {
  "mode": ["face", ["{患者|かんじゃ}が{方法|ほうほう}をえらんでいます", "The patient chooses how to be identified"]],
  "look": ["face", ["{患者|かんじゃ}がカメラの{前|まえ}にいます", "The patient is before the camera"]],
  "pin": ["keys", ["{患者|かんじゃ}が{暗証番号|あんしょうばんごう}を{入力|にゅうりょく}しています", "The patient enters the PIN"]],
  "phone-pin": ["keys", ["{患者|かんじゃ}がスマートフォンの{暗証番号|あんしょうばんごう}を{入力|にゅうりょく}しています", "The patient enters the phone’s PIN"]],
  "hold-phone": ["phone", ["{患者|かんじゃ}がスマートフォンをかざします", "The patient holds the phone over the reader"]],
  "staff-check": ["staff", ["カードの{写真|しゃしん}と{本人|ほんにん}を{見比|みくら}べてください", "Compare the photo on the card with the person"]],
  "registration": ["book", ["{患者|かんじゃ}が{登録|とうろく}するか{考|かんが}えています", "The patient is asked to register the card"]],
  "consent": ["book", ["{患者|かんじゃ}が{同意|どうい}をえらんでいます", "The patient answers the consents"]],
  "prescription-form": ["paper", ["{患者|かんじゃ}が{処方箋|しょほうせん}をえらんでいます", "The patient chooses the prescription"]],
  "take-card-back": ["card", ["{患者|かんじゃ}がカードを{取|と}ります", "The patient takes the card back"]],
};
const LIMITS = { A01: "区分ア", A02: "区分イ", A03: "区分ウ", A04: "区分エ", A05: "区分オ", A06: "区分オ（境）", B01: "現役並みⅢ", B02: "現役並みⅡ", B03: "現役並みⅠ", B04: "一般", B05: "低所得Ⅱ", B06: "低所得Ⅰ", B07: "低所得Ⅰ（老福）", B08: "低所得Ⅰ（境）", B09: "一般Ⅱ", B10: "一般Ⅰ" };
// Without a valid answer the insurance is proved in another way: these, in their order.
const PROOFS = [
  ["マイナポータルの{資格情報|しかくじょうほう}の{画面|がめん}とカード", "The insurance screen of Mynaportal, with the card"],
  ["{資格情報|しかくじょうほう}のお{知|し}らせとカード", "The notice of insurance data (資格情報のお知らせ), with the card"],
  ["{再来|さいらい}の{患者|かんじゃ}は、{変|か}わりがないことを{口頭|こうとう}で", "A returning patient: by word of mouth that nothing has changed"],
  ["{被保険者|ひほけんしゃ}{資格申立書|しかくもうしたてしょ}", "The patient’s written declaration (被保険者資格申立書)"],
];
const CONSENT_NAMES = { "limit": ["{限度額|げんどがく}", "limit"], "specific-diseases": ["{特定疾病|とくていしっぺい}", "specific diseases"], "health-check": ["{健診|けんしん}", "check-ups"], "drugs": ["{薬剤|やくざい}", "medicines"], "care": ["{診療|しんりょう}", "treatment"], "operations": ["{手術|しゅじゅつ}", "operations"], "diagnosis-names": ["{傷病名|しょうびょうめい}", "illnesses"], "infections": ["{感染症|かんせんしょう}", "infections"], "allergies": ["アレルギー", "allergies"], "contraindications": ["{薬剤禁忌|やくざいきんき}", "contraindications"], "tests": ["{検査|けんさ}", "tests"], "prescriptions": ["{処方|しょほう}", "prescribed drugs"] };
let shown = null;
const paragraph = (words, looks = "") => make("p", looks, words);
function now(session) {
  const question = session.question?.question;
  const idle = session.next.includes("place-card");
  const [drawing, words] = NOW[question] ?? (idle ? ["card", ["カードを{待|ま}っています", "Waiting for a card"]] : ["wait", BUSY[session.state] ?? ["{読取機|よみとりき}が{動|うご}いています", "The reader is at work"]]);
  const frame = make("div", "picture", icon(drawing));
  const whose = session.card ? (people[session.card] ? session.phone ? [`${named(session.card)} のスマートフォン`, `Phone of ${named(session.card)}`] : [`${named(session.card)} のカード`, `Card of ${named(session.card)}`] : ["{別|べつ}のカード", "Another card"]) : ["", ""];
  $("now").replaceChildren(frame, make("b", "", words), make("span", "whose", whose));
  const buttons = [];
  if (session.next.includes("start-visual")) buttons.push(button("", ["{目視確認|もくしかくにん}を{始|はじ}める", "Start the visual check"], () => act("start-visual"), icon("staff")));
  if (question === "staff-check") buttons.push(
    make("ol", "check-list", make("li", "", ["カードの{写真|しゃしん}と{患者|かんじゃ}の{顔|かお}を{見比|みくら}べます。", "Compare the photo on the card with the patient’s face."]), make("li", "", ["カードは{預|あず}かりません。{裏面|うらめん}の{番号|ばんごう}は{見|み}ません。", "Do not take the card; do not look at the number on its back."])),
    make("div", "choices", button("go", ["{本人|ほんにん}と{確認|かくにん}した", "This is the person"], () => act("confirm")), button("", ["{本人|ほんにん}ではない", "This is not the person"], () => act("refuse"))));
  const held = $("todo").contains(document.activeElement);
  $("todo").replaceChildren(...buttons);
  if (held) ($("todo").querySelector("button") ?? $("now-title")).focus?.();
  $("places").value = session.institution;
  $("places").disabled = !session.next.includes("use-reader");
}
const fact = (words, value) => value === null || value === undefined ? [] : [make("dt", "", words), make("dd", "", value)];
const japanese = (instant) => new Date(Date.parse(instant) + 9 * 3600e3).toISOString().slice(0, 16).replace("T", " ");
function last({ number, at, person, outcome, card }, end) {
  const { answer } = outcome, record = answer?.record;
  const [tone, , headline] = ENDS[end.kind] ?? UNKNOWN_END;
  const [how, validity] = answer ? VALIDITY[answer.validity] : [tone, headline];
  const fine = answer && [1, 6].includes(answer.validity);
  const box = make("div", `headline ${how}`, make("b", "", validity), outcome.notice ? make("span", "", outcome.notice === "grace" ? ["{証明書|しょうめいしょ}は{期限切|きげんぎ}れ（{猶予期間中|ゆうよきかんちゅう}）。{診療|しんりょう}などの{情報|じょうほう}は{提供|ていきょう}されません。", "Certificate expired, within grace: no medical information."] : ["{証明書|しょうめいしょ}の{期限|きげん}まで3か{月|げつ}{以内|いない}", "The certificate expires within three months"]) : null);
  const list = make("dl", "facts",
    ...fact(["いつ", "When"], japanese(at)),
    ...fact(["{氏名|しめい}", "Name"], record?.name ?? (people[card] ? named(card) : null)),
    ...fact(["{生年月日|せいねんがっぴ}", "Birth date"], record?.birthdate),
    ...fact(["{保険者番号|ほけんしゃばんごう}", "Insurer number"], record?.numbers.insurer_number),
    ...fact(["{記号|きごう}・{番号|ばんごう}・{枝番|えだばん}", "Symbol, number, branch"], record ? [record.numbers.symbol, record.numbers.number, record.numbers.branch].filter(Boolean).join(" · ") : null),
    ...fact(["{限度額|げんどがく}", "Limit"], answer?.limit ? `${LIMITS[answer.limit] ?? ""} ${answer.limit}`.trim() : null),
    ...fact(["{閲覧|えつらん}できる{期限|きげん}", "Information until"], answer?.available_until ? japanese(answer.available_until) : null));
  const consents = answer?.consents.length ? make("div", "tags", ...answer.consents.map((kind) => make("span", "", CONSENT_NAMES[kind]))) : null;
  const link = make("a", "more", ["この{受付|うけつけ}で{渡|わた}ったもの", "What crossed the seams in this visit"]);
  link.href = `/visits#visit=${number}`;
  const proofs = fine ? [] : [paragraph(["ほかの{方法|ほうほう}で{資格|しかく}を{確|たし}かめます。", "Prove the insurance in another way:"]), make("ol", "proofs", ...PROOFS.map((words) => make("li", "", words)))];
  $("last").replaceChildren(box, list, ...(consents ? [paragraph(["{同意|どうい}", "Consents"], "none"), consents] : []), ...proofs, link);
}
async function start() {
  tongues();
  try { await catalogue(); } catch (error) { if (error instanceof Refused) return setTimeout(start, 2000); throw error; }
  for (const place of Object.values(institutions)) { const option = make("option", "", place.name); option.value = place.code; option.lang = "ja"; $("places").append(option); }
  $("places").onchange = () => act("use-reader", { institution: $("places").value });
  $("last").replaceChildren(paragraph(["まだありません。", "None yet."], "none"));
  await follow(async (session) => {
    announce(["", ""]);
    now(session);
    if (session.visit === null || session.visit === shown) return;
    shown = session.visit;
    last(await ask(`/api/visits/${session.visit}`), session.end ?? { kind: "" });
  }, ({ title_ja, title }) => announce([title_ja, title]));
}
start();
