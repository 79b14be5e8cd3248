//! A body is where its author wrote it: panics, and macros about places, say so.
//!
//! Each function is there twice, with the same body, and with the line that it begins at.

use crate::panic_hook::{now, panic_of};
use async_trait::async_trait;
use reattempt::{any_error, retry};
use std::future::{Future, ready};
use std::panic::Location;
use std::pin::Pin;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

const SYNC: u32 = line!() + 1;
fn sync(way: usize, numbers: &[usize]) -> Option<usize> {
    match way {
        0 => panic!("on purpose"),
        1 => Some(numbers.first().unwrap() + 1),
        2 => Some(numbers[0]),
        3 => [0].iter().map(|index| numbers[*index]).max(),
        _ => way.checked_div(1).map(|way| way / numbers.len()),
    }
}

const SYNC_RETRIED: u32 = line!() + 2;
#[retry(strategy = "immediate", on = any_error)]
fn sync_retried(way: usize, numbers: &[usize]) -> Option<usize> {
    match way {
        0 => panic!("on purpose"),
        1 => Some(numbers.first().unwrap() + 1),
        2 => Some(numbers[0]),
        3 => [0].iter().map(|index| numbers[*index]).max(),
        _ => way.checked_div(1).map(|way| way / numbers.len()),
    }
}

const SUSPENDED: u32 = line!() + 1;
async fn suspended(way: usize, numbers: &[usize]) -> Option<usize> {
    match ready(way).await {
        0 => panic!("on purpose"),
        1 => Some(numbers.first().unwrap() + 1),
        2 => Some(numbers[0]),
        3 => [0].iter().map(|index| numbers[*index]).max(),
        _ => way.checked_div(1).map(|way| way / numbers.len()),
    }
}

const SUSPENDED_RETRIED: u32 = line!() + 2;
#[retry(strategy = "immediate", on = any_error)]
async fn suspended_retried(way: usize, numbers: &[usize]) -> Option<usize> {
    match ready(way).await {
        0 => panic!("on purpose"),
        1 => Some(numbers.first().unwrap() + 1),
        2 => Some(numbers[0]),
        3 => [0].iter().map(|index| numbers[*index]).max(),
        _ => way.checked_div(1).map(|way| way / numbers.len()),
    }
}

const BOXED: u32 = line!() + 1;
fn boxed(way: usize, numbers: &[usize]) -> Boxed<'_, Option<usize>> {
    Box::pin(async move {
        match ready(way).await {
            0 => panic!("on purpose"),
            1 => Some(numbers.first().unwrap() + 1),
            2 => Some(numbers[0]),
            3 => [0].iter().map(|index| numbers[*index]).max(),
            _ => way.checked_div(1).map(|way| way / numbers.len()),
        }
    })
}

const BOXED_RETRIED: u32 = line!() + 2;
#[retry(strategy = "immediate", on = any_error)]
fn boxed_retried(way: usize, numbers: &[usize]) -> Boxed<'_, Option<usize>> {
    Box::pin(async move {
        match ready(way).await {
            0 => panic!("on purpose"),
            1 => Some(numbers.first().unwrap() + 1),
            2 => Some(numbers[0]),
            3 => [0].iter().map(|index| numbers[*index]).max(),
            _ => way.checked_div(1).map(|way| way / numbers.len()),
        }
    })
}

#[async_trait]
trait Service {
    async fn method(&mut self, way: usize, numbers: &[usize]) -> Option<usize>;
    async fn method_retried(&mut self, way: usize, numbers: &[usize]) -> Option<usize>;
}

struct Client;

const METHOD: u32 = line!() + 3;
#[async_trait]
impl Service for Client {
    async fn method(&mut self, way: usize, numbers: &[usize]) -> Option<usize> {
        match ready(way).await {
            0 => panic!("on purpose"),
            1 => Some(numbers.first().unwrap() + 1),
            2 => Some(numbers[0]),
            3 => [0].iter().map(|index| numbers[*index]).max(),
            _ => way.checked_div(1).map(|way| way / numbers.len()),
        }
    }

