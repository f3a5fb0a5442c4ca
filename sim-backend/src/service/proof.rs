//! What an insurer hands to the insured: insurance card, 資格確認書 or 資格情報のお知らせ. Rows OQS-INS-13, OQS-INS-14, OQS-CERT-15,
//! OQS-CERT-23.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{coded, functions::Function};
use crate::messages::record::CardText;

/// What is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofKind {
    /// 被保険者証: until the abolition only.
    InsuranceCard,
    /// 資格確認書: for who has no usable card as insurance card; it ends.
    CertificateOfQualification,
    /// 資格情報のお知らせ: for who has one; it counts only together with the card.
    NoticeOfQualification,
}

/// One that was handed out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// 交付年月日.
    pub issued: Date,
    /// What it is.
    pub kind: ProofKind,
    /// Which number it is about; absent when the person has one with this insurer.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub number: Option<CardText>,
    /// 有効期限, the last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

/// Which proof the insurer owes: by whether the person has a usable card as insurance card. Row OQS-INS-14.
#[must_use]
pub fn due(usable_card: bool) -> ProofKind {
    if usable_card {
        ProofKind::NoticeOfQualification
    } else {
        ProofKind::CertificateOfQualification
    }
}

/// Whether a proof may be issued on its day. Rows OQS-INS-13, OQS-INS-14.
///
/// # Errors
/// The rule that is broken, for the insurer.
pub fn check(proof: &Proof) -> Result<(), &'static str> {
    let abolished = Function::AbolitionOfInsuranceCards.is_open_on(proof.issued);
    match (proof.kind, abolished, proof.expires) {
        (ProofKind::InsuranceCard, true, _) => Err(
            "no insurance card is issued any more: issue a certificate or a notice of qualification",
        ),
        (ProofKind::CertificateOfQualification | ProofKind::NoticeOfQualification, false, _) => {
            Err("insurance cards were still issued on that day")
        }
        (ProofKind::CertificateOfQualification, true, None) => {
            Err("a certificate of qualification has an end: give expires")
        }
        (_, _, Some(end)) if end < proof.issued => Err("expires lies before issued"),
        (ProofKind::InsuranceCard, false, _)
        | (ProofKind::CertificateOfQualification | ProofKind::NoticeOfQualification, true, _) => {
            Ok(())
        }
    }
}

/// Whether somebody holds a 資格確認書 on a day.
#[must_use]
pub fn holds_certificate(proofs: &[Proof], day: Date) -> bool {
    proofs.iter().any(|proof| {
        proof.kind == ProofKind::CertificateOfQualification
            && proof.issued <= day
            && proof.expires.is_some_and(|end| day <= end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::samples::day;

    const CARD: ProofKind = ProofKind::InsuranceCard;
    const CERTIFICATE: ProofKind = ProofKind::CertificateOfQualification;
    const NOTICE: ProofKind = ProofKind::NoticeOfQualification;

    fn proof(kind: ProofKind, issued: &str, expires: Option<&str>) -> Proof {
        Proof { kind, number: None, issued: day(issued), expires: expires.map(day) }
    }

    #[test] // rows OQS-INS-13 (in force 2024-12-02) and OQS-INS-14 (資格確認書 with end date)
    fn the_abolition_decides_what_is_issued() {
        for (kind, issued, expires, fits) in [
            (CARD, "2024-12-01", None, true),
            (CARD, "2024-12-02", None, false),
            (CERTIFICATE, "2024-12-01", Some("2025-11-30"), false),
            (CERTIFICATE, "2024-12-02", Some("2025-11-30"), true),
            (CERTIFICATE, "2024-12-02", None, false),
            (CERTIFICATE, "2024-12-02", Some("2024-12-01"), false),
            (NOTICE, "2024-12-01", None, false),
            (NOTICE, "2024-12-02", None, true),
        ] {
            assert_eq!(check(&proof(kind, issued, expires)).is_ok(), fits, "{kind:?} on {issued}");
        }
    }

    #[test] // row OQS-INS-14
    fn a_usable_card_decides_which_proof_is_due() {
        assert_eq!((due(true), due(false)), (NOTICE, CERTIFICATE));
    }

    #[test]
    fn a_certificate_of_qualification_is_held_from_its_first_to_its_last_day() {
        let held = [
            proof(CERTIFICATE, "2025-01-10", Some("2025-12-31")),
            proof(NOTICE, "2026-01-01", None),
        ];
        for (on, expected) in [
            ("2025-01-09", false),
            ("2025-01-10", true),
            ("2025-12-31", true),
            ("2026-01-01", false),
        ] {
            assert_eq!(holds_certificate(&held, day(on)), expected, "{on}");
        }
    }
}
