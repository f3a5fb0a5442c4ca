//! One qualification of one person, as an answer carries it.

use jiff::civil::{Date, DateTime};

use super::codes::{
    InsuredCardClassification, LimitCertificateClassification, LimitCertificateFlag,
    PersonalFamilyClassification, PreschoolClassification, ReasonOfLoss, Sex,
    SpecificDiseaseCategory,
};
use super::consent::{InformationConsent, RelatedConsent};
use super::element::group;
use super::error::Fault;
use super::number::{BranchNumber, InsurerNumber};
use super::scalar::{Identifier, LongText, Name, Percent, Text};
use super::ticket::MedicalTicketInfo;

group! {
    /// 高齢受給者証.
    pub ElderlyRecipientCertificateInfo {
        "ElderlyRecipientCertificateDate" elderly_recipient_certificate_date: Option<Date>, "issued on";
        "ElderlyRecipientValidStartDate" elderly_recipient_valid_start_date: Option<Date>, "valid from";
        "ElderlyRecipientValidEndDate" elderly_recipient_valid_end_date: Option<Date>, "valid to";
        "ElderlyRecipientContributionRatio" elderly_recipient_contribution_ratio: Option<Percent>, "一部負担金の割合";
    }
}

group! {
    /// 限度額適用認定証等.
    pub LimitApplicationCertificateRelatedInfo {
        "LimitApplicationCertificateClassification" limit_application_certificate_classification: LimitCertificateClassification, "kind";
        "LimitApplicationCertificateClassificationFlag" limit_application_certificate_classification_flag: LimitCertificateFlag, "income class";
        "LimitApplicationCertificateDate" limit_application_certificate_date: Option<Date>, "issued on";
        "LimitApplicationCertificateValidStartDate" limit_application_certificate_valid_start_date: Option<Date>, "valid from";
        "LimitApplicationCertificateValidEndDate" limit_application_certificate_valid_end_date: Option<Date>, "valid to";
        "LimitApplicationCertificateLongTermDate" limit_application_certificate_long_term_date: Option<Date>, "長期入院該当, first day of the month after the application";
    }
}

group! {
    /// 特定疾病療養受療証.
    pub SpecificDiseasesCertificateInfo {
        "SpecificDiseasesDiseaseCategory" specific_diseases_disease_category: SpecificDiseaseCategory, "disease";
        "SpecificDiseasesCertificateDate" specific_diseases_certificate_date: Option<Date>, "issued on";
        "SpecificDiseasesValidStartDate" specific_diseases_valid_start_date: Option<Date>, "valid from";
        "SpecificDiseasesValidEndDate" specific_diseases_valid_end_date: Option<Date>, "valid to";
        "SpecificDiseasesSelfPay" specific_diseases_self_pay: Option<u32>, "自己負担限度額, yen a month";
    }
}

