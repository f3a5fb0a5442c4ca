//! The words about what insurers and welfare offices tell of shares, medical aid and identity, each one call on the world of a
//! scenario.

use cucumber::gherkin::Step;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{Bench, StepError};
use crate::model::{
    Change, Coverage, DiseaseCertificate, ElderlyShare, Event, FeedRecord, Limit, Relation,
};
use crate::steps::params::Name;

impl Bench {
    /// Somebody is born on another day, and every chart says so.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn born(&mut self, who: &Name, on: Date) -> Result<(), StepError> {
        self.people(who)?.birthdate = on;
        let id = Self::chart_id(&self.person(who)?);
        let institutions = self.shapable()?.institutions.values_mut();
        let charts = institutions.flat_map(|institution| &mut institution.charts);
        charts.filter(|chart| chart.id == id).for_each(|chart| chart.birthdate = on);
        Ok(())
    }

    /// The shares of an elderly recipient: each from its day until the next begins, the last for a year.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_elderly(
        &mut self,
        who: &Name,
        shares: &[(Date, u8)],
    ) -> Result<(), StepError> {
        let person = self.person(who)?;
        let numbers = self.certificate_of(&person)?.numbers();
        let begins = shares.iter().skip(1).map(|(next, _)| next.yesterday());
        let mut ends = begins.collect::<Result<Vec<_>, _>>()?;
        if let Some((last, _)) = shares.last() {
            ends.push(last.checked_add(1.year())?.yesterday()?);
        }
        let share = |((from, percent), to): (&(Date, u8), Date)| ElderlyShare {
            percent: *percent,
            from: *from,
            to,
        };
        let shares = shares.iter().zip(ends).map(share).collect();
        self.feed(person, Change::ElderlyShares { numbers, shares }).await
    }

    /// The certificates for specific diseases in the step's table: category, yen a month, first and last day.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_diseases(&mut self, who: &Name, step: &Step) -> Result<(), StepError> {
        let person = self.person(who)?;
        let numbers = self.certificate_of(&person)?.numbers();
        let rows = step.table.iter().flat_map(|table| table.rows.iter().skip(1));
        let certificates = rows.map(|row| disease(row)).collect::<Result<Vec<_>, _>>()?;
        self.feed(person, Change::Diseases { numbers, certificates }).await
    }

    /// A limit class of a long stay.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_long_stay(&mut self, who: &Name, limit: Limit) -> Result<(), StepError> {
        let person = self.person(who)?;
        let numbers = self.certificate_of(&person)?.numbers();
        self.feed(person, Change::Limit { numbers, limit }).await
    }

    /// Medical aid, by a welfare office.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_aid(&mut self, who: &Name, gained: Date) -> Result<(), StepError> {
        let person = self.person(who)?;
        self.feed(person, Change::Aid(aid(gained))).await
    }

    /// The one ticket of a month, for an institution.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_ticket(
        &mut self,
        who: &Name,
        month: Date,
        at: &Name,
    ) -> Result<(), StepError> {
        let person = self.person(who)?;
        let institutions = vec![self.institution(at)?];
        let numbers = aid(month).numbers();
        self.feed(person, Change::Tickets { numbers, month, institutions }).await
    }

    /// What the resident register says of a name.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_register(&mut self, who: &Name, name: String) -> Result<(), StepError> {
        let person = self.person(who)?;
        self.feed(person, Change::Register { name }).await
    }

    /// That the insurer confirms who somebody is.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_confirmation(&mut self, who: &Name) -> Result<(), StepError> {
        let person = self.person(who)?;
        self.feed(person, Change::Confirmed).await
    }

    /// That the last gain was about somebody else.
    ///
    /// # Errors
    /// [`StepError`] when no gain was fed.
    pub async fn feed_withdrawal(&mut self) -> Result<(), StepError> {
        let gained = self.story.iter().rev().find_map(|event| {
            let Event::Feed(FeedRecord { record_id, person, change }) = event else { return None };
            let Change::Gain(coverage) = change else { return None };
            Some((record_id.clone(), person.clone(), coverage.insurer_number.clone()))
        });
        let (record, person, insurer_number) =
            gained.ok_or_else(|| StepError("no gain was fed yet".to_owned()))?;
        self.feed(person, Change::Withdrawal { record, insurer_number }).await
    }
}

/// Medical aid of a fictitious welfare office. A story needs no second one.
fn aid(gained: Date) -> Coverage {
    Coverage {
        insurer_number: "12990018".to_owned(),
        insurer_name: "架空市福祉事務所".to_owned(),
        symbol: None,
        number: "7000001".to_owned(),
        branch: None,
        relation: Relation::Insured,
        gained,
        lost: None,
        loss_reason: None,
        valid_until: None,
        limit: None,
    }
}

fn disease(row: &[String]) -> Result<DiseaseCertificate, StepError> {
    let bad = |what: &str| StepError(format!("the table's {what} cannot be read"));
    let [category, self_pay, from, to] = row else {
        return Err(StepError("the table needs four columns".to_owned()));
    };
    let day = |text: &str| text.parse().map_err(|_| bad("day"));
    Ok(DiseaseCertificate {
        category: category.parse().map_err(|_| bad("category"))?,
        self_pay: self_pay.parse().map_err(|_| bad("amount"))?,
        from: day(from)?,
        to: day(to)?,
    })
}
