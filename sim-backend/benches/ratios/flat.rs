//! Number queries among few and among many insured, in turns: through the router with a confirmation that is kept each time, and the look-up
//! alone. Numbers and days are drawn so that no question is asked twice.

use std::time::{Duration, Instant};

use axum::{body::Body, http::Request};
use jiff::ToSpan as _;
use sim_backend::messages::{InsurerNumber, Text};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use super::{
    feed::verdict,
    insured::{BIRTHDATE, GAINED, number},
    served::{Served, address},
    support::{Bench, HERE, number_query_on},
};

const FEW: usize = 1_000;
const TURNS: usize = 5;
const TURN: Duration = Duration::from_secs(1);
/// The cost among many may be this many times that among few.
const GOAL: f64 = 1.5;
/// Days that are asked about.
const DAYS: u64 = 700;

struct Population {
    bench: Bench,
    insured: usize,
    /// A running number makes each question another.
    asked: u64,
}

impl Population {
    /// The next person to ask about, far from the one before, and a day.
    fn next(&mut self) -> (usize, String) {
        self.asked += 1;
        let mixed = self.asked.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let who = usize::try_from((mixed >> 20) % self.insured as u64).unwrap();
        let first: jiff::civil::Date = GAINED.parse().unwrap();
        let day = first + i64::try_from(self.asked % DAYS).unwrap().days();
        (who, day.strftime("%Y%m%d").to_string())
    }

    async fn query(&mut self) {
        let (who, day) = self.next();
        let body = number_query_on(&day, HERE, &number(who), BIRTHDATE, "");
        let request =
            Request::post("/oqs").header("x-oqs-message", "OQSsiquc01req").body(Body::from(body));
        let router = self.bench.backend.institution_router();
        let answer = router.oneshot(request.unwrap()).await.unwrap();
        let answer = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let valid = b"<QualificationValidity>1</QualificationValidity>";
        assert!(answer.windows(valid.len()).any(|part| part == valid), "{who} on {day}");
    }

    async fn look_up(&mut self) {
        let insurer = InsurerNumber::new("99990013").unwrap();
        let number = Text::new(number(self.next().0)).unwrap();
        let found = self.bench.backend.store().by_number(&insurer, &number).await.unwrap();
        assert_eq!(found.len(), 1);
    }

    /// Times a second.
    fn rate(&mut self, runtime: &Runtime, what: Question) -> f64 {
        runtime.block_on(async {
            let (begun, mut done) = (Instant::now(), 0.0);
            while begun.elapsed() < TURN {
                match what {
                    Question::Query => self.query().await,
                    Question::LookUp => self.look_up().await,
                }
                done += 1.0;
            }
            done / begun.elapsed().as_secs_f64()
        })
    }
}

#[derive(Clone, Copy)]
enum Question {
    Query,
    LookUp,
}

pub fn measure(many: usize) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut populations = [FEW, many].map(|insured| {
        let file = folder.path().join(format!("{insured}.db"));
        let file = file.to_str().unwrap();
        let served = Served::start(file);
        served.feed(0..insured);
        served.end();
        let bench = runtime.block_on(Bench::open_at(&address(file)));
        Population { bench, insured, asked: 0 }
    });
    for (name, what) in [("number query", Question::Query), ("look-up alone", Question::LookUp)] {
        let mut best = [0.0_f64; 2];
        for _ in 0..TURNS {
            for (population, best) in populations.iter_mut().zip(&mut best) {
                *best = best.max(population.rate(&runtime, what));
            }
        }
        let [few, many_rate] = best;
        let ratio = few / many_rate;
        println!(
            "  {name:<14} cost among {many} insured = {ratio:>5.2} x that among {FEW} ({many_rate:.0}/s, {few:.0}/s)  goal {GOAL}: {}",
            verdict(ratio <= GOAL)
        );
    }
}
