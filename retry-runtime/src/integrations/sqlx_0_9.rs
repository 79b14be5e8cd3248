//! Classifiers for sqlx_0_9.
