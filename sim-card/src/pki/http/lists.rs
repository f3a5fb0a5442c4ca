//! The revocation lists on the network, by file name and by the directory names of the profile.

use axum::{
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use serde::Deserialize;

use super::{Service, lock, problem};
use crate::pki::{
    CaKind, ResponderBehaviour,
    named_list::{NamedList, NamedPoint},
};

/// Most made-up entries of a list: some 360 MB.
const LONGEST: u64 = 10_000_000;

/// What may stand behind a path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wishes {
    /// So many entries that nobody issued, to make the list long.
    #[serde(default, rename = "made-up")]
    made_up: u64,
}

type Wished = Result<Query<Wishes>, QueryRejection>;

/// `GET /crl/{name}`.
pub(super) async fn by_name(
    State(service): State<Service>,
    path: Result<Path<String>, PathRejection>,
    wishes: Wished,
) -> Response {
    let Some((ca, list)) = path.ok().and_then(|Path(name)| NamedList::named(&name)) else {
        let detail = "no list has this name; one of them is user-authentication.crl";
        return problem(StatusCode::NOT_FOUND, detail);
    };
    let (point, told) = list.parts();
    service.tell((ca, point), told, wishes).await
}

/// `GET /directory/{distinguished name}`.
pub(super) async fn by_directory_name(
    State(service): State<Service>,
    path: Result<Path<String>, PathRejection>,
    wishes: Wished,
) -> Response {
    let found = path.ok().and_then(|Path(name)| NamedPoint::at(&name));
    let named = found.filter(|(ca, point)| match point {
        NamedPoint::Partition(place) => lock(&service.authority).has_point(*ca, place),
        NamedPoint::Full | NamedPoint::Base | NamedPoint::Delta => true,
    });
    match named {
        Some(list) => service.tell(list, ResponderBehaviour::Answering, wishes).await,
        None => problem(StatusCode::NOT_FOUND, "no certificate names this distribution point"),
    }
}

impl Service {
    /// Tells a list as the service behaves, unless the list itself is to be told otherwise.
    async fn tell(
        &self,
        list: (CaKind, NamedPoint),
        otherwise: ResponderBehaviour,
        wishes: Wished,
    ) -> Response {
        let made_up = match wishes {
            Ok(Query(Wishes { made_up })) if made_up <= LONGEST => made_up,
            Ok(_) | Err(_) => {
                let detail = "behind the path may stand ?made-up=N, entries up to 10000000";
                return problem(StatusCode::BAD_REQUEST, detail);
            }
        };
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
        let draft = lock(&self.authority).list_draft(list, behaviour, (self.now)());
        // A long list takes seconds; other requests do not wait for it.
        let signed = tokio::task::spawn_blocking(move || draft?.sign(made_up)).await;
        match signed {
            Ok(Ok(list)) => {
                ([(header::CONTENT_TYPE, "application/pkix-crl")], list).into_response()
            }
            Ok(Err(error)) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
            Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }
}
