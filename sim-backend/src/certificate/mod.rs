//! Certificate validation: path, period, status and the challenge signature.
