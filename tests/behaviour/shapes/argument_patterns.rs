//! Patterns and names of arguments: each attempt gets the values that the caller passed.

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use async_trait::async_trait;
use reattempt::retry;
use std::cell::Cell;
use std::future::ready;

#[test]
#[expect(clippy::toplevel_ref_arg, reason = "the shape under test")]
fn what_ref_mut_refers_to_begins_each_attempt_anew() {
    #[retry(strategy = "immediate", clone(list))]
    fn call(
        runs: &Runs,
        (ref mut number, [ref mut first, ..]): (u32, [u32; 2]),
        ref mut list: Vec<u32>,
    ) -> Result<(u32, Vec<u32>), Busy> {
        *number += 1;
        *first += 10;
        list.push(*number + *first);
        runs.fail_twice()?;
        Ok((*number, std::mem::take(list)))
    }

    assert_eq!(thrice(|runs| call(runs, (4, [1, 2]), vec![0])), Ok((5, vec![0, 16])));
}

#[tokio::test]
#[expect(clippy::toplevel_ref_arg, reason = "the shape under test")]
async fn what_ref_mut_refers_to_begins_each_attempt_anew_in_async() {
    #[retry(strategy = "immediate", clone(list))]
    async fn call(
        runs: &Runs,
        (ref mut number, _): (u32, u32),
        ref mut list: Vec<u32>,
    ) -> Result<(u32, Vec<u32>), Busy> {
        *number += ready(1).await;
        list.push(*number);
        ready(()).await;
        runs.fail_twice()?;
        Ok((*number, std::mem::take(list)))
    }

    let call = async |runs: &Runs| call(runs, (4, 0), vec![0]).await;
    assert_eq!(thrice_async(call).await, Ok((5, vec![0, 5])));
}

#[test]
fn what_ref_mut_refers_to_behind_a_unique_reference_is_kept() {
    #[retry(strategy = "immediate")]
    fn call(
        runs: &Runs,
        (&mut (ref mut kept, _), ref shared): (&mut (u32, u32), String),
    ) -> Result<(u32, usize), Busy> {
        *kept += 1;
        runs.fail_twice()?;
        Ok((*kept, shared.len()))
    }

    let mut pair = (0, 0);
    assert_eq!(thrice(|runs| call(runs, (&mut pair, "ab".to_owned()))), Ok((3, 2)));
    assert_eq!(pair, (3, 0));
}

#[async_trait]
trait Service {
    async fn owned(&self, pair: (u32, u32), list: Vec<u32>) -> Result<(u32, usize), Busy>;
    async fn kept(&self, pair: &mut (u32, u32)) -> Result<u32, Busy>;
}

#[async_trait]
impl Service for Runs {
    #[retry(strategy = "immediate", clone(list))]
    async fn owned(&self, (ref mut number, _): (u32, u32), ref mut list: Vec<u32>) -> Result<(u32, usize), Busy> {
        *number += 1;
        list.push(*number);
        self.fail_twice()?;
        Ok((*number, list.len()))
    }

    #[retry(strategy = "immediate")]
    async fn kept(&self, &mut (ref mut number, _): &mut (u32, u32)) -> Result<u32, Busy> {
        *number += 1;
        self.fail_twice()?;
        Ok(*number)
    }
}

#[tokio::test]
async fn what_ref_mut_refers_to_in_a_boxed_method() {
    assert_eq!(thrice_async(async |runs: &Runs| runs.owned((4, 0), Vec::new()).await).await, Ok((5, 1)));
    let mut pair = (4, 0);
    assert_eq!(thrice_async(async |runs: &Runs| runs.kept(&mut pair).await).await, Ok(7));
    assert_eq!(pair, (7, 0));
}

#[test]
fn both_sides_of_an_or_pattern_bind_one_name() {
    #[retry(strategy = "immediate", clone(text))]
    fn call(
        runs: &Runs,
        (Ok(mut number) | Err(mut number)): Result<u32, u32>,
        (Ok(text) | Err(text)): Result<String, String>,
    ) -> Result<(u32, String), Busy> {
        number += 1;
        let owned = text;
        runs.fail_twice()?;
        Ok((number, owned))
    }

    let returned = thrice(|runs| call(runs, Err(1), Ok("text".to_owned())));
    assert_eq!(returned, Ok((2, "text".to_owned())));
}

