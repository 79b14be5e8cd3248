//! The state machine of a breaker: its states and transitions, as values that fit into one word. It knows no clock, atomics or window.

use crate::observe::transition::State;

/// The cause of a trip, as the word stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Failures,
    Slow,
    Probe,
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

impl Phase {
    pub(super) fn state(self) -> State {
        match self {
            Self::Closed { .. } => State::Closed,
            Self::Open { .. } => State::Open,
            Self::HalfOpen { .. } => State::HalfOpen,
            Self::Isolated => State::Isolated,
        }
    }
}

/// Everything that decides on a permit. It fits into one word, so each transition is one compare-exchange.
///
/// The generation changes with each trip, close, isolation and reset. Permits are issued in the closed and in the half-open state, and a
/// generation has at most one of these. So an equal generation means that the permit was issued in the current state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Machine {
    pub(super) phase: Phase,
    pub(super) generation: u16,
    /// The number of trips since the breaker was last closed.
    pub(super) trips: u32,
    /// The cause of the last trip. It has no meaning in the closed state.
    pub(super) fault: Fault,
    /// Whether there is a window. It never changes. It is in the word so that the word alone shows that a success has nothing to do.
    pub(super) has_window: bool,
}

// The bits of the word, from the top: phase 2, window 1, 38 bits that each phase uses in its own way, fault 2, trips 5, generation 16. The
// fields that a success needs are at the top. So one comparison shows that there is nothing to do, and one shows that the state is closed.
const TRIPS_SHIFT: u32 = 16;
const FAULT_SHIFT: u32 = TRIPS_SHIFT + 5;
const PAYLOAD_SHIFT: u32 = FAULT_SHIFT + 2;
const PAYLOAD_BITS: u32 = 38;
const WINDOW: u64 = 1 << (PAYLOAD_SHIFT + PAYLOAD_BITS);
const PHASE_SHIFT: u32 = PAYLOAD_SHIFT + PAYLOAD_BITS + 1;
const OPEN: u64 = 1 << PHASE_SHIFT;
const IDLE_BELOW: u64 = 1 << PAYLOAD_SHIFT;
const HALF_BITS: u32 = 16;

/// The latest moment that the word can store: 8 years after the process started.
const LATEST: u64 = low(u64::MAX, PAYLOAD_BITS);
/// The number of trips after which the cool-down stops growing.
pub(super) const MAX_TRIPS: u32 = 31;

const fn low(word: u64, bits: u32) -> u64 {
    word & !(u64::MAX << bits)
}

/// Returns `true` if a word is a closed state.
#[inline]
pub(super) const fn is_closed(word: u64) -> bool {
    word < OPEN
}

/// Returns `true` if a success changes nothing: the state is closed without failures in a row, and there is no window.
#[inline]
pub(super) const fn is_idle(word: u64) -> bool {
    word < IDLE_BELOW
}

/// Returns `true` if a success changes nothing or only the window.
#[inline]
pub(super) const fn is_idle_but_for_window(word: u64) -> bool {
    is_idle(word & !WINDOW)
}

/// Returns the word of a new breaker.
pub(super) const fn first(has_window: bool) -> u64 {
    if has_window { WINDOW } else { 0 }
}

/// Returns the generation of a state's word.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "16 bits are wanted")]
pub(super) const fn generation(word: u64) -> u16 {
    word as u16
}

impl Machine {
    pub(super) fn pack(self) -> u64 {
        let (phase, payload) = match self.phase {
            Phase::Closed { failures } => (0, u64::from(failures)),
            Phase::Open { until } => (1, until.min(LATEST)),
            Phase::HalfOpen { running, passed } => (2, u64::from(running) << HALF_BITS | u64::from(passed)),
            Phase::Isolated => (3, 0),
        };
        let trips = u64::from(self.trips.min(MAX_TRIPS));
        phase << PHASE_SHIFT
            | (self.fault as u64) << FAULT_SHIFT
            | trips << TRIPS_SHIFT
            | u64::from(self.generation)
            | first(self.has_window)
            | payload << PAYLOAD_SHIFT
    }

    #[expect(clippy::cast_possible_truncation, reason = "each field is cut to its bits before")]
    pub(super) const fn unpack(word: u64) -> Self {
        let payload = low(word >> PAYLOAD_SHIFT, PAYLOAD_BITS);
        Self {
            phase: match word >> PHASE_SHIFT {
                0 => Phase::Closed { failures: payload as u32 },
                1 => Phase::Open { until: payload },
                2 => Phase::HalfOpen {
                    running: low(payload >> HALF_BITS, HALF_BITS) as u32,
                    passed: low(payload, HALF_BITS) as u32,
                },
                _ => Phase::Isolated,
            },
            generation: generation(word),
            trips: low(word >> TRIPS_SHIFT, 5) as u32,
            fault: match low(word >> FAULT_SHIFT, 2) {
                0 => Fault::Failures,
                1 => Fault::Slow,
                _ => Fault::Probe,
            },
            has_window: word & WINDOW != 0,
        }
    }

