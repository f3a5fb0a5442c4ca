//! A visit in the words of the step vocabulary: first what has changed in what the patient intends, then the visit itself.

use crate::bench::Wishes;
use crate::model::{CardFault, Mode, Prescription, Presented, Trouble, Visit};
use crate::steps::params::{Consents, Mishap};
use crate::steps::ways::{Care, Shown, Way};

use super::Line;
use super::happenings::Telling;

impl<'a> Telling<'a> {
    pub(super) fn visit(&mut self, visit: &'a Visit) -> Vec<Line> {
        let who = self.person(&visit.person);
        let mut lines = self.intent(visit, &who);
        lines.extend(visit.then.iter().map(|next| Line::given(next_in_words(&who, next))));
        let trouble = visit.trouble.as_ref();
        lines.extend(trouble.map(|trouble| Line::given(self.trouble(&who, trouble))));
        lines.push(Line::when(self.visit_itself(visit, &who)));
        lines
    }

    /// What is intended otherwise than before.
    fn intent(&mut self, visit: &'a Visit, who: &str) -> Vec<Line> {
        let before = self.wishes.entry(&visit.person).or_default();
        let mut lines = Vec::new();
        if before.consents != visit.consents {
            let consents = Consents(visit.consents.clone());
            lines.push(if visit.consents.is_empty() {
                format!("「{who}」はどの情報の提供にも同意しない")
            } else {
                format!("「{who}」は{consents}だけに同意する")
            });
        }
        if before.register != visit.register {
            let does =
                if visit.register { "利用登録に応じる" } else { "利用登録を断る" };
            lines.push(format!("「{who}」は{does}"));
        }
        if before.prescription != visit.prescription {
            let form = match visit.prescription {
                Some(Prescription::Electronic) => "電子処方箋を選ぶ",
                Some(Prescription::Paper) => "紙の処方箋を選ぶ",
                None => "処方箋の形を選ばない",
            };
            lines.push(format!("「{who}」は{form}"));
        }
        *before = Wishes {
            consents: visit.consents.clone(),
            register: visit.register,
            prescription: visit.prescription,
            ..Wishes::default()
        };
        lines.into_iter().map(Line::given).collect()
    }

    fn trouble(&self, who: &str, trouble: &Trouble) -> String {
        match trouble {
            Trouble::PulledBeforeCertificate => {
                format!("「{who}」は証明書が読まれる前にカードを取り去る")
            }
            Trouble::PulledBeforeSignature => format!("「{who}」は署名の前にカードを取り去る"),
            Trouble::SignedByCardOf(other) => {
                format!("「{who}」の受付では「{}」のカードが署名する", self.person(other))
            }
            Trouble::PhotoTampered => format!("「{who}」のチップの顔写真が書き換えられている"),
            Trouble::CameraDead => format!("「{who}」の受付ではカメラが写らない"),
            Trouble::NoAnswer => format!("「{who}」はリーダーの問いに何も答えない"),
            Trouble::Card(CardFault::SwappedFor(other)) => {
                format!("「{who}」のカードは途中で「{}」のカードにすり替わる", self.person(other))
            }
            Trouble::Card(fault) => format!("「{who}」のカードは{}", Mishap(fault.clone())),
        }
    }

    /// The short form where the card is the own one and the place the counter.
    fn visit_itself(&self, visit: &Visit, who: &str) -> String {
        let at = self.institution(&visit.institution);
        let is_own = visit.presented == Presented::CardOf(visit.person.clone());
        let way = Way(visit.mode.clone());
        if !is_own || visit.occasion.is_some() {
            let (shown, care) = (Shown(self.named(&visit.presented)), Care(visit.occasion));
            return format!("「{who}」が「{at}」で{shown}と{way}により{care}");
        }
        match visit.mode {
            Mode::Visual(false) => format!("「{who}」が「{at}」で職員に本人と認められない"),
            Mode::Face | Mode::Pin(_) | Mode::Visual(true) => {
                format!("「{who}」が「{at}」で{way}により受付する")
            }
        }
    }

    fn named(&self, presented: &Presented) -> Presented {
        match presented {
            Presented::CardOf(holder) => Presented::CardOf(self.person(holder)),
            Presented::PhoneOf { holder, phone } => {
                Presented::PhoneOf { holder: self.person(holder), phone: *phone }
            }
            nobodys @ (Presented::Nothing | Presented::ForeignCard) => nobodys.clone(),
        }
    }
}

fn next_in_words(who: &str, next: &Mode) -> String {
    match next {
        Mode::Face => format!("「{who}」はうまくいかなければ顔認証を試みる"),
        Mode::Pin(entries) => {
            format!("「{who}」はうまくいかなければ暗証番号『{}』を試みる", entries.join(","))
        }
        Mode::Visual(true) => format!("「{who}」がうまくいかなければ職員が目視で確認する"),
        Mode::Visual(false) => format!("「{who}」がうまくいかなければ職員が目視で否認する"),
    }
}
