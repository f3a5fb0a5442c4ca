//! A disclosed record in the words of the interface.

use jiff::Timestamp;

use crate::{
    messages::{
        Identifier,
        codes::PreschoolClassification,
        consent::{InformationConsent, RelatedConsent},
        japanese_time,
        record::{
            ElderlyRecipientCertificateInfo, LimitApplicationCertificateRelatedInfo,
            ResultOfQualificationConfirmation, SpecificDiseasesCertificateInfo,
        },
    },
    service::{
        consent::{Consent, MedicalKind},
        disclose::Record,
        records::{ElderlyShare, Limit, SpecificDisease},
    },
};

/// The record as the answer carries it, with the asking institution's own number for the person.
pub(super) fn result_of(
    record: Record,
    reference_number: Option<Identifier>,
) -> ResultOfQualificationConfirmation {
    let Record { holder, coverage, loss, preschool, elderly, limit, specific_diseases, medical } =
        record;
    let details = coverage.details;
    let consent = |kind| medical.as_deref().map(|given| information_consent(given, kind));
    let start = ResultOfQualificationConfirmation::new(
        details.card_class,
        holder.name,
        holder.sex1,
        holder.birthdate,
    );
    ResultOfQualificationConfirmation {
        insurer_number: Some(coverage.insurer_number),
        insured_card_symbol: details.symbol,
        insured_identification_number: Some(details.number),
        insured_branch_number: details.branch,
        personal_family_classification: Some(details.own_or_family),
        insured_name: details.insured_name,
        name_of_other: holder.name_of_other,
        name_kana: holder.name_kana,
        name_of_other_kana: holder.name_of_other_kana,
        sex2: holder.sex2,
        address: holder.address,
        post_number: holder.post_number,
        qualification_date: Some(details.gained),
        disqualification_date: loss.map(|loss| loss.on),
        insured_certificate_issuance_date: details.issued,
        insured_card_valid_date: details.valid_from,
        insured_card_expiration_date: details.expires,
        insured_partial_contribution_ratio: details.contribution_ratio,
        preschool_classification: preschool.then_some(PreschoolClassification::Preschool),
        reason_of_loss: loss.and_then(|loss| loss.reason),
        insurer_name: Some(details.insurer_name),
        elderly_recipient_certificate_info: elderly.map(elderly_info),
        limit_application_certificate_related: Some(related_consent(limit.given)),
        limit_application_certificate_related_info: limit.content.map(limit_info),
        specific_diseases_certificate_related: Some(related_consent(specific_diseases.given)),
        specific_diseases_certificates: specific_diseases
            .content
            .into_iter()
            .map(disease_info)
            .collect(),
        specific_health_checkups_info: consent(MedicalKind::HealthCheck),
        pharmacists_info: consent(MedicalKind::Drugs),
        diagnosis_info: consent(MedicalKind::Care),
        operation_info: consent(MedicalKind::Operations),
        reference_number,
        ..start
    }
}

fn related_consent(given: Option<Timestamp>) -> RelatedConsent {
    given.map_or(RelatedConsent::NotGiven, |given| RelatedConsent::Given {
        cons_time: japanese_time(given),
    })
}

fn information_consent(given: &[Consent], kind: MedicalKind) -> InformationConsent {
    let consent = given.iter().find(|consent| consent.kind == kind);
    consent.map_or(InformationConsent::NotGiven, |consent| InformationConsent::Given {
        cons_time: japanese_time(consent.given),
        available_time: japanese_time(consent.available_until()),
    })
}

fn elderly_info(share: ElderlyShare) -> ElderlyRecipientCertificateInfo {
    ElderlyRecipientCertificateInfo {
        elderly_recipient_certificate_date: share.issued,
        elderly_recipient_valid_start_date: Some(share.period.start),
        elderly_recipient_valid_end_date: share.period.end,
        elderly_recipient_contribution_ratio: Some(share.ratio),
    }
}

fn limit_info(limit: Limit) -> LimitApplicationCertificateRelatedInfo {
    LimitApplicationCertificateRelatedInfo {
        limit_application_certificate_classification: limit.class,
        limit_application_certificate_classification_flag: limit.flag,
        limit_application_certificate_date: limit.issued,
        limit_application_certificate_valid_start_date: Some(limit.period.start),
        limit_application_certificate_valid_end_date: limit.period.end,
        limit_application_certificate_long_term_date: limit.long_term,
    }
}

fn disease_info(disease: SpecificDisease) -> SpecificDiseasesCertificateInfo {
    SpecificDiseasesCertificateInfo {
        specific_diseases_disease_category: disease.category,
        specific_diseases_certificate_date: disease.issued,
        specific_diseases_valid_start_date: Some(disease.period.start),
        specific_diseases_valid_end_date: disease.period.end,
        specific_diseases_self_pay: Some(disease.self_pay),
    }
}
