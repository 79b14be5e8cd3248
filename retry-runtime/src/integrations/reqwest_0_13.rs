//! Classifiers for reqwest_0_13.
