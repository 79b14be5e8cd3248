use super::*;
use std::collections::VecDeque;
use std::thread;

const OK: Mark = Mark { is_failure: false, is_slow: false };
const FAILED: Mark = Mark { is_failure: true, is_slow: false };
const SLOW: Mark = Mark { is_failure: false, is_slow: true };
const BOTH: Mark = Mark { is_failure: true, is_slow: true };

fn counts(outcomes: u64, failures: u64, slow: u64) -> Counts {
    Counts { outcomes, failures, slow }
}

mod by_count {
    use super::*;

    #[test]
    fn it_holds_just_the_last_outcomes() {
        for size in [1, 2, 23, 24, 25, 100, 1_023, MAX_OUTCOMES] {
            let window = Window::new();
            let mut last = VecDeque::new();
            let mut random = 1_u32;
            for _ in 0..size * 3 + 7 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let mark = Mark { is_failure: random >> 31 == 1, is_slow: random % 5 == 0 };
                last.push_back(mark);
                if last.len() > usize::try_from(size).expect("small") {
                    last.pop_front();
                }
                let count = |is: fn(&Mark) -> bool| last.iter().filter(|mark| is(mark)).count() as u64;
                let expected = counts(last.len() as u64, count(|mark| mark.is_failure), count(|mark| mark.is_slow));
                let evaluated = (mark != OK).then_some(expected);
                assert_eq!(window.record_by_count(0, size, mark), evaluated, "size {size}");
                assert_eq!(window.by_count(0), expected);
            }
        }
    }

    #[test]
    fn a_new_generation_sees_nothing_of_the_old_one() {
        let window = Window::new();
        for _ in 0..30 {
            window.record_by_count(0, 30, BOTH);
        }
        assert_eq!(window.by_count(2), counts(0, 0, 0));
        for outcomes in 1..=30 {
            window.record_by_count(2, 30, OK);
            assert_eq!(window.by_count(2), counts(outcomes, 0, 0));
        }
        // The ring has reached the positions that the old generation marked.
        assert_eq!(window.record_by_count(2, 30, FAILED), Some(counts(30, 1, 0)));
        assert_eq!(window.by_count(0), counts(0, 0, 0));
    }

    #[test]
    fn an_outcome_of_an_older_generation_is_dropped() {
        for newer in [2, 200] {
            let window = Window::new();
            window.record_by_count(newer, 10, OK);
            assert_eq!(window.record_by_count(0, 10, FAILED), None);
            assert_eq!(window.by_count(newer), counts(1, 0, 0));
        }
        // After generations have wrapped around, the larger number is the older one.
        let window = Window::new();
        window.record_by_count(1, 10, OK);
        assert_eq!(window.record_by_count(u16::MAX, 10, FAILED), None);
        assert_eq!(window.by_count(1), counts(1, 0, 0));
    }

    #[test]
    fn a_cell_that_a_newer_generation_has_taken_is_left_alone() {
        let window = Window::new();
        window.record_by_count(5, 10, FAILED);
        let taken = window.cells[0].load(Ordering::Relaxed);
        // This is as if the late writer got its position before the newer generation began.
        window.tally.store(Word(0).with(GENERATION, 4).0, Ordering::Relaxed);
        assert_eq!(window.record_by_count(4, 10, OK), None);
        assert_eq!(window.cells[0].load(Ordering::Relaxed), taken);
    }

    #[test]
    fn a_cell_of_long_ago_is_not_taken_for_a_newer_one() {
        let window = Window::new();
        window.record_by_count(0, 10, FAILED);
        for generation in [300, 32_768, 40_000] {
            assert_eq!(window.record_by_count(generation, 10, FAILED), Some(counts(1, 1, 0)), "{generation}");
        }
    }

    #[test]
    fn a_success_on_clean_ground_changes_the_tally_alone() {
        let window = Window::new();
        window.record_by_count(3, 10, OK);
        assert!(window.cells.iter().all(|cell| cell.load(Ordering::Relaxed) == 0));
    }

    #[test]
    fn threads_leave_sums_that_are_those_of_the_bits() {
        let window = Window::new();
        thread::scope(|scope| {
            for number in 0..4_u32 {
                let window = &window;
                scope.spawn(move || {
                    for at in 0..5_000_u32 {
                        let mark = Mark { is_failure: (at + number) % 3 == 0, is_slow: (at + number) % 5 == 0 };
                        window.record_by_count(0, 50, mark);
                    }
                });
            }
        });
        let bits = |mask: u64| {
            window.cells.iter().map(|cell| u64::from((cell.load(Ordering::Relaxed) & mask).count_ones())).sum::<u64>()
        };
        assert_eq!(window.by_count(0), counts(50, bits(0x5555_5555_5555), bits(0xAAAA_AAAA_AAAA)));
    }

    #[test]
    fn a_sum_below_zero_for_a_moment_is_no_failure_and_comes_right_again() {
        use crate::overload::breaker::window::SLOW;
        let add = |tally: Word, field: Field, number: u64| tally.with(field, tally.get(field).wrapping_add(number));
        let below_zero = |by: u64| 0_u64.wrapping_sub(by);
        let clean = Word(0).with(GENERATION, 7).with(NEXT, 3).with(OUTCOMES, 9);
        let negative = add(add(clean, FAILURES, below_zero(2)), SLOW, below_zero(1));
        assert_eq!((negative.get(GENERATION), negative.get(NEXT)), (7, 3));
        assert_eq!(tallied(negative), counts(9, 0, 0), "not below zero");
        assert_eq!(tallied(add(add(negative, FAILURES, 5), SLOW, 2)), counts(9, 3, 1));
    }
}

