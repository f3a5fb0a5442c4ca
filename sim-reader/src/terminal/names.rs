//! File names in the shared folders.
//!
//! A request is `<family>req<suffix>.xml`; its answer is `<family>res<suffix>.xml`. The suffix is the client's and
//! free; nothing in it is read. Source: public clients of the interface.

/// A family the terminal forwards to the backend.
const SIMULATED: [&str; 15] = [
    "OQSsiquc01",
    "OQSmuquc01",
    "OQSmuquc02",
    "OQSsiimm01",
    "OQSmuimm01",
    "OQSmuimm02",
    "OQSmutic01",
    "OQSmutic02",
    "OQSmuhvq01",
    "OQSmuhvq02",
    "OQSmuonq01",
    "OQSmuonq02",
    "SIMrepeat01",
    "YZKsiquc01",
    "TKKsiquc01",
];

/// Shortest family name before `req`: of some families (`SRJ`, `SHJ`, `EPS`) no more than the beginning is known.
const FAMILY_MIN: usize = 3;
/// Longest family name before `req` (`OQSsiquc01` has 10).
const FAMILY_MAX: usize = 16;

/// The name of a file in `req`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestName {
    /// The whole name.
    pub file: String,
    /// The family, e.g. `OQSsiquc01`.
    pub family: String,
    /// Everything after `req`, with the extension.
    rest: String,
}

/// What a name that is no request may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRequest {
    /// A client is still writing it aside.
    Aside,
    /// Something else; nobody can tell how its answer would have to be named.
    Foreign,
}

impl RequestName {
    /// Takes a file name apart.
    ///
    /// # Errors
    /// [`NoRequest`]: the file is left where it is.
    pub fn parse(file: &str) -> Result<Self, NoRequest> {
        let lower = file.to_ascii_lowercase();
        if file.starts_with(['.', '~'])
            || [".tmp", ".part", ".bak"].iter().any(|end| lower.ends_with(end))
        {
            return Err(NoRequest::Aside);
        }
        let (family, rest) = file.split_once("req").ok_or(NoRequest::Foreign)?;
        if !is_family(family) || !lower.ends_with(".xml") {
            return Err(NoRequest::Foreign);
        }
        Ok(Self { file: file.to_owned(), family: family.to_owned(), rest: rest.to_owned() })
    }

    /// Whether the terminal forwards this family; all others are answered "not simulated".
    pub fn simulated(&self) -> bool {
        SIMULATED.contains(&self.family.as_str())
    }

    /// The name of the message family in the backend seam, e.g. `OQSsiquc01req`.
    pub fn message(&self) -> String {
        format!("{}req", self.family)
    }

    /// The name of the answer file: same family, same suffix (OQS-MSG-01).
    pub fn answer(&self) -> String {
        format!("{}res{}", self.family, self.rest)
    }

    /// The name of an answer that is a PDF document: the same but for the extension (OQS-INFO-07).
    pub fn document(&self) -> String {
        let answer = self.answer();
        format!("{}.pdf", base(&answer))
    }

    /// Every name an answer may have: a message, a document, either of them encrypted.
    pub fn answers(&self) -> [String; 3] {
        let answer = self.answer();
        [encrypted(&answer), self.document(), answer]
    }
}

/// The name of an answer or result that is given as an encrypted ZIP: the same but for the extension (OQS-MSG-18).
pub fn encrypted(file: &str) -> String {
    format!("{}.zip", base(file))
}

/// Whether a file in `res` is an answer of a terminal's, by its name.
pub fn is_answer(file: &str) -> bool {
    let lower = file.to_ascii_lowercase();
    let ends = [".xml", ".pdf", ".zip"].iter().any(|end| lower.ends_with(end));
    ends && file.split_once("res").is_some_and(|(family, _)| is_family(family))
}

/// Whether a file in `face` is a result, by its name.
pub fn is_face(file: &str) -> bool {
    is_answer(file) && file.contains("res_face_")
}

/// A name without its extension of three letters.
fn base(file: &str) -> &str {
    file.get(..file.len().saturating_sub(".xml".len())).unwrap_or(file)
}

fn is_family(name: &str) -> bool {
    (FAMILY_MIN..=FAMILY_MAX).contains(&name.len())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric())
}

/// `OQSsiquc01res_face_<institution code + 20 characters>_<yyyyMMddHHmmss>.xml` (OQS-MSG-03).
pub fn face(institution: &str, middle: &str, time: &str) -> String {
    format!("OQSsiquc01res_face_{institution}{middle}_{time}.xml")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_first_req_becomes_res() {
        let name = RequestName::parse("OQSsiquc01req_freq 患者_1.xml").unwrap();
        assert_eq!(name.answer(), "OQSsiquc01res_freq 患者_1.xml");
        assert!(name.simulated());
    }

    #[test]
    fn which_names_are_no_requests() {
        for (name, expected) in [
            (".OQSsiquc01req1.xml", Err(NoRequest::Aside)),
            ("OQSsiquc01req1.xml.tmp", Err(NoRequest::Aside)),
            ("OQSsiquc01res1.xml", Err(NoRequest::Foreign)),
            ("OQSsiquc01req1.txt", Err(NoRequest::Foreign)),
            ("req1.xml", Err(NoRequest::Foreign)),
            ("a file with req.xml", Err(NoRequest::Foreign)),
            ("OQSmuquc02req1.xml", Ok(true)),
            ("OQSmutic01req1.xml", Ok(true)),
            ("OQSmuhvq02req1.xml", Ok(true)),
            ("OQSmuonq01req1.xml", Ok(true)),
            ("OQSsihvq01req1.xml", Ok(false)),
            ("SIMrepeat01req1.xml", Ok(true)),
            ("SRJreq1.xml", Ok(false)),
            ("YZKsiquc01req1.XML", Ok(true)),
        ] {
            assert_eq!(RequestName::parse(name).map(|name| name.simulated()), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_suffix_is_kept(suffix in "[^/\\x00]{0,40}") {
            let name = RequestName::parse(&format!("YZKsiquc01req{suffix}.xml")).unwrap();
            prop_assert_eq!(name.answer(), format!("YZKsiquc01res{suffix}.xml"));
        }

        #[test]
        fn no_name_panics(name in "\\PC{0,60}") {
            let _ = RequestName::parse(&name);
        }
    }
}
