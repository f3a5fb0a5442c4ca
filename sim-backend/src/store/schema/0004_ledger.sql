-- Orders of the operator, one body of JSON a subject.
CREATE TABLE standing_order (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, subject)
);

-- When each certificate seen ends or was revoked.
CREATE TABLE certificate (
    serial TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX certificate_person ON certificate (person);

-- Uses of a card in emergency care; apart from consents.
CREATE TABLE emergency_use (
    institution TEXT NOT NULL,
    person TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (institution, person)
);
