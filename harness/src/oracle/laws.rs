//! Laws over all stories.
