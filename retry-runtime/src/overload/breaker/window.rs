//! Windows: count how many of the last outcomes failed or were slow. They know neither states nor a clock: generation and time are
//! arguments.

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
/// The two bits of an outcome: one for a failure, one for a slow attempt.
const BOTH: u64 = 0b11;
/// The number of successes after which one, the last of them, reads the clock.
const PENDING: u64 = 32;
/// A tag that is ahead by less than this is newer. A tag that is further ahead is very old, because tags wrap around.
const AHEAD: u64 = 256;

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

/// The memory of a window of either kind, in place.
///
/// By count: `tally` holds the next position, the number of outcomes, and how many of them failed and were slow; the cells are a ring
/// of two bits for each outcome. The thread that wins the compare-exchange of the tally owns the position. It adds to the tally the bits that
/// it changes there, and only those. So the tally is the sum of the bits when all threads are done.
///
/// By time: the cells are a ring of slices, each with a cell for successes, one for failures and one for slow outcomes. `tally` counts the
/// successes of unknown time.
///
/// Protocol: each word has its generation as a tag, and each cell of a slice also has the slice's number. A writer that finds an older tag
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
        let (cell, shift) = self.cell_of(position)?;
        // Most often a success replaces a success. Then nothing has to be written, whatever the cell's tag is.
        if mark == Mark::default() && cell.load(Ordering::Relaxed) >> shift & BOTH == 0 {
            return None;
        }
        self.mark(generation, cell, shift, mark)
    }

    /// Writes an outcome to its position, and returns the window's counts after it.
    #[cold]
    fn mark(&self, generation: u16, cell: &AtomicU64, shift: u64, mark: Mark) -> Option<Counts> {
        let bits = u64::from(mark.is_failure) | u64::from(mark.is_slow) << 1;
        let mut before = 0;
        update(cell, |word| {
            let content = tagged(word, generation)?;
            before = content >> shift & BOTH;
            if before == bits {
                return Some(word);
            }
            Some(tag(generation) | content & !(BOTH << shift) | bits << shift)
        })?;
        let change = |mask: u64| u64::from(bits & mask != 0).wrapping_sub(u64::from(before & mask != 0));
        let word = update(&self.tally, |word| {
            let tally = Tally::of(word, generation)?;
            let (failures, slow) = (tally.failures.wrapping_add(change(1)), tally.slow.wrapping_add(change(2)));
            Some(Tally { failures, slow, ..tally }.pack())
        })?;
        (bits != 0).then_some(Tally::of(word, generation)?.counts())
    }

    /// Returns the cell of a position, and the shift of its bits in the cell.
    #[inline]
    fn cell_of(&self, position: u64) -> Option<(&AtomicU64, u64)> {
        let cell = self.cells.get(usize::try_from(position / PER_CELL).ok()?)?;
        Some((cell, (position % PER_CELL).saturating_mul(2)))
    }

    /// Takes the next position of the ring. Returns `None` if the generation is over.
    #[inline]
    fn claim(&self, generation: u16, size: u32) -> Option<u64> {
        let mut position = 0;
        update(&self.tally, |word| {
            let tally = Tally::of(word, generation)?;
            position = tally.next;
            let next = position.saturating_add(1);
            let next = if next >= u64::from(size) { 0 } else { next };
            Some(Tally { next, outcomes: tally.outcomes.saturating_add(1).min(u64::from(size)), ..tally }.pack())
        })?;
        Some(position)
    }

    /// Returns the counts of the last outcomes.
    pub(super) fn by_count(&self, generation: u16) -> Counts {
        Tally::of(self.tally.load(Ordering::Relaxed), generation).map_or(Counts::default(), Tally::counts)
    }

    /// Records a success of unknown time. If it returns `true`, the caller should read the clock and call [`settle`](Self::settle).
    #[inline]
    pub(super) fn record_success(&self, generation: u16) -> bool {
        let word =
            update(&self.tally, |word| Some(tag(generation) | low48(tagged(word, generation)?.saturating_add(1))));
        word.is_some_and(|word| low48(word) >= PENDING)
    }

    /// Counts the successes of unknown time in this slice.
    pub(super) fn settle(&self, generation: u16, slice: u64) {
        let mut pending = 0;
        let settled = update(&self.tally, |word| {
            pending = tagged(word, generation)?;
            Some(tag(generation))
        });
        if settled.is_some() && pending > 0 {
            self.add(generation, slice, 0, pending);
        }
    }

    /// Records an outcome of a slice. Returns the window's counts if the outcome is a failure or slow.
    pub(super) fn record_by_time(&self, generation: u16, slice: u64, mark: Mark) -> Option<Counts> {
        self.settle(generation, slice);
        self.add(generation, slice, usize::from(mark.is_failure), 1);
        if mark.is_slow {
            self.add(generation, slice, 2, 1);
        }
        (mark != Mark::default()).then(|| self.by_time(generation, slice))
    }

    /// Returns the counts of the last slices, this one included.
    pub(super) fn by_time(&self, generation: u16, slice: u64) -> Counts {
        let mut sums = [0_u64; COLUMNS];
        for row in self.cells.chunks_exact(COLUMNS) {
            for (sum, cell) in sums.iter_mut().zip(row) {
                let cell = Cell::unpack(cell.load(Ordering::Relaxed));
                if cell.generation == generation && behind(cell.slice, slice) < SLICES {
                    *sum = sum.saturating_add(cell.count);
                }
            }
        }
        let [successes, failures, slow] = sums;
        let pending = tagged(self.tally.load(Ordering::Relaxed), generation).unwrap_or(0);
        let outcomes = successes.saturating_add(failures).saturating_add(pending);
        Counts { outcomes, failures, slow }
    }

    fn add(&self, generation: u16, slice: u64, column: usize, count: u64) {
        let row = usize::try_from(slice % SLICES).ok().and_then(|row| self.cells.chunks_exact(COLUMNS).nth(row));
        let Some(cell) = row.and_then(|row| row.get(column)) else { return };
        update(cell, |word| {
            let cell = Cell::unpack(word);
            // The slice number of an empty cell has no meaning.
            let is_ahead = cell.count > 0 && (1..AHEAD).contains(&behind(slice, cell.slice));
            let is_late = is_newer(cell.generation, generation) || cell.generation == generation && is_ahead;
            if is_late {
                return None;
            }
            let is_same = cell.generation == generation && behind(cell.slice, slice) == 0;
            let before = if is_same { cell.count } else { 0 };
            Some(Cell { generation, slice, count: before.saturating_add(count).min(Cell::MOST) }.pack())
        });
    }
}

