//! Shapes of sync functions: each runs three times, and returns what its body returned.

use crate::support::runs::{Busy, Runs, thrice};
use reattempt::retry;
use std::fmt::{Debug, Display};

#[test]
fn a_plain_function() {
    #[retry(strategy = "immediate")]
    fn call(runs: &Runs) -> Result<u32, Busy> {
        runs.fail_twice()
    }

    assert_eq!(thrice(call), Ok(3));
}

#[test]
fn a_function_without_arguments() {
    static RUNS: Runs = Runs::new();
    #[retry(strategy = "immediate")]
    fn call() -> Result<u32, Busy> {
        RUNS.fail_twice()
    }

    assert_eq!(call(), Ok(3));
    assert_eq!(RUNS.count(), 3);
}

#[test]
fn a_function_that_keeps_failing_runs_as_often_as_allowed() {
    #[retry(strategy = "immediate", max = 5)]
    fn call(runs: &Runs) -> Result<(), Busy> {
        Err(runs.fail())
    }

    let runs = Runs::new();
    assert_eq!(call(&runs), Err(Busy));
    assert_eq!(runs.count(), 5);
}

#[test]
fn an_option() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(runs: &Runs) -> Option<u32> {
        let run = runs.fail_twice().ok()?;
        Some(run)
    }

    assert_eq!(thrice(call), Some(3));
}

#[test]
fn a_plain_value_that_is_asked_for_again() {
    #[retry(strategy = "immediate", on_value = |run: &u32| *run == 0)]
    fn call(runs: &Runs) -> u32 {
        runs.fail_twice().unwrap_or(0)
    }

    assert_eq!(thrice(call), 3);
}

#[test]
fn a_method_by_reference() {
    struct Client {
        runs: Runs,
    }
    impl Client {
        #[retry(strategy = "immediate")]
        fn call(&self) -> Result<u32, Busy> {
            self.runs.fail_twice()
        }
    }

    let client = Client { runs: Runs::new() };
    assert_eq!(client.call(), Ok(3));
    assert_eq!(client.runs.count(), 3);
}

#[test]
fn a_method_by_unique_reference_keeps_its_state() {
    struct Client {
        runs: Vec<u32>,
    }
    impl Client {
        #[retry(strategy = "immediate")]
        fn call(&mut self, step: u32) -> Result<usize, Busy> {
            self.runs.push(step);
            if self.runs.len() < 3 {
                return Err(Busy);
            }
            Ok(self.runs.len())
        }
    }

    let mut client = Client { runs: Vec::new() };
    assert_eq!(client.call(7), Ok(3));
    assert_eq!(client.runs, [7, 7, 7]);
}

#[test]
fn a_generic_function_with_a_where_clause() {
    #[retry(strategy = "immediate")]
    fn call<T, E>(runs: &Runs, value: &T) -> Result<T, E>
    where
        T: Clone + Debug,
        E: From<Busy> + reattempt::Transient,
    {
        runs.fail_twice()?;
        Ok(value.clone())
    }

    assert_eq!(thrice(|runs| call::<_, Busy>(runs, &"x")), Ok("x"));
}

#[test]
fn each_instance_of_a_generic_function_counts_by_itself() {
    #[retry(strategy = "immediate", max = 4)]
    fn call<T: Default>(runs: &Runs) -> Result<T, Busy> {
        if runs.count() < 3 {
            return Err(runs.fail());
        }
        Ok(T::default())
    }

    let (numbers, texts) = (Runs::new(), Runs::new());
    assert_eq!(call::<u32>(&numbers), Ok(0));
    assert_eq!(call::<String>(&texts), Ok(String::new()));
    assert_eq!((numbers.count(), texts.count()), (3, 3));
}

#[test]
fn a_function_with_const_generics() {
    #[retry(strategy = "immediate", max = { u32::try_from(N).unwrap_or(u32::MAX) })]
    fn call<const N: usize>(runs: &Runs, bytes: [u8; N]) -> Result<[u8; N], Busy> {
        let _run = runs.fail_twice()?;
        Ok(bytes)
    }

    assert_eq!(thrice(|runs| call(runs, [1, 2, 3])), Ok([1, 2, 3]));
    let runs = Runs::new();
    assert_eq!(call(&runs, [1, 2]), Err(Busy));
    assert_eq!(runs.count(), 2);
}

#[test]
fn a_function_with_a_named_lifetime() {
    #[retry(strategy = "immediate")]
    fn call<'a>(runs: &Runs, first: &'a str, _second: &str) -> Result<&'a str, Busy> {
        runs.fail_twice()?;
        Ok(&first[1..])
    }

    assert_eq!(thrice(|runs| call(runs, "abc", "")), Ok("bc"));
}

