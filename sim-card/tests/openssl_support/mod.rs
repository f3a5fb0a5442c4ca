//! What the tests share that let OpenSSL judge the authority.

#![allow(dead_code, reason = "each test program uses its part")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use jiff::{SignedDuration, Timestamp, civil::date};
use sim_card::pki::{
    Authority, AuthorityConfig, Generation, IssueRequest, Issued, SignatureIssueRequest, pooled_key,
};

/// What a program said, both streams, and whether it was content.
#[derive(Debug)]
pub struct Said {
    pub content: bool,
    pub text: String,
}

impl Said {
    pub fn must_say(&self, words: &str) {
        assert!(self.text.contains(words), "openssl does not say {words:?}:\n{}", self.text);
    }
}

/// Runs the openssl program; without it nothing here can be judged, which is a failure and not a pass.
pub fn openssl(arguments: &[&str]) -> Said {
    let output = Command::new("openssl").args(arguments).output().unwrap_or_else(|error| {
        panic!("the openssl program must be on the PATH for this test: {error}")
    });
    let text = [output.stdout, output.stderr].concat();
    Said { content: output.status.success(), text: String::from_utf8_lossy(&text).into_owned() }
}

/// OpenSSL compares with the wall clock, so these tests live in the present.
#[expect(clippy::disallowed_methods, reason = "openssl judges by the wall clock")]
pub fn present() -> Timestamp {
    Timestamp::now()
}

pub fn days_ago(days: i64) -> Timestamp {
    present() - SignedDuration::from_hours(24 * days)
}

/// An authority, and a directory where its output lies as files.
pub struct Shop {
    pub authority: Authority,
    directory: tempfile::TempDir,
}

impl Shop {
    pub fn open() -> Self {
        Self::of(Generation::Current)
    }

    pub fn of(generation: Generation) -> Self {
        let config = AuthorityConfig { generation, ..AuthorityConfig::default() };
        let authority = Authority::new(config).unwrap();
        let shop = Self { authority, directory: tempfile::tempdir().unwrap() };
        shop.put_ca(shop.authority.ca_certificate());
        shop.put("signature-ca", shop.authority.signature_ca_certificate());
        shop
    }

    /// The file `ca`, which is the trust anchor of the tests.
    pub fn put_ca(&self, der: &[u8]) {
        self.put("ca", der);
    }

    /// Writes a certificate as DER and as PEM.
    pub fn put(&self, name: &str, der: &[u8]) {
        std::fs::write(self.path(&format!("{name}.der")), der).unwrap();
        self.put_pem(name, "CERTIFICATE", der);
    }

    pub fn put_pem(&self, name: &str, label: &str, der: &[u8]) {
        let pem = der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap();
        std::fs::write(self.path(&format!("{name}.pem")), pem).unwrap();
    }

    pub fn path(&self, name: &str) -> String {
        let path: PathBuf = Path::new(self.directory.path()).join(name);
        path.to_str().unwrap().to_owned()
    }

    /// The authority for a server; the files live as long as the directory.
    pub fn close(self) -> (Authority, tempfile::TempDir) {
        (self.authority, self.directory)
    }

    pub fn issue(&mut self, name: &str) -> Issued {
        let key = pooled_key(0).unwrap().to_public_key();
        let issued = self
            .authority
            .issue_user_authentication(IssueRequest {
                holder: String::from("person-1"),
                birthdate: date(1980, 2, 17),
                at: days_ago(30),
                card_expiry: date(2099, 2, 17),
                key: &key,
                not_after: None,
            })
            .unwrap();
        self.put(name, &issued.certificate);
        issued
    }

    pub fn issue_signature(&mut self, name: &str) -> Issued {
        let key = pooled_key(1).unwrap().to_public_key();
        let issued = self
            .authority
            .issue_digital_signature(SignatureIssueRequest {
                issue: IssueRequest {
                    holder: String::from("person-1"),
                    birthdate: date(1980, 2, 17),
                    at: "2025-10-27T03:00:00Z".parse().unwrap(),
                    card_expiry: date(2035, 2, 17),
                    key: &key,
                    not_after: None,
                },
                name: String::from("架空　花子"),
                address: String::from("見本都見本市見本町一丁目１番"),
                sex: '2',
            })
            .unwrap();
        self.put(name, &issued.certificate);
        issued
    }
}
