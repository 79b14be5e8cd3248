//! The state machine of a breaker: its states and transitions, as values that fit into one word. It knows no clock, atomics or window.

use super::limits::{Fault, Limits};
use super::word::{Field, Word, low};
use crate::observe::transition::State;

/// The outcome that a permit reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Report {
    Success,
    Failure,
    Neutral,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Attempts run. `failures` is the number of failures in a row, for breakers that count them.
    Closed { failures: u32 },
    /// Attempts are refused. The first probe may run at `until`, in milliseconds of the process's clock.
    Open { until: u64 },
    /// The number of probes that run, and of probes that succeeded. Together they are at most the number of places.
    HalfOpen { running: u32, passed: u32 },
    /// Attempts are refused until a reset.
    Isolated,
}

/// Everything that decides on a permit, in one word, so that each transition is one compare-exchange.
///
/// The generation changes with each trip, close, isolation and reset. Permits are issued in the closed and in the half-open state, and a
/// generation has at most one of these. So an equal generation means that the permit was issued in the current state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Machine(Word);

// The fields that a success needs are at the top. So one comparison shows that there is nothing to do, and one shows that the state is
// closed.
const GENERATION: Field = (0, 16);
/// The number of trips since the breaker was last closed.
const TRIPS: Field = (16, 5);
/// The cause of the last trip. It has no meaning in the closed state.
const FAULT: Field = (21, 2);
/// The numbers of the phase, which each phase stores in its own way.
const PAYLOAD: Field = (23, 38);
/// Whether there is a window. It never changes. It is in the word so that the word alone shows that a success has nothing to do.
const WINDOW: Field = (61, 1);
const PHASE: Field = (62, 2);
const HALF_BITS: u32 = 16;

/// The latest moment that the word can store: 8 years after the process started.
const LATEST: u64 = low(u64::MAX, PAYLOAD.1);
/// The number of trips after which the cool-down stops growing.
pub(super) const MAX_TRIPS: u32 = 31;

impl Machine {
    /// Returns the state of a new breaker.
    pub(super) const fn new(has_window: bool) -> Self {
        Self(Word(0)).with(WINDOW, has_window as u64)
    }

    #[inline]
    pub(super) const fn from_word(word: u64) -> Self {
        Self(Word(word))
    }

    #[inline]
    pub(super) const fn word(self) -> u64 {
        self.0.0
    }

    #[inline]
    const fn get(self, field: Field) -> u64 {
        self.0.get(field)
    }

    #[inline]
    const fn with(self, field: Field, number: u64) -> Self {
        Self(self.0.with(field, number))
    }

    #[inline]
    pub(super) const fn is_closed(self) -> bool {
        self.word() < 1 << PHASE.0
    }

    /// Returns `true` if a success changes nothing: the state is closed without failures in a row, and there is no window.
    #[inline]
    pub(super) const fn is_idle(self) -> bool {
        self.word() < 1 << PAYLOAD.0
    }