#[tokio::test]
async fn both_sides_of_an_or_pattern_bind_one_name_in_async() {
    #[retry(strategy = "immediate", clone(text, list))]
    async fn call(
        runs: &Runs,
        (Ok(ref mut number) | Err(ref mut number)): Result<u32, u32>,
        (Ok(text) | Err(text)): Result<String, String>,
        (Ok(mut list) | Err(mut list)): Result<Vec<u32>, Vec<u32>>,
    ) -> Result<(u32, String, Vec<u32>), Busy> {
        *number += ready(1).await;
        list.push(*number);
        let owned = text;
        runs.fail_twice()?;
        Ok((*number, owned, list))
    }

    let call = async |runs: &Runs| call(runs, Err(1), Ok("text".to_owned()), Ok(vec![1])).await;
    assert_eq!(thrice_async(call).await, Ok((2, "text".to_owned(), vec![1, 2])));
}

#[test]
fn the_same_word_from_a_macro_and_from_its_caller_is_two_names() {
    macro_rules! call {
        ($name:ident) => {
            #[retry(strategy = "immediate")]
            fn call(runs: &Runs, (mut number, mut $name): (u32, u32)) -> Result<(u32, u32), Busy> {
                number += 1;
                $name += 10;
                runs.fail_twice()?;
                Ok((number, $name))
            }
        };
    }
    call!(number);

    assert_eq!(thrice(|runs| call(runs, (1, 1))), Ok((2, 11)));
}

#[tokio::test]
#[expect(non_snake_case, reason = "the shape under test")]
async fn names_that_look_like_constants() {
    #[retry(strategy = "immediate", max = N, clone(Owned))]
    fn call(
        runs: &Runs,
        N: u32,
        Unique: &mut Vec<u32>,
        Größe: Option<&mut u32>,
        Owned: String,
    ) -> Result<String, Busy> {
        let moved = Unique;
        moved.push(N);
        if let Some(inner) = Größe {
            *inner += 1;
        }
        let owned = Owned;
        runs.fail_twice()?;
        Ok(owned)
    }

    #[retry(strategy = "immediate", clone(Owned))]
    async fn call_async(runs: &Runs, Unique: &mut Vec<u32>, Owned: String) -> Result<String, Busy> {
        let moved = Unique;
        moved.push(ready(1).await);
        let owned = Owned;
        runs.fail_twice()?;
        Ok(owned)
    }

    let (mut list, mut size) = (Vec::new(), 0);
    assert_eq!(thrice(|runs| call(runs, 3, &mut list, Some(&mut size), "a".to_owned())), Ok("a".to_owned()));
    assert_eq!((list, size), (vec![3; 3], 3));

    let mut list = Vec::new();
    let call = async |runs: &Runs| call_async(runs, &mut list, "a".to_owned()).await;
    assert_eq!(thrice_async(call).await, Ok("a".to_owned()));
    assert_eq!(list, [1; 3]);
}

#[test]
fn a_future_of_a_name_that_looks_like_a_constant_is_send() {
    struct NotSync(Cell<u32>);

    #[expect(non_snake_case, reason = "the shape under test")]
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    async fn call(Q: &mut NotSync) -> Option<u32> {
        let value = Q.0.get();
        ready(()).await;
        Some(value + Q.0.get())
    }

    fn is_send(_: impl Send) {}
    is_send(call(&mut NotSync(Cell::new(1))));
}

#[test]
fn the_pattern_of_a_unit_struct_binds_nothing() {
    struct Marker;

    #[retry(strategy = "immediate")]
    fn call(runs: &Runs, Marker: &mut Marker) -> Result<Marker, Busy> {
        runs.fail_twice()?;
        Ok(Marker)
    }

    assert!(thrice(|runs| call(runs, &mut Marker)).is_ok());
}