#[test]
fn a_borrow_of_the_receiver_is_returned() {
    struct Client {
        runs: Runs,
        name: String,
    }
    impl Client {
        #[retry(strategy = "immediate")]
        fn name(&self) -> Result<&str, Busy> {
            self.runs.fail_twice()?;
            Ok(&self.name)
        }

        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn first(&self, _other: &str) -> Option<&u8> {
            self.runs.fail_twice().ok()?;
            self.name.as_bytes().first()
        }
    }

    let mut client = Client { runs: Runs::new(), name: "abc".to_owned() };
    assert_eq!(client.name(), Ok("abc"));
    assert_eq!(client.runs.count(), 3);
    client.runs = Runs::new();
    assert_eq!(client.first(""), Some(&b'a'));
    assert_eq!(client.runs.count(), 3);
}

#[test]
fn a_borrow_of_an_argument_is_returned() {
    #[retry(strategy = "immediate")]
    fn call<'a>(runs: &Runs, names: &'a [String]) -> Result<impl Iterator<Item = &'a str> + use<'a>, Busy> {
        runs.fail_twice()?;
        Ok(names.iter().map(String::as_str))
    }

    let names = ["a".to_owned(), "b".to_owned()];
    let found = thrice(|runs| call(runs, &names)).map(Iterator::collect::<Vec<_>>);
    assert_eq!(found, Ok(vec!["a", "b"]));
}

#[test]
fn an_impl_trait_as_argument_and_as_value() {
    #[retry(strategy = "immediate")]
    fn call(runs: &Runs, name: impl AsRef<str>, parts: &mut impl Extend<u32>) -> Result<impl Display, Busy> {
        parts.extend([1]);
        runs.fail_twice()?;
        Ok(format!("<{}>", name.as_ref()))
    }

    let mut parts = Vec::new();
    let shown = thrice(|runs| call(runs, String::from("x"), &mut parts).map(|shown| shown.to_string()));
    assert_eq!(shown, Ok("<x>".to_owned()));
    assert_eq!(parts, [1, 1, 1]);
}

#[test]
fn trait_objects_as_arguments() {
    #[retry(strategy = "immediate")]
    fn call(
        runs: &Runs,
        shown: &dyn Display,
        owned: Box<dyn Fn() -> u32>,
        write: &mut dyn FnMut(u32),
    ) -> Result<String, Busy> {
        write(owned());
        runs.fail_twice()?;
        Ok(shown.to_string())
    }

    let mut written = Vec::new();
    let shown = thrice(|runs| call(runs, &5, Box::new(|| 9), &mut |number| written.push(number)));
    assert_eq!(shown, Ok("5".to_owned()));
    assert_eq!(written, [9, 9, 9]);
}

#[test]
fn the_methods_of_a_trait_and_its_default_bodies() {
    trait Service {
        fn runs(&self) -> &Runs;

        #[retry(strategy = "immediate")]
        fn provided(&self) -> Result<u32, Busy> {
            self.runs().fail_twice()
        }

        fn required(&self) -> Result<u32, Busy>;

        fn associated(runs: &Runs) -> Result<u32, Busy>;
    }

    struct Client(Runs);
    impl Service for Client {
        fn runs(&self) -> &Runs {
            &self.0
        }

        #[retry(strategy = "immediate")]
        fn required(&self) -> Result<u32, Busy> {
            self.0.fail_twice().map(|run| run + 1)
        }

        #[retry(strategy = "immediate")]
        fn associated(runs: &Runs) -> Result<u32, Busy> {
            runs.fail_twice().map(|run| run + 2)
        }
    }

    let (first, second) = (Client(Runs::new()), Client(Runs::new()));
    assert_eq!(first.provided(), Ok(3));
    assert_eq!(second.required(), Ok(4));
    assert_eq!((first.0.count(), second.0.count()), (3, 3));
    assert_eq!(thrice(Client::associated), Ok(5));
}

#[test]
fn an_associated_function_of_a_generic_type() {
    #[derive(Debug, PartialEq)]
    struct Stack<T, const N: usize>([T; N]);
    impl<T: Copy, const N: usize> Stack<T, N> {
        #[retry(strategy = "immediate", max = { u32::try_from(N).unwrap_or(u32::MAX) })]
        fn connect(runs: &Runs, value: T) -> Result<Self, Busy> {
            runs.fail_twice()?;
            Ok(Self([value; N]))
        }
    }

    assert_eq!(thrice(|runs| Stack::<_, 4>::connect(runs, 'x')), Ok(Stack(['x'; 4])));
}

#[test]
fn an_extern_function() {
    #[retry(strategy = "immediate", on_value = |code: &i32| *code != 0)]
    extern "C" fn call(runs: &Runs) -> i32 {
        if runs.fail_twice().is_ok() { 0 } else { -1 }
    }

    assert_eq!(thrice(|runs| call(runs)), 0);
}

#[test]
#[expect(unsafe_code, reason = "that such functions work is what is tested")]
fn unsafe_functions() {
    #[retry(strategy = "immediate")]
    unsafe fn call(runs: &Runs) -> Result<u32, Busy> {
        runs.fail_twice()
    }

    // SAFETY: the function asks for nothing.
    assert_eq!(thrice(|runs| unsafe { call(runs) }), Ok(3));
}