group! {
    /// One qualification. Medical aid (医療扶助) states `PublicExpenseNumber`, `BeneficiaryNumber`
    /// and `WelfareOfficeName` in place of insurer number, number and insurer name.
    ///
    /// Source: OQS messages, ResultOfQualificationConfirmation, layout order.
    pub ResultOfQualificationConfirmation checked by numbers_and_names {
        "InsuredCardClassification" insured_card_classification: InsuredCardClassification, "被保険者証区分";
        "InsurerNumber" insurer_number: Option<InsurerNumber>, "保険者番号";
        "PublicExpenseNumber" public_expense_number: Option<InsurerNumber>, "公費負担者番号, medical aid only";
        "InsuredCardSymbol" insured_card_symbol: Option<CardText>, "被保険者証記号";
        "InsuredIdentificationNumber" insured_identification_number: Option<CardText>, "被保険者証番号";
        "BeneficiaryNumber" beneficiary_number: Option<CardText>, "受給者番号, medical aid only";
        "InsuredBranchNumber" insured_branch_number: Option<BranchNumber>, "枝番, absent for 後期高齢者";
        "PersonalFamilyClassification" personal_family_classification: Option<PersonalFamilyClassification>, "本人・家族の別";
        "InsuredName" insured_name: Option<Name>, "被保険者氏名（世帯主氏名）";
        "Name" name: Name, "氏名, parts divided by U+3000";
        "NameOfOther" name_of_other: Option<Name>, "氏名（その他）";
        "NameKana" name_kana: Option<Name>, "氏名カナ, half width";
        "NameOfOtherKana" name_of_other_kana: Option<Name>, "氏名カナ（その他）";
        "Sex1" sex1: Sex, "性別1";
        "Sex2" sex2: Option<Sex>, "性別2, as printed, where the insurer keeps it apart";
        "Birthdate" birthdate: Date, "生年月日";
        "Address" address: Option<LongText>, "住所, may be withheld";
        "PostNumber" post_number: Option<Text<8>>, "郵便番号 nnn-nnnn";
        "QualificationDate" qualification_date: Option<Date>, "資格取得年月日";
        "DisqualificationDate" disqualification_date: Option<Date>, "資格喪失年月日";
        "InsuredCertificateIssuanceDate" insured_certificate_issuance_date: Option<Date>, "被保険者証交付年月日";
        "InsuredCardValidDate" insured_card_valid_date: Option<Date>, "被保険者証有効開始年月日";
        "InsuredCardExpirationDate" insured_card_expiration_date: Option<Date>, "被保険者証有効終了年月日";
        "InsuredPartialContributionRatio" insured_partial_contribution_ratio: Option<Percent>, "一部負担金割合";
        "PreschoolClassification" preschool_classification: Option<PreschoolClassification>, "未就学区分";
        "ReasonOfLoss" reason_of_loss: Option<ReasonOfLoss>, "資格喪失事由";
        "InsurerName" insurer_name: Option<Name>, "保険者名称";
        "WelfareOfficeName" welfare_office_name: Option<Name>, "福祉事務所名, medical aid only";
        "ElderlyRecipientCertificateInfo" elderly_recipient_certificate_info: Option<ElderlyRecipientCertificateInfo>, "高齢受給者証情報";
        "LimitApplicationCertificateRelated" limit_application_certificate_related: Option<RelatedConsent>, "限度額適用認定証提供同意, ConsFlg and ConsTime";
        "LimitApplicationCertificateRelatedInfo" limit_application_certificate_related_info: Option<LimitApplicationCertificateRelatedInfo>, "限度額適用認定証関連情報";
        "SpecificDiseasesCertificateRelated" specific_diseases_certificate_related: Option<RelatedConsent>, "特定疾病療養受療証提供同意, ConsFlg and ConsTime";
        "SpecificDiseasesCertificateList/SpecificDiseasesCertificateInfo" specific_diseases_certificates: Vec<SpecificDiseasesCertificateInfo>, "特定疾病療養受療証情報";
        "PublicExpenseResultList/MedicalTicketInfo" medical_tickets: Vec<MedicalTicketInfo>, "医療券・調剤券情報";
        "SpecificHealthCheckupsInfo" specific_health_checkups_info: Option<InformationConsent>, "特定健診情報閲覧同意, ConsFlg, ConsTime and AvailableTime";
        "PharmacistsInfo" pharmacists_info: Option<InformationConsent>, "薬剤情報閲覧同意, ConsFlg, ConsTime and AvailableTime";
        "DiagnosisInfo" diagnosis_info: Option<InformationConsent>, "診療情報閲覧同意, ConsFlg, ConsTime and AvailableTime";
        "OperationInfo" operation_info: Option<InformationConsent>, "手術情報閲覧同意, ConsFlg, ConsTime and AvailableTime";
        "DiagnosisName" diagnosis_name: Option<InformationConsent>, "傷病名情報閲覧同意, since January 2025";
        "InfectiousInfo" infectious_info: Option<InformationConsent>, "感染症情報閲覧同意, since January 2025";
        "AllergyInfo" allergy_info: Option<InformationConsent>, "アレルギー情報閲覧同意, since January 2025";
        "ContraindicationInfo" contraindication_info: Option<InformationConsent>, "薬剤禁忌情報閲覧同意, since January 2025";
        "TestInfo" test_info: Option<InformationConsent>, "検査情報閲覧同意, since January 2025";
        "PrescriptionInfo" prescription_info: Option<InformationConsent>, "処方情報閲覧同意, since January 2025";
        "ReferenceNumber" reference_number: Option<Identifier>, "照会番号 registered by the asking institution";
        "ArbitraryIdentifier" arbitrary_identifier: Option<Identifier>, "echo of older versions";
    }
}

