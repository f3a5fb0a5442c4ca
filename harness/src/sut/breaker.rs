//! The circuit breaker: a product that ends scenario after scenario by the same fault is not asked any more.
//!
//! Scenarios in which the product was not asked count neither way. The first that goes through closes the row.

use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sim_reader::institution::protocol::Request;

use super::config::SutConfig;
use super::{Performing, ReceiptComputer};
use crate::error::BenchError;

/// Shared by all scenarios of a run.
#[derive(Debug)]
pub struct Breaker {
    limit: u32,
    row: Mutex<Row>,
}

/// Scenarios in a row.
#[derive(Debug, Default)]
struct Row {
    fault: Option<Discriminant<BenchError>>,
    times: u32,
    /// The fault in words, once there were too many.
    given_up: Option<String>,
    has_answered: bool,
}

impl Breaker {
    /// Gives a product up after so many scenarios in a row.
    pub fn new(limit: u32) -> Self {
        Self { limit, row: Mutex::default() }
    }

    fn row(&self) -> MutexGuard<'_, Row> {
        self.row.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, fault: Discriminant<BenchError>, words: &str) {
        let mut row = self.row();
        row.times = if row.fault == Some(fault) { row.times + 1 } else { 1 };
        row.fault = Some(fault);
        if row.times >= self.limit && row.given_up.is_none() {
            row.given_up = Some(words.to_owned());
        }
    }

    fn went_through(&self) {
        let mut row = self.row();
        (row.fault, row.times) = (None, 0);
    }
}

/// How the product did in one scenario; told to the breaker at its end.
#[derive(Debug, Default)]
pub struct Attendance {
    breaker: Option<Arc<Breaker>>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    answered: bool,
    fault: Option<(Discriminant<BenchError>, String)>,
}

impl Attendance {
    /// At the beginning of a scenario.
    pub fn new(breaker: Option<Arc<Breaker>>) -> Self {
        Self { breaker, seen: Mutex::default() }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the product be asked, unless it was given up.
    ///
    /// # Errors
    /// [`BenchError::ProductGivenUp`].
    pub fn admit(&self, product: &str) -> Result<(), BenchError> {
        let Some(breaker) = &self.breaker else { return Ok(()) };
        let given_up = breaker.row().given_up.clone();
        given_up.map_or(Ok(()), |last| {
            let (product, times) = (product.to_owned(), breaker.limit);
            Err(BenchError::ProductGivenUp { product, times, last })
        })
    }

    /// The product has answered.
    fn answered(&self) {
        self.seen().answered = true;
        if let Some(breaker) = &self.breaker {
            breaker.row().has_answered = true;
        }
    }

    /// Something came of an event. A product stands behind most of what happens; a receipt computer is seen when it answers.
    pub fn went_on(&self, sut: Option<&SutConfig>) {
        if sut.is_some_and(|sut| sut.positions.go_beyond_receipt_computer()) {
            self.answered();
        }
    }

    /// Something ended the scenario.
    pub fn ended_by(&self, error: &BenchError) {
        if error.is_of_a_dead_product() {
            self.seen().fault = Some((discriminant(error), error.to_string()));
        }
    }

    /// A server that has answered before and cannot be reached now has gone: nothing is wrong with its address.
    fn known(&self, error: BenchError) -> BenchError {
        let has_answered = self.breaker.as_ref().is_some_and(|it| it.row().has_answered);
        if let BenchError::ProductUnreachable { product, url, .. } = &error
            && has_answered
        {
            let how = format!("it cannot be reached at {url} any more");
            return BenchError::ProductGone { product: product.clone(), how };
        }
        error
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        let Some(breaker) = &self.breaker else { return };
        let seen = self.seen();
        match &seen.fault {
            Some((fault, words)) => breaker.failed(*fault, words),
            None if seen.answered => breaker.went_through(),
            None => {}
        }
    }
}

/// A product whose answers are noticed.
pub struct Attended {
    name: String,
    product: Box<dyn ReceiptComputer>,
    attendance: Arc<Attendance>,
}

impl Attended {
    /// This product in this scenario.
    pub fn new(name: &str, product: Box<dyn ReceiptComputer>, attendance: Arc<Attendance>) -> Self {
        Self { name: name.to_owned(), product, attendance }
    }
}

impl ReceiptComputer for Attended {
    fn perform(&mut self, request: Request) -> Performing<'_> {
        Box::pin(async move {
            self.attendance.admit(&self.name)?;
            let done = self.product.perform(request).await;
            let done = done.map_err(|error| self.attendance.known(error));
            done.inspect(|_| self.attendance.answered())
        })
    }
}

#[cfg(test)]
mod tests {
    use reports::model::Verdict;

    use super::*;

    fn silent() -> BenchError {
        BenchError::ProductSilent { product: "P".to_owned(), waited_ms: 300 }
    }

    fn gone() -> BenchError {
        BenchError::ProductGone { product: "P".to_owned(), how: "exit status: 1".to_owned() }
    }

    /// One scenario: what ended it, and whether the product had answered before.
    fn scenario(breaker: &Arc<Breaker>, answered: bool, error: Option<&BenchError>) {
        let attendance = Attendance::new(Some(Arc::clone(breaker)));
        if answered {
            attendance.answered();
        }
        error.into_iter().for_each(|error| attendance.ended_by(error));
    }

    fn is_given_up(breaker: &Arc<Breaker>) -> bool {
        Attendance::new(Some(Arc::clone(breaker))).admit("P").is_err()
    }

    #[test]
    fn the_same_fault_three_times_in_a_row_gives_it_up_and_its_last_words_are_told() {
        let breaker = Arc::new(Breaker::new(3));
        for _ in 0..2 {
            scenario(&breaker, true, Some(&silent()));
        }
        assert!(!is_given_up(&breaker));
        scenario(&breaker, true, Some(&silent()));
        let error = Attendance::new(Some(breaker)).admit("P").unwrap_err();
        assert!(error.to_string().contains("300 ms"), "{error}");
        assert_eq!(error.verdict(), Verdict::Inconclusive);
    }

    #[test]
    fn a_scenario_that_goes_through_or_ends_by_another_fault_begins_anew() {
        let breaker = Arc::new(Breaker::new(2));
        for (answered, error) in [
            (true, Some(silent())),
            (true, None),
            (true, Some(silent())),
            (true, Some(gone())),
            (false, Some(silent())),
        ] {
            scenario(&breaker, answered, error.as_ref());
            assert!(!is_given_up(&breaker));
        }
        scenario(&breaker, false, None);
        assert!(!is_given_up(&breaker), "nobody asked it");
        scenario(&breaker, false, Some(&silent()));
        assert!(is_given_up(&breaker));
    }

    #[test]
    fn faults_of_others_do_not_count_and_without_a_breaker_nothing_does() {
        let breaker = Arc::new(Breaker::new(1));
        scenario(&breaker, true, Some(&BenchError::setup("world", "no stage")));
        assert!(!is_given_up(&breaker));
        let attendance = Attendance::new(None);
        attendance.ended_by(&silent());
        assert!(attendance.admit("P").is_ok());
    }
}
