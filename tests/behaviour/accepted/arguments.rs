//! Twins of `tests/ui/arguments`: each attempt gets the arguments that the caller passed.

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::retry;
use std::io::{self, Read};

shared! {
    [clone_listed_twice, clone_of_no_argument, used_up] {
        #[retry(strategy = "immediate", on = reattempt::any_error, clone(payload))]
        fn call(payload: String, runs: &Runs) -> Option<String> {
            let used_up = payload;
            runs.fail_twice().ok().map(|_| used_up)
        }
        assert_eq!(thrice(|runs| call("payload".to_owned(), runs)), Some("payload".to_owned()));
    }
}

#[tokio::test]
async fn used_up_in_async() {
    #[retry(strategy = "immediate", on = reattempt::any_error, clone(payload))]
    async fn call(payload: String, runs: &Runs) -> Option<String> {
        let used_up = payload;
        runs.fail_twice().ok().map(|_| used_up)
    }
    assert_eq!(
        thrice_async(async |runs: &Runs| call("payload".to_owned(), runs).await).await,
        Some("payload".to_owned())
    );
}

#[test]
fn clone_empty() {
    #[retry(strategy = "immediate", on = reattempt::any_error, clone(payload))]
    fn listed(payload: String, runs: &Runs) -> Option<usize> {
        runs.fail_twice().ok().map(|_| payload.into_bytes().len())
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn removed(payload: String, runs: &Runs) -> Option<usize> {
        runs.fail_twice().ok().map(|_| payload.len())
    }

    assert_eq!(thrice(|runs| listed("payload".to_owned(), runs)), Some(7));
    assert_eq!(thrice(|runs| removed("payload".to_owned(), runs)), Some(7));
}

#[test]
fn clone_of_a_mutable_reference() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn kept(list: &mut Vec<u8>, runs: &Runs) -> Option<u8> {
        let last = list.pop();
        runs.fail_twice().ok().and(last)
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn copied(list: &mut Vec<u8>, runs: &Runs) -> Option<u8> {
        let last = list.clone().pop();
        runs.fail_twice().ok().and(last)
    }

    assert_eq!(thrice(|runs| kept(&mut vec![1, 2, 3], runs)), Some(1));
    assert_eq!(thrice(|runs| copied(&mut vec![1, 2, 3], runs)), Some(3));
}

#[test]
fn clone_of_self() {
    #[derive(Clone)]
    struct Client(String);

    impl Client {
        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn call(&self, runs: &Runs) -> Option<String> {
            let copy = self.clone();
            runs.fail_twice().ok().map(|_| copy.0)
        }
    }

    assert_eq!(thrice(|runs| Client("client".to_owned()).call(runs)), Some("client".to_owned()));
}

#[test]
fn clone_of_what_cannot_be_cloned() {
    #[derive(Clone, Debug, PartialEq)]
    struct Ticket;

    #[retry(strategy = "immediate", on = reattempt::any_error, clone(ticket))]
    fn call(ticket: Ticket, runs: &Runs) -> Option<Ticket> {
        let used_up = ticket;
        runs.fail_twice().ok().map(|_| used_up)
    }
    assert_eq!(thrice(|runs| call(Ticket, runs)), Some(Ticket));
}

#[test]
fn mut_self() {
    struct Counter(u32);

    impl Counter {
        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn by_value(self, runs: &Runs) -> Option<u32> {
            let mut copy = Self(self.0);
            copy.0 += 1;
            runs.fail_twice().ok().map(|_| copy.0)
        }

        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn by_reference(&mut self, runs: &Runs) -> Option<u32> {
            self.0 += 1;
            runs.fail_twice().ok().map(|_| self.0)
        }
    }

    assert_eq!(thrice(|runs| Counter(0).by_value(runs)), Some(1));
    assert_eq!(thrice(|runs| Counter(0).by_reference(runs)), Some(3));
}

#[test]
fn field_moved_out_of_mutable_self() {
    struct Ticket(String);

    impl Ticket {
        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn call(&mut self, runs: &Runs) -> Option<String> {
            let copy = self.0.clone();
            runs.fail_twice().ok().map(|_| copy)
        }
    }

    assert_eq!(thrice(|runs| Ticket("a seat".to_owned()).call(runs)), Some("a seat".to_owned()));
}

#[tokio::test]
async fn mentioned_by_a_block_after_its_use() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(mut list: Vec<u32>, runs: &Runs) -> impl Future<Output = Option<u32>> {
        list.sort_unstable();
        let last = list.pop();
        drop(list);
        async move {
            runs.fail_twice().ok()?;
            last
        }
    }

    assert_eq!(thrice_async(async |runs: &Runs| call(vec![2, 1], runs).await).await, Some(2));
}

