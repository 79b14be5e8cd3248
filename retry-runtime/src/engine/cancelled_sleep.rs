//! The end of a call that was cancelled during a sleep.
//!
//! It does not know what cancels.

use crate::engine::call::Call;
use crate::engine::pause::Pause;
use crate::engine::recovery::PendingEnd;
use crate::engine::report::end;
use crate::engine::series::Timer;
use crate::failure::attempt_failure::Words;
use crate::failure::error_display::ClassifiedError;
use crate::failure::outcome::CheckedOutcome;
use crate::failure::stop_reason::StopReason;
use crate::overload::budget::Budget;

/// Ends a call that was cancelled during a sleep. The token of the retry is refunded.
#[cold]
pub fn cancelled_in_sleep<C: Timer, O: CheckedOutcome>(
    call: &mut Call<C>,
    pause: Pause,
    outcome: &O,
    show: impl FnOnce(&O::Error) -> ClassifiedError<O::Error>,
    budget: Option<&Budget>,
    pending: Option<&mut PendingEnd>,
) {
    if let Some(budget) = budget {
        budget.refund();
    }
    call.session.cancel_delay(pause.nanos());
    if let Err(failure) = outcome.view() {
        let words = failure.map(|error| (show(error).show)(error)).map_rejected(|_| outcome.rejection().1);
        end(&call.session, call.timer.started(), pause.site(), StopReason::Cancelled, &Words(words), None, pending);
    }
}
