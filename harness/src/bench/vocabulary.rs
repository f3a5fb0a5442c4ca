//! The words of the step vocabulary, each one call on the world of a scenario.

use cucumber::gherkin::Step;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

use super::{Asking, Bench, StepError, Wishes};
use crate::catalogue::{institution, persona};
use crate::clock::{at_jst, jst_day};
use crate::model::{
    AuthorityAct, BULK_SECONDS, CardFacts, Change, Chart, Coverage, Dispensed,
    ElectronicPrescription, Event, FeedRecord, InformationKind, InformationRequest, Institution,
    Limit, Mode, NumberQuery, Occasion, Outcome, Person, PhoneKind, Place, PortalOutcome,
    PortalUse, Presented, Registration, Relation, Visit,
};
use crate::steps::params::Name;

impl Bench {
    /// The id of somebody's chart, the same at every institution.
    pub fn chart_id(person: &str) -> String {
        format!("chart-{person}")
    }

    /// The persona's name.
    ///
    /// # Errors
    /// [`StepError`] when nobody of this story is called so.
    pub fn person(&self, name: &Name) -> Result<String, StepError> {
        let own = self.world.as_ref().and_then(|world| persona(&world.people, &name.0));
        let found = own.or(persona(&self.catalogue()?.personas, &name.0));
        let found = found.map(|(slug, _)| slug.to_owned());
        found.ok_or_else(|| StepError(format!("no persona is called {}", name.0)))
    }

    /// The institution's code.
    ///
    /// # Errors
    /// [`StepError`] when no institution is called so.
    pub fn institution(&self, name: &Name) -> Result<String, StepError> {
        let own = self.world.as_ref().and_then(|world| institution(&world.institutions, &name.0));
        let found = own.or(institution(&self.catalogue()?.institutions, &name.0));
        let found = found.map(|(code, _)| code.to_owned());
        found.ok_or_else(|| StepError(format!("no institution is called {}", name.0)))
    }

