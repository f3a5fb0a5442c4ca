//! The steps that ask the terminal, and the screens between them.

use super::{
    CertificateState, ConsentKind, Event, Notice, Prescription, Question, Reply, Screen, Visit,
};
use crate::consent::{flags, to_ask};
use crate::reader_link::{
    Bytes, Certified, CertifyAnswer, CertifyRequest, ChallengeAnswer, ChallengeRequest, LinkError,
    Qualified, QualifyAnswer, QualifyRequest, Refusal, RefusalKind,
};

impl Visit<'_> {
    pub(super) async fn fetch_challenge(&mut self) -> Event {
        let request = ChallengeRequest { account: self.reader.config.account.clone() };
        match self.reader.link.challenge(request).await {
            Ok(ChallengeAnswer::Given(challenge)) => {
                self.told.challenge = Some(challenge);
                Event::ChallengeFetched
            }
            // Nothing about this patient was asked yet, so no refusal of the patient is possible.
            Ok(ChallengeAnswer::Refused { refused }) => match refused.kind {
                RefusalKind::Closed => Event::ServiceClosed,
                RefusalKind::CertificateRefused
                | RefusalKind::SignatureRefused
                | RefusalKind::NotRegistered
                | RefusalKind::SystemError => self.system_failed(refused.code),
            },
            Err(error) => self.link_failed(&error),
        }
    }

    pub(super) async fn certify(&mut self) -> Event {
        if let Some(event) = self.card_lost() {
            return event;
        }
        let (Some(challenge), Some(mode)) = (self.told.challenge.take(), self.report.mode) else {
            return self.system_failed("reader-out-of-step".to_owned());
        };
        let request = CertifyRequest {
            account: self.reader.config.account.clone(),
            challenge_id: challenge.challenge_id,
            certificate: Bytes(self.told.certificate.clone()),
            signature: Bytes(std::mem::take(&mut self.told.signature)),
            mode,
        };
        self.report.queried = true;
        match self.reader.link.certify(request).await {
            Ok(CertifyAnswer::Accepted(certified)) => self.certified(certified),
            Ok(CertifyAnswer::Refused { refused }) => self.refused(refused),
            Err(error) => self.link_failed(&error),
        }
    }

    fn certified(&mut self, certified: Certified) -> Event {
        self.told.ticket = certified.ticket;
        self.told.certificate_state = Some(certified.certificate_state);
        match certified.certificate_state {
            CertificateState::Valid => {}
            CertificateState::ExpiresSoon => {
                self.report.notices.insert(Notice::RenewCertificate);
            }
            CertificateState::Grace => {
                self.report.notices.extend([Notice::RenewCertificate, Notice::Grace]);
            }
        }
        if certified.registered {
            Event::CertificateAccepted
        } else {
            Event::CertificateUnregistered
        }
    }

    pub(super) async fn offer_registration(&mut self) -> Event {
        self.show(&[Screen::Registration]);
        let reply = self.ask(Question::Registration).await;
        if reply != Reply::Yes {
            return self.unless_gone(&reply, Event::RegistrationDeclined);
        }
        self.told.register = true;
        Event::RegistrationAccepted
    }

    /// Each kind is asked for by itself; only a yes is a consent. Row OQS-CONS-02.
    pub(super) async fn ask_consents(&mut self) -> Event {
        let state = self.told.certificate_state.unwrap_or(CertificateState::Grace);
        self.report.asked = to_ask(&self.reader.config.offers, state);
        for kind in ConsentKind::ALL {
            if !self.report.asked.contains(&kind) {
                continue;
            }
            self.show(&[Screen::Consent(kind)]);
            let reply = self.ask(Question::Consent { kind }).await;
            let event = self.unless_gone(&reply, Event::ConsentsAnswered);
            if event != Event::ConsentsAnswered {
                return event;
            }
            if reply == Reply::Yes {
                self.told.consents.insert(kind);
            }
        }
        if self.reader.config.electronic_prescriptions {
            return self.ask_prescription_form().await;
        }
        Event::ConsentsAnswered
    }

    async fn ask_prescription_form(&mut self) -> Event {
        self.show(&[Screen::PrescriptionForm]);
        let reply = self.ask(Question::PrescriptionForm).await;
        if reply == Reply::Electronic {
            self.told.prescription = Some(Prescription::Electronic);
        } else if reply == Reply::Paper {
            self.told.prescription = Some(Prescription::Paper);
        }
        self.unless_gone(&reply, Event::ConsentsAnswered)
    }

    pub(super) async fn qualify(&mut self) -> Event {
        if let Some(event) = self.card_lost() {
            return event;
        }
        let request = QualifyRequest {
            account: self.reader.config.account.clone(),
            ticket: std::mem::take(&mut self.told.ticket),
            register: self.told.register,
            consents: flags(&self.told.consents),
            prescription: self.told.prescription,
            occasion: self.reader.config.occasion,
        };
        match self.reader.link.qualify(request).await {
            Ok(QualifyAnswer::Answered(qualified)) => self.qualified(qualified),
            Ok(QualifyAnswer::Refused { refused }) => self.refused(refused),
            Err(error) => self.link_failed(&error),
        }
    }

    fn qualified(&mut self, qualified: Qualified) -> Event {
        if !(1..=6).contains(&qualified.validity) {
            return self.link_failed(&LinkError::Unreadable);
        }
        self.report.notices.extend(qualified.notices.iter().copied());
        self.told.qualified = Some(qualified);
        Event::Qualified
    }

    fn refused(&mut self, refused: Refusal) -> Event {
        match refused.kind {
            RefusalKind::CertificateRefused => Event::CertificateRefused,
            RefusalKind::SignatureRefused => Event::SignatureRefused,
            RefusalKind::NotRegistered => Event::NotRegistered,
            RefusalKind::Closed => Event::ServiceClosed,
            RefusalKind::SystemError => self.system_failed(refused.code),
        }
    }

    fn link_failed(&mut self, error: &LinkError) -> Event {
        self.system_failed(error.code().to_owned())
    }

    fn system_failed(&mut self, code: String) -> Event {
        self.told.failure = code;
        Event::SystemFailed
    }
}