#[test]
fn a_parameter_that_is_configured_out_by_a_condition_on_an_attribute_is_bound_nowhere() {
    #[retry(strategy = "immediate")]
    fn call(
        runs: &Runs,
        #[cfg_attr(test, cfg(not(test)))] mut absent: NoSuchType,
        #[cfg_attr(test, allow(unused_mut), cfg_attr(test, cfg(not(test))))] unique: &mut NoSuchType,
        #[cfg_attr(test, cfg(test))] mut number: u32,
    ) -> Result<u32, Busy> {
        number += 1;
        runs.fail_twice()?;
        Ok(number)
    }

    assert_eq!(thrice(|runs| call(runs, 1)), Ok(2));
}

#[test]
fn a_field_that_is_configured_out_is_bound_nowhere() {
    struct Fields {
        #[cfg(not(test))]
        absent: NoSuchType,
        number: u32,
        #[cfg(test)]
        text: String,
    }

    #[retry(strategy = "immediate", clone(text))]
    fn call(
        runs: &Runs,
        Fields {
            #[cfg(not(test))]
            mut absent,
            mut number,
            #[cfg(not(test))]
                absent: (ref mut text, _),
            #[cfg(test)]
            text,
        }: Fields,
    ) -> Result<(u32, String), Busy> {
        number += 1;
        let owned = text;
        runs.fail_twice()?;
        Ok((number, owned))
    }

    let returned = thrice(|runs| call(runs, Fields { number: 1, text: "text".to_owned() }));
    assert_eq!(returned, Ok((2, "text".to_owned())));
}

#[test]
fn types_of_other_modules_may_be_called_option_and_pin() {
    mod wire {
        pub(super) struct Option<T>(pub(super) T);
        pub(super) struct Pin<T>(pub(super) T);
    }

    #[retry(strategy = "immediate")]
    fn call(runs: &Runs, first: wire::Option<&mut u32>, second: wire::Pin<&mut u32>) -> Result<u32, Busy> {
        *first.0 += 1;
        *second.0 += 1;
        runs.fail_twice()
    }

    let (mut first, mut second) = (0, 0);
    assert_eq!(thrice(|runs| call(runs, wire::Option(&mut first), wire::Pin(&mut second))), Ok(3));
    assert_eq!((first, second), (3, 3));
}

#[test]
#[expect(unused_qualifications, reason = "the shape under test")]
fn option_and_pin_may_be_named_by_their_modules() {
    use std::{option, pin};

    #[retry(strategy = "immediate")]
    fn call(
        runs: &Runs,
        first: option::Option<&mut u32>,
        second: pin::Pin<&mut u32>,
        third: ::core::option::Option<&mut u32>,
    ) -> Result<u32, Busy> {
        for number in [first, Some(second.get_mut()), third].into_iter().flatten() {
            *number += 1;
        }
        runs.fail_twice()
    }

    let mut numbers = [0, 0, 0];
    let [first, second, third] = &mut numbers;
    assert_eq!(thrice(|runs| call(runs, Some(first), pin::Pin::new(second), Some(third))), Ok(3));
    assert_eq!(numbers, [3, 3, 3]);
}

#[test]
fn what_a_cell_holds_is_kept() {
    #[retry(strategy = "immediate")]
    #[expect(clippy::needless_pass_by_value, reason = "the shape under test")]
    fn call(runs: &Runs, cell: Cell<u32>) -> Result<u32, Busy> {
        cell.set(cell.get() + 1);
        runs.fail_twice()?;
        Ok(cell.get())
    }

    #[retry(strategy = "immediate", clone(cell))]
    fn call_cloned(runs: &Runs, cell: Cell<u32>) -> Result<u32, Busy> {
        cell.set(cell.get() + 1);
        runs.fail_twice()?;
        Ok(cell.get())
    }

    assert_eq!(thrice(|runs| call(runs, Cell::new(0))), Ok(3));
    assert_eq!(thrice(|runs| call_cloned(runs, Cell::new(0))), Ok(1));
}
