//! Kinds of insurers, told by their numbers.

use crate::messages::InsurerNumber;

/// Whether the insurer number is one of late-elderly care (後期高齢者医療, 法別番号 39).
#[must_use]
pub fn is_late_elderly(insurer: &InsurerNumber) -> bool {
    insurer.as_str().len() == InsurerNumber::WIDTH && insurer.as_str().starts_with("39")
}
