//! Each thing that happens, in the words of the step vocabulary.

use std::collections::BTreeMap;

use crate::bench::Wishes;
use crate::model::{
    AuthorityAct, DisasterMode, EmergencyAct, EmergencyStep, Event, Finding, FolderOddity,
    InformationKind, InformationRequest, Occasion, PortalUse, Whom, World,
};
use crate::steps::words::{At, By, EmergencyWord, Month};
use crate::yaml;

use super::{Line, Untold, calendar_day, moment};

/// What is being told.
#[derive(Debug)]
pub(super) struct Telling<'a> {
    world: &'a World,
    /// What people intend by what was told so far.
    pub(super) wishes: BTreeMap<&'a str, Wishes>,
}

impl<'a> Telling<'a> {
    pub(super) fn of(world: &'a World) -> Self {
        Self { world, wishes: BTreeMap::new() }
    }

    /// The steps that let an event happen.
    pub(super) fn event(&mut self, event: &'a Event) -> Result<Vec<Line>, Untold> {
        if let Event::Visit(visit) = event {
            return Ok(self.visit(visit));
        }
        Ok(vec![self.happening(event)?])
    }

    fn happening(&self, event: &Event) -> Result<Line, Untold> {
        Ok(match event {
            Event::Clock(to) => Line::when(format!("日時が{}になる", moment(*to))),
            Event::Authority { person, act } => {
                Line::when(format!("「{}」{}", self.person(person), act_in_words(*act)))
            }
            Event::Responder { silent } => {
                let does = if *silent { "応答しなくなる" } else { "回復する" };
                Line::when(format!("失効状態の応答サーバが{does}"))
            }
            Event::Disaster(DisasterMode { prefecture, from, to }) => {
                let (from, to) = (calendar_day(*from), calendar_day(*to));
                Line::when(format!(
                    "都道府県『{prefecture}』に{from}から{to}まで災害時の機能が開かれる"
                ))
            }
            Event::Feed(record) => {
                let (id, person) = (&record.record_id, self.person(&record.person));
                Line::when(format!("保険者が届出『{id}』で「{person}」の次の変更を届け出る"))
                    .with(yaml::write(&record.change, &[])?)
            }
            Event::Visit(_) => return Err(Untold::NoWords("a visit in one step")),
            Event::Emergency(EmergencyStep { institution, act }) => {
                let at = self.institution(institution);
                Line::when(match act {
                    EmergencyAct::Report(uses) => {
                        format!("「{at}」が緊急時の機能の利用{uses}件を報告する")
                    }
                    EmergencyAct::Request
                    | EmergencyAct::CallBack
                    | EmergencyAct::Release
                    | EmergencyAct::Close => {
                        format!("「{at}」の緊急時の機能が{}", EmergencyWord(*act))
                    }
                })
            }
            Event::Repeat(repeat) => {
                let at = self.institution(&repeat.institution);
                Line::when(format!("「{at}」が次の番号でカードなしに再照会する"))
                    .with(yaml::write(repeat, &["institution"])?)
            }
            Event::PersonQuery(query) => {
                let at = self.institution(&query.institution);
                Line::when(format!("「{at}」が次の四情報により照会する"))
                    .with(yaml::write(query, &["institution"])?)
            }
            Event::Finding(Finding { institution, whom }) => {
                let at = self.institution(institution);
                Line::when(match whom {
                    Whom::Ticketed { month } => {
                        format!("「{at}」が{}の医療扶助を一括で照会する", Month(*month))
                    }
                    Whom::CaredFor { occasion, by, from, to } => {
                        let (occasion, by) = (At(*occasion), By(*by));
                        let (from, to) = (calendar_day(*from), calendar_day(*to));
                        format!(
                            "「{at}」が{occasion}の結果を{by}{from}から{to}までについて一括で照会する"
                        )
                    }
                })
            }
            Event::Oddity { institution, what } => {
                let at = self.institution(institution);
                Line::when(match what {
                    FolderOddity::HalfResult => {
                        format!(
                            "レセコンが見たとき、「{at}」の最後の結果ファイルはまだ書きかけである"
                        )
                    }
                    FolderOddity::StrayAnswer => {
                        format!("「{at}」への最後の回答が、別の依頼の名前で残っている")
                    }
                })
            }
            Event::Replay { institution } => {
                let at = self.institution(institution);
                Line::when(format!("直前の受付の証明が「{at}」からもう一度送られる"))
            }
            Event::NumberQuery(query) => {
                let at = self.institution(&query.institution);
                Line::when(format!("「{at}」が次の番号で資格を照会する"))
                    .with(yaml::write(query, &["institution"])?)
            }
            Event::Information(request) => Line::when(self.information(request)?),
            Event::BulkQuery(query) => {
                let at = self.institution(&query.institution);
                Line::when(format!("「{at}」が次の人々の資格を一括で照会する"))
                    .with(yaml::write(query, &["institution"])?)
            }
            Event::BulkFetch { institution } => {
                let at = self.institution(institution);
                Line::when(format!("「{at}」が一括照会の結果を受付番号で求める"))
            }
            Event::Register(registration) => {
                let at = self.institution(&registration.institution);
                Line::when(format!("「{at}」が次の照会番号を登録する"))
                    .with(yaml::write(registration, &["institution"])?)
            }
            Event::Collect { institution, waiting } => {
                let at = self.institution(institution);
                let open = waiting.as_ref().map(|chart| format!("カルテ『{chart}』を開いたまま"));
                let open = open.unwrap_or_default();
                Line::when(format!("{open}「{at}」のレセコンが結果を取り込む"))
            }
            Event::Claim(claim) => {
                let at = self.institution(&claim.institution);
                let person = self.person(&claim.person);
                Line::when(format!("「{at}」が「{person}」について次の請求をする"))
                    .with(yaml::write(claim, &["institution", "person"])?)
            }
            Event::Portal(PortalUse { person, pin, register }) => {
                let person = self.person(person);
                let does = if *register {
                    "ログインして利用登録する"
                } else {
                    "ログインする"
                };
                Line::when(format!("「{person}」が暗証番号『{pin}』でポータルに{does}"))
            }
        })
    }

