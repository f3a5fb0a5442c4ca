-- Instants are BIGINT milliseconds since 1970, days are TEXT YYYY-MM-DD, an absent part of a key is ''.
CREATE TABLE feed_record (
    record_id TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX feed_record_person ON feed_record (person);

-- Derived from feed_record, kept so that a query reads one row.
CREATE TABLE person (
    person TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);
CREATE TABLE insured_number (
    insurer_number TEXT NOT NULL,
    number TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (insurer_number, number, person)
);
CREATE INDEX insured_number_person ON insured_number (person);

CREATE TABLE registration (
    serial TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    registered_at BIGINT NOT NULL
);
CREATE INDEX registration_person ON registration (person);

CREATE TABLE consent (
    institution TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    PRIMARY KEY (institution, person, kind)
);

CREATE TABLE confirmation (
    institution TEXT NOT NULL,
    insurer_number TEXT NOT NULL,
    number TEXT NOT NULL,
    day TEXT NOT NULL,
    person TEXT NOT NULL,
    symbol TEXT NOT NULL,
    branch TEXT NOT NULL,
    PRIMARY KEY (institution, insurer_number, number, day, person, symbol, branch)
);
