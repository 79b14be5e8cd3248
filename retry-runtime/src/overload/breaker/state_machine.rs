//! The state machine of a breaker: its states and transitions, as values that fit into one word. It knows no clock, atomics or window.

use super::limits::{Fault, Limits};
use super::window::GENERATION_BITS;
use super::word::{Field, Word, low};
use crate::observe::transition::State;

/// The outcome that a permit reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Report {
    Success,
    Failure,
    Neutral,
}

/// Everything that decides on a permit, in one word, so that each transition is one compare-exchange.
///
/// The generation changes with each trip, close, isolation and reset. Permits are issued in the closed and in the half-open state, and a
/// generation has at most one of these. So an equal generation means that the permit was issued in the current state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Machine(pub(super) Word);

// The fields that a success needs are at the top. So one comparison shows that there is nothing to do, and one shows that the state is
// closed.
const GENERATION: Field = (0, GENERATION_BITS);
/// The number of trips since the breaker was last closed.
pub(super) const TRIPS: Field = (15, 5);
/// What opened the breaker. It has no meaning in the closed state.
const FAULT: Field = (20, 3);
/// The numbers of a state. Each state has its own.
const PAYLOAD: Field = (23, 38);
/// Closed: the number of failures in a row, for breakers that count them.
pub(super) const FAILURES: Field = PAYLOAD;
/// Open: the moment when the first probe may run, in milliseconds of the process's clock.
pub(super) const UNTIL: Field = PAYLOAD;
/// Half-open: the number of probes that succeeded. With those that run, it is at most the number of places.
pub(super) const PASSED: Field = (23, 16);
/// Half-open: the number of probes that run.
pub(super) const RUNNING: Field = (39, 16);
/// Whether there is a window. It never changes. It is in the word so that the word alone shows that a success has nothing to do.
const WINDOW: Field = (61, 1);
/// The number of a variant of [`State`].
const STATE: Field = (62, 2);

/// The latest moment that the word can store: 8 years after the process started.
const LATEST: u64 = low(u64::MAX, UNTIL.1);
/// The number of trips after which the cool-down stops growing.
pub(super) const MAX_TRIPS: u32 = 31;

impl Machine {
    /// Returns the state of a new breaker.
    pub(super) const fn new(has_window: bool) -> Self {
        Self(Word(0)).with(WINDOW, has_window as u64)
    }

    #[inline]
    const fn with(self, field: Field, number: u64) -> Self {
        Self(self.0.with(field, number))
    }

    /// Returns a number of at most 32 bits.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "each of them was a u32")]
    pub(super) const fn number(self, field: Field) -> u32 {
        self.0.get(field) as u32
    }

    /// Adds one to a number.
    #[inline]
    fn more(self, field: Field) -> Self {
        self.with(field, self.0.get(field).saturating_add(1))
    }

    #[inline]
    pub(super) const fn is_closed(self) -> bool {
        self.0.0 < 1 << STATE.0
    }

    /// Returns `true` if a success changes nothing: the state is closed without failures in a row, and there is no window.
    #[inline]
    pub(super) const fn is_idle(self) -> bool {
        self.0.0 < 1 << PAYLOAD.0
    }

