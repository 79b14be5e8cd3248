//! A list that only grows, so reading it takes no lock. It does not know what it holds.

use core::iter;
use std::sync::OnceLock;

/// The first value and the list of all later ones.
pub(crate) struct AppendList<T>(OnceLock<Box<(T, Self)>>);

impl<T> AppendList<T> {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.get().is_none()
    }

    pub(crate) fn push(&self, value: T) {
        let mut node = Box::new((value, Self::new()));
        let mut end = self;
        while let Err(back) = end.0.set(node) {
            node = back;
            // If setting fails, the cell is occupied. So the walk ends at a free cell.
            if let Some(taken) = end.0.get() {
                end = &taken.1;
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        iter::successors(self.0.get(), |node| node.1.0.get()).map(|node| &node.0)
    }
}
