// ---- words of the reader's screens --------------------------------------------------------------------------------
// Consents: what is asked for, and who is helped by it.
const CONSENTS = {
  "limit": [["{限度額情報|げんどがくじょうほう}", "your payment limit"], ["{窓口|まどぐち}での{支払|しはら}いを、{限度額|げんどがく}までにするために{使|つか}います。", "So that you pay no more at the counter than your monthly limit."]],
  "specific-diseases": [["{特定疾病療養受療証|とくていしっぺいりょうようじゅりょうしょう}の{情報|じょうほう}", "your certificate for specific diseases"], ["{長|なが}く{続|つづ}く{治療|ちりょう}の{自己負担額|じこふたんがく}を{確|たし}かめるために{使|つか}います。", "To see what you pay for a treatment that goes on for long."]],
  "health-check": [["{健診情報|けんしんじょうほう}", "your health check-ups"], ["{健康診断|けんこうしんだん}の{結果|けっか}を、{診察|しんさつ}や{薬|くすり}の{相談|そうだん}に{使|つか}います。", "The results of check-ups help with diagnosis and medicine."]],
  "drugs": [["お{薬|くすり}の{情報|じょうほう}", "your medicines"], ["これまでに{処方|しょほう}された{薬|くすり}を{確|たし}かめ、{飲|の}み{合|あ}わせに{気|き}をつけます。", "What you were given so far, so that medicines do not clash."]],
  "care": [["{診療情報|しんりょうじょうほう}", "your past treatment"], ["これまでの{受診|じゅしん}の{記録|きろく}を、{診察|しんさつ}に{使|つか}います。", "The record of earlier visits helps with the treatment."]],
  "operations": [["{手術情報|しゅじゅつじょうほう}", "your operations"], ["これまでの{手術|しゅじゅつ}の{記録|きろく}を、{診察|しんさつ}に{使|つか}います。", "The record of operations helps with the treatment."]],
  "diagnosis-names": [["{傷病名|しょうびょうめい}の{情報|じょうほう}", "the names of your illnesses"], ["ほかの{医療機関|いりょうきかん}の{電子|でんし}カルテの{記録|きろく}を、{診察|しんさつ}に{使|つか}います。", "What other institutions recorded helps with the treatment."]],
  "infections": [["{感染症|かんせんしょう}の{情報|じょうほう}", "your infections"], ["ほかの{医療機関|いりょうきかん}の{電子|でんし}カルテの{記録|きろく}を、{診察|しんさつ}に{使|つか}います。", "What other institutions recorded helps with the treatment."]],
  "allergies": [["アレルギーの{情報|じょうほう}", "your allergies"], ["ほかの{医療機関|いりょうきかん}の{電子|でんし}カルテの{記録|きろく}を、{診察|しんさつ}に{使|つか}います。", "What other institutions recorded helps with the treatment."]],
  "contraindications": [["{薬剤禁忌|やくざいきんき}の{情報|じょうほう}", "medicines you must not take"], ["ほかの{医療機関|いりょうきかん}の{電子|でんし}カルテの{記録|きろく}を、{診察|しんさつ}に{使|つか}います。", "What other institutions recorded helps with the treatment."]],
  "tests": [["{検査|けんさ}の{情報|じょうほう}", "your test results"], ["ほかの{医療機関|いりょうきかん}の{電子|でんし}カルテの{記録|きろく}を、{診察|しんさつ}に{使|つか}います。", "What other institutions recorded helps with the treatment."]],
  "prescriptions": [["{処方|しょほう}の{情報|じょうほう}", "what was prescribed to you"], ["ほかの{医療機関|いりょうきかん}の{電子|でんし}カルテの{記録|きろく}を、{診察|しんさつ}に{使|つか}います。", "What other institutions recorded helps with the treatment."]],
};
const MEDICAL = ["health-check", "drugs", "care", "operations", "diagnosis-names", "infections", "allergies", "contraindications", "tests", "prescriptions"];
// What the reader does while nobody is asked.
const BUSY = {
  "recognising-phone": ["スマートフォンを{読|よ}んでいます", "Reading your phone"],
  "checking-phone-pin": ["{暗証番号|あんしょうばんごう}を{確|たし}かめています", "Checking your PIN"],
  "recognising": ["カードを{読|よ}んでいます", "Reading your card"],
  "opening-face": ["カードを{読|よ}んでいます", "Reading your card"],
  "comparing": ["お{顔|かお}を{照合|しょうごう}しています", "Comparing your face"],
  "checking-pin": ["{暗証番号|あんしょうばんごう}を{確|たし}かめています", "Checking your PIN"],
  "reading-certificate": ["{電子証明書|でんししょうめいしょ}を{読|よ}んでいます", "Reading your certificate"],
  "certifying": ["{電子証明書|でんししょうめいしょ}を{確|たし}かめています", "Checking your certificate"],
  "qualifying": ["{資格|しかく}を{確|たし}かめています", "Checking your insurance"],
};
const PLEASE_WAIT = ["お{待|ま}ちください", "One moment, please"];
const LEAVE_CARD = ["カードを{置|お}いたままお{待|ま}ちください。", "Please leave your card where it is."];
const HOLD_ON = ["スマートフォンをかざしたままお{待|ま}ちください。", "Please keep your phone on the reader."];
const ASK_STAFF = ["{窓口|まどぐち}の{職員|しょくいん}にお{声|こえ}がけください。", "Please speak to the staff at the counter."];
const OTHER_PROOF = ["ほかの{方法|ほうほう}で{保険|ほけん}の{資格|しかく}を{確|たし}かめます。", "Your insurance will be checked in another way."];
// Tone, drawing, headline, and what to do.
const ENDS = {
  "completed": ["ok", "check", ["{受付|うけつけ}が{終|お}わりました", "You are checked in"], []],
  "no-card": ["calm", "card", ["カードがありません", "There is no card"], [["マイナンバーカードを{置|お}いてください。", "Please place your My Number Card."]]],
  "not-recognised": ["stop", "stop", ["カードを{読|よ}み{取|と}れません", "The card cannot be read"], [["{向|む}きを{確|たし}かめて、もう{一度|いちど}{置|お}いてください。", "Please place it again, the chip towards the reader."], ASK_STAFF]],
  "not-my-number-card": ["stop", "stop", ["マイナンバーカードではありません", "This is not a My Number Card"], [["マイナンバーカードを{置|お}いてください。", "Please place your My Number Card."]]],
  "phone-not-supported": ["mind", "phone", ["スマートフォンは{使|つか}えません", "Phones cannot be used here"], [["マイナンバーカードを{置|お}いてください。", "Please place your My Number Card."]]],
  "card-removed": ["calm", "card", ["カードが{取|と}り{外|はず}されました", "The card was taken away"], [["もう{一度|いちど}、{最初|さいしょ}からお{願|ねが}いします。", "Please start again."]]],
  "card-unreadable": ["stop", "stop", ["カードを{読|よ}み{取|と}れません", "The card cannot be read"], [OTHER_PROOF, ASK_STAFF]],
  "timed-out": ["calm", "wait", ["{時間|じかん}が{過|す}ぎました", "The time has run out"], [["もう{一度|いちど}、{最初|さいしょ}からお{願|ねが}いします。", "Please start again."]]],
  "gave-up": ["calm", "back", ["{受付|うけつけ}をやめました", "The check-in was cancelled"], [["もう{一度|いちど}、{最初|さいしょ}からお{願|ねが}いします。", "Please start again."]]],
  "phone-locked": ["stop", "phone", ["スマートフォンで{本人確認|ほんにんかくにん}ができていません", "The phone has not checked its holder"], [["スマートフォンの{画面|がめん}で{確認|かくにん}してから、もう{一度|いちど}お{願|ねが}いします。", "Please unlock the phone and start again."]]],
  "no-certificate": ["stop", "stop", ["{電子証明書|でんししょうめいしょ}がありません", "The card has no certificate"], [["このカードは{保険証|ほけんしょう}として{使|つか}えません。", "It cannot be used as an insurance card."], ASK_STAFF]],
  "mode-not-offered": ["calm", "staff", ["{本人確認|ほんにんかくにん}ができませんでした", "You were not identified"], [ASK_STAFF]],
  "no-picture": ["calm", "face", ["{撮影|さつえい}できませんでした", "No picture could be taken"], [ASK_STAFF]],
  "tampered-face": ["stop", "stop", ["カードの{顔写真|かおじゃしん}を{確|たし}かめられません", "The photo in the card cannot be trusted"], [ASK_STAFF]],
  "face-mismatch": ["stop", "face", ["お{顔|かお}を{確認|かくにん}できませんでした", "Your face could not be confirmed"], [["もう{一度|いちど}ためすか、{暗証番号|あんしょうばんごう}を{使|つか}えます。", "You may try again, or use your PIN."], ASK_STAFF]],
  "face-locked": ["stop", "face", ["{顔認証|かおにんしょう}は{使|つか}えなくなりました", "Face recognition is locked"], [["{暗証番号|あんしょうばんごう}をお{使|つか}いください。", "Please use your PIN."], ASK_STAFF]],
  "wrong-pin": ["stop", "keys", ["{暗証番号|あんしょうばんごう}が{違|ちが}います", "The PIN is wrong"], [ASK_STAFF]],
  "pin-locked": ["stop", "keys", ["{暗証番号|あんしょうばんごう}がロックされました", "The PIN is locked"], [["{解除|かいじょ}は{市区町村|しくちょうそん}の{窓口|まどぐち}です。", "Only your municipality can unlock it."], ASK_STAFF]],
  "staff-refused": ["stop", "staff", ["{本人確認|ほんにんかくにん}ができませんでした", "You were not identified"], [ASK_STAFF]],
  "terminal-not-approved": ["sys", "mind", ["この{読取機|よみとりき}では{確認|かくにん}できません", "This reader cannot be used"], [ASK_STAFF]],
  "certificate-refused": ["stop", "stop", ["{電子証明書|でんししょうめいしょ}を{利用|りよう}できません", "The certificate cannot be used"], [["{失効|しっこう}しているか、{期限|きげん}が{切|き}れています。", "It is revoked or has expired."], OTHER_PROOF, ASK_STAFF]],
  "signature-refused": ["stop", "stop", ["カードの{署名|しょめい}を{確認|かくにん}できません", "The card’s signature is not valid"], [OTHER_PROOF, ASK_STAFF]],
  "not-registered": ["mind", "book", ["{保険証|ほけんしょう}として{登録|とうろく}できません", "The card cannot be registered"], [OTHER_PROOF, ASK_STAFF]],
  "registration-declined": ["calm", "book", ["{登録|とうろく}しませんでした", "The card was not registered"], [OTHER_PROOF, ASK_STAFF]],
  "closed": ["sys", "wait", ["ただいま{停止|ていし}しています", "The service is closed at the moment"], [OTHER_PROOF, ASK_STAFF]],
  "system-error": ["sys", "mind", ["{確認|かくにん}できませんでした", "The check could not be made"], [["{機械|きかい}や{通信|つうしん}の{不具合|ふぐあい}です。お{客|きゃく}さまのカードの{問題|もんだい}ではありません。", "Something is wrong with the system, not with your card."], ASK_STAFF]],
};
const UNKNOWN_END = ["sys", "mind", ["{受付|うけつけ}を{終|お}えられませんでした", "The check-in did not finish"], [ASK_STAFF]];
// What the answer says about the insurance; a word for whoever is covered, a sentence for whoever is not.
const VALIDITY = {
  1: ["ok", ["{保険|ほけん}の{資格|しかく}: {有効|ゆうこう}", "Insurance: valid"]],
  2: ["mind", ["{保険|ほけん}の{資格|しかく}: {無効|むこう}", "Insurance: not valid"]],
  3: ["mind", ["{保険|ほけん}の{資格|しかく}: {無効|むこう}（{新|あたら}しい{資格|しかく}あり）", "Insurance: not valid, there is a newer one"]],
  4: ["mind", ["{保険|ほけん}の{資格|しかく}: {情報|じょうほう}なし", "Insurance: nothing on record"]],
  5: ["mind", ["{保険|ほけん}の{資格|しかく}: {複数該当|ふくすうがいとう}", "Insurance: several found"]],
  6: ["ok", ["{保険|ほけん}の{資格|しかく}: {有効|ゆうこう}（{未登録|みとうろく}）", "Insurance: valid, not yet registered"]],
};
const NOTICES = {
  "renew_certificate": ["{電子証明書|でんししょうめいしょ}の{有効期限|ゆうこうきげん}が{近|ちか}いか、{過|す}ぎています。{市区町村|しくちょうそん}の{窓口|まどぐち}で{更新|こうしん}してください。", "Your certificate expires soon, or has expired. Please renew it at your municipality."],
  "grace": ["{期限|きげん}{後|ご}のため、お{薬|くすり}や{健診|けんしん}などの{情報|じょうほう}は{提供|ていきょう}されません。", "As it has expired, no medical information is passed on."],
  "other": ["お{知|し}らせがあります。{窓口|まどぐち}の{職員|しょくいん}におたずねください。", "There is a notice for you. Please ask the staff."],
};
// What may be before the camera.
const CAPTURES = {
  "clean": ["{明|あか}るい{所|ところ}で", "in good light"], "poor": ["{逆光|ぎゃっこう}で{急|いそ}いで", "against the light, in a hurry"], "pose": ["{顔|かお}を{傾|かたむ}けて", "head tilted, off the middle"], "light": ["{暗|くら}い・まぶしい", "too dark or too bright"],
  "blur": ["ピンぼけ", "out of focus"], "noise": ["ざらつき", "a grainy picture"], "age": ["{写真|しゃしん}から9{年|ねん}", "nine years after the photo"], "glasses": ["{眼鏡|めがね}を{掛|か}けて（{外|はず}して）", "glasses on, or taken off"], "mask": ["マスクをして", "wearing a mask"], "twins": ["{双子|ふたご}のもう{一人|ひとり}", "the twin"],
  "print": ["{印刷|いんさつ}した{写真|しゃしん}を{出|だ}す", "a printed photo is held up"], "screen": ["{画面|がめん}に{映|うつ}した{写真|しゃしん}を{出|だ}す", "a photo on a screen is held up"], "blank": ["{白|しろ}い{紙|かみ}を{出|だ}す", "a blank sheet is held up"], "dead": ["カメラの{故障|こしょう}", "the camera is broken"],
};
