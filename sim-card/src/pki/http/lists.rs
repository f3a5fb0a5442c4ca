//! The revocation lists on the network, by file name and by the directory names of the profile.

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Service, lock, problem};
use crate::pki::{
    CaKind, ResponderBehaviour,
    named_list::{NamedList, NamedPoint},
};

/// `GET /crl/{name}`.
pub(super) async fn by_name(
    State(service): State<Service>,
    path: Result<Path<String>, PathRejection>,
) -> Response {
    let Some((ca, list)) = path.ok().and_then(|Path(name)| NamedList::named(&name)) else {
        let detail = "no list has this name; one of them is user-authentication.crl";
        return problem(StatusCode::NOT_FOUND, detail);
    };
    let (point, told) = list.parts();
    service.tell((ca, point), told).await
}

/// `GET /directory/{distinguished name}`.
pub(super) async fn by_directory_name(
    State(service): State<Service>,
    path: Result<Path<String>, PathRejection>,
) -> Response {
    let found = path.ok().and_then(|Path(name)| NamedPoint::at(&name));
    let named = found.filter(|(ca, point)| match point {
        NamedPoint::Partition(place) => lock(&service.authority).has_point(*ca, place),
        NamedPoint::Full | NamedPoint::Base | NamedPoint::Delta => true,
    });
    match named {
        Some(list) => service.tell(list, ResponderBehaviour::Answering).await,
        None => problem(StatusCode::NOT_FOUND, "no certificate names this distribution point"),
    }
}

impl Service {
    /// Tells a list as the service behaves, unless the list itself is to be told otherwise.
    async fn tell(&self, list: (CaKind, NamedPoint), otherwise: ResponderBehaviour) -> Response {
        self.hesitate().await;
        let behaviour = self.behaviour();
        if behaviour == ResponderBehaviour::TryLater {
            let detail = "the revocation list is not available now";
            return problem(StatusCode::SERVICE_UNAVAILABLE, detail);
        }
        if behaviour == ResponderBehaviour::InternalError {
            return problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the revocation list cannot be made",
            );
        }
        let right = otherwise == ResponderBehaviour::Answering;
        let behaviour = if right { behaviour } else { otherwise };
        match lock(&self.authority).list_as(list, behaviour, (self.now)()) {
            Ok(list) => ([(header::CONTENT_TYPE, "application/pkix-crl")], list).into_response(),
            Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }
}
