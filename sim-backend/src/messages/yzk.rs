//! YZKsiquc01: drug and care history (薬剤情報) of a person who agreed at the reader.
//!
//! Of the answer the parts of claims, prescriptions and dispensings are modelled. How the official answer writes care and
//! operations is not in our facts: `Sim…` elements are the bench's own (bench profile). See [`super::history`] for what is
//! public of the frame.

use jiff::civil::Date;

use super::codes::{FileCategory, MedicalTreatmentFlag, PartShown, Sex};
use super::element::group;
use super::error::Fault;
use super::history::{History, HistoryAnswer, HistoryRequestHeader};
use super::number::{Digits, InstitutionCode};
use super::scalar::{Name, Text, YearMonth};

group! {
    /// Body of the request.
    pub DrugRequestBody checked by months_in_order {
        "StartDate" start_date: YearMonth, "first month asked for";
        "EndDate" end_date: YearMonth, "last month asked for";
        "FileCategory" file_category: FileCategory, "PDF or XML";
        "PrDiInfClassification" pr_di_inf_classification: Option<PartShown>, "whether the drug part is included";
        "MedicalTreatmentFlag" medical_treatment_flag: Option<MedicalTreatmentFlag>, "occasion (CD028)";
    }
}

group! {
    /// YZKsiquc01req. Source: OQS messages, drug, care and health-check information.
    pub DrugRequest {
        "MessageHeader" header: HistoryRequestHeader, "header";
        "MessageBody" body: DrugRequestBody, "body";
    }
}

fn months_in_order(body: &DrugRequestBody) -> Result<(), Fault> {
    if body.start_date <= body.end_date {
        return Ok(());
    }
    Err(Fault::rule("StartDate", "must not lie after EndDate"))
}

group! {
    /// The person the history belongs to.
    pub QuaInf {
        "Name" name: Name, "氏名";
        "KanaName" kana_name: Option<Name>, "氏名カナ";
        "Birth" birth: Date, "生年月日";
        "AdmGendCode" adm_gend_code: Sex, "性別";
    }
}

group! {
    /// One drug.
    pub DrugInf {
        "DrugC" drug_c: Digits<9>, "薬剤コード";
        "DrugN" drug_n: Text<64>, "薬剤名";
        "IngreN" ingre_n: Option<Text<200>>, "成分名";
        "Qua1" qua1: Option<Text<20>>, "一回または一日の用量, a decimal number";
        "Unit" unit: Option<Text<12>>, "単位";
        "UsageN" usage_n: Option<Text<30>>, "用法";
        "SpInst" sp_inst: Option<Text<80>>, "特別指示";
        "Times" times: Option<u32>, "回数・日数";
        "MeTrIdCl" me_tr_id_cl: Option<Text<4>>, "診療識別";
    }
}

group! {
    /// The drugs of one day.
    pub DiDateInf {
        "DiDate" di_date: Date, "調剤年月日";
        "PrDate" pr_date: Option<Date>, "処方年月日";
        "DrugInfs/DrugInf" drugs: Vec<DrugInf>, "薬剤";
    }
}

group! {
    /// The claims of one institution in one month.
    pub MeTrMonthInf {
        "DiOrg" di_org: Option<Text<4>>, "調剤機関の区分";
        "MeTrDiHCd" me_tr_di_h_cd: Option<InstitutionCode>, "医療機関・薬局コード";
        "PrlsHCd" prls_h_cd: Option<InstitutionCode>, "処方箋発行医療機関コード";
        "MeTrDiHNm" me_tr_di_h_nm: Option<Name>, "医療機関・薬局名";
        "MeTrMonth" me_tr_month: YearMonth, "診療年月";
        "PrlsHNm" prls_h_nm: Option<Name>, "処方箋発行医療機関名";
        "PrIsOrg" pr_is_org: Option<Text<4>>, "処方箋発行機関の区分";
        "InOut" in_out: Option<Text<4>>, "入院・外来の別";
        "DiDateInfs/DiDateInf" days: Vec<DiDateInf>, "調剤日ごとの情報";
    }
}

group! {
    /// Something that was done on a day, an operation included. Bench profile but for the institution's names.
    pub SimCareInf {
        "MeTrDate" me_tr_date: Date, "診療年月日";
        "MeTrDiHCd" me_tr_di_h_cd: InstitutionCode, "医療機関コード";
        "MeTrDiHNm" me_tr_di_h_nm: Name, "医療機関名";
        "SimActCode" sim_act_code: Digits<9>, "診療行為コード";
        "SimActName" sim_act_name: Name, "診療行為名";
    }
}

/// YZKsiquc01res in its XML form.
pub type DrugAnswer = HistoryAnswer<DrugHistory>;

/// A person's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrugHistory {
    /// Whose it is.
    pub person: QuaInf,
    /// Months with claims; none is a history too.
    pub months: Vec<MeTrMonthInf>,
    /// Months with electronic prescriptions, by who issued them.
    pub prescribed: Vec<MeTrMonthInf>,
    /// Months with dispensings on electronic prescriptions, by pharmacy and who issued them.
    pub dispensed: Vec<MeTrMonthInf>,
    /// Care, oldest first.
    pub care: Vec<SimCareInf>,
    /// Operations, oldest first.
    pub operations: Vec<SimCareInf>,
}

group! {
    /// The answer body as it lies in the file.
    pub DrugAnswerBody {
        "MeTrMonthInf" months: Vec<MeTrMonthInf>, "see [`DrugHistory`]";
        "ShPrInf/ShPrMonthInf" prescribed: Vec<MeTrMonthInf>, "see [`DrugHistory`]";
        "CzDiInf/CzDiMonthInf" dispensed: Vec<MeTrMonthInf>, "see [`DrugHistory`]";
        "SimCareInf" care: Vec<SimCareInf>, "see [`DrugHistory`]";
        "SimOperationInf" operations: Vec<SimCareInf>, "see [`DrugHistory`]";
    }
}

impl History for DrugHistory {
    const PERSON: &'static str = "QuaInf";
    type Person = QuaInf;
    type Body = DrugAnswerBody;

    fn join(person: QuaInf, body: Option<DrugAnswerBody>) -> Self {
        let Some(body) = body else {
            let none = Vec::new;
            return Self {
                person,
                months: none(),
                prescribed: none(),
                dispensed: none(),
                care: Vec::new(),
                operations: Vec::new(),
            };
        };
        let DrugAnswerBody { months, prescribed, dispensed, care, operations } = body;
        Self { person, months, prescribed, dispensed, care, operations }
    }

    fn split(&self) -> (QuaInf, DrugAnswerBody) {
        let Self { person, months, prescribed, dispensed, care, operations } = self.clone();
        (person, DrugAnswerBody { months, prescribed, dispensed, care, operations })
    }
}
