//! The qualification backend: messages, rules, store, insurers' feed and claims.
