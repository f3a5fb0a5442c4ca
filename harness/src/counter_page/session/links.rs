//! The terminal as a session sees it: what of its answers the screens need, and the places where a guided visit is held.

use sim_reader::consent::{ConsentKind, to_ask};
use sim_reader::reader_link::{
    CertifyAnswer, CertifyRequest, ChallengeAnswer, ChallengeRequest, LinkFuture, QualifyAnswer,
    QualifyRequest, TerminalLink,
};
use std::collections::BTreeSet;

use super::{Pace, Session};

/// A link with somebody beside it who tells the session, and who may hold a guided visit.
pub struct PacedLink<L> {
    inner: L,
    session: Session,
    pace: Pace,
    offers: BTreeSet<ConsentKind>,
}

impl<L: TerminalLink> PacedLink<L> {
    /// Beside the link of a reader that offers these consents.
    pub fn new(inner: L, session: Session, pace: Pace, offers: BTreeSet<ConsentKind>) -> Self {
        Self { inner, session, pace, offers }
    }

    /// The questions that will be asked, known once the certificate is.
    fn accepted(&self, answer: &CertifyAnswer) {
        let CertifyAnswer::Accepted(certified) = answer else { return };
        let asked = to_ask(&self.offers, certified.certificate_state);
        let consents = ConsentKind::ALL.into_iter().filter(|kind| asked.contains(kind)).collect();
        self.session.tell(|told| told.consents = consents);
    }
}

impl<L: TerminalLink> TerminalLink for PacedLink<L> {
    /// Held before: card and face have done their part, and nobody was asked yet.
    fn challenge(&self, request: ChallengeRequest) -> LinkFuture<'_, ChallengeAnswer> {
        Box::pin(async move {
            self.pace.hold(3).await;
            self.inner.challenge(request).await
        })
    }

    /// Held after: the certificate was checked.
    fn certify(&self, request: CertifyRequest) -> LinkFuture<'_, CertifyAnswer> {
        Box::pin(async move {
            let answer = self.inner.certify(request).await;
            if let Ok(answer) = &answer {
                self.accepted(answer);
            }
            self.pace.hold(5).await;
            answer
        })
    }

    /// Held after: the person was found and the result lies in the folder.
    fn qualify(&self, request: QualifyRequest) -> LinkFuture<'_, QualifyAnswer> {
        Box::pin(async move {
            let answer = self.inner.qualify(request).await;
            self.pace.hold(6).await;
            answer
        })
    }
}
