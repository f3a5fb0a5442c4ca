//! SIMperson01: a person asked for by what stands on the front of a card, in disaster mode or by the emergency function (bench
//! profile).
//!
//! What the real functions exchange is not public; the record of the answer is that of the interface.

use jiff::civil::Date;

use super::codes::{QualificationValidity, Sex, SpecialFunction};
use super::element::group;
use super::error::Fault;
use super::header::{Answer, AnswerBody, AnswerHeader, QueryHeader};
use super::record::ResultOfQualificationConfirmation;
use super::scalar::{LongText, Name};

group! {
    /// Body of SIMperson01req (bench profile).
    pub PersonQueryBody {
        "SpecialFunction" special_function: SpecialFunction, "disaster mode or emergency function";
        "Name" name: Name, "氏名";
        "Birthdate" birthdate: Date, "生年月日";
        "Sex1" sex1: Sex, "性別";
        "Address" address: LongText, "住所";
    }
}

group! {
    /// SIMperson01req (bench profile).
    pub PersonQuery {
        "MessageHeader" header: QueryHeader, "header";
        "MessageBody" body: PersonQueryBody, "body";
    }
}

group! {
    /// Body of SIMperson01res (bench profile).
    pub PersonBody checked by validity_and_record {
        "QualificationValidity" qualification_validity: QualificationValidity, "資格有効性";
        "ResultList/ResultOfQualificationConfirmation" results: Vec<ResultOfQualificationConfirmation>, "資格確認結果";
    }
}

/// SIMperson01res (bench profile).
pub type PersonAnswer = Answer<PersonBody>;

impl AnswerBody for PersonBody {
    fn fits(&self, _: &AnswerHeader) -> Result<(), Fault> {
        Ok(())
    }
}

fn validity_and_record(body: &PersonBody) -> Result<(), Fault> {
    use QualificationValidity as V;
    let fits = match body.qualification_validity {
        V::NoMatch | V::SeveralMatch => body.results.is_empty(),
        V::Valid | V::Invalid | V::InvalidNewerExists | V::ValidUnregistered => {
            !body.results.is_empty()
        }
    };
    let rule = "belongs to QualificationValidity 1, 2, 3 and 6";
    if fits { Ok(()) } else { Err(Fault::rule("ResultOfQualificationConfirmation", rule)) }
}
