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
    [unmarked_variant, several_unmarked_variants, both_attributes, attribute_given_twice, attribute_on_the_enum, attribute_on_the_enum_alone,
     attribute_with_a_value, attribute_in_capitals, empty_parentheses, unknown_key, if_without_fields, if_true, after_without_fields,
     forward_without_a_field, crate_on_a_variant] {
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
    [unmarked_variant_with_a_field, near_miss, forward_with_if] {
        #[derive(Transient)]
        enum ApiError {
            #[transient(forward)]
            Transport(io::Error),
        }
        assert_eq!(ApiError::Transport(reset()).verdict(), Verdict::Retry);
        assert_eq!(ApiError::Transport(missing()).verdict(), Verdict::Stop);
    }
    [unmarked_variant_with_fields, forward_to_one_of_several, forward_to_an_unknown_field, forward_in_parentheses,
     attribute_on_a_field] {
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
    [attribute_on_a_field_of_a_struct] {
        #[derive(Transient)]
        #[transient(forward = source)]
        struct ApiError {
            source: io::Error,
        }
        assert_eq!(ApiError { source: reset() }.verdict(), Verdict::Retry);
        assert_eq!(ApiError { source: missing() }.verdict(), Verdict::Stop);
    }
    [unmarked_struct, if_a_comparison_on_a_struct] {
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
    [when_instead_of_if, if_without_a_function, if_in_quotes, if_given_twice, if_answers_something_else, if_by_value,
     if_of_another_type, if_of_too_many_fields, if_called] {
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
    [if_of_one_field_too_few] {
        // What it is given becomes what it takes.
        fn is_server_side(status: &u16, body: &str) -> bool {
            *status >= 500 && body.is_empty()
        }
        #[derive(Transient)]
        enum ApiError {
            #[transient(if = is_server_side)]
            Status(u16, String),
        }
        assert_eq!(ApiError::Status(503, String::new()).verdict(), Verdict::Retry);
        assert_eq!(ApiError::Status(503, "gone".to_owned()).verdict(), Verdict::Stop);
    }
    [if_by_value_on_a_struct, if_of_a_field_on_a_struct] {
        fn is_server_side(error: &ApiError) -> bool {
            error.status >= 500
        }
        #[derive(Transient)]
        #[transient(if = is_server_side)]
        struct ApiError {
            status: u16,
        }
        assert_eq!(ApiError { status: 503 }.verdict(), Verdict::Retry);
        assert_eq!(ApiError { status: 404 }.verdict(), Verdict::Stop);
    }
    [if_a_comparison, if_a_match, if_negated, if_a_closure_by_value, if_a_method_of_a_field] {
        fn is_client_side(status: &u16) -> bool {
            *status < 500
        }
        fn from(least: u16) -> impl Fn(&u16) -> bool {
            move |status| *status >= least
        }
        #[derive(Transient)]
        enum ApiError {
            #[transient(if = |code| *code >= 500)]
            Status { code: u16 },
            #[transient(if = |code| matches!(code, 500..=599))]
            Matched { code: u16 },
            #[transient(if = |code| !is_client_side(code))]
            Negated { code: u16 },
            #[transient(if = |status: &u16| *status >= 500)]
            Typed(u16),
            #[transient(if = |status, _| status.is_empty())]
            Answer { status: String, body: String },
            // A call may return the function.
            #[transient(if = from(500))]
            Called { code: u16 },
        }
        let with = [
            |code| ApiError::Status { code },
            |code| ApiError::Matched { code },
            |code| ApiError::Negated { code },
            ApiError::Typed,
            |code| ApiError::Called { code },
        ];
        for error in with {
            assert_eq!(error(503).verdict(), Verdict::Retry);
            assert_eq!(error(404).verdict(), Verdict::Stop);
        }
        let answer = |status: &str| ApiError::Answer { status: status.to_owned(), body: String::new() };
        assert_eq!(answer("").verdict(), Verdict::Retry);
        assert_eq!(answer("gone").verdict(), Verdict::Stop);
    }
    [after_a_duration, after_negative, after_by_value, after_of_another_type] {
        fn in_seconds(seconds: &u64) -> Duration {
            Duration::from_secs(*seconds)
        }
        #[derive(Transient)]
        enum ApiError {
            #[transient(after = |seconds| Duration::from_secs(*seconds))]
            Busy { seconds: u64 },
            #[transient(after = in_seconds)]
            Limited(u64),
        }
        assert_eq!(ApiError::Busy { seconds: 1 }.verdict(), Verdict::RetryAfter(SECOND));
        assert_eq!(ApiError::Limited(1).verdict(), Verdict::RetryAfter(SECOND));
    }
    [if_a_comparison_on_a_tuple_struct] {
        #[derive(Transient)]
        #[transient(if = |error| error.0 >= 500)]
        struct ApiError(u16);
        assert_eq!(ApiError(503).verdict(), Verdict::Retry);
        assert_eq!(ApiError(404).verdict(), Verdict::Stop);
    }
    [after_a_constant] {
        #[derive(Transient)]
        #[transient(after = |_| Duration::ZERO)]
        struct ApiError {
            #[expect(dead_code, reason = "not what decides")]
            status: u16,
        }
        assert_eq!(ApiError { status: 503 }.verdict(), Verdict::RetryAfter(Duration::ZERO));
    }
    [after_by_value_on_a_struct] {
        fn in_seconds(error: &ApiError) -> Duration {
            Duration::from_secs(error.seconds)
        }
        #[derive(Transient)]
        #[transient(after = in_seconds)]
        struct ApiError {
            seconds: u64,
        }
        assert_eq!(ApiError { seconds: 1 }.verdict(), Verdict::RetryAfter(SECOND));
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
            #[transient(after = |_| Duration::from_secs(1))]
            Always(u32),
        }
        assert_eq!(ApiError::Busy(SECOND).verdict(), Verdict::RetryAfter(SECOND));
        assert_eq!(ApiError::Seconds { seconds: 1 }.verdict(), Verdict::RetryAfter(SECOND));
        assert_eq!(ApiError::Always(1).verdict(), Verdict::RetryAfter(SECOND));
    }
    [delay_beside_after, delay_without_a_unit, delay_with_an_unknown_unit, delay_of_a_function_without_fields, wait_instead_of_delay,
     delay_an_expression, delay_a_field_of_the_wrong_type] {
        #[derive(Transient)]
        enum ApiError {
            #[transient(delay = "1s")]
            Busy,
            #[transient(delay = pause)]
            Paused { pause: Duration },
            #[transient(after = pause)]
            Limited { pause: Duration },
            #[transient(delay = |seconds| Duration::from_secs(*seconds))]
            Seconds { seconds: u64 },
        }
        assert_eq!(ApiError::Busy.verdict(), Verdict::RetryIn(SECOND));
        assert_eq!(ApiError::Paused { pause: SECOND }.verdict(), Verdict::RetryIn(SECOND));
        assert_eq!(ApiError::Limited { pause: SECOND }.verdict(), Verdict::RetryAfter(SECOND));
        assert_eq!(ApiError::Seconds { seconds: 1 }.verdict(), Verdict::RetryIn(SECOND));
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
    [forward_to_an_erased_error] {
        #[derive(Transient)]
        enum ApiError {
            #[transient(if = reattempt::classify::source::<io::Error>())]
            Other(Box<dyn std::error::Error>),
        }
        assert_eq!(ApiError::Other(reset().into()).verdict(), Verdict::Retry);
        assert_eq!(ApiError::Other(missing().into()).verdict(), Verdict::Stop);
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
