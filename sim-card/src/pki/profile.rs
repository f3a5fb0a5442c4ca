//! The certificate profiles, extension by extension, in the order of real certificates.
//!
//! All are made by the builder of `x509-cert`. None can be made by `rcgen`: a distinguished name there holds each attribute type once (these repeat OU
//! and L), its distribution points are URIs only (these are directory names), and policies, issuerAltName and authorityInfoAccess can only be appended
//! last, which breaks the order. What `rcgen` can express, the TLS certificates of the backend, is made with it in another place.

use der::{
    Encode,
    asn1::{Any, Ia5String, Ia5StringRef, Null, ObjectIdentifier},
    oid::AssociatedOid,
};
use x509_cert::{
    TbsCertificate,
    builder::{self, profile::BuilderProfile},
    ext::{
        Extension, ToExtension,
        pkix::{
            AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints,
            CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage, IssuerAltName, KeyUsage,
            KeyUsages, SubjectAltName, SubjectKeyIdentifier,
            certpolicy::{PolicyInformation, PolicyQualifierInfo},
            crl::dp::DistributionPoint,
            name::{DistributionPointName, GeneralName},
        },
    },
    name::Name,
    serial_number::SerialNumber,
    spki::SubjectPublicKeyInfoRef,
};

use super::{
    municipality::Municipality,
    names::{self, CaKind},
};

const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
const OCSP_NO_CHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
const ACCESS_OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const CPS_QUALIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.2.1");
const CPS_URI: &str = "http://www.jpki.go.jp/cps.html";

/// Policy of digital-signature certificates in the test arc.
pub const SIGNATURE_POLICY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.1.0.20");
/// Policy of user-authentication certificates in the test arc.
pub const USER_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.1.0.30");

/// Policy of digital-signature certificates on smartphones: the number that is reported, in the test arc (bench profile).
pub const MOBILE_SIGNATURE_POLICY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.1.0.40");
/// Policy of user-authentication certificates on smartphones (bench profile).
pub const MOBILE_USER_POLICY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.1.0.50");

/// Serial number of the self-signed CA certificates.
pub const CA_SERIAL: u64 = 1;
/// Serial number of the self-signed CA certificates of the former generation: four bytes, as some real ones have. It must differ from [`CA_SERIAL`],
/// since all generations share one name.
pub const FORMER_CA_SERIAL: u64 = 0x2019_0101;

/// What a certificate is for, with what only this kind carries.
#[derive(Debug, Clone)]
pub enum CertificateKind {
    /// The self-signed CA certificate.
    Ca,
    /// A link certificate: one generation's key, signed by the other's (bench profile). Source: RFC 4210 §4.4.
    Link,
    /// 利用者証明用電子証明書.
    UserAuthentication {
        /// URL in authorityInfoAccess.
        ocsp_url: String,
    },
    /// 署名用電子証明書.
    DigitalSignature {
        /// The subjectAltName.
        alternative_names: Vec<GeneralName>,
    },
    /// Delegated OCSP responder (bench profile). Source: RFC 6960 §4.2.2.2.
    OcspResponder,
}

