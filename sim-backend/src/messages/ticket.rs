//! 医療券・調剤券 of medical aid (医療扶助). Known from one public source.

use jiff::civil::Date;

use super::codes::{
    ConsistencyFlag, DesignatedInstitutionMatch, MedicalTreatmentType, SchemeStatus,
    SingleOrCombinedUse, TicketType,
};
use super::element::group;
use super::number::InstitutionCode;
use super::scalar::{Identifier, LongText, Name, YearMonth};

group! {
    /// One ticket. Source: OQS messages, MedicalTicketInfo; field spellings are the interface's.
    pub MedicalTicketInfo {
        "TicketType" ticket_type: TicketType, "券の種別";
        "MedicalTicketValidDate" medical_ticket_valid_date: Option<Date>, "valid from";
        "MedicalTicketExpirationDate" medical_ticket_expiration_date: Option<Date>, "valid to";
        "IssueNumber" issue_number: Option<Identifier>, "交付番号";
        "MedicalTreatmentMonth" medical_treatment_month: Option<YearMonth>, "診療年月";
        "DesignatedMedicalInstitutionCode" designated_medical_institution_code: Option<InstitutionCode>, "指定医療機関";
        "DesignatedMedicalInstitutionFlag" designated_medical_institution_flag: Option<DesignatedInstitutionMatch>, "指定医療機関確認フラグ: whether the asking institution is the designated one";
        "DesignatedMedicalInstitutionName" designated_medical_institution_name: Option<Name>, "its name";
        "PrescriptionIssuerMedicalInstitutionCode" prescription_issuer_medical_institution_code: Option<InstitutionCode>, "処方箋発行元医療機関";
        "PrescriptionIssuerMedicalInstitutionName" prescription_issuer_medical_institution_name: Option<Name>, "its name";
        "InjuryName1" injury_name1: Option<Name>, "傷病名1";
        "InjuryName2" injury_name2: Option<Name>, "傷病名2";
        "InjuryName3" injury_name3: Option<Name>, "傷病名3";
        "MedicalTreatmentType" medical_treatment_type: Option<MedicalTreatmentType>, "診療別";
        "SelfPayAmount" self_pay_amount: Option<u32>, "本人支払額, yen";
        "DistrictContactName" district_contact_name: Option<Name>, "地区担当員名";
        "HandlingContactName" handling_contact_name: Option<Name>, "取扱担当者名";
        "SingleOrCombinedUse" single_or_combined_use: Option<SingleOrCombinedUse>, "単独・併用別";
        "StatusOfSocialInsurance" status_of_social_insurance: Option<SchemeStatus>, "社会保険の有無";
        "ConsistencyFlag" consistency_flag: Option<ConsistencyFlag>, "社会保険状況の整合性フラグ";
        "StatusOfInfecton" status_of_infecton: Option<SchemeStatus>, "感染症法の有無; the spelling is the interface's";
        "StatusOfElderlyMedicalCare" status_of_elderly_medical_care: Option<SchemeStatus>, "後期高齢者医療の有無";
        "StatusOfPrefecturalExpenses" status_of_prefectural_expenses: Option<SchemeStatus>, "都道府県費の有無";
        "Remarks1" remarks1: Option<LongText>, "備考1";
        "Remarks2" remarks2: Option<LongText>, "備考2";
        "Remarks3" remarks3: Option<LongText>, "備考3";
    }
}
