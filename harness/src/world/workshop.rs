//! What is costly to make and the same for every scenario of a run: keys, TLS identities, photos. Made once, shared.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use sim_backend::messages::Form;
use sim_reader::face::matcher::THRESHOLD;
use sim_reader::face::portrait::draw;
use sim_reader::face::vendor::Guarded;
use sim_reader::face::{Appearance, Builtin, Matcher};

use super::calls::Seams;
use super::tls::{BACKEND_HOST, Identity, TlsAuthority};
use crate::catalogue::{Binding, Catalogue, CatalogueError};
use crate::error::BenchError;
use crate::mutants::Plant;
use crate::relative::Relative;
use crate::seed::Seed;
use crate::sut;
use crate::sut::breaker::Breaker;
use crate::sut::codes::Grade;
use crate::sut::config::{Isolation, SutConfig};
use crate::sut::troubles::Troubles;
use crate::taps::Taps;
use crate::taps::matcher::TappedMatcher;

/// What the backend's certificate names.
const SERVER_NAMES: [&str; 3] = [BACKEND_HOST, "localhost", "127.0.0.1"];

/// Is shown message family or file name, and the bytes. Evidence is no place for this: it hides secrets.
pub type Witness = Arc<dyn Fn(&str, &[u8]) + Send + Sync>;

/// What compares faces at the readers, and from which score on two are the same person.
#[derive(Clone)]
pub struct Comparison {
    /// Compares chip photo and capture.
    pub matcher: Arc<dyn Matcher>,
    /// 0 to 1.
    pub threshold: f64,
}

impl Default for Comparison {
    fn default() -> Self {
        Self { matcher: Arc::new(Builtin), threshold: THRESHOLD }
    }
}

/// Shared by all scenarios of a run. A clone shares what is costly.
#[derive(Clone)]
pub struct Workshop {
    seed: Seed,
    /// The product under test, if there is one.
    pub sut: Option<SutConfig>,
    /// How the backend's answers look.
    pub answers: Form,
    /// How the readers compare faces.
    pub comparison: Comparison,
    /// Which rows bind the product.
    pub binding: Binding,
    witness: Option<Witness>,
    plant: Option<Arc<Plant>>,
    catalogue: Option<&'static Catalogue>,
    breaker: Option<Arc<Breaker>>,
    relative: Option<Arc<Relative>>,
    seams: Seams,
    tls: Arc<TlsAuthority>,
    server: Arc<ServerConfig>,
    institutions: Arc<Mutex<BTreeMap<String, Arc<Identity>>>>,
    photos: Arc<Mutex<BTreeMap<u64, Arc<Vec<u8>>>>>,
    /// The product's matcher where one serves all scenarios.
    matcher: Option<Arc<dyn Matcher>>,
}