/// Changes a word in one step. Returns the new word, or `None` if `change` returns `None`. A word that stays the same is not written.
#[inline]
fn update(word: &AtomicU64, mut change: impl FnMut(u64) -> Option<u64>) -> Option<u64> {
    let mut next = None;
    let written = word.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |seen| {
        next = change(seen);
        next.filter(|next| *next != seen)
    });
    // In both cases `next` is the new word.
    written.map_or(next, |_| next)
}

const fn tag(generation: u16) -> u64 {
    (generation as u64) << 48
}

const fn low48(word: u64) -> u64 {
    word & !(u64::MAX << 48)
}

/// Returns `true` if the generation found is newer than the own one.
#[inline]
fn is_newer(found: u16, own: u16) -> bool {
    (1..AHEAD).contains(&u64::from(found.wrapping_sub(own)))
}

/// Returns the content of a word for this generation: zero if the word is of an older one, `None` if it is of a newer one.
#[inline]
fn tagged(word: u64, generation: u16) -> Option<u64> {
    let found = (word >> 48) as u16;
    if found == generation {
        Some(low48(word))
    } else if is_newer(found, generation) {
        None
    } else {
        Some(0)
    }
}

/// The tally of a window by count, in fields of twelve bits.
///
/// Failures and slow outcomes may be below zero for a short time: if two threads change the same position one after the other, the second
/// may add its part first. A number below zero is stored as a very large one.
#[derive(Clone, Copy)]
struct Tally {
    generation: u16,
    next: u64,
    outcomes: u64,
    failures: u64,
    slow: u64,
}

impl Tally {
    const FIELD: u64 = 0xFFF;
    const BELOW_ZERO: u64 = 0x800;

    fn of(word: u64, generation: u16) -> Option<Self> {
        let content = tagged(word, generation)?;
        let field = |at: u32| content >> at & Self::FIELD;
        Some(Self { generation, next: field(0), outcomes: field(12), failures: field(24), slow: field(36) })
    }

    fn pack(self) -> u64 {
        let field = |value: u64, at: u32| (value & Self::FIELD) << at;
        tag(self.generation)
            | field(self.next, 0)
            | field(self.outcomes, 12)
            | field(self.failures, 24)
            | field(self.slow, 36)
    }

    fn counts(self) -> Counts {
        let count = |number: u64| if number < Self::BELOW_ZERO { number } else { 0 };
        Counts { outcomes: self.outcomes, failures: count(self.failures), slow: count(self.slow) }
    }
}

/// A counter of a window by time. It stops at 16.7 million.
#[derive(Clone, Copy)]
struct Cell {
    generation: u16,
    /// The lower 24 bits of the slice's number.
    slice: u64,
    count: u64,
}

impl Cell {
    const BITS: u32 = 24;
    const MOST: u64 = !(u64::MAX << Self::BITS);

    const fn unpack(word: u64) -> Self {
        Self { generation: (word >> 48) as u16, slice: word >> Self::BITS & Self::MOST, count: word & Self::MOST }
    }

    const fn pack(self) -> u64 {
        tag(self.generation) | (self.slice & Self::MOST) << Self::BITS | self.count
    }
}

/// Returns the number of slices by which one is behind another, in 24 bits.
const fn behind(earlier: u64, later: u64) -> u64 {
    later.wrapping_sub(earlier) & Cell::MOST
}

#[cfg(all(test, not(loom)))]
mod tests;
