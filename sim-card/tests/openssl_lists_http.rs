//! OpenSSL judges the lists that come over a real socket, by file name and by the directory names that certificates carry.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on ends")]

mod openssl_support;

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp, civil::date};
use openssl_support::{Said, Shop, openssl};
use sim_card::pki::{
    CaKind, IssueRequest, Municipality, ResponderBehaviour, RevocationReason,
    SignatureIssueRequest, pooled_key, router,
};

/// Noon of a day in Japan, so that base and delta list differ.
const NOW: &str = "2026-10-01T03:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn hours_ago(hours: i64) -> Timestamp {
    now() - SignedDuration::from_hours(hours)
}

fn places() -> [Municipality; 2] {
    [Municipality::default(), Municipality::new("Kaku-ken", "Kaku-cho", "99998")]
}

/// For each authority: `CA-old` is revoked before today, `CA-new` today, `CA-there` likewise at another counter, and `CA-good` never.
struct Service {
    directory: tempfile::TempDir,
    address: SocketAddr,
    behaviour: Arc<Mutex<ResponderBehaviour>>,
    _runtime: tokio::runtime::Runtime,
}

fn issue(shop: &mut Shop, ca: CaKind, place: Municipality, name: &str) -> Vec<u8> {
    let key = pooled_key(0).unwrap().to_public_key();
    let issue = IssueRequest {
        holder: name.to_owned(),
        birthdate: date(1980, 2, 17),
        at: hours_ago(24 * 200),
        card_expiry: date(2035, 2, 17),
        key: &key,
        not_after: None,
    };
    let signing = SignatureIssueRequest {
        issue: issue.clone(),
        name: String::from("架空　花子"),
        address: String::from("見本都見本市見本町一丁目１番"),
        sex: '2',
    };
    let mut office = shop.authority.office(place);
    let issued = match ca {
        CaKind::UserAuthentication => office.issue_user_authentication(issue),
        CaKind::DigitalSignature => office.issue_digital_signature(signing),
        CaKind::MobileUserAuthentication => office.issue_mobile_user_authentication(issue),
        CaKind::MobileDigitalSignature => office.issue_mobile_digital_signature(signing),
    };
    let issued = issued.unwrap();
    shop.put(&format!("{}-{name}", ca.slug()), &issued.certificate);
    issued.serial
}