/// Symbol or number of a certificate: full-width characters and leading zeros are kept. Sources
/// say 20 or 38 characters; 38 is read.
pub type CardText = Text<38>;

impl ResultOfQualificationConfirmation {
    /// A record with what every record has; all else is empty.
    pub fn new(
        insured_card_classification: InsuredCardClassification,
        name: Name,
        sex1: Sex,
        birthdate: Date,
    ) -> Self {
        Self {
            insured_card_classification,
            insurer_number: None,
            public_expense_number: None,
            insured_card_symbol: None,
            insured_identification_number: None,
            beneficiary_number: None,
            insured_branch_number: None,
            personal_family_classification: None,
            insured_name: None,
            name,
            name_of_other: None,
            name_kana: None,
            name_of_other_kana: None,
            sex1,
            sex2: None,
            birthdate,
            address: None,
            post_number: None,
            qualification_date: None,
            disqualification_date: None,
            insured_certificate_issuance_date: None,
            insured_card_valid_date: None,
            insured_card_expiration_date: None,
            insured_partial_contribution_ratio: None,
            preschool_classification: None,
            reason_of_loss: None,
            insurer_name: None,
            welfare_office_name: None,
            elderly_recipient_certificate_info: None,
            limit_application_certificate_related: None,
            limit_application_certificate_related_info: None,
            specific_diseases_certificate_related: None,
            specific_diseases_certificates: Vec::new(),
            medical_tickets: Vec::new(),
            specific_health_checkups_info: None,
            pharmacists_info: None,
            diagnosis_info: None,
            operation_info: None,
            diagnosis_name: None,
            infectious_info: None,
            allergy_info: None,
            contraindication_info: None,
            test_info: None,
            prescription_info: None,
            reference_number: None,
            arbitrary_identifier: None,
        }
    }

    /// Whether the record is one of medical aid.
    pub fn is_medical_aid(&self) -> bool {
        self.insured_card_classification == InsuredCardClassification::MedicalAid
    }

    /// Whether a medical information consent covers a Japanese time, by kind.
    pub fn consents_at(&self, time: DateTime) -> [bool; 4] {
        [
            self.specific_health_checkups_info,
            self.pharmacists_info,
            self.diagnosis_info,
            self.operation_info,
        ]
        .map(|consent| consent.is_some_and(|consent| consent.covers(time)))
    }
}

fn numbers_and_names(record: &ResultOfQualificationConfirmation) -> Result<(), Fault> {
    let (number, payer) = match record.is_medical_aid() {
        true => (&record.public_expense_number, &record.welfare_office_name),
        false => (&record.insurer_number, &record.insurer_name),
    };
    match (number, payer, record.is_medical_aid()) {
        (Some(_), Some(_), _) => Ok(()),
        (None, _, true) => Err(Fault::rule("PublicExpenseNumber", "is required for medical aid")),
        (_, None, true) => Err(Fault::rule("WelfareOfficeName", "is required for medical aid")),
        (None, _, false) => Err(Fault::rule("InsurerNumber", "is required")),
        (_, None, false) => Err(Fault::rule("InsurerName", "is required")),
    }
}