    /// The institution, to be shaped.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn institution_mut(&mut self, name: &Name) -> Result<&mut Institution, StepError> {
        let code = self.institution(name)?;
        let found = self.shapable()?.institutions.get_mut(&code);
        found.ok_or_else(|| StepError(format!("no institution has the code {code}")))
    }

    pub(super) fn people(&mut self, name: &Name) -> Result<&mut Person, StepError> {
        let slug = self.person(name)?;
        let found = self.shapable()?.people.get_mut(&slug);
        found.ok_or_else(|| StepError(format!("{slug} is not in this story")))
    }

    /// Somebody's card, to be shaped.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn card_of(&mut self, name: &Name) -> Result<&mut CardFacts, StepError> {
        let shown = name.0.clone();
        self.people(name)?.card.as_mut().ok_or_else(|| StepError(format!("{shown} has no card")))
    }

    /// Somebody's chart at an institution.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn chart_of(&mut self, at: &Name, who: &Name) -> Result<&mut Chart, StepError> {
        let id = Self::chart_id(&self.person(who)?);
        let code = self.institution(at)?;
        let world = self
            .world
            .as_mut()
            .ok_or_else(|| StepError("the world was not prepared".to_owned()))?;
        let charts = world.institutions.get_mut(&code).map(|institution| &mut institution.charts);
        let found = charts.and_then(|charts| charts.iter_mut().find(|chart| chart.id == id));
        found.ok_or_else(|| StepError(format!("{} keeps no chart of {}", at.0, who.0)))
    }

    /// Takes somebody's chart away.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn remove_chart(&mut self, at: &Name, who: &Name) -> Result<(), StepError> {
        let id = Self::chart_id(&self.person(who)?);
        self.institution_mut(at)?.charts.retain(|chart| chart.id != id);
        Ok(())
    }

    /// What somebody intends from now on.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn wishes_of(&mut self, who: &Name) -> Result<&mut Wishes, StepError> {
        let person = self.person(who)?;
        Ok(self.wishes.entry(person).or_default())
    }

    /// Sets the clock before the story, moves it forward in the story.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn set_time(&mut self, at: DateTime) -> Result<(), StepError> {
        if self.has_begun() {
            return self.go_on_to(at).await;
        }
        let at = at_jst(at)?;
        // Relative to now, the story begins now.
        if self.moved.is_none() {
            self.shapable()?.now = at;
        }
        Ok(())
    }

    /// Moves the clock forward.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn go_on_to(&mut self, at: DateTime) -> Result<(), StepError> {
        self.happen(Event::Clock(self.comes_at(at_jst(at)?)?)).await
    }

    /// The present instant of the story.
    pub(super) fn now(&self) -> Result<Timestamp, StepError> {
        match &self.stage {
            Some(stage) => Ok(stage.clock().now()),
            None => Ok(self.story.iter().fold(self.world()?.now, after)),
        }
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn let_pass(&mut self, time: SignedDuration) -> Result<(), StepError> {
        let to = self.now()?.checked_add(time)?;
        self.happen(Event::Clock(to)).await
    }

    /// Lets the authority act.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn authority(&mut self, who: &Name, act: AuthorityAct) -> Result<(), StepError> {
        let person = self.person(who)?;
        self.happen(Event::Authority { person, act }).await
    }

    /// A visit with one's own card or another's.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn visit(
        &mut self,
        who: &Name,
        at: &Name,
        card: Option<&Name>,
        mode: Mode,
    ) -> Result<(), StepError> {
        let presented = Presented::CardOf(self.person(card.unwrap_or(who))?);
        self.stand_at(who, at, presented, mode, None).await
    }

    /// Care outside the institution, with the own card.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn visit_outside(
        &mut self,
        who: &Name,
        at: &Name,
        occasion: Occasion,
        mode: Mode,
    ) -> Result<(), StepError> {
        let presented = Presented::CardOf(self.person(who)?);
        self.stand_at(who, at, presented, mode, Some(occasion)).await
    }

    /// A visit by face with something else on the reader, or nothing.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn visit_presenting(
        &mut self,
        who: &Name,
        at: &Name,
        presented: Presented,
    ) -> Result<(), StepError> {
        self.stand_at(who, at, presented, Mode::Face, None).await
    }

    /// A visit with the own phone; the mode says what is typed for an Android.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn visit_with_phone(
        &mut self,
        who: &Name,
        at: &Name,
        phone: PhoneKind,
        mode: Mode,
    ) -> Result<(), StepError> {
        let presented = Presented::PhoneOf { holder: self.person(who)?, phone };
        self.stand_at(who, at, presented, mode, None).await
    }

    pub(super) async fn stand_at(
        &mut self,
        who: &Name,
        at: &Name,
        presented: Presented,
        mode: Mode,
        occasion: Option<Occasion>,
    ) -> Result<(), StepError> {
        let person = self.person(who)?;
        let institution = self.institution(at)?;
        let wishes = self.wishes.entry(person.clone()).or_default();
        // Trouble strikes once, and a change of mode is meant for one visit.
        let (trouble, then) = (wishes.trouble.take(), std::mem::take(&mut wishes.then));
        let Wishes { consents, register, prescription, .. } = wishes.clone();
        let visit = Visit {
            person,
            institution,
            presented,
            mode,
            then,
            consents,
            register,
            prescription,
            trouble,
            occasion,
        };
        self.happen(Event::Visit(visit)).await
    }

    /// The coverage that is printed on the certificate a person holds: the first they had.
    pub(super) fn certificate_of(&self, person: &str) -> Result<Coverage, StepError> {
        let found = self.world()?.people.get(person).and_then(|person| person.coverages.first());
        found.cloned().ok_or_else(|| StepError(format!("{person} holds no certificate")))
    }

    /// A query by numbers.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn query(&mut self, at: &Name, who: &Name, asking: Asking) -> Result<(), StepError> {
        let institution = self.institution(at)?;
        let person = self.person(who)?;
        let mut numbers = self.certificate_of(&person)?.numbers();
        if asking.without_branch {
            numbers.branch = None;
        }
        let own =
            self.world()?.people.get(&person).map(|person| person.birthdate).unwrap_or_default();
        let query = NumberQuery {
            institution,
            numbers,
            birthdate: asking.birthdate.unwrap_or(own),
            date: asking.on.unwrap_or(jst_day(self.now()?)),
            limit_consent: asking.limit_consent,
        };
        self.happen(Event::NumberQuery(query)).await
    }

    /// A request for the care history.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn information(
        &mut self,
        at: &Name,
        who: &Name,
        kind: InformationKind,
        occasion: Option<Occasion>,
    ) -> Result<(), StepError> {
        let request = InformationRequest {
            institution: self.institution(at)?,
            person: self.person(who)?,
            kind,
            occasion,
        };
        self.happen(Event::Information(request)).await
    }

    /// A use of the portal with the own card.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn at_portal(
        &mut self,
        who: &Name,
        pin: String,
        register: bool,
    ) -> Result<(), StepError> {
        let person = self.person(who)?;
        self.happen(Event::Portal(PortalUse { person, pin, register })).await
    }

    /// The portal's screen is shown with the card, and staff ask by the numbers on it. Row OQS-FALL-02.
    ///
    /// # Errors
    /// [`StepError`], also when the screen shows no numbers.
    pub async fn show_screen(&mut self, who: &Name, at: &Name) -> Result<(), StepError> {
        let person = self.person(who)?;
        let known = self.world()?.people.get(&person).cloned();
        let known = known.ok_or_else(|| StepError(format!("{person} is not in this story")))?;
        let pin = known.card.and_then(|card| card.pin).unwrap_or_default();
        self.at_portal(who, pin, false).await?;
        let screen = self.happenings.last().map(|happening| &happening.actual);
        let Some(Outcome::Portal(PortalOutcome { seen: Some(seen), .. })) = screen else {
            return Err(StepError("the portal showed no screen".to_owned()));
        };
        let numbers = seen.numbers.clone();
        let numbers = numbers.ok_or_else(|| StepError("the screen shows no numbers".to_owned()))?;
        let query = NumberQuery {
            institution: self.institution(at)?,
            numbers,
            birthdate: known.birthdate,
            date: jst_day(self.now()?),
            limit_consent: false,
        };
        self.happen(Event::NumberQuery(query)).await
    }

    /// An electronic prescription of today, dispensed today or still open. It is named after the day and the drug.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn prescribe(
        &mut self,
        at: &Name,
        who: &Name,
        drug: String,
        pharmacy: Option<&Name>,
    ) -> Result<(), StepError> {
        let today = jst_day(self.now()?);
        let dispensed = match pharmacy {
            Some(pharmacy) => Some(Dispensed { on: today, at: self.place(pharmacy)? }),
            None => None,
        };
        let one = ElectronicPrescription {
            number: format!("架空-{today}-{drug}"),
            issued: today,
            at: self.place(at)?,
            drugs: vec![drug],
            dispensed,
        };
        let person = self.person(who)?;
        self.feed(person, Change::Prescription(one)).await
    }

    fn place(&self, name: &Name) -> Result<Place, StepError> {
        let code = self.institution(name)?;
        let found = self.world()?.institutions.get(&code);
        let name = found.map(|institution| institution.name.clone()).unwrap_or_default();
        Ok(Place { code, name })
    }

    pub(super) async fn feed(&mut self, person: String, change: Change) -> Result<(), StepError> {
        let record_id = format!("story-{:03}", self.story.len());
        self.happen(Event::Feed(FeedRecord { record_id, person, change })).await
    }

    /// The loss of the certificate a person holds; reason 03, another insurance.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_loss(&mut self, who: &Name, date: Date) -> Result<(), StepError> {
        let person = self.person(who)?;
        let numbers = self.certificate_of(&person)?.numbers();
        let reason = Some("03".to_owned());
        self.feed(person, Change::Loss { numbers, date, reason }).await
    }

    /// That a person asks today to cancel the registration as insurance card.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_cancellation(&mut self, who: &Name) -> Result<(), StepError> {
        let (person, requested) = (self.person(who)?, jst_day(self.now()?));
        self.feed(person, Change::Cancellation { requested }).await
    }

    /// The gain of the coverage in the step's table: insurer number, insurer name, symbol, number, branch.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_gain(
        &mut self,
        who: &Name,
        gained: Date,
        step: &Step,
    ) -> Result<(), StepError> {
        let person = self.person(who)?;
        let row = step.table.as_ref().and_then(|table| table.rows.get(1));
        let Some([insurer_number, insurer_name, symbol, number, branch]) = row.map(Vec::as_slice)
        else {
            return Err(StepError(
                "the step needs a table with a header and one row of five columns".to_owned(),
            ));
        };
        let optional = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let coverage = Coverage {
            insurer_number: insurer_number.clone(),
            insurer_name: insurer_name.clone(),
            symbol: optional(symbol),
            number: number.clone(),
            branch: optional(branch),
            relation: Relation::Insured,
            gained,
            lost: None,
            loss_reason: None,
            valid_until: None,
            limit: None,
        };
        self.feed(person, Change::Gain(coverage)).await
    }

    /// A limit class for the certificate a person holds.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_limit(
        &mut self,
        who: &Name,
        flag: String,
        from: Date,
        to: Date,
    ) -> Result<(), StepError> {
        let person = self.person(who)?;
        let numbers = self.certificate_of(&person)?.numbers();
        self.feed(
            person,
            Change::Limit { numbers, limit: Limit { flag, from, to, long_stay: None } },
        )
        .await
    }

    /// The last record once more, as it was.
    ///
    /// # Errors
    /// [`StepError`] when nothing was fed.
    pub async fn feed_again(&mut self) -> Result<(), StepError> {
        let last = self.story.iter().rev().find(|event| matches!(event, Event::Feed(_))).cloned();
        self.happen(last.ok_or_else(|| StepError("nothing was fed yet".to_owned()))?).await
    }
}

/// The instant after an event, where no clock tells.
fn after(now: Timestamp, event: &Event) -> Timestamp {
    match event {
        Event::Clock(to) => now.max(*to),
        Event::BulkQuery(_) | Event::Register(Registration { bulk: true, .. }) => {
            now.checked_add(SignedDuration::from_secs(BULK_SECONDS)).unwrap_or(now)
        }
        Event::Register(_)
        | Event::Emergency(_)
        | Event::Repeat(_)
        | Event::PersonQuery(_)
        | Event::Finding(_)
        | Event::Oddity { .. }
        | Event::Authority { .. }
        | Event::Responder { .. }
        | Event::Disaster(_)
        | Event::Feed(_)
        | Event::Visit(_)
        | Event::Replay { .. }
        | Event::NumberQuery(_)
        | Event::Information(_)
        | Event::BulkFetch { .. }
        | Event::Collect { .. }
        | Event::Claim(_)
        | Event::Portal(_) => now,
    }
}
