//! The authority: keys, certificate profiles, revocation lists and status answers.
