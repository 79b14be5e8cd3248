//! Classifiers for http.