mod by_time {
    use super::*;

    /// Returns a slice of the shortest length, by its number.
    fn nth(number: u64) -> Slice {
        Slice::at(number.saturating_mul(6), 6)
    }

    #[test]
    fn outcomes_are_gone_after_sixteen_slices_and_not_before() {
        let window = Window::new();
        assert_eq!(window.record_by_time(0, || nth(1_000), BOTH), Some(counts(1, 1, 1)));
        assert_eq!(window.by_time(0, nth(1_015)), counts(1, 1, 1));
        assert_eq!(window.by_time(0, nth(1_016)), counts(0, 0, 0));
        // It is the same place in the ring.
        assert_eq!(window.record_by_time(0, || nth(1_016), FAILED), Some(counts(1, 1, 0)));
    }

    #[test]
    fn slices_add_up() {
        let window = Window::new();
        for slice in 0..16 {
            window.record_by_time(0, || nth(slice), OK);
            window.record_by_time(0, || nth(slice), SLOW);
            let sums = window.record_by_time(0, || nth(slice), FAILED);
            assert_eq!(sums, Some(counts(3 * (slice + 1), slice + 1, slice + 1)));
        }
        assert_eq!(window.by_time(0, nth(16)), counts(45, 15, 15));
    }

    #[test]
    fn the_last_of_32_successes_asks_for_the_time() {
        let window = Window::new();
        let record = |slice: fn() -> Slice| window.record_by_time(0, slice, OK);
        let clock = || panic!("the clock was read");
        for _ in 0..31 {
            assert_eq!(record(clock), None);
        }
        assert_eq!(window.by_time(0, nth(500)), counts(31, 0, 0), "they count already");
        assert_eq!(record(|| nth(500)), None);
        assert_eq!(record(clock), None);
        assert_eq!(window.by_time(0, nth(500)), counts(33, 0, 0));
        assert_eq!(window.by_time(0, nth(516)), counts(1, 0, 0), "those of known time age");
    }

    #[test]
    fn a_failure_settles_the_successes_before_it() {
        let window = Window::new();
        for _ in 0..5 {
            window.record_by_time(0, || nth(0), OK);
        }
        assert_eq!(window.record_by_time(0, || nth(40), FAILED), Some(counts(6, 1, 0)));
        assert_eq!(window.by_time(0, nth(55)), counts(6, 1, 0));
        assert_eq!(window.by_time(0, nth(56)), counts(0, 0, 0));
    }

    #[test]
    fn a_new_generation_sees_nothing_of_the_old_one_and_late_ones_are_dropped() {
        let window = Window::new();
        window.record_by_time(0, || nth(9), OK);
        window.record_by_time(0, || nth(9), FAILED);
        assert_eq!(window.record_by_time(2, || nth(9), OK), None);
        assert_eq!(window.by_time(2, nth(9)), counts(1, 0, 0));
        window.record_by_time(0, || nth(9), OK);
        window.record_by_time(0, || nth(9), FAILED);
        assert_eq!(window.record_by_time(2, || nth(9), FAILED), Some(counts(2, 1, 0)));
        window.record_by_time(2, || nth(9), OK);
        assert_eq!(window.record_by_time(0, || nth(9), OK), None);
        assert_eq!(window.by_time(2, nth(9)), counts(3, 1, 0));
    }

    #[test]
    fn a_clock_that_is_behind_does_not_wipe_a_newer_slice() {
        let window = Window::new();
        window.record_by_time(0, || nth(32), FAILED);
        window.record_by_time(0, || nth(16), FAILED);
        assert_eq!(window.by_time(0, nth(32)), counts(1, 1, 0));
    }

    #[test]
    fn what_is_old_stays_old_for_the_life_of_the_process() {
        // The shortest slice, one of 10 ms, one of a second and the longest.
        for millis in [6, 10, 1_000, 225_000] {
            let last = (1 << LIFE) / millis - 1;
            let nth = |number: u64| Slice::at(number * millis, millis);
            for bits in 4..LIFE {
                let later = 1_000 + (1 << bits);
                if later >= last {
                    break;
                }
                for later in [later, later + 1_000, later + (later >> 1)] {
                    let window = Window::new();
                    window.record_by_time(0, || nth(1_000), FAILED);
                    assert_eq!(window.by_time(0, nth(later)), counts(0, 0, 0), "2^{bits} slices of {millis} ms");
                    // The failure of long ago is not treated as newer.
                    assert_eq!(window.record_by_time(0, || nth(later), FAILED), Some(counts(1, 1, 0)));
                }
            }
        }
    }

    #[test]
    fn turns_follow_each_other_without_a_gap() {
        let window = Window::new();
        let last = (1 << 24) - 1;
        window.record_by_time(0, || nth(last), FAILED);
        assert_eq!(window.record_by_time(0, || nth(last + 1), FAILED), Some(counts(2, 2, 0)));
        assert_eq!(window.by_time(0, nth(last + 15)), counts(2, 2, 0));
        assert_eq!(window.by_time(0, nth(last + 16)), counts(1, 1, 0));
    }

    #[test]
    fn a_counter_stops_instead_of_spilling_over() {
        for millis in [6, 1_000, 225_000] {
            let (window, slice) = (Window::new(), Slice::at(3 * millis, millis));
            let most = low(u64::MAX, slice.count_field().1);
            assert!(most / millis > 1_500, "outcomes in each millisecond");
            window.add(0, slice, 1, most);
            window.add(0, slice, 1, 5);
            assert_eq!(window.by_time(0, slice), counts(most, most, 0));
        }
    }
}
