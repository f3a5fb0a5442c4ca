//! The five records about insurance.

use jiff::civil::Date;

use super::field::record;
use crate::messages::codes::codes;
use crate::messages::number::{BranchNumber, Digits, InsurerNumber};
use crate::messages::record::CardText;
use crate::messages::scalar::{Text, YearMonth};

/// Fill values of a claim whose insurer is unknown (不詳). Source: OQS-CLM-11.
pub const UNKNOWN_INSURERS: [&str; 2] = ["77777777", "77777779"];
/// Fill value of the disaster form (不詳).
pub const DISASTER_INSURER: &str = "99999999";

codes! {
    /// 負担者種別: who pays.
    BurdenKind {
        Insurance = "1" "医療保険",
        FirstPublic = "2" "第１公費",
        SecondPublic = "3" "第２公費",
        ThirdPublic = "4" "第３公費",
        FourthPublic = "5" "第４公費",
    }

    /// 確認区分: 01 by the institution, 02–09 by the reviewing body, 11–14 by the insurer.
    ConfirmationKind {
        CheckedAtCounter = "01" "資格確認済み",
        Unchanged = "02" "変更なし",
        CannotConfirm = "03" "確認不可",
        Transferred = "04" "振替",
        Split = "05" "分割",
        LostAskedStatedInsurer = "06" "資格喪失（記載の保険者へ請求）",
        LostAfterReturn = "07" "資格喪失（証回収後受診）",
        LostByDeath = "08" "資格喪失（死亡）",
        BranchFixed = "09" "枝番補正",
        InsurerTransferred = "11" "保険者による振替",
        InsurerSplit = "12" "保険者による分割",
        InsurerCannotChange = "13" "保険者変更不可",
        InsurerBranchFixed = "14" "保険者による枝番補正",
    }
}

record! {
    /// IR 医療機関情報.
    InstitutionRecord = "IR" {
        review_body: Digits<1>, "審査支払機関";
        prefecture: Digits<2>, "都道府県";
        score_table: Digits<1>, "点数表";
        institution: Digits<7>, "医療機関コード";
        reserved: Option<Text<40>>, "予備";
        institution_name: Text<40>, "医療機関名称";
        claim_month: YearMonth, "請求年月";
        volume: Option<Digits<2>>, "マルチボリューム識別情報";
        telephone: Option<Text<15>>, "電話番号";
    }
}

impl InstitutionRecord {
    /// The ten digits used in messages.
    pub fn institution_code(&self) -> String {
        format!("{}{}{}", self.prefecture, self.score_table, self.institution)
    }
}

record! {
    /// RE レセプト共通.
    ReceiptRecord = "RE" {
        receipt_number: u32, "レセプト番号";
        receipt_kind: Digits<4>, "レセプト種別";
        treatment_month: YearMonth, "診療年月";
        name: Text<40>, "氏名";
        sex: Digits<1>, "男女区分";
        birthdate: Date, "生年月日";
        benefit_ratio: Option<u32>, "給付割合";
        admission_date: Option<Date>, "入院年月日";
        ward: Option<Text<8>>, "病棟区分";
        burden_class: Option<Digits<1>>, "一部負担金・食事療養費・生活療養費標準負担額区分";
        special_notes: Option<Text<10>>, "レセプト特記事項";
        beds: Option<u32>, "病床数";
        chart_number: Option<Text<20>>, "カルテ番号等";
        discount_unit_price: Option<u32>, "割引点数単価";
        reserved1: Option<Text<40>>, "予備1";
        reserved2: Option<Text<40>>, "予備2";
        reserved3: Option<Text<40>>, "予備3";
        search_number: Option<Text<30>>, "検索番号";
        layout_month: Option<Text<6>>, "記録条件仕様年月情報";
        claim_information: Option<Text<40>>, "請求情報";
        department1: Option<Text<10>>, "診療科1診療科名";
        department1_body_part: Option<Text<10>>, "診療科1人体の部位等";
        department1_sex: Option<Text<10>>, "診療科1性別等";
        department1_procedure: Option<Text<10>>, "診療科1医学的処置";
        department1_disease: Option<Text<10>>, "診療科1特定疾病";
        department2: Option<Text<10>>, "診療科2診療科名";
        department2_body_part: Option<Text<10>>, "診療科2人体の部位等";
        department2_sex: Option<Text<10>>, "診療科2性別等";
        department2_procedure: Option<Text<10>>, "診療科2医学的処置";
        department2_disease: Option<Text<10>>, "診療科2特定疾病";
        department3: Option<Text<10>>, "診療科3診療科名";
        department3_body_part: Option<Text<10>>, "診療科3人体の部位等";
        department3_sex: Option<Text<10>>, "診療科3性別等";
        department3_procedure: Option<Text<10>>, "診療科3医学的処置";
        department3_disease: Option<Text<10>>, "診療科3特定疾病";
        kana: Option<Text<80>>, "カタカナ氏名";
        patient_state: Option<Text<60>>, "患者の状態";
    }
}