    /// Admits an attempt, and returns the state that includes it. The error is the time in milliseconds until there may be a place, or `None` if
    /// there is none until a reset. `now` is called only if the state depends on the time.
    pub(super) fn admit(self, probes: u32, now: impl FnOnce() -> u64) -> Result<Self, Option<u64>> {
        match self.phase {
            Phase::Closed { .. } => Ok(self),
            Phase::Open { until } => match until.saturating_sub(now()) {
                0 => Ok(Self { phase: Phase::HalfOpen { running: 1, passed: 0 }, ..self }),
                wait => Err(Some(wait)),
            },
            Phase::HalfOpen { running, passed } if running.saturating_add(passed) < probes => {
                Ok(Self { phase: Phase::HalfOpen { running: running.saturating_add(1), passed }, ..self })
            }
            Phase::HalfOpen { .. } => Err(Some(0)),
            Phase::Isolated => Err(None),
        }
    }

    /// Returns the state after a success of the same generation. It returns the same state if nothing changes.
    pub(super) fn after_success(self, probes: u32) -> Self {
        match self.phase {
            Phase::Closed { .. } => Self { phase: Phase::Closed { failures: 0 }, ..self },
            Phase::HalfOpen { passed, .. } if passed.saturating_add(1) >= probes => self.reset(),
            Phase::HalfOpen { running, passed } => Self {
                phase: Phase::HalfOpen { running: running.saturating_sub(1), passed: passed.saturating_add(1) },
                ..self
            },
            Phase::Open { .. } | Phase::Isolated => self,
        }
    }

    /// Returns the state after a failure that does not trip the breaker.
    pub(super) fn after_failure(self) -> Self {
        match self.phase {
            Phase::Closed { failures } => {
                Self { phase: Phase::Closed { failures: failures.saturating_add(1) }, ..self }
            }
            Phase::Open { .. } | Phase::HalfOpen { .. } | Phase::Isolated => self,
        }
    }

    /// Returns the state after a neutral report, which frees the place of a probe.
    pub(super) fn after_neutral(self) -> Self {
        match self.phase {
            Phase::HalfOpen { running, passed } => {
                Self { phase: Phase::HalfOpen { running: running.saturating_sub(1), passed }, ..self }
            }
            Phase::Closed { .. } | Phase::Open { .. } | Phase::Isolated => self,
        }
    }

    pub(super) fn trip(self, fault: Fault, until: u64) -> Self {
        Self { phase: Phase::Open { until }, trips: self.next_trip(), fault, ..self.next_generation() }
    }

    /// Returns the number of the next trip, from 1.
    pub(super) fn next_trip(self) -> u32 {
        self.trips.saturating_add(1).min(MAX_TRIPS)
    }

    pub(super) fn isolate(self) -> Self {
        Self { phase: Phase::Isolated, ..self.next_generation() }
    }

    /// Returns the closed state without failures and trips.
    pub(super) fn reset(self) -> Self {
        Self { phase: Phase::Closed { failures: 0 }, trips: 0, ..self.next_generation() }
    }

    fn next_generation(self) -> Self {
        Self { generation: self.generation.wrapping_add(1), ..self }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const CLOSED: Machine = Machine::unpack(0);

    #[test]
    fn a_new_breaker_is_all_zeroes_and_closed() {
        assert_eq!(CLOSED.phase, Phase::Closed { failures: 0 });
        assert_eq!((CLOSED.generation, CLOSED.trips), (0, 0));
        assert!(is_closed(0) && is_idle(0));
        assert!(is_closed(first(true)) && !is_idle(first(true)) && is_idle_but_for_window(first(true)));
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
                        let state = Machine { phase, generation, trips, fault, has_window };
                        let word = state.pack();
                        assert_eq!(Machine::unpack(word), state);
                        assert_eq!(self::generation(word), generation);
                        assert_eq!(is_closed(word), matches!(phase, Phase::Closed { .. }));
                        let is_clean = phase == Phase::Closed { failures: 0 };
                        assert_eq!(is_idle(word), is_clean && !has_window);
                        assert_eq!(is_idle_but_for_window(word), is_clean);
                    }
                }
            }
        }
    }

    #[test]
    fn trips_and_times_saturate_and_generations_wrap() {
        let state = Machine { trips: MAX_TRIPS, generation: u16::MAX, ..CLOSED };
        let open = Machine::unpack(state.trip(Fault::Slow, LATEST + 5).pack());
        assert_eq!(open, Machine { phase: Phase::Open { until: LATEST }, generation: 0, fault: Fault::Slow, ..state });
        // At the latest moment of the word, the breaker does not stay open for ever.
        assert!(open.admit(1, || u64::MAX).is_ok());
    }

    #[test]
    fn only_an_open_state_asks_for_the_time() {
        let clock = || panic!("the clock was read");
        assert_eq!(CLOSED.admit(1, clock), Ok(CLOSED));
        assert_eq!(CLOSED.isolate().admit(1, clock), Err(None));
        let half_open = Machine { phase: Phase::HalfOpen { running: 1, passed: 0 }, ..CLOSED };
        assert_eq!(half_open.admit(1, clock), Err(Some(0)));
    }

    #[test]
    fn running_and_passed_probes_share_the_places() {
        for (running, passed, is_free) in
            [(0, 0, true), (2, 0, true), (1, 1, true), (3, 0, false), (2, 1, false), (0, 2, true)]
        {
            let state = Machine { phase: Phase::HalfOpen { running, passed }, ..CLOSED };
            let admission = state.admit(3, || 0);
            assert_eq!(admission.is_ok(), is_free, "{running} run and {passed} passed");
        }
    }
}
