//! Consents as they stand in a record: a flag and its times, spread over elements of one prefix.
//!
//! Source: OQS messages, code table CD016; OQS-CONS-03 and OQS-CONS-08.

use jiff::civil::DateTime;
use jiff::{Span, ToSpan};

use super::codes::ConsentFlag;
use super::element::{Element, Field, Scalar};
use super::error::{Fault, MessageErrorKind};
use super::shape::{Place, Times};
use super::xml::Node;

/// Consent to one kind of medical information; a flag of 0 has no times, a flag of 1 has both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InformationConsent {
    /// `0` not given.
    NotGiven,
    /// `1` given.
    Given {
        /// When the patient agreed, Japanese time.
        cons_time: DateTime,
        /// Until when the information may be asked for, Japanese time.
        available_time: DateTime,
    },
    /// `2` given once, over now.
    Expired,
    /// `3` could not be asked for.
    HardToObtain,
}

impl InformationConsent {
    /// How long a consent lasts. Source: OQS-CONS-03.
    pub fn lifetime() -> Span {
        24.hours()
    }

    /// A consent given at a Japanese time; `None` at the end of the calendar.
    pub fn given(cons_time: DateTime) -> Option<Self> {
        let available_time = cons_time.checked_add(Self::lifetime()).ok()?;
        Some(Self::Given { cons_time, available_time })
    }

    /// The flag.
    pub fn flag(self) -> ConsentFlag {
        match self {
            Self::NotGiven => ConsentFlag::NotGiven,
            Self::Given { .. } => ConsentFlag::Given,
            Self::Expired => ConsentFlag::Expired,
            Self::HardToObtain => ConsentFlag::HardToObtain,
        }
    }

    /// Whether information may be handed out at a Japanese time; the last second belongs to it.
    pub fn covers(self, time: DateTime) -> bool {
        match self {
            Self::Given { cons_time, available_time } => {
                cons_time <= time && time <= available_time
            }
            Self::NotGiven | Self::Expired | Self::HardToObtain => false,
        }
    }
}

/// Consent to the limit or specific-disease information of one answer; it has no later use and so
/// no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelatedConsent {
    /// `0` not given.
    NotGiven,
    /// `1` given.
    Given {
        /// When the patient agreed, Japanese time.
        cons_time: DateTime,
    },
    /// `2` given once, over now.
    Expired,
    /// `3` could not be asked for.
    HardToObtain,
}

impl RelatedConsent {
    /// The flag.
    pub fn flag(self) -> ConsentFlag {
        match self {
            Self::NotGiven => ConsentFlag::NotGiven,
            Self::Given { .. } => ConsentFlag::Given,
            Self::Expired => ConsentFlag::Expired,
            Self::HardToObtain => ConsentFlag::HardToObtain,
        }
    }
}

/// The elements of one consent, found by their common beginning.
struct Triple {
    flag: ConsentFlag,
    cons_time: Option<DateTime>,
    available_time: Option<DateTime>,
}

fn read(parent: &Node<'_>, prefix: &'static str) -> Result<Option<Triple>, Fault> {
    let flag = value(parent, prefix, "ConsFlg")?;
    let cons_time = value(parent, prefix, "ConsTime")?;
    let available_time = value(parent, prefix, "AvailableTime")?;
    match flag {
        Some(flag) => Ok(Some(Triple { flag, cons_time, available_time })),
        None if cons_time.is_none() && available_time.is_none() => Ok(None),
        None => Err(Fault::rule(prefix, "has a time of consent but no flag").within(parent.offset)),
    }
}

fn value<T: Scalar>(parent: &Node<'_>, prefix: &str, end: &str) -> Result<Option<T>, Fault> {
    let name = format!("{prefix}{end}");
    let mut found = parent.named(&name);
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(node), None) => T::read(node).map(Some),
        (Some(_), Some(second)) => {
            let expected = "to stand once only".to_owned();
            let kind = MessageErrorKind::Value { element: name.clone(), expected };
            Err(Fault::at(kind, second.offset))
        }
    }
}

fn write(prefix: &str, triple: &Triple, out: &mut Vec<Node<'static>>) {
    out.push(Node::value(format!("{prefix}ConsFlg"), triple.flag.code()));
    let times = [("ConsTime", triple.cons_time), ("AvailableTime", triple.available_time)];
    for (end, time) in times {
        out.extend(time.map(|time| Node::value(format!("{prefix}{end}"), time.text())));
    }
}

/// The places of the elements with these ends.
fn places(prefix: &str, meaning: &'static str, times: &[&str]) -> Vec<Place> {
    let flag = Place::new(
        format!("{prefix}ConsFlg"),
        meaning,
        Times::Maybe,
        <ConsentFlag as Element>::content(),
    );
    let time = |end: &&str| {
        Place::new(format!("{prefix}{end}"), "", Times::Maybe, <DateTime as Element>::content())
    };
    std::iter::once(flag).chain(times.iter().map(time)).collect()
}

