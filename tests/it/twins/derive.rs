//! Twins of `tests/ui/derive`.

use reattempt::{Transient, Verdict};
use std::io;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

fn missing() -> io::Error {
    io::ErrorKind::NotFound.into()
}

shared! {
    [variant_without_a_word, several_variants_without_a_word, both_words, word_given_twice, word_on_the_enum, word_with_a_value,
     empty_parentheses, unknown_word, if_without_fields, after_without_fields, forward_without_a_field, crate_on_a_variant] {
        #[derive(Transient)]
        enum ApiError {
            #[transient]
            Timeout,
            #[permanent]
            NotFound,
        }
        assert_eq!(ApiError::Timeout.verdict(), Verdict::Retry);
        assert_eq!(ApiError::NotFound.verdict(), Verdict::Stop);
    }
    [variant_with_a_field_without_a_word, near_miss, forward_with_if] {
        #[derive(Transient)]
        enum ApiError {
            #[transient(forward)]
            Transport(io::Error),
        }
        assert_eq!(ApiError::Transport(reset()).verdict(), Verdict::Retry);
        assert_eq!(ApiError::Transport(missing()).verdict(), Verdict::Stop);
    }
    [variant_with_fields_without_a_word, forward_to_one_of_several, forward_to_an_unknown_field, word_on_a_field] {
        #[derive(Transient)]
        enum ApiError {
            #[transient(forward = source)]
            Page {
                #[expect(dead_code, reason = "not what decides")]
                number: u32,
                source: io::Error,
            },
        }
        assert_eq!(ApiError::Page { number: 1, source: reset() }.verdict(), Verdict::Retry);
        assert_eq!(ApiError::Page { number: 1, source: missing() }.verdict(), Verdict::Stop);
    }
    [struct_without_a_word] {
        #[derive(Transient)]
        #[transient(if = |error| error.status >= 500)]
        struct ApiError {
            status: u16,
        }
        assert_eq!(ApiError { status: 503 }.verdict(), Verdict::Retry);
        assert_eq!(ApiError { status: 404 }.verdict(), Verdict::Stop);
    }
    [permanent_with_something] {
        #[derive(Transient)]
        enum ApiError {
            #[permanent]
            #[expect(dead_code, reason = "not what decides")]
            NotFound(io::Error),
        }
        assert_eq!(ApiError::NotFound(reset()).verdict(), Verdict::Stop);
    }
    [when_instead_of_if, if_without_a_function, if_in_quotes, if_given_twice, if_answers_something_else] {
        fn is_server_side(status: &u16) -> bool {
            *status >= 500
        }
        #[derive(Transient)]
        enum ApiError {
            #[transient(if = is_server_side)]
            Status(u16),
        }
        assert_eq!(ApiError::Status(503).verdict(), Verdict::Retry);
        assert_eq!(ApiError::Status(404).verdict(), Verdict::Stop);
    }
    [after_a_literal, after_a_field_of_the_wrong_type] {
        fn after(seconds: &u64) -> Duration {
            Duration::from_secs(*seconds)
        }
        #[derive(Transient)]
        enum ApiError {
            #[transient(after = 0)]
            Busy(Duration),
            #[transient(after = after)]
            Seconds { seconds: u64 },
        }
        assert_eq!(ApiError::Busy(SECOND).verdict(), Verdict::RetryAfter(SECOND));
        assert_eq!(ApiError::Seconds { seconds: 1 }.verdict(), Verdict::RetryAfter(SECOND));
    }
    [missing_comma] {
        #[derive(Transient)]
        enum ApiError {
            #[transient(if = |pause| !pause.is_zero(), after = pause)]
            Busy { pause: Duration },
        }
        assert_eq!(ApiError::Busy { pause: SECOND }.verdict(), Verdict::RetryAfter(SECOND));
        assert_eq!(ApiError::Busy { pause: Duration::ZERO }.verdict(), Verdict::Stop);
    }
    [forward_to_a_type_without_verdict] {
        #[derive(Transient)]
        enum ApiError {
            #[permanent]
            #[expect(dead_code, reason = "not what decides")]
            Text(std::string::FromUtf8Error),
        }
        let error = String::from_utf8(vec![0xff]).unwrap_err();
        assert_eq!(ApiError::Text(error).verdict(), Verdict::Stop);
    }
    [crate_not_a_path, crate_self] {
        #[derive(Transient)]
        #[transient(crate = reattempt)]
        enum ApiError {
            #[permanent]
            NotFound,
        }
        assert_eq!(ApiError::NotFound.verdict(), Verdict::Stop);
    }
    [union] {
        #[derive(Clone, Copy)]
        union ApiError {
            #[expect(dead_code, reason = "not what decides")]
            code: u32,
        }
        impl Transient for ApiError {
            fn is_transient(&self) -> bool {
                true
            }
        }
        let error = ApiError { code: 1 };
        assert_eq!(error.verdict(), Verdict::Retry);
    }
}
