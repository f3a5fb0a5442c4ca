//! The institution behind the counter: its inbox, its charts and its claims.
