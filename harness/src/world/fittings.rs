//! What is built into a reader that is the product and stays the bench's: the camera, and the key of an approved reader.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use sim_reader::Camera;
use sim_reader::card_client::TerminalCredential;
use sim_reader::reader_link::Bytes;

use super::serving::{Served, plain};
use crate::error::BenchError;
use crate::sut::reader::protocol::{Approval, Proof, Prove};

const CAMERA: &str = "/camera";
const KEY: &str = "/key";

/// Built into one reader. They end with the value.
pub struct Fittings {
    inside: Inside,
    served: Served,
}

#[derive(Clone)]
struct Inside {
    camera: Arc<Mutex<Option<Box<dyn Camera>>>>,
    own: TerminalCredential,
}

impl Fittings {
    /// Builds them in; nobody stands before the camera.
    ///
    /// # Errors
    /// [`BenchError::Listen`].
    pub async fn build_in(own: TerminalCredential) -> Result<Self, BenchError> {
        let inside = Inside { camera: Arc::default(), own };
        let router = Router::new()
            .route(CAMERA, get(take_picture))
            .route(KEY, post(prove))
            .with_state(inside.clone());
        Ok(Self { inside, served: plain(router).await? })
    }

    /// Where the camera gives a picture.
    pub fn camera_url(&self) -> String {
        format!("{}{CAMERA}", self.served.url())
    }

    /// What an approved reader is given: the certificate, and the way to the key.
    pub fn approval(&self) -> Approval {
        Approval {
            certificate: Bytes(self.inside.own.certificate.clone()),
            key_url: format!("{}{KEY}", self.served.url()),
        }
    }

    /// Somebody stands before the camera, or nobody any more.
    pub fn look(&self, camera: Option<Box<dyn Camera>>) {
        *self.inside.camera.lock().unwrap_or_else(PoisonError::into_inner) = camera;
    }
}

/// A new picture each time; none where the camera is dead or nobody stands before it.
async fn take_picture(State(inside): State<Inside>) -> Response {
    let mut camera = inside.camera.lock().unwrap_or_else(PoisonError::into_inner);
    let picture = camera.as_mut().and_then(|camera| camera.capture().ok());
    match picture {
        Some(picture) => {
            ([(header::CONTENT_TYPE, "image/x-portable-graymap")], picture.pgm()).into_response()
        }
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn prove(
    State(inside): State<Inside>,
    Json(Prove { challenge: Bytes(challenge) }): Json<Prove>,
) -> Result<Json<Proof>, StatusCode> {
    let proved = inside.own.prove(&challenge).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR);
    proved.map(|signature| Json(Proof { signature: Bytes(signature) }))
}

#[cfg(test)]
mod tests {
    use sim_reader::{CameraFault, GreyImage};

    use super::super::{CardPress, plain_client};
    use super::*;

    struct TwoPixels;

    impl Camera for TwoPixels {
        fn capture(&mut self) -> Result<GreyImage, CameraFault> {
            Ok(GreyImage { width: 2, height: 1, pixels: vec![7, 8] })
        }
    }

    fn client() -> reqwest::Client {
        drop(rustls::crypto::ring::default_provider().install_default());
        plain_client().unwrap()
    }

    #[tokio::test]
    async fn a_picture_is_a_pgm_file_and_without_anybody_there_is_none() {
        let fittings = Fittings::build_in(CardPress::new().unwrap().terminal()).await.unwrap();
        let look = || async {
            let got = client().get(fittings.camera_url()).send().await.unwrap();
            (got.status().as_u16(), got.bytes().await.unwrap().to_vec())
        };
        assert_eq!(look().await, (503, Vec::new()));
        fittings.look(Some(Box::new(TwoPixels)));
        assert_eq!(look().await, (200, b"P5\n2 1\n255\n\x07\x08".to_vec()));
    }

    #[tokio::test]
    async fn the_key_signs_and_stays() {
        let own = CardPress::new().unwrap().terminal();
        let fittings = Fittings::build_in(own.clone()).await.unwrap();
        let Approval { certificate, key_url } = fittings.approval();
        let prove = Prove { challenge: Bytes(vec![1; 16]) };
        let asked = client().post(key_url).json(&prove).send().await.unwrap();
        let Proof { signature: Bytes(signature) } = asked.json().await.unwrap();
        assert_eq!(
            (certificate.0, signature),
            (own.certificate.clone(), own.prove(&[1; 16]).unwrap())
        );
    }
}
