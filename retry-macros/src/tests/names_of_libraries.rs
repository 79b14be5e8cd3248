// What users of other libraries write, and what the message tells them to write instead.
//
// The tests of the macros compare the messages. `tests/behaviour/policy/names_of_libraries.rs` compiles what they say.
names! {
    // jd/tenacity: tenacity/__init__.py, stop.py, wait.py, retry.py
    tenacity {
        (stop = stop_after_attempt(3)) => (max = 3);
        (stop = stop_after_delay(10)) => (deadline = "10s");
        (stop = stop_before_delay(max_delay = 10)) => (deadline = "10s");
        (stop = stop_after_delay(10) | stop_after_attempt(5)) => (deadline = "10s", max = 5);
        (stop = (stop_after_delay(10) | stop_after_attempt(5))) => (deadline = "10s", max = 5);
        (stop = tenacity::stop_never) => (max = "unlimited", deadline = "none");
        (max_attempt_number = 3) => (max = 3);
        (wait = wait_fixed(2)) => (strategy = "constant", base = "2s");
        (wait = wait_none()) => (strategy = "immediate");
        (wait = wait_random(min = 1, max = 2)) => (strategy = "constant", base = "1s", jitter = "1s");
        (wait = wait_random(0, 2)) => (strategy = "constant", base = "2s", jitter = "full");
        (wait = wait_random()) => (strategy = "constant", base = "1s", jitter = "full");
        (wait = wait_exponential(multiplier = 1, max = 10)) => (strategy = "exponential", base = "1s", cap = "10s");
        (wait = wait_exponential(1, 10, 3)) => (strategy = "exponential", base = "1s", cap = "10s", factor = 3);
        (wait = wait_exponential(multiplier = 1, min = 4, max = 10)) => (strategy = "exponential", base = "4s", cap = "10s");
        (wait = wait_random_exponential(multiplier = 0.5, max = 60)) => (strategy = "full_jitter", base = "0.5s", cap = "60s");
        (wait = wait_exponential_jitter(initial = 1, max = 10, jitter = 2)) =>
            (strategy = "exponential", base = "1s", cap = "10s", jitter = "2s");
        (wait = wait_exponential_jitter(1, 10, 2, 0.5)) =>
            (strategy = "exponential", base = "1s", cap = "10s", factor = 2, jitter = "0.5s");
        (wait = wait_incrementing(start = 1, increment = 2, max = 9)) =>
            (strategy = "linear", base = "1s", increment = "2s", cap = "9s");
        (wait = wait_incrementing(1, 2, 9)) => (strategy = "linear", base = "1s", increment = "2s", cap = "9s");
        (retry = retry_if_exception(is_transient)) => (on = is_transient);
        (retry = retry_if_exception_type(Error::Busy)) => (on = matches(Error::Busy));
        (retry = retry_if_exception_type(io::Error)) => (on = reattempt::any_error);
        (retry = retry_if_not_exception_type(Error::Lost)) => (on = |error| !matches!(error, Error::Lost));
        (retry = retry_unless_exception_type(Error::Lost)) => (on = |error| !matches!(error, Error::Lost));
        (retry = retry_if_result(is_not_ready)) => (on_value = is_not_ready);
        (retry = retry_always) => (on = reattempt::any_error);
        (retry = retry_never) => (on = reattempt::no_error);
        (before_sleep = log_it) => (notify = log_it);
        (after = log_it) => (notify = log_it);
        (retry_error_callback = from_the_cache) => (recover = from_the_cache);
    }
    // App-vNext/Polly: src/Polly.Core/Retry/RetryStrategyOptions.TResult.cs, src/Polly/Retry/RetrySyntax.cs
    polly {
        (MaxRetryAttempts = 3) => (max = 4);
        (BackoffType = DelayBackoffType.Exponential) => (strategy = "exponential");
        (BackoffType = DelayBackoffType::Linear) => (strategy = "linear");
        (UseJitter = true) => (strategy = "full_jitter");
        (Delay = "2s") => (base = "2s");
        (MaxDelay = "30s") => (cap = "30s");
        (ShouldHandle = is_transient) => (on = is_transient);
        (OnRetry = log_it) => (notify = log_it);
        (retryCount = 3) => (max = 4);
        (sleepDurations = ["1s", "2s"]) => (strategy = ["1s", "2s"]);
        (RetryForever = true) => (max = "unlimited", deadline = "none");
        (medianFirstRetryDelay = "1s") => (base = "1s");
    }
    // resilience4j/resilience4j: RetryConfig.java, CommonRetryConfigurationProperties.java
    resilience4j {
        (maxAttempts = 3) => (max = 3);
        (waitDuration = 500) => (base = "500ms");
        (waitDuration = "500ms") => (base = "500ms");
        (enableExponentialBackoff = true) => (strategy = "exponential");
        (enableExponentialBackoff = false) => (strategy = "constant");
        (exponentialBackoffMultiplier = 1.5) => (factor = 1.5);
        (exponentialMaxWaitDuration = "10s") => (cap = "10s");
        (enableRandomizedWait = true) => (strategy = "full_jitter");
        (randomizedWaitFactor = 0.5) => (strategy = "exponential", jitter = 0.5);
        (retryExceptions = Error::Busy) => (on = matches(Error::Busy));
        (ignoreExceptions = Error::Lost) => (on = |error| !matches!(error, Error::Lost));
        (retryOnException = is_transient) => (on = is_transient);
        (retryExceptionPredicate = is_transient) => (on = is_transient);
        (retryOnResult = is_not_ready) => (on_value = is_not_ready);
        (resultPredicate = is_not_ready) => (on_value = is_not_ready);
        (consumeResultBeforeRetryAttempt = log_it) => (notify = log_it);
        (intervalFunction = Own) => (strategy = Own);
    }
    // spring-projects/spring-retry: annotation/Retryable.java, annotation/Backoff.java, support/RetryTemplateBuilder.java;
    // spring-projects/spring-framework: resilience/annotation/Retryable.java
    spring {
        (maxAttempts = 4) => (max = 4);
        (maxRetries = 3) => (max = 4);
        (backoff = @Backoff(delay = 100, maxDelay = 3000, multiplier = 2)) => (base = "100ms", cap = "3000ms", factor = 2);
        (backoff = @Backoff(delay = 100, random = true)) => (base = "100ms", strategy = "full_jitter");
        (multiplier = 1.5) => (factor = 1.5);
        (multiplier = 0) => (factor = 2.0);
        (maxDelay = 3000) => (cap = "3000ms");
        (retryFor = Error::Busy) => (on = matches(Error::Busy));
        (noRetryFor = Error::Lost) => (on = |error| !matches!(error, Error::Lost));
        (include = Error::Busy) => (on = matches(Error::Busy));
        (includes = Error::Busy) => (on = matches(Error::Busy));
        (excludes = Error::Lost) => (on = |error| !matches!(error, Error::Lost));
        (notRetryOn = Error::Lost) => (on = |error| !matches!(error, Error::Lost));
        (predicate = is_transient) => (on = is_transient);
        (label = "orders") => (name = "orders");
        (listeners = log_it) => (notify = log_it);
        (backoff = fixed_backoff(100)) => (strategy = "constant", base = "100ms");
        (backoff = exponential_backoff(100, 2, 10000)) => (strategy = "exponential", base = "100ms", factor = 2, cap = "10000ms");
        (backoff = no_backoff()) => (strategy = "immediate");
        (infiniteRetry = true) => (max = "unlimited", deadline = "none");
        (backOffPeriod = 1500) => (base = "1500ms");
    }
    // The crate backoff 0.4: src/exponential.rs
    backoff {
        (initial_interval = 500) => (base = "500ms");
        (randomization_factor = 0.5) => (strategy = "exponential", jitter = 0.5);
        (multiplier = 1.5) => (factor = 1.5);
        (max_interval = "60s") => (cap = "60s");
        (max_elapsed_time = "15min") => (deadline = "15min");
        (max_elapsed_time = Some(Duration::from_secs(900))) => (deadline = Duration::from_secs(900));
        (max_elapsed_time = None) => (deadline = "none");
        (strategy = ExponentialBackoffBuilder::new().with_multiplier(1.5).with_max_interval(CAP).build()) =>
            (strategy = "exponential", factor = 1.5, cap = CAP);
    }
    // The crate again 0.1: src/lib.rs
    again {
        (with_max_retries = 3) => (max = 4);
        (with_max_delay = "10s") => (cap = "10s");
        (with_jitter = true) => (strategy = "full_jitter");
    }
    // The crate tryhard 0.5: src/lib.rs
    tryhard {
        (retries = 3) => (max = 4);
        (fixed_backoff = "100ms") => (strategy = "constant", base = "100ms");
        (linear_backoff = "100ms") => (strategy = "linear", base = "100ms");
        (exponential_backoff = "100ms") => (strategy = "exponential", base = "100ms");
        (no_backoff = true) => (strategy = "immediate");
        (custom_backoff = Own) => (strategy = Own);
        (max_delay = "1s") => (cap = "1s");
        (on_retry = log_it) => (notify = log_it);
    }
    // The crate tokio-retry2 0.9: src/strategy/
    tokio_retry2 {
        (strategy = ExponentialFactorBackoff::from_millis(500, 2.0).max_delay_millis(9000).take(3)) =>
            (strategy = "exponential", base = "500ms", factor = 2.0, cap = "9000ms", max = 4);
        (strategy = LinearBackoff::from_millis(100).increment_millis(200).take(5)) =>
            (strategy = "linear", base = "100ms", increment = "200ms", max = 6);
        (strategy = FixedInterval::from_millis(100).max_interval(10000).take(3)) =>
            (strategy = "constant", base = "100ms", deadline = "10000ms", max = 4);
        (strategy = FibonacciBackoff::from_millis(100).max_delay(CAP).take(3)) =>
            (strategy = "fibonacci", base = "100ms", cap = CAP, max = 4);
    }
    // The crates exponential-backoff 2.1 (src/lib.rs) and retry-policies 0.5 (src/policies/exponential_backoff.rs)
    exponential_backoff {
        (max_attempts = 3) => (max = 3);
        (min = "100ms") => (base = "100ms");
        (set_min = "100ms") => (base = "100ms");
        (set_jitter = 0.3) => (strategy = "exponential", jitter = 0.3);
        (set_factor = 2) => (factor = 2);
        (max_n_retries = 3) => (max = 4);
        (min_retry_interval = "1s") => (base = "1s");
        (max_retry_interval = "1min") => (cap = "1min");
        (build_with_max_retries = 3) => (max = 4);
    }
    // The crates backon 1.6 (src/backoff/), tokio-retry 0.3 (src/strategy.rs) and retry-if 0.3 (src/configuration.rs)
    backon_and_more {
        (strategy = ExponentialBuilder::default().with_jitter().with_max_times(3)) => (strategy = "full_jitter", max = 4);
        (strategy = ExponentialBuilder::new().with_total_delay(Some(CAP)).without_max_times()) =>
            (strategy = "exponential", deadline = CAP, max = "unlimited");
        (max_times = 3) => (max = 4);
        (min_delay = "1s") => (base = "1s");
        (when = is_transient) => (on = is_transient);
        (strategy = ExponentialBackoff::from_millis(10).map(jitter).take(3)) =>
            (strategy = "full_jitter", base = "10ms", factor = 10, max = 4);
        (t_wait = "1s") => (base = "1s");
        (backoff = 2.0) => (factor = 2.0);
        (t_wait_max = Some(CAP)) => (deadline = CAP);
        (backoff_max = "30s") => (cap = "30s");
    }
    // hynek/stamina: src/stamina/_core.py; invl/retry: retry/api.py; litl/backoff: backoff/_decorator.py
    python {
        (attempts = 3) => (max = 3);
        (wait_initial = 0.1) => (base = "0.1s");
        (wait_max = 5.0) => (cap = "5.0s");
        (wait_jitter = 1.0) => (strategy = "exponential", jitter = "1.0s");
        (wait_exp_base = 2) => (factor = 2);
        (tries = 3) => (max = 3);
        (delay = 0) => (strategy = "immediate");
        (backoff = 2) => (factor = 2);
        (exceptions = Error::Busy) => (on = matches(Error::Busy));
        (max_tries = 8) => (max = 8);
        (max_time = 60) => (deadline = "60s");
        (on_backoff = log_it) => (notify = log_it);
        (giveup = is_permanent) => (on = reattempt::classify::not(is_permanent));
    }
    // tim-kos/node-retry: README.md; failsafe-lib/failsafe: RetryPolicyBuilder.java, FailurePolicyBuilder.java
    others {
        (minTimeout = 1000) => (base = "1000ms");
        (maxTimeout = 60000) => (cap = "60000ms");
        (randomize = true) => (strategy = "full_jitter");
        (forever = true) => (max = "unlimited", deadline = "none");
        (withMaxAttempts = 3) => (max = 3);
        (withMaxRetries = 3) => (max = 4);
        (withMaxDuration = "1min") => (deadline = "1min");
        (handle = Error::Busy) => (on = matches(Error::Busy));
        (handleIf = is_transient) => (on = is_transient);
        (handleResultIf = is_not_ready) => (on_value = is_not_ready);
        (abortOn = Error::Lost) => (on = |error| !matches!(error, Error::Lost));
        (onFailedAttempt = log_it) => (notify = log_it);
    }
}