#[test]
fn mut_that_is_not_copy() {
    #[retry(strategy = "immediate", on = reattempt::any_error, clone(payload))]
    fn listed(mut payload: String, runs: &Runs) -> Option<usize> {
        payload.push('!');
        runs.fail_twice().ok().map(|_| payload.len())
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn copied(payload: String, runs: &Runs) -> Option<usize> {
        let mut copy = payload.clone();
        copy.push('!');
        runs.fail_twice().ok().map(|_| copy.len())
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn kept(payload: &mut String, runs: &Runs) -> Option<usize> {
        payload.push('!');
        runs.fail_twice().ok().map(|_| payload.len())
    }

    assert_eq!(thrice(|runs| listed("payload".to_owned(), runs)), Some(8));
    assert_eq!(thrice(|runs| copied("payload".to_owned(), runs)), Some(8));
    assert_eq!(thrice(|runs| kept(&mut "payload".to_owned(), runs)), Some(10));
}

#[test]
fn self_used_up() {
    struct Ticket(String);

    impl Ticket {
        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn call(self, runs: &Runs) -> Option<String> {
            let copy = self.0.clone();
            runs.fail_twice().ok().map(|_| copy)
        }
    }

    assert_eq!(thrice(|runs| Ticket("ticket".to_owned()).call(runs)), Some("ticket".to_owned()));
}

#[test]
fn macro_in_a_pattern() {
    macro_rules! changing {
        ($name:ident) => {
            mut $name
        };
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn written_out((mut left, right): (u32, u32), runs: &Runs) -> Option<u32> {
        left += right;
        runs.fail_twice().ok().map(|_| left)
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn by_a_name(pair: (u32, u32), runs: &Runs) -> Option<u32> {
        let (changing!(left), right) = pair;
        left += right;
        runs.fail_twice().ok().map(|_| left)
    }

    assert_eq!(thrice(|runs| written_out((1, 2), runs)), Some(3));
    assert_eq!(thrice(|runs| by_a_name((1, 2), runs)), Some(3));
}

#[test]
fn ref_mut_beside_a_mutable_reference() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn by_a_name(pair: (u32, &mut u32), runs: &Runs) -> Option<u32> {
        let (mut left, ref right) = pair;
        left += **right;
        runs.fail_twice().ok().map(|_| left)
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn behind((left, &mut ref mut right): (u32, &mut u32), runs: &Runs) -> Option<u32> {
        *right += left;
        runs.fail_twice().ok().map(|_| *right)
    }

    assert_eq!(thrice(|runs| by_a_name((1, &mut 2), runs)), Some(3));
    assert_eq!(thrice(|runs| behind((1, &mut 2), runs)), Some(5));
}

/// Reads the next byte in each attempt, and fails twice.
#[retry(strategy = "immediate")]
fn read_on(r: &mut (impl Read + Send), runs: &Runs) -> io::Result<usize> {
    let read = r.read(&mut [0])?;
    runs.fail_twice().map_err(|_| io::ErrorKind::TimedOut)?;
    Ok(read)
}

/// Reads the first byte in each attempt, and fails twice.
#[retry(strategy = "immediate", clone(r))]
fn read_again(mut r: impl Read + Clone, runs: &Runs) -> io::Result<u8> {
    let mut read = [0];
    r.read_exact(&mut read)?;
    runs.fail_twice().map_err(|_| io::ErrorKind::TimedOut)?;
    Ok(read[0])
}

#[test]
fn mut_reader() {
    let mut bytes = &b"123"[..];
    assert_eq!(thrice(|runs| read_on(&mut bytes, runs)).ok(), Some(1));
    assert_eq!(bytes, b"");
    assert_eq!(thrice(|runs| read_again(&b"123"[..], runs)).ok(), Some(b'1'));
}

#[test]
fn mut_closure() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call<F>(g: &mut F) -> Option<u32>
    where
        F: FnMut() -> Option<u32>,
    {
        g()
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn copied<F>(mut g: F) -> Option<u32>
    where
        F: FnMut() -> Option<u32> + Copy,
    {
        g()
    }

    assert_eq!(thrice(|runs| call(&mut || runs.fail_twice().ok())), Some(3));
    assert_eq!(thrice(|runs| copied(|| runs.fail_twice().ok())), Some(3));
}

#[tokio::test]
async fn mut_iterator_that_is_clone() {
    #[retry(strategy = "immediate", on = reattempt::any_error, clone(ids))]
    async fn call(mut ids: impl Iterator<Item = u32> + Clone, runs: &Runs) -> Option<u32> {
        let id = ids.next();
        runs.fail_twice().ok().and(id)
    }
    assert_eq!(thrice_async(async |runs: &Runs| call(7..9, runs).await).await, Some(7));
}

/// A trait that demands `Copy`.
trait Counter: Copy {
    fn next(&mut self) -> u32;
}

impl Counter for u32 {
    fn next(&mut self) -> u32 {
        *self += 1;
        *self
    }
}

#[test]
fn mut_of_a_trait_of_ones_own() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call<C: Counter>(mut one: impl Counter, mut other: C, runs: &Runs) -> Option<u32> {
        let sum = one.next() + other.next();
        runs.fail_twice().ok().map(|_| sum)
    }
    assert_eq!(thrice(|runs| call(1, 10, runs)), Some(13));
}

#[test]
fn ref_mut_that_is_not_copy() {
    #[retry(strategy = "immediate", on = reattempt::any_error, clone(name))]
    fn listed((ref mut name, _): (String, u32), runs: &Runs) -> Option<usize> {
        name.push('!');
        runs.fail_twice().ok().map(|_| name.len())
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn copied((name, _): (String, u32), runs: &Runs) -> Option<usize> {
        let mut copy = name.clone();
        copy.push('!');
        runs.fail_twice().ok().map(|_| copy.len())
    }

    assert_eq!(thrice(|runs| listed(("name".to_owned(), 1), runs)), Some(5));
    assert_eq!(thrice(|runs| copied(("name".to_owned(), 1), runs)), Some(5));
}

#[test]
fn own_option_of_a_mutable_reference() {
    struct Option<T>(T);
    type Own<'a> = Option<&'a mut u32>;

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(number: Own<'_>, runs: &Runs) -> Result<u32, Busy> {
        runs.fail_twice().map(|run| run + *number.0)
    }

    assert_eq!(thrice(|runs| call(Option(&mut 2), runs)), Ok(5));
}

#[test]
fn mutable_for_all_of_its_lifetime() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call<'a>(number: &'a u32, seen: &mut Vec<&'a u32>, runs: &Runs) -> Option<usize> {
        seen.push(number);
        runs.fail_twice().ok().map(|_| seen.len())
    }

    assert_eq!(thrice(|runs| call(&2, &mut Vec::new(), runs)), Some(3));
}
