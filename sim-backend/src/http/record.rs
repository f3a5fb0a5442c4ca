//! A disclosed record in the words of the interface.

use jiff::Timestamp;

use crate::{
    messages::{
        Identifier, InstitutionCode, InsurerNumber, Name,
        codes::{ConsistencyFlag, DesignatedInstitutionMatch, PreschoolClassification},
        consent::{InformationConsent, RelatedConsent},
        japanese_time,
        record::{
            CardText, ElderlyRecipientCertificateInfo, LimitApplicationCertificateRelatedInfo,
            ResultOfQualificationConfirmation, SpecificDiseasesCertificateInfo,
        },
        ticket::MedicalTicketInfo,
    },
    service::{
        aid::ShownTicket,
        consent::{Consent, MedicalKind},
        disclose::Record,
        records::{Coverage, ElderlyShare, Limit, SpecificDisease},
    },
};

/// The record as the answer to an institution carries it, with that institution's own number for the person.
pub(super) fn result_of(
    record: Record,
    institution: &InstitutionCode,
    reference_number: Option<Identifier>,
) -> ResultOfQualificationConfirmation {
    let Record {
        holder,
        coverage,
        loss,
        preschool,
        elderly,
        limit,
        specific_diseases,
        tickets,
        medical,
    } = record;
    let tickets = tickets.into_iter().map(|ticket| ticket_info(ticket, institution)).collect();
    let payer = Payer::of(&coverage);
    let details = coverage.details;
    let consent = |kind| medical.as_deref().map(|given| information_consent(given, kind));
    // The later kinds stand only where they were agreed to: bench profile, for receivers that do not know them.
    let agreed = |kind| consent(kind).filter(|consent| *consent != InformationConsent::NotGiven);
    let start = ResultOfQualificationConfirmation::new(
        details.card_class,
        holder.name,
        holder.sex1,
        holder.birthdate,
    );
    ResultOfQualificationConfirmation {
        insurer_number: payer.insurer_number,
        public_expense_number: payer.public_expense_number,
        insured_card_symbol: details.symbol,
        insured_identification_number: payer.insured_identification_number,
        beneficiary_number: payer.beneficiary_number,
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
        insurer_name: payer.insurer_name,
        welfare_office_name: payer.welfare_office_name,
        elderly_recipient_certificate_info: elderly.map(elderly_info),
        limit_application_certificate_related: Some(related_consent(limit.given)),
        limit_application_certificate_related_info: limit.content.map(limit_info),
        specific_diseases_certificate_related: Some(related_consent(specific_diseases.given)),
        specific_diseases_certificates: specific_diseases
            .content
            .into_iter()
            .map(disease_info)
            .collect(),
        medical_tickets: tickets,
        specific_health_checkups_info: consent(MedicalKind::HealthCheck),
        pharmacists_info: consent(MedicalKind::Drugs),
        diagnosis_info: consent(MedicalKind::Care),
        operation_info: consent(MedicalKind::Operations),
        diagnosis_name: agreed(MedicalKind::DiagnosisNames),
        infectious_info: agreed(MedicalKind::Infections),
        allergy_info: agreed(MedicalKind::Allergies),
        contraindication_info: agreed(MedicalKind::Contraindications),
        test_info: agreed(MedicalKind::Tests),
        prescription_info: agreed(MedicalKind::Prescriptions),
        reference_number,
        ..start
    }
}

/// Who pays, and under which numbers: an insurer, or a welfare office in elements of its own.
struct Payer {
    insurer_number: Option<InsurerNumber>,
    public_expense_number: Option<InsurerNumber>,
    insured_identification_number: Option<CardText>,
    beneficiary_number: Option<CardText>,
    insurer_name: Option<Name>,
    welfare_office_name: Option<Name>,
}

impl Payer {
    fn of(coverage: &Coverage) -> Self {
        let apart = |aid: bool| {
            let shown = coverage.is_medical_aid() == aid;
            (
                shown.then(|| coverage.insurer_number.clone()),
                shown.then(|| coverage.details.number.clone()),
                shown.then(|| coverage.details.insurer_name.clone()),
            )
        };
        let (insurer_number, insured_identification_number, insurer_name) = apart(false);
        let (public_expense_number, beneficiary_number, welfare_office_name) = apart(true);
        Self {
            insurer_number,
            public_expense_number,
            insured_identification_number,
            beneficiary_number,
            insurer_name,
            welfare_office_name,
        }
    }
}

fn ticket_info(shown: ShownTicket, asking: &InstitutionCode) -> MedicalTicketInfo {
    let ShownTicket { month, ticket, inconsistent } = shown;
    let first = month.first_day();
    let designated = match ticket.institution == *asking {
        true => DesignatedInstitutionMatch::Same,
        false => DesignatedInstitutionMatch::Different,
    };
    let mut injuries = ticket.injuries.into_iter();
    let mut remarks = ticket.remarks.into_iter();
    MedicalTicketInfo {
        ticket_type: ticket.kind,
        medical_ticket_valid_date: Some(ticket.valid_from.unwrap_or(first)),
        medical_ticket_expiration_date: Some(ticket.expires.unwrap_or(first.last_of_month())),
        issue_number: ticket.issue_number,
        medical_treatment_month: Some(month),
        designated_medical_institution_code: Some(ticket.institution),
        designated_medical_institution_flag: Some(designated),
        designated_medical_institution_name: ticket.institution_name,
        prescription_issuer_medical_institution_code: ticket.prescriber,
        prescription_issuer_medical_institution_name: ticket.prescriber_name,
        injury_name1: injuries.next(),
        injury_name2: injuries.next(),
        injury_name3: injuries.next(),
        medical_treatment_type: ticket.treatment,
        self_pay_amount: ticket.self_pay,
        district_contact_name: ticket.district_contact,
        handling_contact_name: ticket.handling_contact,
        single_or_combined_use: ticket.combination,
        status_of_social_insurance: ticket.social_insurance,
        consistency_flag: inconsistent.then_some(ConsistencyFlag::Inconsistent),
        status_of_infecton: ticket.infection,
        status_of_elderly_medical_care: ticket.elderly_care,
        status_of_prefectural_expenses: ticket.prefectural_expenses,
        remarks1: remarks.next(),
        remarks2: remarks.next(),
        remarks3: remarks.next(),
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
        available_time: japanese_time(consent.until),
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
