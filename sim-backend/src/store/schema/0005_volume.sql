-- Which numbers a person had is told by the state that is replaced, so nothing is looked up by this any more.
DROP INDEX insured_number_person;
