//! The emergency function (緊急時医療情報・資格確認機能) of an outage, at one institution. Rows OQS-FALL-11, OQS-FALL-12.
//!
//! The institution asks the call centre, is called back, and the function is released. Each query is counted; after the outage
//! the use is reported. The steps and their order are public, their form is bench profile. Until the report is in, the function is
//! not released again.

use serde::{Deserialize, Serialize};

/// Where an institution stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Emergency {
    /// Not released.
    #[default]
    Closed,
    /// The institution asked; nobody has called back.
    Requested,
    /// The call centre called the number on file, and the institution answered.
    CalledBack,
    /// Queries are answered.
    Released {
        /// How many were.
        queries: u32,
    },
    /// The outage is over, and the institution has not reported its use.
    ReportDue {
        /// Queries that were answered.
        queries: u32,
    },
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// The institution calls the call centre.
    Request,
    /// The call centre calls back.
    CallBack,
    /// The call centre releases the function.
    Release,
    /// The institution asks by it.
    Query,
    /// The outage is over.
    Close,
    /// The institution reports how many queries it made.
    Report {
        /// As the institution says.
        queries: u32,
    },
}

/// The act has no place in the present state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// Its step has not come, or is over.
    #[error("this step has no place now: request, call_back, release, then close, then report")]
    Step,
    /// The report does not tell what was counted.
    #[error("the report names another number of queries than were answered")]
    Count,
}

impl Emergency {
    /// The state after an act. Pure and total.
    ///
    /// # Errors
    /// [`NotNow`]; the state then stays what it was.
    pub fn after(self, act: Act) -> Result<Self, NotNow> {
        match (self, act) {
            (Self::Closed, Act::Request) => Ok(Self::Requested),
            (Self::Requested, Act::CallBack) => Ok(Self::CalledBack),
            (Self::CalledBack, Act::Release) => Ok(Self::Released { queries: 0 }),
            (Self::Released { queries }, Act::Query) => {
                Ok(Self::Released { queries: queries.saturating_add(1) })
            }
            (Self::Requested | Self::CalledBack | Self::Released { queries: 0 }, Act::Close) => {
                Ok(Self::Closed)
            }
            (Self::Released { queries }, Act::Close) => Ok(Self::ReportDue { queries }),
            (Self::ReportDue { queries }, Act::Report { queries: told }) if queries == told => {
                Ok(Self::Closed)
            }
            (Self::ReportDue { .. }, Act::Report { .. }) => Err(NotNow::Count),
            (
                Self::Closed
                | Self::Requested
                | Self::CalledBack
                | Self::Released { .. }
                | Self::ReportDue { .. },
                Act::Request
                | Act::CallBack
                | Act::Release
                | Act::Query
                | Act::Close
                | Act::Report { .. },
            ) => Err(NotNow::Step),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ACTS: [Act; 6] = [
        Act::Request,
        Act::CallBack,
        Act::Release,
        Act::Query,
        Act::Close,
        Act::Report { queries: 2 },
    ];

    #[test] // row OQS-FALL-12: released by the call centre with call-back; a usage report is needed
    fn the_steps_have_one_order() {
        let released = Emergency::Released { queries: 2 };
        let due = Emergency::ReportDue { queries: 2 };
        let asked = Emergency::Released { queries: 3 };
        let fresh = Emergency::Released { queries: 0 };
        // request, call back, release, query, close, report of two
        for (state, expected) in [
            (Emergency::Closed, [Some(Emergency::Requested), None, None, None, None, None]),
            (
                Emergency::Requested,
                [None, Some(Emergency::CalledBack), None, None, Some(Emergency::Closed), None],
            ),
            (Emergency::CalledBack, [None, None, Some(fresh), None, Some(Emergency::Closed), None]),
            (released, [None, None, None, Some(asked), Some(due), None]),
            (due, [None, None, None, None, None, Some(Emergency::Closed)]),
            (Emergency::ReportDue { queries: 3 }, [None; 6]),
        ] {
            for (act, after) in ACTS.into_iter().zip(expected) {
                assert_eq!(state.after(act).ok(), after, "{state:?}, {act:?}");
            }
        }
    }

    #[test]
    fn a_report_of_another_number_is_told_apart() {
        let due = Emergency::ReportDue { queries: 3 };
        assert_eq!(due.after(Act::Report { queries: 2 }), Err(NotNow::Count));
        assert_eq!(due.after(Act::Request), Err(NotNow::Step));
    }

    proptest! {
        #[test] // row OQS-FALL-12
        fn no_query_without_a_call_back_and_none_unreported(
            acts in prop::collection::vec(prop::sample::select(&ACTS[..]), 0..40),
        ) {
            let (mut state, mut called_back, mut unreported) = (Emergency::Closed, false, 0);
            for act in acts {
                let Ok(after) = state.after(act) else { continue };
                match act {
                    Act::Request => prop_assert_eq!(unreported, 0, "an earlier use is unreported"),
                    Act::CallBack => called_back = true,
                    Act::Query => {
                        prop_assert!(called_back);
                        unreported += 1;
                    }
                    Act::Close => called_back = false,
                    Act::Report { .. } => unreported = 0,
                    Act::Release => {}
                }
                state = after;
            }
        }
    }
}
