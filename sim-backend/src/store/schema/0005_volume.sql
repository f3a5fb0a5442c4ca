-- Which numbers a person had is told by the state that is replaced, so nothing is looked up by this any more.
DROP INDEX insured_number_person;

-- Challenges and tickets of backends that share a store.
CREATE TABLE handed_out (
    kind TEXT NOT NULL,
    identifier TEXT NOT NULL,
    institution TEXT NOT NULL,
    until_at BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (kind, identifier)
);
CREATE INDEX handed_out_until ON handed_out (until_at);
