//! OQS messages: bytes to typed messages and back.
