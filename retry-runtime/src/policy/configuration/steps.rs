//! Lists of durations of policies: each list is kept once, until the process ends.
//!
//! A policy is `Copy`, so its list has to be `'static`. A file may be read many times, and memory must not grow each time. So equal lists
//! are stored once, and the room for different lists is limited. It knows no policy.

use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The largest number of stored durations: a megabyte.
const ROOM: usize = 65_536;

static KEPT: Mutex<Kept> = Mutex::new(Kept { lists: BTreeSet::new(), room: ROOM });

/// Stores a list, or finds the equal one. Returns an error if there is no room left.
pub(super) fn keep(steps: &[Duration]) -> Result<&'static [Duration], String> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).keep(steps)
}

struct Kept {
    lists: BTreeSet<&'static [Duration]>,
    /// The number of durations that can still be stored.
    room: usize,
}

impl Kept {
    fn keep(&mut self, steps: &[Duration]) -> Result<&'static [Duration], String> {
        if let Some(kept) = self.lists.get(steps) {
            return Ok(kept);
        }
        self.room = self.room.checked_sub(steps.len()).ok_or_else(|| {
            format!(
                "`strategy` is a list of {} durations, but lists are kept for as long as the process lives, and there is room for {} \
                 durations more; write a strategy's name, or a list that was read before",
                steps.len(),
                self.room
            )
        })?;
        let kept: &'static [Duration] = Vec::leak(steps.to_vec());
        self.lists.insert(kept);
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lists_are_one() {
        let list = [Duration::from_secs(1), Duration::from_secs(7)];
        let (one, two) = (keep(&list).unwrap(), keep(&list).unwrap());
        assert_eq!(one, list);
        assert!(core::ptr::eq(one, two));
        assert_eq!(keep(&list[..1]).unwrap(), &list[..1]);
    }

    #[test]
    fn a_list_without_room_is_refused_and_a_kept_one_is_not() {
        let mut kept = Kept { lists: BTreeSet::new(), room: 3 };
        let lists = [[1, 2], [1, 3]].map(|secs| secs.map(Duration::from_secs));
        assert_eq!(kept.keep(&lists[0]), Ok(&lists[0][..]));
        assert_eq!(
            kept.keep(&lists[1]).unwrap_err(),
            "`strategy` is a list of 2 durations, but lists are kept for as long as the process lives, and there is room for 1 \
             durations more; write a strategy's name, or a list that was read before"
        );
        assert_eq!(kept.keep(&lists[0]), Ok(&lists[0][..]));
        assert_eq!(kept.keep(&lists[1][..1]), Ok(&lists[1][..1]));
        assert_eq!(kept.room, 0);
    }
}
