//! What a step's words stand for: names, days, instants, consents, endings, requirement ids.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use cucumber::Parameter;
use jiff::civil::{Date, DateTime};

use crate::checks::outcome::PortalList;
use crate::model::{CardFault, ConsentKind, InboxDecision, NumberName, PortalEnd, VisitEnd};

/// A word the vocabulary does not know.
#[derive(Debug, thiserror::Error)]
#[error("`{word}` is no {kind}")]
pub struct UnknownWord {
    kind: &'static str,
    word: String,
}

pub(super) fn unknown(kind: &'static str, word: &str) -> UnknownWord {
    UnknownWord { kind, word: word.to_owned() }
}

/// The name of a persona or an institution, in 「」 or in quotes.
#[derive(Debug, Clone, Parameter)]
#[param(name = "name", regex = "「[^」]+」|\"[^\"]+\"")]
pub struct Name(pub String);

impl FromStr for Name {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.trim_matches(['「', '」', '"']).to_owned()))
    }
}

/// Names of people, listed with 「と」 or "and".
#[derive(Debug, Clone, Parameter)]
#[param(name = "names", regex = "「[^」]+」(?:と「[^」]+」)*|\"[^\"]+\"(?: and \"[^\"]+\")*")]
pub struct Names(pub Vec<Name>);

impl FromStr for Names {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let names = text.split("」と「").flat_map(|part| part.split("\" and \""));
        Ok(Self(names.map(|name| Name(name.trim_matches(['「', '」', '"']).to_owned())).collect()))
    }
}

/// Whether a limit class changed.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(
    name = "changed",
    regex = "変更ありと回答される|変更なしと回答される|answered as changed|answered as unchanged"
)]
pub struct Changed(pub bool);

impl FromStr for Changed {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "変更ありと回答される" | "answered as changed" => Ok(Self(true)),
            "変更なしと回答される" | "answered as unchanged" => Ok(Self(false)),
            _ => Err(unknown("answer about a limit", text)),
        }
    }
}

/// A word in 「」 or in quotes that is no name: a PIN, a number, a code.
#[derive(Debug, Clone, Parameter)]
#[param(name = "quoted", regex = "『[^』]*』|'[^']*'")]
pub struct Quoted(pub String);

impl FromStr for Quoted {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.trim_matches(['『', '』', '\'']).to_owned()))
    }
}

/// A Japanese calendar day: `2026年4月1日` or `2026-04-01`.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(name = "date", regex = "\\d{4}年\\d{1,2}月\\d{1,2}日|\\d{4}-\\d{2}-\\d{2}")]
pub struct Day(pub Date);

impl FromStr for Day {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.replace(['年', '月'], "-").replace('日', "");
        Date::strptime("%Y-%m-%d", plain).map(Self).map_err(|_| unknown("calendar day", text))
    }
}

/// An instant by a Japanese clock: `2026年4月1日9時30分` or `2026-04-01 09:30:00`.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(
    name = "instant",
    regex = "\\d{4}年\\d{1,2}月\\d{1,2}日\\d{1,2}時\\d{1,2}分(?:\\d{1,2}秒)?|\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}(?::\\d{2})?"
)]
pub struct Instant(pub DateTime);

impl FromStr for Instant {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text
            .replace(['年', '月'], "-")
            .replace('日', " ")
            .replace(['時', '分'], ":")
            .replace('秒', "");
        let plain = plain.trim_end_matches(':');
        DateTime::strptime("%Y-%m-%d %H:%M:%S", plain)
            .or_else(|_| DateTime::strptime("%Y-%m-%d %H:%M", plain))
            .map(Self)
            .map_err(|_| unknown("instant", text))
    }
}

const CONSENT_WORDS: [(ConsentKind, &str, &str); 12] = [
    (ConsentKind::Limit, "限度額情報", "limit"),
    (ConsentKind::SpecificDiseases, "特定疾病情報", "specific diseases"),
    (ConsentKind::HealthCheck, "健診情報", "health checks"),
    (ConsentKind::Drugs, "薬剤情報", "drugs"),
    (ConsentKind::Care, "診療情報", "care"),
    (ConsentKind::Operations, "手術情報", "operations"),
    (ConsentKind::DiagnosisNames, "傷病名情報", "diagnosis names"),
    (ConsentKind::Infections, "感染症情報", "infections"),
    (ConsentKind::Allergies, "アレルギー情報", "allergies"),
    (ConsentKind::Contraindications, "薬剤禁忌情報", "contraindications"),
    (ConsentKind::Tests, "検査情報", "tests"),
    (ConsentKind::Prescriptions, "処方情報", "prescribed drugs"),
];

