//! The answer file: the claim file as it came, with the SN records as the agency completes them. Rows OQS-CLM-07, OQS-CLM-09.
//!
//! Every other line stays byte for byte. The qualification of a transferred claim (04), of each part of a split one (05, one
//! record a part) and of a branch put right (09) is written out; a claim without SN record gets one after its payers. A claim
//! that nobody was looked up for keeps its lines. Bench profile; what the fields hold is public.

use std::collections::BTreeMap;

use super::{
    file::{Claim, ClaimFile},
    verdict::{Judgement, Part},
};
use crate::messages::claim::{
    BurdenKind, ClaimError, ConfirmationKind, QualificationRecord, Record, write,
};

/// Writes the answer to a claim file; `judged` holds one judgement for each of its claims, in order.
///
/// # Errors
/// [`ClaimError`] when a record cannot be written, which its own checks rule out.
pub(super) fn answer(
    bytes: &[u8],
    file: &ClaimFile,
    judged: &[Judgement],
) -> Result<Vec<u8>, ClaimError> {
    let mut places = Places::default();
    for (claim, judgement) in file.claims.iter().zip(judged) {
        places.complete(claim, judgement)?;
    }
    Ok(places.lay_over(bytes))
}

/// Lines to write, by the line whose place they take or that they follow.
#[derive(Default)]
struct Places {
    instead: BTreeMap<usize, Vec<u8>>,
    after: BTreeMap<usize, Vec<u8>>,
}

impl Places {
    fn complete(&mut self, claim: &Claim, judgement: &Judgement) -> Result<(), ClaimError> {
        let insurance = judgement.confirmation.filter(|_| claim.insurer.is_some());
        if let Some(kind) = insurance {
            self.put(claim, BurdenKind::Insurance, kind, &judgement.parts)?;
        }
        for (burden, kind) in &judgement.public {
            self.put(claim, *burden, *kind, &[])?;
        }
        Ok(())
    }

    fn put(
        &mut self,
        claim: &Claim,
        burden: BurdenKind,
        kind: ConfirmationKind,
        parts: &[Part],
    ) -> Result<(), ClaimError> {
        let known = claim.checks.get(&burden);
        let first = known.map_or_else(
            || QualificationRecord::first_claim(burden, None),
            |(_, record)| record.clone(),
        );
        let stated = QualificationRecord { confirmation: kind, ..first };
        let records = match parts {
            [] => vec![stated.clone()],
            parts => parts.iter().map(|part| paid_by(part, &stated)).collect(),
        };
        let lines = lines(&records, &stated)?;
        match known {
            Some((line, _)) => self.instead.entry(*line).or_default().extend(lines),
            None => self.after.entry(claim.payer_row).or_default().extend(lines),
        }
        Ok(())
    }

    fn lay_over(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len() + 64);
        for (line, n) in bytes.split_inclusive(|byte| *byte == b'\n').zip(1..) {
            out.extend(self.instead.get(&n).map_or(line, Vec::as_slice));
            if let Some(lines) = self.after.get(&n) {
                if !out.ends_with(b"\n") {
                    out.extend(b"\r\n");
                }
                out.extend(lines);
            }
        }
        out
    }
}

fn paid_by(part: &Part, stated: &QualificationRecord) -> QualificationRecord {
    QualificationRecord {
        insurer_number: Some(part.insurer_number.clone()),
        symbol: part.symbol.clone(),
        number: part.number.clone(),
        branch_number: part.branch.clone(),
        ..stated.clone()
    }
}

/// A qualification that has no place in Shift_JIS is told by its check class alone.
fn lines(
    records: &[QualificationRecord],
    stated: &QualificationRecord,
) -> Result<Vec<u8>, ClaimError> {
    let as_rows = |records: &[QualificationRecord]| -> Vec<Record> {
        records.iter().cloned().map(Record::Qualification).collect()
    };
    write(&as_rows(records)).or_else(|_| write(&as_rows(std::slice::from_ref(stated))))
}
