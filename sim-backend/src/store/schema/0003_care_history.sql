-- Derived from feed_record like person, but apart from it: no query for a qualification reads it.
CREATE TABLE care_history (
    person TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);