/// Consents, listed with 「と」 or "and"; 「なし」 or "nothing" for none.
#[derive(Debug, Clone, Parameter)]
#[param(
    name = "consents",
    regex = "(?:限度額情報|特定疾病情報|健診情報|薬剤情報|診療情報|手術情報|傷病名情報|感染症情報|アレルギー情報|薬剤禁忌情報|検査情報|処方情報)(?:と(?:限度額情報|特定疾病情報|健診情報|薬剤情報|診療情報|手術情報|傷病名情報|感染症情報|アレルギー情報|薬剤禁忌情報|検査情報|処方情報))*|(?:limit|specific diseases|health checks|drugs|care|operations|diagnosis names|infections|allergies|contraindications|tests|prescribed drugs)(?: and (?:limit|specific diseases|health checks|drugs|care|operations|diagnosis names|infections|allergies|contraindications|tests|prescribed drugs))*"
)]
pub struct Consents(pub BTreeSet<ConsentKind>);

impl FromStr for Consents {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let kinds = text.split(" and ").flat_map(|part| part.split('と')).map(|word| {
            let found = CONSENT_WORDS.iter().find(|(_, ja, en)| *ja == word || *en == word);
            found.map(|(kind, ..)| *kind).ok_or_else(|| unknown("consent", word))
        });
        kinds.collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for Consents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = CONSENT_WORDS.iter().filter(|(kind, ..)| self.0.contains(kind));
        let words: Vec<&str> = known.map(|(_, ja, _)| *ja).collect();
        f.write_str(&words.join("と"))
    }
}

/// QualificationValidity in words (CD006).
#[derive(Debug, Clone, Copy, Parameter)]
#[param(
    name = "validity",
    regex = "有効|無効|無効・新しい資格あり|資格情報なし|複数該当|有効・未登録|valid|invalid|replaced|not found|ambiguous|valid and not registered"
)]
pub struct Validity(pub u8);

impl FromStr for Validity {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "有効" | "valid" => Ok(Self(1)),
            "無効" | "invalid" => Ok(Self(2)),
            "無効・新しい資格あり" | "replaced" => Ok(Self(3)),
            "資格情報なし" | "not found" => Ok(Self(4)),
            "複数該当" | "ambiguous" => Ok(Self(5)),
            "有効・未登録" | "valid and not registered" => Ok(Self(6)),
            _ => Err(unknown("validity", text)),
        }
    }
}

const ENDINGS: [(VisitEnd, &str, &str); 19] = [
    (VisitEnd::Completed, "完了", "completed"),
    (VisitEnd::NoCard, "カードなし", "no card"),
    (VisitEnd::NotMyNumberCard, "マイナンバーカードではない", "not a My Number Card"),
    (VisitEnd::PhoneNotTaken, "スマートフォン非対応", "phone not taken"),
    (VisitEnd::ReaderNotApproved, "承認のないリーダー", "reader not approved"),
    (VisitEnd::CardRemoved, "カードの取り去り", "card removed"),
    (VisitEnd::FaceMismatch, "顔の不一致", "face mismatch"),
    (VisitEnd::NoPicture, "撮影できない", "no picture"),
    (VisitEnd::FaceRecordRefused, "顔情報の改ざん", "face record refused"),
    (VisitEnd::WrongPin, "暗証番号の誤り", "wrong PIN"),
    (VisitEnd::PinLocked, "暗証番号のロック", "PIN locked"),
    (VisitEnd::ModeNotOffered, "選べない方法", "mode not offered"),
    (VisitEnd::TimedOut, "時間切れ", "timed out"),
    (VisitEnd::StaffRefused, "職員の否認", "staff refused"),
    (VisitEnd::NoCertificate, "証明書なし", "no certificate"),
    (VisitEnd::CertificateRefused, "証明書の拒否", "certificate refused"),
    (VisitEnd::SignatureRefused, "署名の拒否", "signature refused"),
    (VisitEnd::NotRegistered, "利用登録なし", "not registered"),
    (VisitEnd::SystemError, "システムエラー", "system error"),
];

/// How a visit ended, in words.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(
    name = "ending",
    regex = "完了|カードなし|マイナンバーカードではない|カードの取り去り|顔の不一致|撮影できない|顔情報の改ざん|暗証番号の誤り|暗証番号のロック|選べない方法|時間切れ|スマートフォン非対応|承認のないリーダー|職員の否認|証明書なし|証明書の拒否|署名の拒否|利用登録なし|システムエラー|completed|no card|not a My Number Card|card removed|face mismatch|no picture|face record refused|wrong PIN|PIN locked|mode not offered|timed out|phone not taken|reader not approved|staff refused|no certificate|certificate refused|signature refused|not registered|system error"
)]
pub struct Ending(pub VisitEnd);

