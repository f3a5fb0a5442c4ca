//! Why a claim goes back, in a word, in Japanese and in English.

use serde::Serialize;

use crate::messages::claim::ConfirmationKind;

/// Declares the reasons: what each means, its words, and the check class that goes with it.
macro_rules! reasons {
    ($($(#[$meta:meta])* $name:ident: $ja:literal, $en:literal, $kind:expr;)+) => {
        /// Why a claim goes back (返戻).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ReturnReason { $($(#[$meta])* $name,)+ }

        impl ReturnReason {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// For the institution, in Japanese.
            #[must_use]
            pub const fn japanese(self) -> &'static str {
                match self { $(Self::$name => $ja,)+ }
            }

            /// For the bench, in English.
            #[must_use]
            pub const fn english(self) -> &'static str {
                match self { $(Self::$name => $en,)+ }
            }

            /// 確認区分 that tells it; `None` when the form is at fault and nobody was looked up.
            #[must_use]
            pub const fn confirmation(self) -> Option<ConfirmationKind> {
                match self { $(Self::$name => $kind,)+ }
            }
        }
    };
}

reasons! {
    /// A line of the claim cannot be read.
    Unreadable: "記録の形式に誤りがあります", "a record cannot be read", None;
    /// The claim has neither HO nor KO record.
    PayerMissing: "保険者レコードも公費レコードもありません", "there is neither an insurer nor a public expense record", None;
    /// The insurer number is not one.
    InsurerNumberMalformed: "保険者番号の形式に誤りがあります", "the insurer number is malformed", None;
    /// The insurer number does not take its eight places. Row OQS-CLM-08.
    NumberNotPadded: "保険者番号が左空白の8桁で記録されていません", "the insurer number is not padded on the left to eight places", None;
    /// An SN record of a first claim says more than it may. Row OQS-CLM-06.
    CheckRecordFilled: "資格確認レコードに初回請求では記録しない項目があります", "the qualification record says more than a first claim may", None;
    /// Symbol and number of an unknown insurance are not filled with 7. Row OQS-CLM-11.
    FillValueWrong: "不詳請求の記号・番号が「7」で埋められていません", "symbol and number of an unknown insurance are not filled with 7", None;
    /// The remark of an unknown insurance is missing or says too little. Rows OQS-CLM-11, OQS-DIS-05.
    RemarkMissing: "不詳請求の摘要（「不詳」、住所・事業所・連絡先）が不足しています", "the remark of an unknown insurance is missing or incomplete", None;
    /// No insurer of that number is known: a typing error.
    InsurerUnknown: "該当する保険者がありません", "no such insurer is known", Some(ConfirmationKind::CannotConfirm);
    /// The insurer does not know the number: a typing error.
    NumberUnknown: "該当する被保険者番号がありません", "the insurer knows no such number", Some(ConfirmationKind::CannotConfirm);
    /// The symbol is not the one registered with the number.
    SymbolDiffers: "被保険者証記号が登録と異なります", "the symbol differs from the registered one", Some(ConfirmationKind::CannotConfirm);
    /// Birth date or branch is another person's.
    HolderDiffers: "生年月日または枝番が登録と異なります", "birth date or branch differs from the registered one", Some(ConfirmationKind::CannotConfirm);
    /// The qualification had not begun on the day.
    NotYetQualified: "資格取得前の受診です", "treated before the qualification began", Some(ConfirmationKind::CannotConfirm);
    /// The qualification was lost by the day, and nothing took its place.
    QualificationLost: "資格喪失後の受診です", "treated after the qualification was lost", Some(ConfirmationKind::LostAskedStatedInsurer);
    /// The qualification was lost and the certificate had gone back to the insurer.
    LostAfterReturn: "証回収後の受診です", "treated after the certificate had gone back to the insurer", Some(ConfirmationKind::LostAfterReturn);
    /// The qualification was lost by death.
    LostByDeath: "死亡による資格喪失後の受診です", "treated after the qualification was lost by death", Some(ConfirmationKind::LostByDeath);
    /// The claim is not what the medical ticket says. Row OQS-AID-05.
    TicketDiffers: "医療券・調剤券の記載と異なります", "the claim differs from the medical ticket", Some(ConfirmationKind::CannotConfirm);
}