    // The lines of the method before, its brace, one between, this comment and the attribute.
    #[retry(strategy = "immediate", on = any_error)]
    async fn method_retried(&mut self, way: usize, numbers: &[usize]) -> Option<usize> {
        match ready(way).await {
            0 => panic!("on purpose"),
            1 => Some(numbers.first().unwrap() + 1),
            2 => Some(numbers[0]),
            3 => [0].iter().map(|index| numbers[*index]).max(),
            _ => way.checked_div(1).map(|way| way / numbers.len()),
        }
    }
}

const METHOD_RETRIED: u32 = METHOD + 12;

/// Checks that two functions panic at the same places, seen from where they begin.
#[track_caller]
fn check<T>(plain: (u32, fn(usize) -> T), retried: (u32, fn(usize) -> T)) {
    for way in 0..5 {
        let expected = panic_of(|| plain.1(way));
        let found = panic_of(|| retried.1(way));
        assert_eq!((expected.file.as_str(), found.file.as_str()), (file!(), file!()), "way {way}");
        assert_eq!(
            expected.line - plain.0,
            u32::try_from(way).expect("there are few") + 2 + u32::from(is_boxed(plain.0))
        );
        assert_eq!(found.line - retried.0, expected.line - plain.0, "way {way}");
        assert_eq!(found.column, expected.column, "way {way}");
    }
}

/// Returns whether the body is a line deeper in its function.
fn is_boxed(line: u32) -> bool {
    line == BOXED
}

#[test]
fn a_panic_is_where_the_body_has_it() {
    check((SYNC, |way| sync(way, &[])), (SYNC_RETRIED, |way| sync_retried(way, &[])));
}

#[test]
fn a_panic_is_where_the_body_has_it_in_async() {
    check((SUSPENDED, |way| now(suspended(way, &[]))), (SUSPENDED_RETRIED, |way| now(suspended_retried(way, &[]))));
}

#[test]
fn a_panic_is_where_the_body_has_it_in_a_boxed_future() {
    check((BOXED, |way| now(boxed(way, &[]))), (BOXED_RETRIED, |way| now(boxed_retried(way, &[]))));
}

#[test]
fn a_panic_is_where_the_body_has_it_under_async_trait() {
    check((METHOD, |way| now(Client.method(way, &[]))), (METHOD_RETRIED, |way| now(Client.method_retried(way, &[]))));
}

/// Returns the values of `file!`, `line!` and similar macros.
type Place = (&'static str, u32, u32, &'static str);

#[test]
fn macros_about_places_mean_the_body() {
    #[retry(strategy = "immediate", on = any_error)]
    fn sync() -> Option<(Place, &'static Location<'static>)> {
        Some(((file!(), line!(), column!(), module_path!()), Location::caller()))
    }
    const SYNC: u32 = line!() - 2;

    #[retry(strategy = "immediate", on = any_error)]
    async fn suspended() -> Option<(Place, &'static Location<'static>)> {
        ready(Some(((file!(), line!(), column!(), module_path!()), Location::caller()))).await
    }
    const SUSPENDED: u32 = line!() - 2;

    #[retry(strategy = "immediate", on = any_error)]
    fn boxed() -> Boxed<'static, Option<(Place, &'static Location<'static>)>> {
        Box::pin(async move { ready(Some(((file!(), line!(), column!(), module_path!()), Location::caller()))).await })
    }
    const BOXED: u32 = line!() - 2;

    for (place, line, column) in [(sync(), SYNC, 34), (now(suspended()), SUSPENDED, 40), (now(boxed()), BOXED, 62)] {
        let (place, location) = place.expect("the body says so");
        assert_eq!(place, (file!(), line, column, module_path!()));
        assert_eq!((location.file(), location.line(), location.column()), (file!(), line, column + 28));
    }
}

/// A limit of closures that is documented.
#[test]
fn a_function_that_tracks_its_caller_sees_itself() {
    #[track_caller]
    #[retry(strategy = "immediate", on = any_error)]
    fn sync() -> Option<&'static Location<'static>> {
        Some(Location::caller())
    }
    const LINE: u32 = line!() - 2;

    assert_eq!(sync().map(Location::line), Some(LINE));
}
