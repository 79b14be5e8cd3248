//! Windows: count how many of the last outcomes failed or were slow. They know neither states nor a clock: generation and time are
//! arguments.

use super::word::{Field, Word, low};
use crate::time::atomics::{AtomicU64, Ordering};

/// The largest number of outcomes in a window by count. It is also the limit of failures in a row and of probes.
pub(super) const MAX_OUTCOMES: u32 = 1_024;
/// The number of slices of a window by time.
pub(super) const SLICES: u64 = 16;
const CELLS: usize = 48;
/// The cells of a slice: successes, failures, slow outcomes.
const COLUMNS: usize = 3;
/// The number of outcomes in a cell of a window by count. They take 48 bits beside the generation.
const PER_CELL: u64 = 24;
/// The number of successes after which one, the last of them, reads the clock.
const MAX_PENDING: u64 = 32;
/// A tag that is ahead by less than this is newer. A tag that is further ahead is very old, because tags wrap around.
const AHEAD: u64 = 256;

/// The number of bits of a generation.
pub(super) const GENERATION_BITS: u32 = 15;
/// The tag of each word.
const GENERATION: Field = (49, GENERATION_BITS);

// The tally of a window by count. Failures and slow outcomes may be below zero for a short time: if two threads change the same position
// one after the other, the second may add its part first. A number below zero is stored as a very large one.
const NEXT: Field = (0, 12);
const OUTCOMES: Field = (12, 12);
const FAILURES: Field = (24, 12);
const SLOW: Field = (36, 12);
const BELOW_ZERO: u64 = 0x800;

/// The tally of a window by time: the number of successes of unknown time.
const PENDING: Field = (0, 24);
/// The time, as a power of two of milliseconds, after which the turns of a window by time begin again: 34 years.
const LIFE: u32 = 40;

/// The counts of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) outcomes: u64,
    pub(super) failures: u64,
    pub(super) slow: u64,
}

/// The two properties of an outcome that a window counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) is_failure: bool,
    pub(super) is_slow: bool,
}

/// A slice of a window by time: its number since the process started, and the division of the words that count it.
///
/// The ring has one row for each slice, so a word stores only the turn of the ring. Slices are short or their turns are few: with short
/// slices a turn needs more bits, and a count fewer. So no turn comes again while the process runs, and no count of less than 2.7 million
/// outcomes in a second is cut off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    number: u64,
    turn_bits: u32,
}

impl Slice {
    /// Returns the slice that contains a moment.
    #[inline]
    pub(super) fn at(millis: u64, slice_millis: u64) -> Self {
        let (length, slices) = (slice_millis.max(1).ilog2(), SLICES.ilog2());
        Self {
            number: millis.checked_div(slice_millis).unwrap_or(0),
            turn_bits: LIFE.saturating_sub(length).saturating_sub(slices),
        }
    }

    fn row(self) -> u64 {
        self.number % SLICES
    }

    fn turn(self) -> u64 {
        self.number / SLICES
    }

    const fn turn_field(self) -> Field {
        (GENERATION.0.saturating_sub(self.turn_bits), self.turn_bits)
    }

    const fn count_field(self) -> Field {
        (0, GENERATION.0.saturating_sub(self.turn_bits))
    }

    /// Returns the number of turns by which one is behind another, in the bits that a word has for it.
    const fn turns_behind(self, earlier: u64, later: u64) -> u64 {
        low(later.wrapping_sub(earlier), self.turn_bits)
    }

    /// Returns `true` if the window up to this slice covers the slice of this row and turn.
    fn covers(self, row: u64, turn: u64) -> bool {
        // A row after this slice's own was last counted in the turn before.
        self.turns_behind(turn, self.turn()) == u64::from(row > self.row())
    }
}

