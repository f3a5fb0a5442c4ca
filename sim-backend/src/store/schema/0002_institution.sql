CREATE TABLE reference_number (
    institution TEXT NOT NULL,
    person TEXT NOT NULL,
    reference_number TEXT NOT NULL,
    PRIMARY KEY (institution, person)
);

CREATE TABLE reception (
    institution TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    family TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (institution, sequence)
);
