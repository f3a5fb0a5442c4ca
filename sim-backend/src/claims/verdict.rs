//! What the agency says of one claim.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{file::Claim, reason::ReturnReason};
use crate::{
    messages::{
        BranchNumber, InsurerNumber,
        claim::{BurdenKind, ConfirmationKind, InsurerRecord},
        record::CardText,
    },
    service::records::Coverage,
};

/// What becomes of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimOutcome {
    /// Goes on to payment as it is.
    Accepted,
    /// 振替: goes on to payment by another insurer.
    Transferred,
    /// 分割: goes on to payment by several.
    Split,
    /// 返戻: goes back to the institution.
    Returned,
}

/// The answer to one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What becomes of it.
    pub outcome: ClaimOutcome,
    /// 確認区分 after the claim, 02 to 09; `None` when nobody was looked up.
    pub confirmation: Option<ConfirmationKind>,
    /// The qualifications that pay where they are not simply the stated one, in the order of their first day.
    pub parts: Vec<Part>,
    /// 確認区分 of each public expense, 02 or 03.
    pub public: BTreeMap<BurdenKind, ConfirmationKind>,
    /// Why it goes back.
    pub reason: Option<ReturnReason>,
    /// Details of the medical ticket that the claim differs in. Row OQS-AID-05.
    pub differs: BTreeSet<TicketDetail>,
}

/// A detail of a medical ticket that a claim repeats. Row OQS-AID-05.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketDetail {
    /// 指定医療機関.
    Institution,
    /// 診療年月.
    Month,
    /// 診療別: in-patient, out-patient, dental, dispensing, home nursing.
    Kind,
    /// 本人支払額.
    SelfPay,
}

/// The days of a claim that one qualification pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// 保険者番号.
    pub insurer_number: InsurerNumber,
    /// 記号.
    pub symbol: Option<CardText>,
    /// 番号.
    pub number: Option<CardText>,
    /// 枝番.
    pub branch: Option<BranchNumber>,
    /// Days of the month; empty when the file tells none.
    pub days: BTreeSet<i8>,
}

impl Part {
    /// Paid by this qualification.
    pub(super) fn of(coverage: &Coverage) -> Self {
        Self {
            insurer_number: coverage.insurer_number.clone(),
            symbol: coverage.details.symbol.clone(),
            number: Some(coverage.details.number.clone()),
            branch: coverage.details.branch.clone(),
            days: BTreeSet::new(),
        }
    }

    /// Paid by the insurance that the claim states.
    pub(super) fn stated(insurer: &InsurerRecord, claim: &Claim) -> Self {
        Self {
            insurer_number: insurer.insurer_number.clone(),
            symbol: insurer.symbol.clone(),
            number: insurer.number.clone(),
            branch: claim.checked().and_then(|checked| checked.branch_number.clone()),
            days: BTreeSet::new(),
        }
    }
}

impl Judgement {
    /// Goes on to payment as it is.
    pub(super) fn accepted(confirmation: ConfirmationKind) -> Self {
        Self {
            outcome: ClaimOutcome::Accepted,
            confirmation: Some(confirmation),
            parts: Vec::new(),
            public: BTreeMap::new(),
            reason: None,
            differs: BTreeSet::new(),
        }
    }

    /// Goes on to payment, and these qualifications pay.
    pub(super) fn paid_by(
        outcome: ClaimOutcome,
        confirmation: ConfirmationKind,
        parts: Vec<Part>,
    ) -> Self {
        Self { outcome, parts, ..Self::accepted(confirmation) }
    }

    /// Goes back.
    pub(super) fn returned(reason: ReturnReason) -> Self {
        Self {
            outcome: ClaimOutcome::Returned,
            confirmation: reason.confirmation(),
            parts: Vec::new(),
            public: BTreeMap::new(),
            reason: Some(reason),
            differs: BTreeSet::new(),
        }
    }
}