impl std::fmt::Debug for Workshop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workshop").field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl Workshop {
    /// A workshop for a run with this seed, against this product.
    ///
    /// # Errors
    /// [`BenchError`] when TLS cannot be set up.
    pub fn new(seed: Seed, sut: Option<SutConfig>) -> Result<Self, BenchError> {
        let tls = TlsAuthority::new(seed)?;
        let identity = tls.server(&SERVER_NAMES)?;
        let server = sim_backend::http::server_config(
            vec![identity.certificate.clone()],
            identity.private_key(),
            vec![tls.root()],
        );
        let server = server.map_err(|error| BenchError::setup("TLS server", error))?;
        let lasting = sut.as_ref().filter(|sut| sut.isolation == Isolation::Reset);
        let matcher = lasting.map(sut::matcher::matcher).transpose()?.flatten();
        Ok(Self {
            seed,
            sut,
            answers: Form::default(),
            comparison: Comparison::default(),
            binding: Binding::default(),
            witness: None,
            plant: None,
            catalogue: None,
            breaker: None,
            relative: None,
            seams: Seams::default(),
            tls: Arc::new(tls),
            server: Arc::new(server),
            institutions: Arc::default(),
            photos: Arc::default(),
            matcher,
        })
    }

    /// How finely the product's refusals are told apart.
    pub fn grade(&self) -> Grade {
        self.sut.as_ref().map(|sut| sut.grade).unwrap_or_default()
    }

    /// The same with answers of another form.
    #[must_use]
    pub fn with_answers(self, answers: Form) -> Self {
        Self { answers, ..self }
    }

    /// The same with readers that compare faces in this way.
    #[must_use]
    pub fn with_comparison(self, comparison: Comparison) -> Self {
        Self { comparison, ..self }
    }

    /// The same with other rows that bind.
    #[must_use]
    pub fn with_binding(self, binding: Binding) -> Self {
        Self { binding, ..self }
    }

    /// The same with somebody who is shown each answer to an institution as it was given.
    #[must_use]
    pub fn with_witness(self, witness: Witness) -> Self {
        Self { witness: Some(witness), ..self }
    }

    /// The same with a defect in every world.
    #[must_use]
    pub fn with_plant(self, plant: Plant) -> Self {
        Self { plant: Some(Arc::new(plant)), ..self }
    }

    /// The same with another catalogue than the embedded one.
    #[must_use]
    pub fn with_catalogue(self, catalogue: &'static Catalogue) -> Self {
        Self { catalogue: Some(catalogue), ..self }
    }

    /// The same with a product that is given up after so many scenarios in a row that end by the same fault of its.
    #[must_use]
    pub fn with_breaker(self, limit: u32) -> Self {
        Self { breaker: Some(Arc::new(Breaker::new(limit))), ..self }
    }

    /// The same with scenarios that are told relative to now.
    #[must_use]
    pub fn with_relative(self, relative: Relative) -> Self {
        Self { relative: Some(Arc::new(relative)), ..self }
    }

    /// The same with worlds whose actors reach each other in this way.
    #[must_use]
    pub fn with_seams(self, seams: Seams) -> Self {
        Self { seams, ..self }
    }

    /// How the actors of a world reach each other.
    pub fn seams(&self) -> Seams {
        self.seams
    }

    /// How scenarios are told relative to now, if they are.
    pub fn relative(&self) -> Option<&Relative> {
        self.relative.as_deref()
    }

    /// What gives a dead product up.
    pub fn breaker(&self) -> Option<Arc<Breaker>> {
        self.breaker.clone()
    }

    /// What scenarios are told from.
    ///
    /// # Errors
    /// The embedded catalogue cannot be read.
    pub fn catalogue(&self) -> Result<&'static Catalogue, &'static CatalogueError> {
        self.catalogue.map_or_else(Catalogue::embedded, Ok)
    }

    /// The defect in every world.
    pub fn plant(&self) -> Option<&Arc<Plant>> {
        self.plant.as_ref()
    }

    /// Whoever is shown each answer.
    pub fn witness(&self) -> Option<&Witness> {
        self.witness.as_ref()
    }

    /// How the readers of one scenario compare faces: by the product if it is a matcher, tapped.
    ///
    /// # Errors
    /// [`BenchError`] when the product cannot be reached.
    pub fn comparison(&self, taps: &Taps, troubles: &Troubles) -> Result<Comparison, BenchError> {
        let Some(sut) = &self.sut else { return Ok(self.comparison.clone()) };
        let Some(adapter) = &sut.positions.matcher else { return Ok(self.comparison.clone()) };
        let inner = match &self.matcher {
            Some(lasting) => Some(Arc::clone(lasting)),
            None => sut::matcher::matcher(sut)?,
        };
        let Some(inner) = inner else { return Ok(self.comparison.clone()) };
        let (threshold, suspect) = adapter.thresholds();
        let name = &sut.product.name;
        let tapped = TappedMatcher::new(inner, name, taps.clone(), troubles.clone());
        Ok(Comparison { matcher: Arc::new(Guarded::new(Box::new(tapped), suspect)), threshold })
    }

    /// The seed of one scenario.
    pub fn seed_of(&self, case: &str) -> Seed {
        self.seed.derive(case)
    }

    /// The bench's TLS authority.
    pub fn tls(&self) -> &TlsAuthority {
        &self.tls
    }

    /// TLS of the backend.
    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.server)
    }

    /// The TLS identity of the backend.
    ///
    /// # Errors
    /// [`BenchError`] when it cannot be issued.
    pub fn server_identity(&self) -> Result<Identity, BenchError> {
        Ok(self.tls.server(&SERVER_NAMES)?)
    }

    /// The TLS identity of an institution.
    ///
    /// # Errors
    /// [`BenchError`] when it cannot be issued.
    pub fn identity(&self, institution: &str) -> Result<Arc<Identity>, BenchError> {
        let mut known = self.institutions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(identity) = known.get(institution) {
            return Ok(Arc::clone(identity));
        }
        let identity = Arc::new(self.tls.institution(institution)?);
        known.insert(institution.to_owned(), Arc::clone(&identity));
        Ok(identity)
    }

    /// The chip photo of a face, as the card stores it.
    ///
    /// # Errors
    /// [`BenchError`] when it cannot be encoded.
    pub fn photo(&self, face: u64) -> Result<Arc<Vec<u8>>, BenchError> {
        if let Some(photo) = self.photos.lock().unwrap_or_else(PoisonError::into_inner).get(&face) {
            return Ok(Arc::clone(photo));
        }
        let photo = Arc::new(chip_photo(face)?);
        self.photos.lock().unwrap_or_else(PoisonError::into_inner).insert(face, Arc::clone(&photo));
        Ok(photo)
    }
}

/// The photo of a face as a card stores it, drawn as the reader's camera sees that face.
///
/// # Errors
/// [`BenchError`] when it cannot be encoded.
pub fn chip_photo(face: u64) -> Result<Vec<u8>, BenchError> {
    let drawn = draw(&Appearance::from_seed(face));
    let photo = sim_card::photo::encode_photo(drawn.width, drawn.height, &drawn.pixels);
    photo.map_err(|error| BenchError::setup("photo", error))
}