impl FromStr for Ending {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = ENDINGS.iter().find(|(_, ja, en)| *ja == text || *en == text);
        found.map(|(end, ..)| Self(*end)).ok_or_else(|| unknown("ending", text))
    }
}

const PORTAL_ENDINGS: [(PortalEnd, &str, &str); 10] = [
    (PortalEnd::Seen, "閲覧", "own data seen"),
    (PortalEnd::NoCard, "カードなし", "no card"),
    (PortalEnd::NoCertificate, "証明書なし", "no certificate"),
    (PortalEnd::NoPin, "暗証番号のないカード", "no PIN on the card"),
    (PortalEnd::WrongPin, "暗証番号の誤り", "wrong PIN"),
    (PortalEnd::PinLocked, "暗証番号のロック", "PIN locked"),
    (PortalEnd::CertificateRefused, "証明書の拒否", "certificate refused"),
    (PortalEnd::NotRegistered, "利用登録なし", "not registered"),
    (PortalEnd::Barred, "提供不可", "disclosure barred"),
    (PortalEnd::SystemError, "システムエラー", "system error"),
];

/// How a use of the portal ends, in words.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(
    name = "portal_ending",
    regex = "閲覧|カードなし|証明書なし|暗証番号のないカード|暗証番号の誤り|暗証番号のロック|証明書の拒否|利用登録なし|提供不可|システムエラー|own data seen|no card|no certificate|no PIN on the card|wrong PIN|PIN locked|certificate refused|not registered|disclosure barred|system error"
)]
pub struct PortalEnding(pub PortalEnd);

impl FromStr for PortalEnding {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = PORTAL_ENDINGS.iter().find(|(_, ja, en)| *ja == text || *en == text);
        found.map(|(end, ..)| Self(*end)).ok_or_else(|| unknown("ending at the portal", text))
    }
}

/// A list of the portal, in words.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(
    name = "listed",
    regex = "薬剤|健診|診療|手術|処方箋|medicines|health checks|care|operations|prescriptions"
)]
pub struct Listed(pub PortalList);

impl FromStr for Listed {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "薬剤" | "medicines" => Ok(Self(PortalList::Medicines)),
            "健診" | "health checks" => Ok(Self(PortalList::HealthChecks)),
            "診療" | "care" => Ok(Self(PortalList::Care)),
            "手術" | "operations" => Ok(Self(PortalList::Operations)),
            "処方箋" | "prescriptions" => Ok(Self(PortalList::Prescriptions)),
            _ => Err(unknown("list of the portal", text)),
        }
    }
}

const MISHAPS: [(CardFault, &str, &str); 13] = [
    (CardFault::Mute, "途中で応答しなくなる", "falls silent"),
    (CardFault::CutAnswers, "途中で切れた応答を返す", "cuts its answers short"),
    (
        CardFault::WrongStatus,
        "意味のないステータスワードを返す",
        "answers with a senseless status word",
    ),
    (CardFault::FirstCommandFails, "最初のコマンドに失敗する", "fails at its first command"),
    (CardFault::PutBack, "一度離れてから戻される", "is taken off and put back"),
    (CardFault::TornInVerify, "照合の最中に電源を失う", "loses power inside a VERIFY"),
    (CardFault::StaleCounter, "古い残り回数を告げる", "tells a stale number of tries"),
    (CardFault::CertificateGarbled, "壊れた証明書を返す", "returns a garbled certificate"),
    (
        CardFault::CertificateForged,
        "署名の壊れた証明書を返す",
        "returns a certificate with a broken signature",
    ),
    (CardFault::WrongKey, "別の鍵で署名する", "signs with another key"),
    (CardFault::OpenKey, "照合なしでも署名する", "signs without any check"),
    (CardFault::Slow, "署名に2秒かかる", "takes two seconds to sign"),
    (CardFault::Stalled, "署名に1分かかる", "takes a minute to sign"),
];

/// How a card misbehaves, in words.
#[derive(Debug, Clone, Parameter)]
#[param(
    name = "mishap",
    regex = "途中で応答しなくなる|途中で切れた応答を返す|意味のないステータスワードを返す|最初のコマンドに失敗する|一度離れてから戻される|照合の最中に電源を失う|古い残り回数を告げる|壊れた証明書を返す|署名の壊れた証明書を返す|別の鍵で署名する|照合なしでも署名する|署名に2秒かかる|署名に1分かかる|falls silent|cuts its answers short|answers with a senseless status word|fails at its first command|is taken off and put back|loses power inside a VERIFY|tells a stale number of tries|returns a garbled certificate|returns a certificate with a broken signature|signs with another key|signs without any check|takes two seconds to sign|takes a minute to sign"
)]
pub struct Mishap(pub CardFault);

