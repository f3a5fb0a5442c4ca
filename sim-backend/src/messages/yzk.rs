//! YZKsiquc01: drug and care history (薬剤情報) of a person who agreed at the reader.
//!
//! The names of this family differ from those of OQSsiquc01. Of the answer the claim-based part is
//! modelled; the place of `ResultCode` and `MessageContents`, the answer's outer elements and the
//! form of its times are not public: they are the bench's (bench profile).

use jiff::civil::{Date, DateTime};

use super::codes::{FileCategory, MedicalTreatmentFlag, Sex};
use super::element::{Element, Field, group};
use super::error::Fault;
use super::number::{BranchNumber, Digits, InstitutionCode, InsurerNumber};
use super::record::CardText;
use super::scalar::{Identifier, LongText, Name, Text, YearMonth};
use super::xml::Node;

group! {
    /// Header of the request.
    pub DrugRequestHeader {
        "MedicalInstitutionCode" medical_institution_code: InstitutionCode, "医療機関コード of the asking institution";
        "InsurerNumber" insurer_number: InsurerNumber, "保険者番号";
        "InsuranceCardSymbol" insurance_card_symbol: Option<CardText>, "被保険者証記号";
        "InsuredPersonIdentificationNumber" insured_person_identification_number: CardText, "被保険者証番号";
        "BranchNumber" branch_number: Option<BranchNumber>, "枝番";
        "ArbitraryFileIdentifier" arbitrary_file_identifier: Option<Identifier>, "echoed unchanged";
    }
}

group! {
    /// Body of the request.
    pub DrugRequestBody checked by months_in_order {
        "StartDate" start_date: YearMonth, "first month asked for";
        "EndDate" end_date: YearMonth, "last month asked for";
        "FileCategory" file_category: FileCategory, "PDF or XML";
        "PrDiInfClassification" pr_di_inf_classification: Option<bool>, "whether the drug part is included (CD030)";
        "MedicalTreatmentFlag" medical_treatment_flag: Option<MedicalTreatmentFlag>, "occasion (CD028)";
    }
}

group! {
    /// YZKsiquc01req. Source: OQS messages, drug, care and health-check information.
    pub DrugRequest {
        "MessageHeader" header: DrugRequestHeader, "header";
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

/// YZKsiquc01res in its XML form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrugAnswer {
    /// When the answer was made, Japanese time.
    pub process_execution_time: DateTime,
    /// 医療機関コード of the institution that gets the answer.
    pub medical_institution_code: InstitutionCode,
    /// Echo of the request's.
    pub arbitrary_file_identifier: Option<Identifier>,
    /// What came of the request.
    pub outcome: DrugOutcome,
}

/// History or refusal. A refusal carries no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrugOutcome {
    /// `ResultCode` 1.
    History(DrugHistory),
    /// Any other `ResultCode`.
    Refused {
        /// `ResultCode`. The official list is not public; ours begins with `SIM-`.
        result_code: Identifier,
        /// `MessageContents`.
        message_contents: LongText,
    },
}

/// A person's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrugHistory {
    /// Whose it is.
    pub person: QuaInf,
    /// Months with claims; none is a history too.
    pub months: Vec<MeTrMonthInf>,
}

group! {
    /// The answer header as it lies in the file.
    DrugAnswerHeader {
        "ProcessExecutionTime" process_execution_time: DateTime, "see [`DrugAnswer`]";
        "MedicalInstitutionCode" medical_institution_code: InstitutionCode, "see [`DrugAnswer`]";
        "ArbitraryFileIdentifier" arbitrary_file_identifier: Option<Identifier>, "see [`DrugAnswer`]";
        "ResultCode" result_code: Identifier, "see [`DrugOutcome`]";
        "MessageContents" message_contents: Option<LongText>, "see [`DrugOutcome`]";
        "QuaInf" person: Option<QuaInf>, "see [`DrugHistory`]";
    }
}

group! {
    /// The answer body as it lies in the file.
    DrugAnswerBody {
        "MeTrMonthInf" months: Vec<MeTrMonthInf>, "see [`DrugHistory`]";
    }
}

/// `ResultCode` of an answer that carries a history.
const RESULT_OK: &str = "1";

impl Element for DrugAnswer {
    fn read(root: &Node<'_>) -> Result<Self, Fault> {
        let header = DrugAnswerHeader::pick(root, "MessageHeader")?;
        let body = Option::<DrugAnswerBody>::pick(root, "MessageBody")?;
        let fault = |element, rule| Err(Fault::rule(element, rule).within(root.offset));
        let outcome = match (header.result_code.as_str(), header.person, body) {
            (RESULT_OK, Some(person), body) => {
                let months = body.map_or(Vec::new(), |body| body.months);
                DrugOutcome::History(DrugHistory { person, months })
            }
            (RESULT_OK, None, _) => return fault("QuaInf", "is required with ResultCode 1"),
            (_, None, None) => match header.message_contents {
                Some(message_contents) => {
                    DrugOutcome::Refused { result_code: header.result_code, message_contents }
                }
                None => return fault("MessageContents", "is required unless ResultCode is 1"),
            },
            (_, _, _) => return fault("ResultCode", "does not go with data of a person"),
        };
        Ok(Self {
            process_execution_time: header.process_execution_time,
            medical_institution_code: header.medical_institution_code,
            arbitrary_file_identifier: header.arbitrary_file_identifier,
            outcome,
        })
    }

    fn write(&self, name: &'static str) -> Node<'static> {
        let (result_code, message_contents, history) = match &self.outcome {
            DrugOutcome::History(history) => (Text::lossy(RESULT_OK), None, Some(history.clone())),
            DrugOutcome::Refused { result_code, message_contents } => {
                (result_code.clone(), Some(message_contents.clone()), None)
            }
        };
        let (person, months) =
            history.map_or((None, Vec::new()), |history| (Some(history.person), history.months));
        let header = DrugAnswerHeader {
            process_execution_time: self.process_execution_time,
            medical_institution_code: self.medical_institution_code.clone(),
            arbitrary_file_identifier: self.arbitrary_file_identifier.clone(),
            result_code,
            message_contents,
            person,
        };
        let body = DrugAnswerBody { months };
        Node::group(name, vec![header.write("MessageHeader"), body.write("MessageBody")])
    }
}