    /// Returns `true` if a success changes nothing or only the window.
    #[inline]
    pub(super) const fn is_idle_but_for_window(self) -> bool {
        self.with(WINDOW, 0).is_idle()
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "it has 15 bits")]
    pub(super) const fn generation(self) -> u16 {
        self.0.get(GENERATION) as u16
    }

    pub(super) const fn fault(self) -> Fault {
        match self.0.get(FAULT) {
            0 => Fault::Failures,
            1 => Fault::Slow,
            2 => Fault::Probe,
            3 => Fault::Isolated,
            4 => Fault::Told,
            _ => Fault::Hint,
        }
    }

    #[inline]
    pub(super) const fn state(self) -> State {
        match self.0.get(STATE) {
            0 => State::Closed,
            1 => State::Open,
            2 => State::HalfOpen,
            _ => State::Isolated,
        }
    }

    /// Admits an attempt, and returns the state that includes it. The error is the time in milliseconds until there may be a place, or `None` if
    /// there is none until a reset. `now` is called only if the state depends on the time.
    pub(super) fn admit(self, probes: u32, now: impl FnOnce() -> u64) -> Result<Self, Option<u64>> {
        match self.state() {
            State::Closed => Ok(self),
            State::Open => match self.0.get(UNTIL).saturating_sub(now()) {
                0 => Ok(self.with(STATE, State::HalfOpen as u64).with(PAYLOAD, 0).more(RUNNING)),
                wait => Err(Some(wait)),
            },
            State::HalfOpen if self.number(RUNNING).saturating_add(self.number(PASSED)) < probes => {
                Ok(self.more(RUNNING))
            }
            State::HalfOpen => Err(Some(0)),
            State::Isolated => Err(None),
        }
    }

    /// Returns the state after a report of the same generation, or the limit that it reaches, so that the breaker trips.
    #[inline]
    pub(super) fn after(self, report: Report, limits: &Limits) -> Result<Self, Fault> {
        let (more_failures, more_passed) = (self.more(FAILURES), self.more(PASSED));
        match (self.state(), report) {
            (State::Closed, Report::Success) => Ok(self.with(FAILURES, 0)),
            (State::Closed, Report::Failure) => match limits.consecutive {
                Some(limit) if more_failures.number(FAILURES) >= limit => Err(Fault::Failures),
                Some(_) => Ok(more_failures),
                None => Ok(self),
            },
            (State::HalfOpen, Report::Failure) => Err(Fault::Probe),
            (State::HalfOpen, Report::Success) if more_passed.number(PASSED) >= limits.probes => Ok(self.reset()),
            (State::HalfOpen, Report::Success) => Ok(more_passed.without_probe()),
            (State::HalfOpen, Report::Neutral) => Ok(self.without_probe()),
            // No permit is issued in the open and in the isolated state.
            (State::Closed, Report::Neutral) | (State::Open | State::Isolated, _) => Ok(self),
        }
    }

    /// Frees the place of a probe.
    fn without_probe(self) -> Self {
        self.with(RUNNING, self.0.get(RUNNING).saturating_sub(1))
    }

    pub(super) fn trip(self, fault: Fault, until: u64) -> Self {
        let trip = u64::from(self.next_trip());
        self.enter(State::Open).with(UNTIL, until.min(LATEST)).with(FAULT, fault as u64).with(TRIPS, trip)
    }

    /// Returns the number of the next trip, from 1.
    pub(super) fn next_trip(self) -> u32 {
        self.number(TRIPS).saturating_add(1).min(MAX_TRIPS)
    }

    /// Returns the state that is open until this moment at least. Returns `None` if it is already open for longer, or isolated.
    pub(super) fn open_until(self, fault: Fault, until: u64) -> Option<Self> {
        let until = until.min(LATEST);
        let open = match self.state() {
            State::Closed | State::HalfOpen => self.enter(State::Open),
            State::Open if until > self.0.get(UNTIL) => self,
            State::Open | State::Isolated => return None,
        };
        Some(open.with(UNTIL, until).with(FAULT, fault as u64))
    }

    pub(super) fn isolate(self) -> Self {
        self.enter(State::Isolated).with(FAULT, Fault::Isolated as u64)
    }

    /// Returns the closed state without failures and trips.
    pub(super) fn reset(self) -> Self {
        self.enter(State::Closed).with(TRIPS, 0)
    }

    /// Begins a generation in this state, with numbers of zero.
    fn enter(self, state: State) -> Self {
        let next = self.with(GENERATION, u64::from(self.generation().wrapping_add(1)));
        next.with(STATE, state as u64).with(PAYLOAD, 0)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const CLOSED: Machine = Machine::new(false);

    #[test]
    fn a_new_breaker_is_all_zeroes_and_closed() {
        assert_eq!(CLOSED.0, Word(0));
        assert_eq!((CLOSED.state(), CLOSED.number(FAILURES)), (State::Closed, 0));
        assert_eq!((CLOSED.generation(), CLOSED.number(TRIPS)), (0, 0));
        assert!(CLOSED.is_closed() && CLOSED.is_idle());
        let windowed = Machine::new(true);
        assert!(windowed.is_closed() && !windowed.is_idle() && windowed.is_idle_but_for_window());
    }

    #[test]
    fn every_state_fits_its_word() {
        let states: [(State, &[(Field, u64)]); 7] = [
            (State::Closed, &[(FAILURES, 0)]),
            (State::Closed, &[(FAILURES, 1_024)]),
            (State::Open, &[(UNTIL, 0)]),
            (State::Open, &[(UNTIL, LATEST)]),
            (State::HalfOpen, &[(RUNNING, 1_024), (PASSED, 0)]),
            (State::HalfOpen, &[(RUNNING, 1), (PASSED, 1_023)]),
            (State::Isolated, &[]),
        ];
        for (state, numbers) in states {
            for fault in [Fault::Failures, Fault::Slow, Fault::Probe, Fault::Isolated, Fault::Told, Fault::Hint] {
                for (generation, trips) in [(0, 0), (0x7fff, MAX_TRIPS), (1, 16)] {
                    for has_window in [false, true] {
                        let machine = Machine::new(has_window)
                            .with(GENERATION, u64::from(generation))
                            .with(TRIPS, u64::from(trips))
                            .with(FAULT, fault as u64)
                            .with(STATE, state as u64);
                        let machine =
                            numbers.iter().fold(machine, |machine, (field, number)| machine.with(*field, *number));
                        assert_eq!(machine.state(), state);
                        for (field, number) in numbers {
                            assert_eq!(machine.0.get(*field), *number);
                        }
                        let parts = (machine.generation(), machine.number(TRIPS), machine.fault());
                        assert_eq!(parts, (generation, trips, fault));
                        assert_eq!(machine.0.get(WINDOW), u64::from(has_window));
                        assert_eq!(machine.is_closed(), state == State::Closed);
                        let is_clean = (state, numbers) == (State::Closed, &[(FAILURES, 0)]);
                        assert_eq!(machine.is_idle_but_for_window(), is_clean);
                        assert_eq!(machine.is_idle(), is_clean && !has_window);
                    }
                }
            }
        }
    }

    #[test]
    fn trips_and_times_saturate_and_generations_wrap() {
        let state = CLOSED.with(TRIPS, u64::from(MAX_TRIPS)).with(GENERATION, u64::MAX);
        let open = state.trip(Fault::Slow, LATEST + 5);
        assert_eq!((open.state(), open.0.get(UNTIL)), (State::Open, LATEST));
        assert_eq!((open.generation(), open.number(TRIPS), open.fault()), (0, MAX_TRIPS, Fault::Slow));
        // At the latest moment of the word, the breaker does not stay open for ever.
        assert!(open.admit(1, || u64::MAX).is_ok());
    }

    #[test]
    fn only_an_open_state_asks_for_the_time() {
        let clock = || panic!("the clock was read");
        assert_eq!(CLOSED.admit(1, clock), Ok(CLOSED));
        assert_eq!(CLOSED.isolate().admit(1, clock), Err(None));
        let half_open = CLOSED.with(STATE, State::HalfOpen as u64).with(RUNNING, 1);
        assert_eq!(half_open.admit(1, clock), Err(Some(0)));
    }

    #[test]
    fn running_and_passed_probes_share_the_places() {
        for (running, passed, is_free) in
            [(0, 0, true), (2, 0, true), (1, 1, true), (3, 0, false), (2, 1, false), (0, 2, true)]
        {
            let half_open = CLOSED.with(STATE, State::HalfOpen as u64).with(RUNNING, running).with(PASSED, passed);
            let admission = half_open.admit(3, || 0);
            assert_eq!(admission.is_ok(), is_free, "{running} run and {passed} passed");
        }
    }
}