impl Field for Option<InformationConsent> {
    fn pick(parent: &Node<'_>, prefix: &'static str) -> Result<Self, Fault> {
        let Some(Triple { flag, cons_time, available_time }) = read(parent, prefix)? else {
            return Ok(None);
        };
        let fault = |rule| Fault::rule(prefix, rule).within(parent.offset);
        match (flag, cons_time, available_time) {
            (ConsentFlag::Given, Some(cons_time), Some(available_time)) => {
                Ok(Some(InformationConsent::Given { cons_time, available_time }))
            }
            (ConsentFlag::Given, _, _) => Err(fault("a flag of 1 needs both times")),
            (ConsentFlag::NotGiven, None, None) => Ok(Some(InformationConsent::NotGiven)),
            (ConsentFlag::NotGiven, _, _) => Err(fault("a flag of 0 has no times")),
            (ConsentFlag::Expired, _, _) => Ok(Some(InformationConsent::Expired)),
            (ConsentFlag::HardToObtain, _, _) => Ok(Some(InformationConsent::HardToObtain)),
        }
    }

    fn put(&self, prefix: &'static str, out: &mut Vec<Node<'static>>) {
        let Some(consent) = self else { return };
        let (cons_time, available_time) = match *consent {
            InformationConsent::Given { cons_time, available_time } => {
                (Some(cons_time), Some(available_time))
            }
            InformationConsent::NotGiven
            | InformationConsent::Expired
            | InformationConsent::HardToObtain => (None, None),
        };
        write(prefix, &Triple { flag: consent.flag(), cons_time, available_time }, out);
    }

    fn places(prefix: &'static str, meaning: &'static str) -> Vec<Place> {
        places(prefix, meaning, &["ConsTime", "AvailableTime"])
    }
}

impl Field for Option<RelatedConsent> {
    fn pick(parent: &Node<'_>, prefix: &'static str) -> Result<Self, Fault> {
        let Some(Triple { flag, cons_time, .. }) = read(parent, prefix)? else { return Ok(None) };
        let fault = |rule| Fault::rule(prefix, rule).within(parent.offset);
        match (flag, cons_time) {
            (ConsentFlag::Given, Some(cons_time)) => Ok(Some(RelatedConsent::Given { cons_time })),
            (ConsentFlag::Given, None) => Err(fault("a flag of 1 needs its time")),
            (ConsentFlag::NotGiven, None) => Ok(Some(RelatedConsent::NotGiven)),
            (ConsentFlag::NotGiven, Some(_)) => Err(fault("a flag of 0 has no time")),
            (ConsentFlag::Expired, _) => Ok(Some(RelatedConsent::Expired)),
            (ConsentFlag::HardToObtain, _) => Ok(Some(RelatedConsent::HardToObtain)),
        }
    }

    fn put(&self, prefix: &'static str, out: &mut Vec<Node<'static>>) {
        let Some(consent) = self else { return };
        let cons_time = match *consent {
            RelatedConsent::Given { cons_time } => Some(cons_time),
            RelatedConsent::NotGiven | RelatedConsent::Expired | RelatedConsent::HardToObtain => {
                None
            }
        };
        write(prefix, &Triple { flag: consent.flag(), cons_time, available_time: None }, out);
    }

    fn places(prefix: &'static str, meaning: &'static str) -> Vec<Place> {
        places(prefix, meaning, &["ConsTime"])
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn taken(elements: &[(&'static str, &str)]) -> Result<Option<InformationConsent>, Fault> {
        let children = elements.iter().map(|(name, text)| Node::value(*name, *text)).collect();
        Field::pick(&Node::group("r", children), "PharmacistsInfo")
    }

    #[test]
    fn flags_and_times_belong_together() {
        let flag = |code| ("PharmacistsInfoConsFlg", code);
        let given = ("PharmacistsInfoConsTime", "20260401093000");
        let until = ("PharmacistsInfoAvailableTime", "20260402093000");
        assert_eq!(taken(&[]).unwrap(), None);
        assert_eq!(taken(&[flag("0")]).unwrap(), Some(InformationConsent::NotGiven));
        let consent = InformationConsent::given(date(2026, 4, 1).at(9, 30, 0, 0));
        assert_eq!(taken(&[until, flag("1"), given]).unwrap(), consent);
        for broken in [&[flag("0"), given][..], &[flag("1"), given], &[flag("1")], &[given]] {
            assert!(taken(broken).is_err(), "{broken:?}");
        }
        assert!(taken(&[flag("1"), given, given, until]).is_err());
    }

    #[test]
    fn a_consent_ends_after_twenty_four_hours_to_the_second() {
        let consent = InformationConsent::given(date(2026, 2, 28).at(12, 0, 0, 0)).unwrap();
        assert!(consent.covers(date(2026, 3, 1).at(12, 0, 0, 0)));
        assert!(!consent.covers(date(2026, 3, 1).at(12, 0, 1, 0)));
        assert!(!consent.covers(date(2026, 2, 28).at(11, 59, 59, 0)));
        assert!(!InformationConsent::NotGiven.covers(date(2026, 3, 1).at(12, 0, 0, 0)));
    }
}
