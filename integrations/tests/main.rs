//! Retried calls of real clients against real servers of this machine, a module per crate that is integrated.

mod observing;
