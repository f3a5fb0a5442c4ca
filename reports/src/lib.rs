//! What came of a run: verdicts, evidence and their writers.