/// The memory of a window of either kind, in place.
///
/// By count: `tally` holds the next position, the number of outcomes, and how many of them failed and were slow; the cells are a ring
/// of two bits for each outcome. The thread that wins the compare-exchange of the tally owns the position. It adds to the tally the bits that
/// it changes there, and only those. So the tally is the sum of the bits when all threads are done.
///
/// By time: the cells are a ring of slices, each with a cell for successes, one for failures and one for slow outcomes. `tally` counts the
/// successes of unknown time.
///
/// Protocol: each word has its generation as a tag, and each cell of a slice also has the slice's turn. A writer that finds an older tag
/// restarts the word with its own tag. A writer that finds a newer tag is late, and its outcome is dropped. A reader treats a word with
/// another tag as empty. So nothing has to be cleared when a breaker trips, and no order among words is needed: `Relaxed` is enough.
#[repr(align(64))]
pub(super) struct Window {
    tally: AtomicU64,
    cells: [AtomicU64; CELLS],
}

impl Window {
    pub(super) const fn new() -> Self {
        Self { tally: AtomicU64::new(0), cells: [const { AtomicU64::new(0) }; CELLS] }
    }

    /// Records an outcome among the last `size`. Returns the window's counts if the outcome is a failure or slow, and not too late.
    #[inline]
    pub(super) fn record_by_count(&self, generation: u16, size: u32, mark: Mark) -> Option<Counts> {
        let position = self.claim(generation, size)?;
        let cell = self.cells.get(usize::try_from(position / PER_CELL).ok()?)?;
        let outcome = (((position % PER_CELL) as u32) << 1, 2);
        // Most often a success replaces a success. Then nothing has to be written, whatever the cell's tag is.
        if mark == Mark::default() && load(cell).get(outcome) == 0 {
            return None;
        }
        self.mark(generation, cell, outcome, mark)
    }

    /// Takes the next position of the ring. Returns `None` if the generation is over.
    #[inline]
    fn claim(&self, generation: u16, size: u32) -> Option<u64> {
        let mut position = 0;
        update(&self.tally, generation, |tally| {
            position = tally.get(NEXT);
            let next = position.saturating_add(1);
            let next = if next >= u64::from(size) { 0 } else { next };
            let outcomes = tally.get(OUTCOMES).saturating_add(1).min(u64::from(size));
            Some(tally.with(NEXT, next).with(OUTCOMES, outcomes))
        })?;
        Some(position)
    }

    /// Writes an outcome to its two bits, one for a failure and one for a slow attempt. Returns the window's counts after it.
    #[cold]
    #[inline(never)]
    fn mark(&self, generation: u16, cell: &AtomicU64, outcome: Field, mark: Mark) -> Option<Counts> {
        let bits = u64::from(mark.is_failure) | u64::from(mark.is_slow) << 1;
        let mut before = 0;
        update(cell, generation, |cell| {
            before = cell.get(outcome);
            Some(cell.with(outcome, bits))
        })?;
        let change = |tally: Word, field: Field, mask: u64| {
            let (added, removed) = (u64::from(bits & mask != 0), u64::from(before & mask != 0));
            tally.with(field, tally.get(field).wrapping_add(added).wrapping_sub(removed))
        };
        let tally = update(&self.tally, generation, |tally| Some(change(change(tally, FAILURES, 1), SLOW, 2)))?;
        (bits != 0).then(|| tallied(tally))
    }

    /// Returns the counts of the last outcomes.
    pub(super) fn by_count(&self, generation: u16) -> Counts {
        restarted(load(&self.tally), generation).map_or(Counts::default(), tallied)
    }

    /// Records an outcome. Returns the window's counts if the outcome is a failure or slow. `slice` reads the clock; a success mostly does
    /// without it, and is counted in the slice of a later outcome.
    #[inline]
    pub(super) fn record_by_time(&self, generation: u16, slice: impl FnOnce() -> Slice, mark: Mark) -> Option<Counts> {
        if mark == Mark::default() && !self.is_last_pending(generation) {
            return None;
        }
        self.record_slice(generation, slice(), mark)
    }

    /// Counts the successes of unknown time in this slice, and then an outcome that is not one of them.
    #[inline(never)]
    fn record_slice(&self, generation: u16, slice: Slice, mark: Mark) -> Option<Counts> {
        self.settle(generation, slice);
        if mark == Mark::default() {
            return None;
        }
        self.add(generation, slice, usize::from(mark.is_failure), 1);
        if mark.is_slow {
            self.add(generation, slice, 2, 1);
        }
        Some(self.by_time(generation, slice))
    }