impl FromStr for Mishap {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = MISHAPS.iter().find(|(_, ja, en)| *ja == text || *en == text);
        found.map(|(fault, ..)| Self(fault.clone())).ok_or_else(|| unknown("mishap", text))
    }
}

impl fmt::Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = MISHAPS.iter().find(|(fault, ..)| *fault == self.0);
        f.write_str(found.map_or("", |(_, ja, _)| *ja))
    }
}

/// What a receipt computer did with a result, where it opened no chart.
#[derive(Debug, Clone, Parameter)]
#[param(
    name = "undecided",
    regex = "職員に確認を求める|カルテを見つけない|asks staff|finds no chart"
)]
pub struct Undecided(pub InboxDecision);

impl FromStr for Undecided {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "職員に確認を求める" | "asks staff" => Ok(Self(InboxDecision::AskStaff)),
            "カルテを見つけない" | "finds no chart" => Ok(Self(InboxDecision::Unknown)),
            _ => Err(unknown("decision", text)),
        }
    }
}

/// One of the numbers of an insurance, by its name on the certificate.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(
    name = "number_name",
    regex = "保険者番号|記号|番号|枝番|insurer number|symbol|number|branch"
)]
pub struct Differing(pub NumberName);

impl FromStr for Differing {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "保険者番号" | "insurer number" => Ok(Self(NumberName::InsurerNumber)),
            "記号" | "symbol" => Ok(Self(NumberName::Symbol)),
            "番号" | "number" => Ok(Self(NumberName::Number)),
            "枝番" | "branch" => Ok(Self(NumberName::Branch)),
            _ => Err(unknown("number of an insurance", text)),
        }
    }
}

/// The requirements an assertion bears: `[OQS-CERT-07, OQS-PRIV-01]`.
#[derive(Debug, Clone, Parameter)]
#[param(name = "requirements", regex = "\\[OQS-[A-Z]+-\\d{2}(?:, ?OQS-[A-Z]+-\\d{2})*\\]")]
pub struct Requirements(pub Vec<String>);

impl FromStr for Requirements {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.trim_matches(['[', ']']).split(',').map(|id| id.trim().to_owned()).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_instants_are_read_in_both_spellings() {
        let day = Day::from_str("2026年4月1日").unwrap().0;
        assert_eq!(day, Day::from_str("2026-04-01").unwrap().0);
        let instant = Instant::from_str("2026年4月1日9時30分").unwrap().0;
        assert_eq!(instant, Instant::from_str("2026-04-01 09:30").unwrap().0);
        assert_eq!(Instant::from_str("2026年4月1日9時30分5秒").unwrap().0.second(), 5);
    }

    #[test]
    fn a_day_that_the_calendar_lacks_is_refused() {
        assert!(Day::from_str("2026年2月30日").is_err());
    }

    #[test]
    fn every_word_of_an_ending_is_in_its_expression() {
        for (_, ja, en) in ENDINGS {
            assert!(Ending::REGEX.split('|').any(|word| word == ja), "{ja}");
            assert!(Ending::REGEX.split('|').any(|word| word == en), "{en}");
        }
    }

    #[test]
    fn every_word_of_an_ending_at_the_portal_is_in_its_expression() {
        for (_, ja, en) in PORTAL_ENDINGS {
            assert!(PortalEnding::REGEX.split('|').any(|word| word == ja), "{ja}");
            assert!(PortalEnding::REGEX.split('|').any(|word| word == en), "{en}");
        }
        for word in Listed::REGEX.split('|') {
            assert!(Listed::from_str(word).is_ok(), "{word}");
        }
    }

    #[test]
    fn every_word_of_a_mishap_is_in_its_expression() {
        for (fault, ja, en) in MISHAPS {
            assert!(Mishap::REGEX.split('|').any(|word| word == ja), "{ja}");
            assert!(Mishap::REGEX.split('|').any(|word| word == en), "{en}");
            let mishap = Mishap::from_str(ja).unwrap();
            assert_eq!((mishap.to_string().as_str(), mishap.0), (ja, fault));
        }
    }

    #[test]
    fn names_are_a_list_in_either_language() {
        let all = |text| Names::from_str(text).unwrap().0.into_iter().map(|name| name.0);
        assert!(all("「架空花子」と「仮名太郎」").eq(["架空花子", "仮名太郎"]));
        assert!(all("\"hanako\" and \"taro\" and \"kiku\"").eq(["hanako", "taro", "kiku"]));
        assert!(all("「架空花子」").eq(["架空花子"]));
    }

    #[test]
    fn consents_are_a_set_in_either_language() {
        let ja = Consents::from_str("薬剤情報と限度額情報").unwrap().0;
        let en = Consents::from_str("limit and drugs").unwrap();
        assert_eq!(en.to_string(), "限度額情報と薬剤情報");
        assert_eq!(ja, en.0);
    }
}
