// ---- the patient's screen -----------------------------------------------------------------------------------------
/** What stands beside the screen and follows it. */
let beside = () => {};
/** What the keyboard does while a PIN is asked for, wherever the focus is. */
let typing = null;
addEventListener("keydown", (event) => { if (!event.target.closest("select")) typing?.(event); });
let session = null, entry = "", picked = "clean", someone = null, held = null, agreed = false, resting = null;
const FIRST = "hanako";
/** The screen's words: a headline that takes the focus, so that it is read out, and what belongs to it. */
function glass(looks, headline, ...rest) {
  const head = make("h1", "", headline);
  head.tabIndex = -1;
  $("glass").className = `glass ${looks}`;
  $("glass").replaceChildren(...rest.filter((part) => part?.classList?.contains("above")), head, ...rest.filter((part) => part && !part.classList?.contains("above")));
  // Who works at hand, in the tray, is not torn away from there.
  if (!$("tray").contains(document.activeElement)) head.focus({ preventScroll: true });
}
const line = (words, looks = "lead") => make("p", looks, words);
const picture = (name, tone = "") => { const frame = make("div", `picture above ${tone}`, icon(name)); frame.setAttribute("aria-hidden", "true"); return frame; };
const may = (name) => session.next.includes(name);
const choices = (...buttons) => make("div", "choices", ...buttons);
const turnBack = () => may("give-up") ? button("quiet", ["やめる", "Cancel"], () => act("give-up"), icon("back")) : null;