    /// Records a success of unknown time. Returns `true` if there are enough of them, so that the caller should [`settle`](Self::settle).
    #[inline]
    fn is_last_pending(&self, generation: u16) -> bool {
        let tally =
            update(&self.tally, generation, |tally| Some(tally.with(PENDING, tally.get(PENDING).saturating_add(1))));
        tally.is_some_and(|tally| tally.get(PENDING) >= MAX_PENDING)
    }

    /// Counts the successes of unknown time in this slice.
    fn settle(&self, generation: u16, slice: Slice) {
        let mut pending = 0;
        let settled = update(&self.tally, generation, |tally| {
            pending = tally.get(PENDING);
            Some(tally.with(PENDING, 0))
        });
        if settled.is_some() && pending > 0 {
            self.add(generation, slice, 0, pending);
        }
    }

    /// Returns the counts of the last slices, this one included.
    pub(super) fn by_time(&self, generation: u16, slice: Slice) -> Counts {
        let mut sums = [0_u64; COLUMNS];
        for (number, row) in (0..).zip(self.cells.chunks_exact(COLUMNS)) {
            for (sum, cell) in sums.iter_mut().zip(row) {
                let cell = load(cell);
                let is_own = cell.get(GENERATION) == u64::from(generation);
                if is_own && slice.covers(number, cell.get(slice.turn_field())) {
                    *sum = sum.saturating_add(cell.get(slice.count_field()));
                }
            }
        }
        let [successes, failures, slow] = sums;
        let pending = restarted(load(&self.tally), generation).map_or(0, |tally| tally.get(PENDING));
        let outcomes = successes.saturating_add(failures).saturating_add(pending);
        Counts { outcomes, failures, slow }
    }

    fn add(&self, generation: u16, slice: Slice, column: usize, count: u64) {
        let row = usize::try_from(slice.row()).ok().and_then(|row| self.cells.chunks_exact(COLUMNS).nth(row));
        let Some(cell) = row.and_then(|row| row.get(column)) else { return };
        let (turn_field, count_field) = (slice.turn_field(), slice.count_field());
        let most = low(u64::MAX, count_field.1);
        update(cell, generation, |cell| {
            let (found, before) = (cell.get(turn_field), cell.get(count_field));
            // The turn of an empty cell has no meaning.
            if before > 0 && (1..AHEAD).contains(&slice.turns_behind(slice.turn(), found)) {
                return None;
            }
            let before = if slice.turns_behind(found, slice.turn()) == 0 { before } else { 0 };
            let counted = before.saturating_add(count).min(most);
            Some(cell.with(turn_field, slice.turn()).with(count_field, counted))
        });
    }
}

#[inline]
fn load(word: &AtomicU64) -> Word {
    Word(word.load(Ordering::Relaxed))
}

/// Changes a word of this generation in one step, and returns the new word. Returns `None` if the word is of a newer generation, or if
/// `change` returns `None`. A word that stays the same is not written.
#[inline]
fn update(word: &AtomicU64, generation: u16, mut change: impl FnMut(Word) -> Option<Word>) -> Option<Word> {
    let mut seen = word.load(Ordering::Relaxed);
    loop {
        let next = change(restarted(Word(seen), generation)?)?;
        if next.0 == seen {
            return Some(next);
        }
        match word.compare_exchange_weak(seen, next.0, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return Some(next),
            Err(found) => seen = found,
        }
    }
}

/// Returns the word for this generation: an empty one if the word is of an older generation, `None` if it is of a newer one.
#[inline]
fn restarted(word: Word, generation: u16) -> Option<Word> {
    match low(word.get(GENERATION).wrapping_sub(u64::from(generation)), GENERATION.1) {
        0 => Some(word),
        1..AHEAD => None,
        _ => Some(Word(0).with(GENERATION, u64::from(generation))),
    }
}

/// Returns the counts of the tally of a window by count.
fn tallied(tally: Word) -> Counts {
    let count = |field: Field| Some(tally.get(field)).filter(|number| *number < BELOW_ZERO).unwrap_or(0);
    Counts { outcomes: tally.get(OUTCOMES), failures: count(FAILURES), slow: count(SLOW) }
}

#[cfg(all(test, not(loom)))]
mod tests;