record! {
    /// HO 保険者. The insurer number keeps its eight characters (OQS-CLM-08).
    InsurerRecord = "HO" {
        insurer_number: InsurerNumber, "保険者番号";
        symbol: Option<CardText>, "被保険者証記号";
        number: Option<CardText>, "被保険者証番号";
        treatment_days: u32, "診療実日数";
        points: u32, "合計点数";
        reserved: Option<Text<40>>, "予備";
        meals: Option<u32>, "食事療養・生活療養回数";
        meal_amount: Option<u32>, "食事療養・生活療養合計金額";
        work_related: Option<Digits<1>>, "職務上の事由";
        certificate_number: Option<Text<3>>, "証明書番号";
        burden_amount: Option<u32>, "負担金額医療保険";
        reduction_class: Option<Digits<1>>, "減免区分";
        reduction_ratio: Option<u32>, "減額割合";
        reduction_amount: Option<u32>, "減額金額";
    }
}

impl InsurerRecord {
    /// Whether the insurer is stated as unknown (不詳).
    pub fn is_unknown(&self) -> bool {
        let number = self.insurer_number.as_str();
        number == DISASTER_INSURER || UNKNOWN_INSURERS.contains(&number)
    }
}

record! {
    /// KO 公費.
    PublicExpenseRecord = "KO" {
        payer_number: InsurerNumber, "公費負担者番号";
        beneficiary_number: Option<Digits<7>>, "公費受給者番号";
        optional_benefit: Option<Digits<1>>, "任意給付区分";
        treatment_days: u32, "診療実日数";
        points: u32, "合計点数";
        burden_amount: Option<u32>, "負担金額公費";
        outpatient_amount: Option<u32>, "公費給付対象外来一部負担金";
        inpatient_amount: Option<u32>, "公費給付対象入院一部負担金";
        reserved: Option<Text<40>>, "予備";
        meals: Option<u32>, "食事療養・生活療養回数";
        meal_amount: Option<u32>, "食事療養・生活療養合計金額";
    }
}

record! {
    /// SN 資格確認.
    QualificationRecord = "SN" {
        burden_kind: BurdenKind, "負担者種別";
        confirmation: ConfirmationKind, "確認区分";
        insurer_number: Option<InsurerNumber>, "保険者番号等";
        symbol: Option<CardText>, "被保険者証記号";
        number: Option<CardText>, "被保険者証番号";
        branch_number: Option<BranchNumber>, "枝番";
        beneficiary_number: Option<Digits<7>>, "受給者番号";
        reserved: Option<Text<40>>, "予備";
    }
}

impl QualificationRecord {
    /// The record as the institution claims first: burden, checked at the counter, branch
    /// (OQS-CLM-06).
    pub fn first_claim(burden_kind: BurdenKind, branch_number: Option<BranchNumber>) -> Self {
        Self {
            burden_kind,
            confirmation: ConfirmationKind::CheckedAtCounter,
            insurer_number: None,
            symbol: None,
            number: None,
            branch_number,
            beneficiary_number: None,
            reserved: None,
        }
    }

    /// Whether the record is one an institution may claim first.
    pub fn is_first_claim(&self) -> bool {
        *self == Self::first_claim(self.burden_kind, self.branch_number.clone())
    }
}
