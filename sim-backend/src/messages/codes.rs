//! The code tables as enums: digit and Japanese word of each code.
//!
//! Source: OQS messages, business codes (業務コード); the table number stands at each enum. Codes
//! known from one public source only are included, since a message with them must be readable.

/// Declares code tables.
macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident { $($variant:ident = $code:literal $word:literal,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = concat!("`", $code, "` ", $word)] $variant,)+ }

        impl $name {
            /// The whole table in its order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as it stands in a message.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The Japanese word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Finds a code in the table.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::messages::element::Scalar for $name {
            fn shape() -> String {
                let codes: Vec<_> = Self::ALL.iter().map(|value| value.code()).collect();
                format!("one of the codes {}", codes.join(", "))
            }

            fn facet() -> $crate::messages::shape::Facet {
                let codes = Self::ALL.iter().map(|value| value.code()).collect();
                $crate::messages::shape::Facet::Code { table: stringify!($name), codes }
            }

            fn parse(text: &str) -> Option<Self> {
                Self::from_code(text)
            }

            fn text(&self) -> String {
                self.code().to_owned()
            }
        }
    )+};
}
pub(crate) use codes;

codes! {
    /// CD002: what the query was made with.
    ReferenceClassification {
        Card = "1" "マイナンバーカード",
        Numbers = "2" "被保険者証等の番号",
    }

    /// CD003: state of the whole file.
    SegmentOfResult {
        Normal = "1" "正常終了",
        InProcess = "2" "処理中",
        Error = "9" "異常終了",
    }

    /// CD004: state of one person's part.
    ProcessingResultStatus {
        Normal = "1" "正常",
        Error = "2" "異常",
    }

    /// CD006: what became of the qualification asked for.
    QualificationValidity {
        Valid = "1" "有効",
        Invalid = "2" "無効",
        InvalidNewerExists = "3" "無効（新しい資格あり）",
        NoMatch = "4" "該当資格なし",
        SeveralMatch = "5" "複数該当",
        ValidUnregistered = "6" "有効（未登録）",
    }

    /// CD007: sex.
    Sex {
        Male = "1" "男",
        Female = "2" "女",
        Unset = "3" "未設定",
    }

    /// CD008: why a qualification was lost.
    ReasonOfLoss {
        Death = "01" "死亡",
        PublicAssistance = "02" "生活保護受給開始",
        OtherInsurance = "03" "他保険の資格取得",
        Other = "99" "その他",
    }

    /// CD009: the insured person or a dependant.
    PersonalFamilyClassification {
        Insured = "1" "本人",
        Family = "2" "家族",
    }

    /// CD010: kind of the insured person's certificate.
    InsuredCardClassification {
        General = "01" "被保険者証（一般）",
        Retired = "02" "被保険者証（退職）",
        ShortTermGeneral = "03" "短期被保険者証（一般）",
        ShortTermRetired = "04" "短期被保険者証（退職）",
        SpecialMedicalExpense = "05" "資格証明書・特別療養費",
        SpecialRetired = "06" "特例退職被保険者証",
        SelfDefenseForces = "07" "自衛官診療証",
        MedicalAid = "A1" "医療扶助",
    }

    /// CD011: kind of the limit certificate.
    LimitCertificateClassification {
        Limit = "01" "限度額適用認定証",
        LimitAndStandard = "02" "限度額適用・標準負担額減額認定証",
        Standard = "03" "標準負担額減額認定証",
    }

    /// CD012: income class of the limit certificate. A… up to 69 years of age, B… from 70.
    LimitCertificateFlag {
        A01 = "A01" "区分ア",
        A02 = "A02" "区分イ",
        A03 = "A03" "区分ウ",
        A04 = "A04" "区分エ",
        A05 = "A05" "区分オ",
        A06 = "A06" "区分オ（境）",
        B01 = "B01" "現役並みⅢ",
        B02 = "B02" "現役並みⅡ",
        B03 = "B03" "現役並みⅠ",
        B04 = "B04" "一般",
        B05 = "B05" "低所得Ⅱ",
        B06 = "B06" "低所得Ⅰ",
        B07 = "B07" "低所得Ⅰ（老福）",
        B08 = "B08" "低所得Ⅰ（境）",
        B09 = "B09" "一般Ⅱ",
        B10 = "B10" "一般Ⅰ",
    }

    /// CD013: specific disease.
    SpecificDiseaseCategory {
        RenalFailure = "1" "人工透析が必要な慢性腎不全",
        Haemophilia = "2" "血友病（第Ⅷ・第Ⅸ因子）",
        HivByBloodProducts = "3" "血液製剤によるHIV感染症",
    }

    /// CD014: whether the limit certificate is another than the one the asker knows.
    LimitCertificateChange {
        Unchanged = "0" "変更なし",
        ChangedOrUndecidable = "1" "変更ありまたは判定不能",
    }

    /// CD015: child before school age.
    PreschoolClassification {
        Preschool = "1" "未就学",
    }

    /// CD016 (and CD001): state of a consent.
    ConsentFlag {
        NotGiven = "0" "不同意",
        Given = "1" "同意",
        Expired = "2" "有効期限切れ",
        HardToObtain = "3" "取得困難",
    }

    /// CD017: how the prescription is issued.
    PrescriptionIssueSelect {
        Electronic = "1" "電子",
        Paper = "2" "紙",
    }

    /// CD018: ticket of medical aid.
    TicketType {
        Treatment = "01" "医療券",
        Dispensing = "02" "調剤券",
    }

    /// CD019: kind of treatment of a ticket.
    MedicalTreatmentType {
        Inpatient = "01" "入院",
        Outpatient = "02" "入院外",
        Dental = "03" "歯科",
        Dispensing = "04" "調剤",
        HomeNursing = "05" "訪問看護",
    }

    /// CD020: medical aid alone or beside other schemes.
    SingleOrCombinedUse {
        Single = "01" "単独",
        Combined = "02" "併用",
    }

    /// CD021, CD023, CD024, CD025: whether a scheme applies.
    SchemeStatus {
        Applies = "01" "有",
        DoesNotApply = "02" "無",
    }

    /// CD022: ticket and record disagree.
    ConsistencyFlag {
        Inconsistent = "1" "不整合",
    }

    /// CD026: whether the asking institution is the one a ticket designates.
    DesignatedInstitutionMatch {
        Same = "0" "一致",
        Different = "1" "不一致",
    }

    /// CD028: occasion of the treatment.
    MedicalTreatmentFlag {
        Outpatient = "1" "外来",
        HomeVisit = "2" "訪問診療等",
        Online = "3" "オンライン診療等",
        Emergency = "4" "救急時",
    }

    /// CD030: whether a part of the history is shown.
    PartShown {
        Hidden = "0" "表示しない",
        Shown = "1" "表示する",
    }

    /// CD034 in the use of drug and health-check requests: form of the answer.
    FileCategory {
        Pdf = "1" "PDF",
        Xml = "2" "XML",
    }

    /// Which function answers without card (bench profile).
    SpecialFunction {
        Disaster = "1" "災害時モード",
        Emergency = "2" "緊急時機能",
    }

    /// How the holder was identified (bench profile).
    IdentificationMode {
        Face = "1" "顔認証",
        Pin = "2" "暗証番号",
        Visual = "3" "目視",
    }

    /// State of an accepted certificate (bench profile).
    CertificateStateCode {
        Valid = "1" "有効",
        ExpiresSoon = "2" "期限まで三か月以内",
        Grace = "3" "期限切れ（猶予期間内）",
    }
}

#[cfg(test)]
mod tests;
