//! The terminal (資格確認端末): asks the backend and serves the shared folders.
