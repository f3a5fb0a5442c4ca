-- Derived from the tickets of medical aid, so that an institution finds who names it. A month is TEXT YYYY-MM-01.
CREATE TABLE aid_ticket (
    institution TEXT NOT NULL,
    month TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (institution, month, person)
);
CREATE INDEX aid_ticket_person ON aid_ticket (person);

CREATE TABLE care_visit (
    institution TEXT NOT NULL,
    person TEXT NOT NULL,
    occasion TEXT NOT NULL,
    examined TEXT NOT NULL,
    consented TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (institution, person, occasion, examined)
);
CREATE INDEX care_visit_examined ON care_visit (institution, occasion, examined);
CREATE INDEX care_visit_consented ON care_visit (institution, occasion, consented);

-- One number for each set of insurance numbers; those kept before are under none.
CREATE TABLE reference_number_under (
    institution TEXT NOT NULL,
    person TEXT NOT NULL,
    insurer_number TEXT NOT NULL,
    insured_number TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    reference_number TEXT NOT NULL,
    PRIMARY KEY (institution, person, insurer_number, insured_number)
);
INSERT INTO reference_number_under (institution, person, insurer_number, insured_number, sequence, reference_number)
    SELECT institution, person, '', '', 0, reference_number FROM reference_number;
DROP TABLE reference_number;
