//! A value given at once or made at first use, so that opening a card costs almost nothing.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

type Maker<T> = Box<dyn FnOnce() -> T + Send>;

/// A value that is made when it is first looked at, and then kept. Clones share it.
pub struct Deferred<T>(Arc<LazyLock<T, Maker<T>>>);

impl<T> Deferred<T> {
    /// A value that `make` gives when it is needed.
    pub fn of(make: impl FnOnce() -> T + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<T: Send + 'static> From<T> for Deferred<T> {
    fn from(value: T) -> Self {
        Self::of(move || value)
    }
}

impl<T> Deref for Deferred<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Clone for Deferred<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    #[test]
    fn made_at_first_use_and_once_for_all_clones() {
        let made = Arc::new(AtomicU8::new(0));
        let counted = Arc::clone(&made);
        let value = Deferred::of(move || counted.fetch_add(1, Ordering::SeqCst) + 41);
        let other = value.clone();
        assert_eq!(made.load(Ordering::SeqCst), 0);
        assert_eq!((*value, *other), (41, 41));
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }
}