const QUESTIONS = {
  "mode": ({ offered }) => {
    const wrong = session.wrong && line({ "face-mismatch": ["お{顔|かお}を{確認|かくにん}できませんでした。もう{一度|いちど}えらんでください。", "Your face could not be confirmed. Please choose again."], "face-locked": ["{顔認証|かおにんしょう}は{使|つか}えなくなりました。ほかの{方法|ほうほう}をえらんでください。", "Face recognition is locked. Please choose another way."], "pin-locked": ["{暗証番号|あんしょうばんごう}は{使|つか}えません。ほかの{方法|ほうほう}をえらんでください。", "The PIN cannot be used. Please choose another way."], "no-picture": ["{撮影|さつえい}できませんでした。もう{一度|いちど}えらんでください。", "No picture could be taken. Please choose again."] }[session.wrong], "note mind");
    const face = offered.includes("face") && button("choice", ["{顔認証|かおにんしょう}", "Face"], () => act("face"), icon("face"));
    const pin = offered.includes("pin") && button("choice", ["{暗証番号|あんしょうばんごう}", "PIN"], () => act("pin"), icon("keys"));
    const none = !face && !pin;
    glass("ask", none ? ["{職員|しょくいん}が{確認|かくにん}します", "Staff will identify you"] : ["{本人確認|ほんにんかくにん}の{方法|ほうほう}をえらんでください", "How would you like to be identified?"], wrong,
      none ? line(ASK_STAFF) : choices(face, pin),
      none ? null : line(["{顔認証|かおにんしょう}も{暗証番号|あんしょうばんごう}も{使|つか}えないときは、{窓口|まどぐち}の{職員|しょくいん}が{確認|かくにん}します。", "If you can use neither, the staff at the counter will help you."], "hint"), turnBack());
  },
  "look": () => glass("look", ["カメラを{見|み}てください", "Please look into the camera"], oval(), line(["{枠|わく}の{中|なか}にお{顔|かお}を{合|あ}わせてください。", "Bring your face into the frame."]), turnBack()),
  "pin": ({ tries_left }) => keypad(tries_left, ["{暗証番号|あんしょうばんごう}4{桁|けた}を{入力|にゅうりょく}してください", "Enter your four-digit PIN"]),
  "phone-pin": () => keypad(null, ["スマートフォンの{暗証番号|あんしょうばんごう}4{桁|けた}", "Enter the four-digit PIN of your phone"]),
  "hold-phone": () => glass("ask", ["スマートフォンをかざしてください", "Hold your phone over the reader"], picture("phone"), choices(button("go", ["かざしました", "I am holding it"], () => act("done"))), turnBack()),
  "staff-check": () => glass("busy", ["{職員|しょくいん}が{確認|かくにん}しています", "Staff are checking"], picture("staff"), line(leave()), dots()),
  "registration": () => glass("ask", ["{保険証|ほけんしょう}として{登録|とうろく}しますか", "Register this card as your insurance card?"], picture("book"),
    line(["このカードは、まだ{保険証|ほけんしょう}として{登録|とうろく}されていません。{登録|とうろく}は{一度|いちど}だけです。", "It is not registered yet. You only do this once."]),
    choices(button("go", ["{登録|とうろく}する", "Register"], () => act("yes")), button("", ["{登録|とうろく}しない", "Do not register"], () => act("no")))),
  "consent": ({ kind }) => consent(kind),
  "prescription-form": () => glass("ask", ["{処方箋|しょほうせん}はどちらにしますか", "Which kind of prescription?"],
    choices(button("choice", ["{電子処方箋|でんししょほうせん}", "Electronic"], () => act("electronic"), icon("phone")), button("choice", ["{紙|かみ}の{処方箋|しょほうせん}", "Paper"], () => act("paper"), icon("paper")))),
  "take-card-back": () => ended(true),
};
function oval() {
  const frame = make("div", "oval above", icon("face"));
  const video = $("webcam").srcObject;
  if (video) { const mirror = document.createElement("video"); mirror.muted = mirror.autoplay = mirror.playsInline = true; mirror.srcObject = video; mirror.tabIndex = -1; frame.replaceChildren(mirror); }
  frame.setAttribute("aria-hidden", "true");
  return frame;
}
const dots = () => { const row = make("div", "dots", make("i"), make("i"), make("i")); row.setAttribute("aria-hidden", "true"); return row; };
function consent(kind) {
  const [what, why] = CONSENTS[kind], asked = session.consents, place = asked.indexOf(kind);
  const [ja, en] = what;
  // "Yes to all that is left" is an answer to each of these questions, given one after the other.
  if (agreed && MEDICAL.includes(kind)) return void act("yes");
  agreed = false;
  const left = asked.slice(place).filter((other) => MEDICAL.includes(other)).length;
  const steps = make("div", "steps above", ...asked.map((other, at) => make("i", at < place ? "done" : at === place ? "now" : "")));
  label(steps, [`${place + 1} / ${asked.length}`, `${place + 1} of ${asked.length}`]).setAttribute("role", "img");
  glass("ask", [`この{医療機関|いりょうきかん}に、${ja}を{提供|ていきょう}しますか`, `Share ${en} with this institution?`], steps, line(why),
    choices(button("go", ["{同意|どうい}する", "Agree"], () => act("yes")), button("", ["{同意|どうい}しない", "Do not agree"], () => act("no"))),
    MEDICAL.includes(kind) ? line(["{同意|どうい}は24{時間|じかん}、この{医療機関|いりょうきかん}だけで{有効|ゆうこう}です。", "Consent counts for 24 hours, and here only."], "hint") : null,
    MEDICAL.includes(kind) && left > 1 ? button("quiet", [`{残|のこ}り${left}{件|けん}すべてに{同意|どうい}する`, `Agree to all ${left} that are left`], () => { agreed = true; act("yes"); }) : null);
}
function keypad(left, headline) {
  entry = "";
  const shown = make("output", "pips", ...[0, 1, 2, 3].map(() => make("i")));
  const count = make("p", "unseen");
  count.setAttribute("role", "status");
  const done = button("go", ["{決定|けってい}", "Enter"], send);
  const retype = () => {
    shown.childNodes.forEach((pip, at) => pip.classList.toggle("full", at < entry.length));
    done.disabled = entry.length !== 4;
    say(count, [`${entry.length}桁`, `${entry.length} digits`]);
  };
  async function send() { if (entry.length === 4) { const pin = entry; entry = ""; retype(); await act("type", { pin }); } }
  const press = (key) => { entry = key === "clear" ? "" : entry.length < 4 ? entry + key : entry; retype(); };
  const digit = (key) => button("digit", [key, key], () => press(key));
  const pad = make("div", "pad", ..."123456789".split("").map(digit), button("word", ["{消|け}す", "Clear"], () => press("clear")), digit("0"), done);
  typing = (event) => {
    if (/^\d$/.test(event.key)) press(event.key);
    else if (event.key === "Backspace") { entry = entry.slice(0, -1); retype(); }
    else if (event.key === "Enter" && !event.target.closest("button")) send();
  };
  shown.setAttribute("aria-hidden", "true");
  const tries = left === null ? null : line(session.wrong === "pin-wrong" ? [`{違|ちが}っています。あと${left}{回|かい}{入力|にゅうりょく}できます。`, `That was wrong. ${left} ${left === 1 ? "try" : "tries"} left.`] : [`あと${left}{回|かい}まちがえるとロックされます。`, `The PIN locks after ${left} wrong ${left === 1 ? "entry" : "entries"}.`], session.wrong === "pin-wrong" || left < 3 ? "note mind" : "hint");
  glass("keypad", headline, tries, shown, count, pad, turnBack());
  retype();
}
function ended(here) {
  const end = session.end ?? { kind: "completed" };
  const [tone, drawing, headline, todo] = ENDS[end.kind] ?? UNKNOWN_END;
  const facts = [];
  if (end.validity) { const [how, words] = VALIDITY[end.validity]; facts.push(line(words, `note ${how}`)); }
  if (end.registered_now) facts.push(line(["{保険証|ほけんしょう}として{登録|とうろく}しました。", "The card is now registered as your insurance card."], "note ok"));
  for (const notice of session.notices) facts.push(line(NOTICES[notice], "note mind"));
  const code = session.code && line([`{画面|がめん}コード ${session.code}`, `Screen code ${session.code}`], "code");
  const back = here ? make("p", "takeback", icon("card"), ["カードをお{取|と}りください", "Please take your card"]) : null;
  glass(`end ${tone}`, headline, picture(drawing, tone), ...todo.map((words) => line(words)), ...facts, back, code);
}
const leave = () => session.phone ? HOLD_ON : LEAVE_CARD;
function busy() {
  glass("busy", BUSY[session.state] ?? PLEASE_WAIT, picture(session.phone ? "phone" : "card"), line(leave()), dots());
}
function invite() {
  glass("invite", ["マイナンバーカードを{置|お}いてください", "Please place your My Number Card"], reader(), line(["カードは、{手続|てつづ}きが{終|お}わるまで{置|お}いたままにしてください。", "Leave it there until the check-in is finished."]));
}
function reader() { const drawing = make("div", "reader above", icon("card")); drawing.setAttribute("aria-hidden", "true"); return drawing; }