/// One certificate to be: kind, issuing CA, subject.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Which extensions.
    pub kind: CertificateKind,
    /// Who issues.
    pub ca: CaKind,
    /// To whom.
    pub subject: Name,
    /// Name of the issuing CA.
    pub issuer: Name,
    /// Serial number of the issuing CA's own certificate.
    pub issuer_serial: u64,
    /// Where the holder applied; only cards' certificates show it.
    pub municipality: Municipality,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        spk: SubjectPublicKeyInfoRef<'_>,
        issuer_spk: SubjectPublicKeyInfoRef<'_>,
        _tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let key_identifier = extension(false, &SubjectKeyIdentifier::try_from(spk)?)?;
        let authority = || self.authority_key(issuer_spk);
        let extensions = match &self.kind {
            CertificateKind::Ca => vec![
                key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?,
                extension(false, &SubjectAltName(self.japanese_issuer()?))?,
                extension(true, &BasicConstraints { ca: true, path_len_constraint: None })?,
                distribution_points(self.issuer.clone())?,
                key_identifier,
            ],
            CertificateKind::Link => vec![
                key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?,
                extension(false, &SubjectAltName(self.japanese_issuer()?))?,
                extension(true, &BasicConstraints { ca: true, path_len_constraint: None })?,
                distribution_points(self.issuer.clone())?,
                authority()?,
                key_identifier,
            ],
            CertificateKind::UserAuthentication { ocsp_url } => vec![
                key_usage(KeyUsages::DigitalSignature)?,
                extension(false, &ExtendedKeyUsage(vec![CLIENT_AUTH]))?,
                policy(policy_of(self.ca))?,
                extension(false, &IssuerAltName(self.japanese_issuer()?))?,
                distribution_points(names::distribution_point(self.ca, &self.municipality)?)?,
                ocsp_access(ocsp_url)?,
                authority()?,
                key_identifier,
            ],
            CertificateKind::DigitalSignature { alternative_names } => vec![
                key_usage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation)?,
                extension(false, &SubjectAltName(alternative_names.clone()))?,
                policy(policy_of(self.ca))?,
                extension(false, &IssuerAltName(self.japanese_issuer()?))?,
                distribution_points(names::distribution_point(self.ca, &self.municipality)?)?,
                authority()?,
                key_identifier,
            ],
            CertificateKind::OcspResponder => vec![
                key_usage(KeyUsages::DigitalSignature)?,
                extension(false, &ExtendedKeyUsage(vec![OCSP_SIGNING]))?,
                (OCSP_NO_CHECK, false, &Null).to_extension(&Name::default(), &[])?,
                authority()?,
                key_identifier,
            ],
        };
        Ok(extensions)
    }
}

impl Profile {
    fn japanese_issuer(&self) -> der::Result<Vec<GeneralName>> {
        Ok(vec![GeneralName::DirectoryName(names::ca_japanese_name(self.ca)?)])
    }

    /// All three parts: key identifier, issuer of the CA certificate (itself) and its serial number.
    fn authority_key(&self, issuer_spk: SubjectPublicKeyInfoRef<'_>) -> der::Result<Extension> {
        let identifier = AuthorityKeyIdentifier {
            key_identifier: Some(SubjectKeyIdentifier::try_from(issuer_spk)?.0),
            authority_cert_issuer: Some(vec![GeneralName::DirectoryName(self.issuer.clone())]),
            authority_cert_serial_number: Some(SerialNumber::from(self.issuer_serial)),
        };
        extension(false, &identifier)
    }
}

fn policy_of(ca: CaKind) -> ObjectIdentifier {
    match ca {
        CaKind::UserAuthentication => USER_POLICY,
        CaKind::DigitalSignature => SIGNATURE_POLICY,
        CaKind::MobileUserAuthentication => MOBILE_USER_POLICY,
        CaKind::MobileDigitalSignature => MOBILE_SIGNATURE_POLICY,
    }
}

pub(crate) fn extension<T: AssociatedOid + Encode>(
    critical: bool,
    value: &T,
) -> der::Result<Extension> {
    (critical, value).to_extension(&Name::default(), &[])
}

fn key_usage(usages: impl Into<der::flagset::FlagSet<KeyUsages>>) -> der::Result<Extension> {
    extension(true, &KeyUsage(usages.into()))
}

fn policy(policy_identifier: ObjectIdentifier) -> der::Result<Extension> {
    let qualifier = PolicyQualifierInfo {
        policy_qualifier_id: CPS_QUALIFIER,
        qualifier: Some(Any::from(Ia5StringRef::new(CPS_URI)?)),
    };
    let policy_qualifiers = Some(vec![qualifier]);
    let policies = vec![PolicyInformation { policy_identifier, policy_qualifiers }];
    extension(true, &CertificatePolicies(policies))
}

fn distribution_points(directory_name: Name) -> der::Result<Extension> {
    extension(false, &CrlDistributionPoints(vec![point(directory_name)]))
}

/// One distribution point that is a directory name: no URI, nothing an outsider can fetch.
pub(crate) fn point(directory_name: Name) -> DistributionPoint {
    let full_name = vec![GeneralName::DirectoryName(directory_name)];
    let distribution_point = Some(DistributionPointName::FullName(full_name));
    DistributionPoint { distribution_point, reasons: None, crl_issuer: None }
}

fn ocsp_access(url: &str) -> der::Result<Extension> {
    let access = AccessDescription {
        access_method: ACCESS_OCSP,
        access_location: GeneralName::UniformResourceIdentifier(Ia5String::new(url)?),
    };
    extension(false, &AuthorityInfoAccessSyntax(vec![access]))
}
