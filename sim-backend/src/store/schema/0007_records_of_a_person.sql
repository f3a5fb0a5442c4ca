-- Which records are about a person stands with the person: an index of them would be touched at another place by each record.
-- The names are apart by line breaks, which no name holds.
ALTER TABLE person ADD COLUMN records TEXT NOT NULL DEFAULT '';
UPDATE person SET records = COALESCE(
    (SELECT string_agg(record_id, '
') FROM feed_record WHERE feed_record.person = person.person), '');
DROP INDEX feed_record_person;