// ---- at hand: what in a clinic is no screen but a card, a reader and a face ---------------------------------------
function face(id, phone) {
  const { name, kana } = people[id];
  const name_ = make("b", "", name); name_.lang = "ja";
  const kana_ = make("small", "", kana.normalize("NFKC")); kana_.lang = "ja";
  return make("span", phone ? "plastic phone" : "plastic", phone ? icon("phone") : make("span", "chip-gold"), make("span", "who", kana_, name_));
}
function tray() {
  const tray = $("tray"), idle = session.next.includes("place-card");
  // Not rebuilt under somebody's finger.
  const kind = idle ? "drawer" : session.question?.question === "look" ? `look ${session.revision}` : `lies ${session.card} ${may("take-card")}`;
  if (tray.dataset.kind === kind) return;
  const inside = tray.contains(document.activeElement);
  tray.dataset.kind = kind;
  const head = (words) => { const head = make("h2", "", words); head.tabIndex = -1; return head; };
  if (idle) tray.replaceChildren(head(held ? ["だれのスマートフォンをかざしますか", "Whose phone do you hold over?"] : ["どのカードを{置|お}きますか", "Which card do you place?"]), holding(), drawer());
  else if (kind.startsWith("look")) tray.replaceChildren(head(["カメラの{前|まえ}に{何|なに}を{出|だ}しますか", "What does the camera see?"]), camera(), lying());
  else tray.replaceChildren(head(session.phone ? ["スマートフォン", "The phone"] : ["カード", "The card"]), lying());
  if (inside) tray.querySelector("h2").focus({ preventScroll: true });
}
/** What everybody puts on the reader: the card, or a phone of one kind. */
function holding() {
  const kinds = [[null, "card", ["カード", "Card"]], ["android", "phone", ["Android", "Android"]], ["iphone", "phone", ["iPhone", "iPhone"]]];
  const buttons = kinds.map(([phone, drawing, words]) => {
    const kind = button("kind", words, () => { held = phone; $("tray").dataset.kind = ""; tray(); $("tray").querySelector(`[data-phone="${phone ?? "card"}"]`).focus(); }, icon(drawing));
    kind.setAttribute("aria-pressed", String(held === phone));
    kind.dataset.phone = phone ?? "card";
    return kind;
  });
  const group = label(make("div", "kinds", ...buttons), ["{置|お}くもの", "What is placed"]);
  group.setAttribute("role", "group");
  return group;
}
function drawer() {
  const place = (card) => () => { someone = null; picked = "clean"; act("place-card", held ? { card, phone: held } : { card }); };
  const cards = Object.values(people).filter(({ card }) => card).sort((a, b) => (b.id === FIRST) - (a.id === FIRST)).map(({ id }) => {
    const pick = button("pick", "", place(id), face(id, held));
    pick.lastChild.remove();
    pick.dataset.card = id;
    return pick;
  });
  // A card of another kind has no phone.
  const others = held ? [] : [["foreign", ["{別|べつ}の IC カード", "another IC card"]], ["blank", ["チップのないカード", "a card without chip"]]].map(([card, words]) => {
    const pick = button("pick other", words, place(card));
    pick.dataset.card = card;
    return pick;
  });
  return make("div", "drawer", ...cards, ...others);
}
function lying() {
  const here = session.card && people[session.card] ? face(session.card, session.phone) : make("span", "plastic other", ["カード", "card"]);
  const take = button("take", session.phone ? ["スマートフォンを{離|はな}す", "Take the phone"] : ["カードを{取|と}る", "Take the card"], () => act("take-card"), icon("lift"));
  take.disabled = !may("take-card");
  take.id = "take";
  return make("div", "lying", make("div", "slot", here), take);
}
/** Who stands before the camera, and how: the conditions and attacks of the face generator. */
function camera() {
  const holder = session.card;
  const look = (person) => () => act("look", person() ? { capture: how.value, person: person() } : { capture: how.value });
  const how = select(["どのように", "How"], session.captures.map((capture) => [capture, CAPTURES[capture] ?? [capture, capture]]), picked);
  how.onchange = () => { picked = how.value; };
  how.id = "how";
  const self = button("capture", ["{本人|ほんにん}", "The person on the card"], look(() => null));
  self.dataset.capture = "self";
  const who = select(["{別|べつ}の{人|ひと}", "Another person"], Object.values(people).filter(({ id }) => id !== holder).map(({ id, name }) => [id, name]), someone);
  who.onchange = () => { someone = who.value; };
  const other = button("capture", ["{別|べつ}の{人|ひと}を{撮|と}る", "This other person"], look(() => who.value));
  other.dataset.capture = "other";
  const web = button("quiet", ["このパソコンのカメラを{映|うつ}す", "Show this webcam"], webcam);
  return make("div", "camera", make("div", "pair", how, self), make("div", "pair", who, other), web, line(["{映|うつ}すだけです。{照合|しょうごう}には{使|つか}わず、どこにも{送|おく}りません。", "For show only: it is not compared and sent nowhere."], "hint"));
}
/** A choice among values, each with its words. */
function select(words, options, chosen) {
  const list = label(make("select", ""), words);
  for (const [value, words] of options) { const option = say(make("option", ""), words); option.value = value; list.append(option); }
  if (chosen) list.value = chosen;
  return list;
}
async function webcam() {
  try { $("webcam").srcObject = await navigator.mediaDevices.getUserMedia({ video: true }); QUESTIONS.look(); } catch { announce(["カメラを{使|つか}えません。", "The camera cannot be used."]); }
}
function darken() {
  for (const track of $("webcam").srcObject?.getTracks() ?? []) track.stop();
  $("webcam").srcObject = null;
}

// ---- from state to screen -----------------------------------------------------------------------------------------
function draw(now, first) {
  clearTimeout(resting);
  session = now;
  $("place").textContent = institutions[now.institution]?.name ?? "";
  const asked = now.question?.question;
  typing = null;
  document.body.dataset.screen = asked ?? now.state;
  if (asked !== "look") darken();
  if (asked !== "consent") agreed = false;
  if (asked) (QUESTIONS[asked] ?? busy)(now.question);
  else if (now.next.includes("place-card")) {
    const over = now.end && !first;
    if (over) ended(false); else invite();
    document.body.dataset.screen = over ? "over" : "place-card";
    // The next patient finds the screen as it was at first.
    if (over) resting = setTimeout(() => { document.body.dataset.screen = "place-card"; invite(); }, 6000);
  } else busy();
  tray();
  beside();
}
