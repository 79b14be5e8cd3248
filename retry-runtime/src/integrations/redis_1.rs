//! Classifiers for redis_1.
