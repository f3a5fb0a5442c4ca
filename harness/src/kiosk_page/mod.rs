//! The counter's screens in a browser (bench profile): the patient's, the staff's, and the patient's with a guide beside it.
//!
//! They show what the session of [`crate::counter_page`] tells and do nothing but its acts. Nothing is loaded from elsewhere.

use axum::Router;
use axum::middleware::map_response;
use axum::response::Html;
use axum::routing::get;

use crate::counter_page::guarded_by;

const HEAD: &str = include_str!("head.html");
const TONGUES: &str = include_str!("tongues.html");
const PATIENT: &str = include_str!("patient.html");
const STAFF: &str = include_str!("staff.html");
const GUIDE: &str = include_str!("guide.html");
const KIOSK_STYLE: &str = include_str!("kiosk.css");
const STAFF_STYLE: &str = include_str!("staff.css");
const GUIDE_STYLE: &str = include_str!("guide.css");
const COMMON: &str = include_str!("common.js");
const WORDS: &str = include_str!("words.js");
const PATIENT_SCRIPT: &str = include_str!("patient.js");
const PATIENT_START: &str = include_str!("patient.start.js");
const STAFF_SCRIPT: &str = include_str!("staff.js");
const GUIDE_SCRIPT: &str = include_str!("guide.js");

/// One page, whole.
struct Page {
    html: String,
    style: String,
    script: String,
}

impl Page {
    /// A body under the head that all pages share; its Japanese title is that of the page before any script runs.
    fn new(body: &str, styles: &[&str], scripts: &[&str]) -> Self {
        let (style, script) = (styles.concat(), scripts.concat());
        let titles = body.split_once("data-title=\"").map_or("", |(_, titles)| titles);
        let title = titles.split_once('|').map_or("", |(japanese, _)| japanese);
        let html = HEAD.replace("/*TITLE*/", title).replace("/*STYLE*/", &style)
            + &body.replace("<!--TONGUES-->\n", TONGUES).replace("/*SCRIPT*/", &script);
        Self { html, style, script }
    }

    fn route(self, path: &str) -> Router {
        let Self { html, style, script } = self;
        Router::new()
            .route(path, get(|| async { Html(html) }))
            .layer(map_response(guarded_by(&style, &script)))
    }
}

fn patient() -> Page {
    Page::new(PATIENT, &[KIOSK_STYLE], &[COMMON, WORDS, PATIENT_SCRIPT, PATIENT_START])
}

fn staff() -> Page {
    Page::new(STAFF, &[KIOSK_STYLE, STAFF_STYLE], &[COMMON, WORDS, STAFF_SCRIPT])
}

/// The patient's page with the guide beside it, for this persona.
fn guided(persona: &str) -> Page {
    let body = format!("<body class=\"guided\" data-persona=\"{persona}\" ");
    let html = PATIENT.replace("<body ", &body);
    let html = html.replace("<video id=\"webcam\"", &format!("{GUIDE}<video id=\"webcam\""));
    let scripts = [COMMON, WORDS, PATIENT_SCRIPT, GUIDE_SCRIPT, PATIENT_START];
    Page::new(&html, &[KIOSK_STYLE, GUIDE_STYLE], &scripts)
}

/// The patient's screen at `/` and the staff's at `/staff`; with the name of a persona, the guide at `/` instead.
pub fn router(guided_for: Option<&str>) -> Router {
    let first = guided_for.map_or_else(patient, guided);
    first.route("/").merge(staff().route("/staff"))
}

#[cfg(test)]
mod tests {
    use sim_reader::consent::ConsentKind;
    use sim_reader::reader_link::Notice;
    use sim_reader::session::{End, State};

    use super::*;
    use crate::counter_page::session::{Capture, EndTold};

    fn pages() -> [Page; 3] {
        [patient(), staff(), guided("hanako")]
    }

    #[test]
    fn the_pages_are_whole_and_load_nothing() {
        for page in pages() {
            for mark in ["/*TITLE*/", "/*STYLE*/", "/*SCRIPT*/", "<!--TONGUES-->"] {
                assert!(!page.html.contains(mark), "{mark}");
            }
            assert!(
                page.html.contains(" 窓口 Madoguchi</title>") && page.html.contains("data-lang")
            );
            for way_out in ["http:", "https:", " src=", "url(", "@import", "import("] {
                assert!(!page.html.contains(way_out), "{way_out}");
            }
            assert!(
                !page.script.contains("innerHTML") && !page.script.contains("</script"),
                "texts are shown, never obeyed"
            );
        }
    }

    /// A PIN is sent and forgotten: what the browser keeps is the language and the furigana.
    #[test]
    fn the_pages_keep_no_secret_in_the_browser() {
        for page in pages() {
            for kept in ["sessionStorage", "document.cookie", "indexedDB"] {
                assert!(!page.script.contains(kept), "{kept}");
            }
            assert_eq!(page.script.matches("localStorage.setItem").count(), 1);
            for name in page.script.split(" keep(\"").skip(1) {
                let name = name.split('"').next().unwrap();
                assert!(["language", "furigana"].contains(&name), "{name}");
            }
        }
    }

    /// What the session tells by name has words on the screen.
    #[test]
    fn every_name_of_the_session_has_words() {
        let spelt = |name: serde_json::Value| name.as_str().unwrap().to_owned();
        let notices = [Notice::RenewCertificate, Notice::Grace, Notice::Other]
            .map(|notice| spelt(serde_json::to_value(notice).unwrap()));
        let consents = ConsentKind::ALL.map(|kind| spelt(serde_json::to_value(kind).unwrap()));
        let ends = [
            End::GaveUp,
            End::TimedOut { at: State::ChoosingMode },
            End::NotRecognised,
            End::NotMyNumberCard,
            End::PhoneNotSupported,
            End::PhoneLocked,
            End::CardRemoved { at: State::ChoosingMode },
            End::CardUnreadable { at: State::ChoosingMode },
            End::NoCertificate,
            End::ModeNotOffered,
            End::NoPicture,
            End::TamperedFace,
            End::FaceMismatch,
            End::FaceLocked,
            End::WrongPin { left: 1 },
            End::PinLocked,
            End::StaffRefused,
            End::TerminalNotApproved,
            End::CertificateRefused,
            End::SignatureRefused,
            End::NotRegistered,
            End::RegistrationDeclined,
            End::Closed,
            End::SystemError { code: String::new() },
        ];
        let ends = ends.iter().map(|end| EndTold::of(end).kind().to_owned());
        let captures = Capture::NAMES.iter().map(|(name, _)| (*name).to_owned());
        for name in notices.into_iter().chain(consents).chain(ends).chain(captures) {
            assert!(WORDS.contains(&format!("\"{name}\": [")), "{name}");
        }
    }

    #[test]
    fn every_text_has_both_languages_and_every_ruby_is_closed() {
        for page in pages() {
            assert_eq!(
                page.html.matches("data-ja=").count(),
                page.html.matches("data-en=").count()
            );
            let labels =
                |language: &str| page.html.matches(&format!("data-{language}-label=")).count();
            assert_eq!(labels("ja"), labels("en"));
            for text in page.html.split('{').filter(|text| text.starts_with(|c: char| c > '一')) {
                let inside = text.split('}').next().unwrap();
                assert_eq!(inside.matches('|').count(), 1, "{inside}");
            }
        }
    }
}