    fn information(&self, request: &InformationRequest) -> Result<String, Untold> {
        let InformationRequest { institution, person, kind, occasion } = request;
        let (at, person) = (self.institution(institution), self.person(person));
        Ok(match (kind, occasion) {
            (InformationKind::Drugs, None) => format!("「{at}」が「{person}」の薬剤情報を求める"),
            (InformationKind::Drugs, Some(Occasion::HomeVisit)) => {
                format!("「{at}」が訪問診療のため「{person}」の薬剤情報を求める")
            }
            (InformationKind::Drugs, Some(Occasion::Online)) => {
                format!("「{at}」がオンライン診療のため「{person}」の薬剤情報を求める")
            }
            (InformationKind::HealthChecks, None) => {
                format!("「{at}」が「{person}」の健診情報を求める")
            }
            (InformationKind::Care, None) => format!("「{at}」が「{person}」の診療情報を求める"),
            (InformationKind::DrugsDocument, None) => {
                format!("「{at}」が「{person}」の薬剤情報を文書で求める")
            }
            (
                InformationKind::HealthChecks
                | InformationKind::Care
                | InformationKind::DrugsDocument,
                Some(_),
            ) => return Err(Untold::NoWords("other than medicines outside the institution")),
        })
    }

    /// What a person is called here: the name without its space, where it is nobody else's.
    pub(super) fn person(&self, slug: &str) -> String {
        let name =
            |slug: &str| self.world.people.get(slug).map(|person| person.name.replace('　', ""));
        let Some(own) = name(slug) else { return slug.to_owned() };
        let others = self.world.people.keys().filter(|known| *known != slug);
        let is_shared = |other: &String| *other == own || name(other).as_ref() == Some(&own);
        if others.into_iter().any(is_shared) { slug.to_owned() } else { own }
    }

    /// What an institution is called here.
    pub(super) fn institution(&self, code: &str) -> String {
        let known = self.world.institutions.iter();
        let name = self.world.institutions.get(code).map(|institution| institution.name.clone());
        let is_shared =
            |name: &String| known.clone().filter(|(_, it)| it.name == *name).count() > 1;
        name.filter(|name| !is_shared(name)).unwrap_or_else(|| code.to_owned())
    }
}

const fn act_in_words(act: AuthorityAct) -> &'static str {
    match act {
        AuthorityAct::Revoke => "の利用者証明用電子証明書が失効する",
        AuthorityAct::Died => "の死亡により証明書が失効する",
        AuthorityAct::Hold => "の利用者証明用電子証明書が紛失により一時停止される",
        AuthorityAct::Release => "の利用者証明用電子証明書の一時停止が解除される",
        AuthorityAct::Renew => "の利用者証明用電子証明書が更新される",
        AuthorityAct::RenewUnlinked => {
            "の利用者証明用電子証明書が更新され、二日の間はだれのものか知られない"
        }
        AuthorityAct::Moved => "が転居する",
    }
}