impl Service {
    fn start() -> Self {
        let mut shop = Shop::open();
        let [here, there] = places();
        for ca in CaKind::ALL {
            shop.put(&format!("{}-ca", ca.slug()), shop.authority.certificate_of(ca));
            let reason = RevocationReason::KeyCompromise;
            for (name, place, ended) in [
                ("old", &here, Some(72)),
                ("new", &here, Some(1)),
                ("there", &there, Some(1)),
                ("good", &here, None),
            ] {
                let serial = issue(&mut shop, ca, place.clone(), name);
                if let Some(hours) = ended {
                    shop.authority.revoke(&serial, reason, hours_ago(hours)).unwrap();
                }
            }
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let behaviour = Arc::default();
        let (authority, directory) = shop.close();
        let authority = Arc::new(Mutex::new(authority));
        let routes = router(authority, Arc::new(now), Arc::clone(&behaviour));
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { directory, address, behaviour, _runtime: runtime }
    }

    /// The status line and the body.
    fn get(&self, path: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let asked = format!("GET {path} HTTP/1.1\r\nHost: authority\r\nConnection: close\r\n\r\n");
        stream.write_all(asked.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer.drain(..end + 4).collect()).unwrap();
        (head.lines().next().unwrap().to_owned(), answer)
    }

    /// Fetches a list, keeps it as a file, and lets OpenSSL verify its signature and show it.
    fn list(&self, ca: CaKind, path: &str) -> Said {
        let (status, list) = self.get(path);
        assert!(status.contains("200"), "{path}: {status}");
        let (list, ca) = (self.keep("list", &list), self.path(&format!("{}-ca.pem", ca.slug())));
        openssl(&["crl", "-in", &list, "-CAfile", &ca, "-noout", "-text"])
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes a list down as OpenSSL takes it.
    fn keep(&self, name: &str, list: &[u8]) -> String {
        let path = self.path(&format!("{name}.pem"));
        let pem = der::pem::encode_string("X509 CRL", der::pem::LineEnding::LF, list).unwrap();
        std::fs::write(&path, pem).unwrap();
        path
    }

    /// Fetches lists and lets OpenSSL check a certificate by them.
    fn check(&self, ca: CaKind, name: &str, paths: &[&str], options: &[&str]) -> Said {
        let mut files = Vec::new();
        for (at, path) in paths.iter().enumerate() {
            let (status, list) = self.get(path);
            assert!(status.contains("200"), "{path}: {status}");
            files.push(self.keep(&format!("list-{at}"), &list));
        }
        let certificate = self.path(&format!("{}-{name}.pem", ca.slug()));
        let (ca, at) = (self.path(&format!("{}-ca.pem", ca.slug())), now().as_second().to_string());
        let mut arguments = vec!["verify", "-crl_check", "-attime", &at, "-CAfile", &ca];
        arguments.extend(files.iter().flat_map(|file| ["-CRLfile", file.as_str()]));
        arguments.extend(options);
        arguments.push(&certificate);
        openssl(&arguments)
    }
}

fn directory(ca: CaKind, rest: &str) -> String {
    let unit = match ca {
        CaKind::UserAuthentication => "JPKI%20for%20user%20authentication",
        CaKind::DigitalSignature => "JPKI%20for%20digital%20signature",
        CaKind::MobileUserAuthentication => "JPKI%20for%20user%20authentication%20on%20smartphone",
        CaKind::MobileDigitalSignature => "JPKI%20for%20digital%20signature%20on%20smartphone",
    };
    format!("/directory/C=JP/O=JPKI-TEST/OU={unit}/{rest}")
}

#[test]
fn full_lists_of_every_authority_by_both_names() {
    let service = Service::start();
    for ca in CaKind::ALL {
        let agency = "OU=Japan%20Agency%20for%20Local%20Authority%20Information%20Systems";
        for path in [format!("/crl/{}.crl", ca.slug()), directory(ca, agency)] {
            let said = service.list(ca, &path);
            said.must_say("verify OK");
            assert_eq!(said.text.matches("Serial Number:").count(), 3, "{}", said.text);
            for name in ["old", "new", "there"] {
                service.check(ca, name, &[&path], &[]).must_say("certificate revoked");
            }
            let said = service.check(ca, "good", &[&path], &[]);
            assert!(said.content, "{}", said.text);
        }
    }
}

#[test]
fn delta_lists_are_found_where_the_base_says() {
    let service = Service::start();
    for ca in CaKind::ALL {
        let base = format!("/crl/{}-base.crl", ca.slug());
        let said = service.list(ca, &base);
        said.must_say("verify OK");
        said.must_say("X509v3 Freshest CRL");
        said.must_say("CN = Delta CRLDP");
        let by_name = format!("/crl/{}-delta.crl", ca.slug());
        for delta in [by_name, directory(ca, "OU=CRL%20Distribution%20Points/CN=Delta%20CRLDP")] {
            let said = service.list(ca, &delta);
            said.must_say("verify OK");
            said.must_say("X509v3 Delta CRL Indicator: critical");
            assert_eq!(said.text.matches("Serial Number:").count(), 2, "{}", said.text);
            assert!(service.check(ca, "new", &[&base], &[]).content, "the base is of midnight");
            let deltas = ["-extended_crl", "-use_deltas"];
            let both = [base.as_str(), &delta];
            service.check(ca, "new", &both, &deltas).must_say("certificate revoked");
            service.check(ca, "old", &both, &deltas).must_say("certificate revoked");
            assert!(service.check(ca, "good", &both, &deltas).content);
        }
    }
}

#[test]
fn each_municipality_has_its_list_where_its_certificates_say() {
    let service = Service::start();
    for ca in CaKind::ALL {
        let [here, there] = places().map(|place| {
            let rest = format!("OU={}/CN={}%20CRLDP", place.prefecture, place.name);
            directory(ca, &format!("OU=CRL%20Distribution%20Points/{rest}"))
        });
        let said = service.list(ca, &here);
        said.must_say("verify OK");
        said.must_say("X509v3 Issuing Distribution Point: critical");
        assert_eq!(said.text.matches("Serial Number:").count(), 2, "{}", said.text);
        assert_eq!(service.list(ca, &there).text.matches("Serial Number:").count(), 1);
        service.check(ca, "new", &[&here], &[]).must_say("certificate revoked");
        service.check(ca, "there", &[&there], &[]).must_say("certificate revoked");
        service.check(ca, "there", &[&here], &[]).must_say("different CRL scope");
        assert!(service.check(ca, "good", &[&here], &[]).content);
        let by_name = format!("/crl/{}-partition.crl", ca.slug());
        assert_eq!(service.get(&by_name).1, service.get(&here).1);
    }
}

#[test]
fn stale_and_wrongly_signed_lists_by_name_and_by_behaviour() {
    let service = Service::start();
    for ca in CaKind::ALL {
        let named = |what| format!("/crl/{}{what}.crl", ca.slug());
        let point =
            directory(ca, "OU=CRL%20Distribution%20Points/OU=Mihon-to/CN=Mihon-shi%20CRLDP");
        for (behaviour, paths) in [
            (ResponderBehaviour::Answering, [named("-stale"), named("-stale")]),
            (ResponderBehaviour::Stale, [named(""), point.clone()]),
        ] {
            *service.behaviour.lock().unwrap() = behaviour;
            for path in paths {
                service.list(ca, &path).must_say("verify OK");
                service.check(ca, "good", &[&path], &[]).must_say("CRL has expired");
            }
        }
        for (behaviour, paths) in [
            (ResponderBehaviour::Answering, [named("-wrong-issuer"), named("-wrong-issuer")]),
            (ResponderBehaviour::WrongSigner, [named(""), point.clone()]),
        ] {
            *service.behaviour.lock().unwrap() = behaviour;
            for path in paths {
                let said = service.list(ca, &path);
                assert!(!said.text.contains("verify OK"), "{path}: {}", said.text);
                let said = service.check(ca, "good", &[&path], &[]);
                assert!(!said.content, "{path}: {}", said.text);
                said.must_say("unable to get certificate CRL");
            }
        }
    }
}

#[test]
fn a_list_is_as_long_as_one_asks_for() {
    let service = Service::start();
    let ca = CaKind::UserAuthentication;
    let partition =
        directory(ca, "OU=CRL%20Distribution%20Points/OU=Mihon-to/CN=Mihon-shi%20CRLDP");
    for (path, count) in [("/crl/user-authentication.crl", 20_003), (&partition, 20_002)] {
        let long = format!("{path}?made-up=20000");
        let said = service.list(ca, &long);
        said.must_say("verify OK");
        assert_eq!(said.text.matches("Serial Number:").count(), count);
        service.check(ca, "new", &[&long], &[]).must_say("certificate revoked");
        assert!(service.check(ca, "good", &[&long], &[]).content);
    }
    for wish in ["made-up=10000001", "made-up=-1", "made-up=many", "colour=1"] {
        let (status, body) = service.get(&format!("/crl/user-authentication.crl?{wish}"));
        assert!(status.contains("400"), "{wish}: {status}");
        assert!(String::from_utf8(body).unwrap().contains("made-up=N"), "{wish}");
    }
}

#[test]
fn what_no_certificate_names_is_not_there_and_refusals_say_so() {
    let service = Service::start();
    let ca = CaKind::UserAuthentication;
    for path in [
        "/crl/nonsense.crl".to_owned(),
        "/crl/%FF".to_owned(),
        "/directory/C=JP".to_owned(),
        directory(ca, "OU=CRL%20Distribution%20Points/OU=Mihon-to/CN=Nowhere-shi%20CRLDP"),
    ] {
        let (status, body) = service.get(&path);
        assert!(status.contains("404"), "{path}: {status}");
        assert!(String::from_utf8(body).unwrap().contains("\"detail\""), "{path}");
    }
    for (behaviour, code) in
        [(ResponderBehaviour::TryLater, "503"), (ResponderBehaviour::InternalError, "500")]
    {
        *service.behaviour.lock().unwrap() = behaviour;
        let point = directory(ca, "OU=CRL%20Distribution%20Points/CN=Delta%20CRLDP");
        for path in ["/crl/user-authentication-stale.crl", &point] {
            assert!(service.get(path).0.contains(code), "{path}");
        }
    }
}
