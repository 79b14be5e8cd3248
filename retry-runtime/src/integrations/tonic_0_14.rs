//! Classifiers for tonic_0_14.