    /// Returns `true` if a success changes nothing or only the window.
    #[inline]
    pub(super) const fn is_idle_but_for_window(self) -> bool {
        self.with(WINDOW, 0).is_idle()
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "it has 16 bits")]
    pub(super) const fn generation(self) -> u16 {
        self.get(GENERATION) as u16
    }

    #[expect(clippy::cast_possible_truncation, reason = "it has 5 bits")]
    pub(super) const fn trips(self) -> u32 {
        self.get(TRIPS) as u32
    }

    pub(super) const fn fault(self) -> Fault {
        match self.get(FAULT) {
            0 => Fault::Failures,
            1 => Fault::Slow,
            _ => Fault::Probe,
        }
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "each number was a u32")]
    pub(super) const fn phase(self) -> Phase {
        let payload = self.get(PAYLOAD);
        match self.get(PHASE) {
            0 => Phase::Closed { failures: payload as u32 },
            1 => Phase::Open { until: payload },
            2 => Phase::HalfOpen { running: (payload >> HALF_BITS) as u32, passed: low(payload, HALF_BITS) as u32 },
            _ => Phase::Isolated,
        }
    }

    pub(super) fn state(self) -> State {
        match self.phase() {
            Phase::Closed { .. } => State::Closed,
            Phase::Open { .. } => State::Open,
            Phase::HalfOpen { .. } => State::HalfOpen,
            Phase::Isolated => State::Isolated,
        }
    }

    #[inline]
    fn with_phase(self, phase: Phase) -> Self {
        let (phase, payload) = match phase {
            Phase::Closed { failures } => (0, u64::from(failures)),
            Phase::Open { until } => (1, until.min(LATEST)),
            Phase::HalfOpen { running, passed } => (2, u64::from(running) << HALF_BITS | u64::from(passed)),
            Phase::Isolated => (3, 0),
        };
        self.with(PHASE, phase).with(PAYLOAD, payload)
    }

    /// Admits an attempt, and returns the state that includes it. The error is the time in milliseconds until there may be a place, or `None` if
    /// there is none until a reset. `now` is called only if the state depends on the time.
    pub(super) fn admit(self, probes: u32, now: impl FnOnce() -> u64) -> Result<Self, Option<u64>> {
        match self.phase() {
            Phase::Closed { .. } => Ok(self),
            Phase::Open { until } => match until.saturating_sub(now()) {
                0 => Ok(self.with_phase(Phase::HalfOpen { running: 1, passed: 0 })),
                wait => Err(Some(wait)),
            },
            Phase::HalfOpen { running, passed } if running.saturating_add(passed) < probes => {
                Ok(self.with_phase(Phase::HalfOpen { running: running.saturating_add(1), passed }))
            }
            Phase::HalfOpen { .. } => Err(Some(0)),
            Phase::Isolated => Err(None),
        }
    }

    /// Returns the state after a report of the same generation, or the limit that it reaches, so that the breaker trips.
    #[inline]
    pub(super) fn after(self, report: Report, limits: &Limits) -> Result<Self, Fault> {
        let next = match (self.phase(), report) {
            (Phase::Closed { .. }, Report::Success) => Phase::Closed { failures: 0 },
            (Phase::Closed { failures }, Report::Failure) => match limits.consecutive {
                Some(limit) if failures.saturating_add(1) >= limit => return Err(Fault::Failures),
                Some(_) => Phase::Closed { failures: failures.saturating_add(1) },
                None => return Ok(self),
            },
            (Phase::HalfOpen { .. }, Report::Failure) => return Err(Fault::Probe),
            (Phase::HalfOpen { passed, .. }, Report::Success) if passed.saturating_add(1) >= limits.probes => {
                return Ok(self.reset());
            }
            (Phase::HalfOpen { running, passed }, Report::Success) => {
                Phase::HalfOpen { running: running.saturating_sub(1), passed: passed.saturating_add(1) }
            }
            (Phase::HalfOpen { running, passed }, Report::Neutral) => {
                Phase::HalfOpen { running: running.saturating_sub(1), passed }
            }
            // No permit is issued in the open and in the isolated state.
            (Phase::Closed { .. }, Report::Neutral) | (Phase::Open { .. } | Phase::Isolated, _) => return Ok(self),
        };
        Ok(self.with_phase(next))
    }

    pub(super) fn trip(self, fault: Fault, until: u64) -> Self {
        let next = self.next_generation().with_phase(Phase::Open { until });
        next.with(FAULT, fault as u64).with(TRIPS, u64::from(self.next_trip()))
    }

    /// Returns the number of the next trip, from 1.
    pub(super) fn next_trip(self) -> u32 {
        self.trips().saturating_add(1).min(MAX_TRIPS)
    }

    pub(super) fn isolate(self) -> Self {
        self.next_generation().with_phase(Phase::Isolated)
    }

    /// Returns the closed state without failures and trips.
    pub(super) fn reset(self) -> Self {
        self.next_generation().with_phase(Phase::Closed { failures: 0 }).with(TRIPS, 0)
    }

    fn next_generation(self) -> Self {
        self.with(GENERATION, u64::from(self.generation().wrapping_add(1)))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const CLOSED: Machine = Machine::new(false);

    #[test]
    fn a_new_breaker_is_all_zeroes_and_closed() {
        assert_eq!(CLOSED.word(), 0);
        assert_eq!(CLOSED.phase(), Phase::Closed { failures: 0 });
        assert_eq!((CLOSED.generation(), CLOSED.trips()), (0, 0));
        assert!(CLOSED.is_closed() && CLOSED.is_idle());
        let windowed = Machine::new(true);
        assert!(windowed.is_closed() && !windowed.is_idle() && windowed.is_idle_but_for_window());
    }

    #[test]
    fn every_state_fits_its_word() {
        let phases = [
            Phase::Closed { failures: 0 },
            Phase::Closed { failures: 1_024 },
            Phase::Open { until: 0 },
            Phase::Open { until: LATEST },
            Phase::HalfOpen { running: 1_024, passed: 0 },
            Phase::HalfOpen { running: 1, passed: 1_023 },
            Phase::Isolated,
        ];
        for phase in phases {
            for fault in [Fault::Failures, Fault::Slow, Fault::Probe] {
                for (generation, trips) in [(0, 0), (u16::MAX, MAX_TRIPS), (1, 16)] {
                    for has_window in [false, true] {
                        let state = Machine::new(has_window)
                            .with(GENERATION, u64::from(generation))
                            .with(TRIPS, u64::from(trips))
                            .with(FAULT, fault as u64)
                            .with_phase(phase);
                        assert_eq!(state.phase(), phase);
                        assert_eq!((state.generation(), state.trips(), state.fault()), (generation, trips, fault));
                        assert_eq!(state.get(WINDOW), u64::from(has_window));
                        assert_eq!(state.is_closed(), matches!(phase, Phase::Closed { .. }));
                        let is_clean = phase == Phase::Closed { failures: 0 };
                        assert_eq!(state.is_idle_but_for_window(), is_clean);
                        assert_eq!(state.is_idle(), is_clean && !has_window);
                    }
                }
            }
        }
    }

    #[test]
    fn trips_and_times_saturate_and_generations_wrap() {
        let state = CLOSED.with(TRIPS, u64::from(MAX_TRIPS)).with(GENERATION, u64::from(u16::MAX));
        let open = state.trip(Fault::Slow, LATEST + 5);
        assert_eq!(open.phase(), Phase::Open { until: LATEST });
        assert_eq!((open.generation(), open.trips(), open.fault()), (0, MAX_TRIPS, Fault::Slow));
        // At the latest moment of the word, the breaker does not stay open for ever.
        assert!(open.admit(1, || u64::MAX).is_ok());
    }

    #[test]
    fn only_an_open_state_asks_for_the_time() {
        let clock = || panic!("the clock was read");
        assert_eq!(CLOSED.admit(1, clock), Ok(CLOSED));
        assert_eq!(CLOSED.isolate().admit(1, clock), Err(None));
        let half_open = CLOSED.with_phase(Phase::HalfOpen { running: 1, passed: 0 });
        assert_eq!(half_open.admit(1, clock), Err(Some(0)));
    }

    #[test]
    fn running_and_passed_probes_share_the_places() {
        for (running, passed, is_free) in
            [(0, 0, true), (2, 0, true), (1, 1, true), (3, 0, false), (2, 1, false), (0, 2, true)]
        {
            let admission = CLOSED.with_phase(Phase::HalfOpen { running, passed }).admit(3, || 0);
            assert_eq!(admission.is_ok(), is_free, "{running} run and {passed} passed");
        }
    }
}
