//! The feature `metrics`, as Prometheus sees it: scraped over HTTP from the endpoint of an exporter.

use super::{BUSY, GONE, Status, adjusted, scripted};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use reattempt::{CircuitBreaker, RetryError, Site, StopReason, Verdict, retry, sites, testing};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::ptr;
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Returns the exporter of this process, as an application installs it.
fn exporter() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        // On a thread of its own, since it takes over the runtime of a test that is in one.
        thread::spawn(|| {
            // Somebody else may take the port in between.
            for _ in 0..100 {
                let free =
                    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr()).expect("a port");
                let delays = Matcher::Full("reattempt_delay_seconds".to_owned());
                let builder = PrometheusBuilder::new()
                    .with_recommended_naming(true)
                    .set_buckets_for_metric(delays, &[0.5, 1.0, 5.0])
                    .expect("three buckets");
                if builder.with_http_listener(free).install().is_ok() {
                    return free;
                }
            }
            panic!("no free port")
        })
        .join()
        .expect("an exporter")
    })
}

/// One scrape: the text, and each series by its name and its labels.
struct Scrape {
    text: String,
    series: BTreeMap<(String, BTreeMap<String, String>), f64>,
}

fn scrape() -> Scrape {
    let client = reqwest_0_13::blocking::Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(format!("http://{}/metrics", exporter())).send().expect("an answer");
    assert!(answer.status().is_success());
    let text = answer.text().expect("text");
    let samples = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let series = samples.map(|line| {
        let (series, value) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let labels = labels
            .strip_suffix('}')
            .expect("the end of the labels")
            .split(',')
            .filter_map(|label| label.split_once('='));
        let labels = labels.map(|(key, value)| (key.to_owned(), value.trim_matches('"').to_owned()));
        ((name.to_owned(), labels.collect()), value.parse().expect("a number"))
    });
    Scrape { series: series.collect(), text }
}

impl Scrape {
    fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.series.get(&(name.to_owned(), labels)).copied()
    }

    /// Returns all series that have a label of that value.
    fn of(&self, label: &str, value: &str) -> Vec<(&str, f64)> {
        let found = self.series.iter().filter(|((_, labels), _)| labels.get(label).is_some_and(|found| found == value));
        found.map(|((name, _), value)| (name.as_str(), *value)).collect()
    }
}

#[test]
fn calls_that_are_retried_are_counted_and_their_delays_too() {
    scripted!(call, "metrics.retried", max = 3);
    exporter();
    for script in [&[BUSY, BUSY, Ok(7)][..], &[BUSY, Ok(7)], &[BUSY, BUSY, BUSY], &[BUSY, GONE], &[Ok(7)]] {
        let _ = call(script, &mut 0);
    }
    let scrape = scrape();
    let site = ("site", "metrics.retried");
    let value = |name| scrape.value(name, &[site]);
    assert_eq!(value("reattempt_retries_total"), Some(6.0));
    assert_eq!(value("reattempt_retried_calls_total"), Some(4.0));
    assert_eq!(value("reattempt_recovered_total"), Some(2.0));
    let gave_up = |reason| scrape.value("reattempt_gave_up_total", &[("reason", reason), site]);
    assert_eq!(gave_up("max_attempts"), Some(1.0));
    assert_eq!(gave_up("permanent"), Some(1.0));
    assert_eq!(gave_up("deadline"), None);
    // Four delays of one second and two of two, in the buckets that were asked for by name.
    assert_eq!(value("reattempt_delay_seconds_count"), Some(6.0));
    assert_eq!(value("reattempt_delay_seconds_sum"), Some(8.0));
    let bucket = |le| scrape.value("reattempt_delay_seconds_bucket", &[("le", le), site]);
    assert_eq!(["0.5", "1", "5", "+Inf"].map(bucket), [Some(0.0), Some(4.0), Some(6.0), Some(6.0)]);
}

#[test]
fn a_first_attempt_that_fails_permanently_is_no_retry() {
    scripted!(call, "metrics.permanent");
    exporter();
    let _ = call(&[GONE], &mut 0);
    assert_eq!(scrape().of("site", "metrics.permanent"), [("reattempt_gave_up_total", 1.0)]);
}

#[test]
fn calls_that_succeed_at_once_make_no_series() {
    scripted!(call, "metrics.fine");
    exporter();
    let _ = call(&[Ok(7)], &mut 0);
    assert_eq!(scrape().of("site", "metrics.fine"), []);
}

#[test]
fn scraped_counts_are_those_of_the_site() {
    scripted!(call, "metrics.agrees", deadline = "10s");
    exporter();
    let late = Err(Status(429, Verdict::RetryAfter(11 * SECOND)));
    for script in [&[BUSY, Ok(7)][..], &[BUSY, BUSY, BUSY], &[late], &[GONE], &[BUSY, BUSY, Ok(7)]] {
        let _ = call(script, &mut 0);
    }
    let site = sites().find(|site| site.name() == "metrics.agrees").unwrap();
    site.disable();
    let _ = call(&[BUSY], &mut 0);
    let (counts, scrape) = (site.counts(), scrape());
    let read = |name, labels: &[(&str, &str)]| scrape.value(name, labels).map(|value| value.to_string());
    let label = ("site", "metrics.agrees");
    assert_eq!(read("reattempt_retries_total", &[label]), Some(counts.retries.to_string()));
    assert_eq!(read("reattempt_retried_calls_total", &[label]), Some(counts.retried_calls.to_string()));
    assert_eq!(read("reattempt_recovered_total", &[label]), Some(counts.recovered.to_string()));
    for reason in [StopReason::Permanent, StopReason::MaxAttempts, StopReason::Deadline, StopReason::Disabled] {
        assert_eq!(counts.gave_up(reason), 1, "{reason:?}");
        let scraped = read("reattempt_gave_up_total", &[("reason", reason.label()), label]);
        assert_eq!(scraped, Some("1".to_owned()), "{reason:?}");
    }
}

#[test]
fn transitions_are_counted_by_the_name_of_their_breaker() {
    exporter();
    let paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(1).cool_down(SECOND).name("metrics.payments");
    // Siblings count together, such as the breakers of many hosts.
    for breaker in [breaker.sibling(), breaker.sibling(), breaker] {
        breaker.acquire().unwrap().failure();
        paused.advance(SECOND);
        breaker.acquire().unwrap().success();
    }
    CircuitBreaker::consecutive(1).isolate();
    let scrape = scrape();
    let moved = |breaker, to| scrape.value("reattempt_breaker_transitions_total", &[("breaker", breaker), ("to", to)]);
    assert_eq!(["open", "half_open", "closed"].map(|to| moved("metrics.payments", to)), [Some(3.0); 3]);
    assert_eq!(moved("metrics.payments", "isolated"), None);
    assert!(moved("unnamed", "isolated") >= Some(1.0));
}

#[test]
fn names_types_and_units_follow_the_conventions() {
    scripted!(call, "metrics.names");
    exporter();
    let _ = call(&[BUSY, Ok(7)], &mut 0);
    let _ = call(&[BUSY, GONE], &mut 0);
    CircuitBreaker::consecutive(1).isolate();
    let scrape = scrape();
    // The exporter would append `_total` and `_seconds` where they are missing.
    let expected = [
        ("reattempt_retries_total", "counter"),
        ("reattempt_retried_calls_total", "counter"),
        ("reattempt_recovered_total", "counter"),
        ("reattempt_gave_up_total", "counter"),
        ("reattempt_delay_seconds", "histogram"),
        ("reattempt_breaker_transitions_total", "counter"),
    ];
    for (name, kind) in expected {
        assert!(scrape.text.contains(&format!("# TYPE {name} {kind}\n")), "{name}: {}", scrape.text);
        assert!(scrape.text.contains(&format!("# HELP {name} ")), "{name}");
    }
    let ours = scrape.text.lines().filter(|line| line.starts_with("# TYPE reattempt_"));
    assert_eq!(ours.count(), expected.len());
}

#[test]
fn the_number_of_series_is_bounded_by_the_number_of_sites() {
    #[retry(name = "metrics.bounded", strategy = "immediate", max = 2, on = super::verdict)]
    fn call(user: u16) -> Result<u32, RetryError<Status>> {
        let verdict = if user % 3 == 0 { Verdict::Stop } else { Verdict::Retry };
        Err(Status(user, verdict))
    }
    exporter();
    for user in 0..500 {
        call(user).unwrap_err();
    }
    let scrape = scrape();
    let names: Vec<_> = scrape.of("site", "metrics.bounded").into_iter().map(|(name, _)| name).collect();
    let (buckets, others): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.contains("delay"));
    assert_eq!(
        others,
        [
            "reattempt_gave_up_total",
            "reattempt_gave_up_total",
            "reattempt_retried_calls_total",
            "reattempt_retries_total"
        ]
    );
    assert_eq!(buckets.len(), 6);
    let labels = scrape.series.keys().filter(|(name, _)| name.starts_with("reattempt_"));
    let labels: BTreeSet<_> = labels.flat_map(|(_, labels)| labels.keys().map(String::as_str)).collect();
    assert!(labels.is_subset(&BTreeSet::from(["breaker", "le", "reason", "site", "to"])), "{labels:?}");
}

#[test]
fn adjustments_are_no_metrics() {
    exporter();
    assert_eq!(adjusted(0), None);
    assert_eq!(
        scrape().of("site", "observing.adjusted").iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        ["reattempt_gave_up_total"]
    );
}

#[test]
fn a_recorder_that_comes_after_the_first_failure_gets_descriptions_and_what_follows() {
    scripted!(call, "metrics.late");
    exporter();
    // It is alive while another one is reported, so that no earlier key can have its address.
    let late = PrometheusBuilder::new().build_recorder();
    let _ = call(&[BUSY, Ok(7)], &mut 0);
    metrics::with_local_recorder(&late, || {
        let _ = call(&[BUSY, BUSY, Ok(7)], &mut 0);
    });
    let text = late.handle().render();
    assert!(text.contains("# HELP reattempt_retries_total Retries that were decided on"), "{text}");
    assert!(text.contains("reattempt_retries_total{site=\"metrics.late\"} 2\n"), "{text}");
    assert_eq!(scrape().value("reattempt_retries_total", &[("site", "metrics.late")]), Some(1.0));
}

/// Records the address of each key, and the units.
#[derive(Default)]
struct Addresses {
    keys: Mutex<Vec<(String, usize)>>,
    units: Mutex<Vec<(String, Option<Unit>)>>,
}

impl Addresses {
    fn note(&self, key: &Key) {
        self.keys.lock().expect("no panics").push((key.name().to_owned(), ptr::from_ref(key).addr()));
    }

    fn describe(&self, name: &KeyName, unit: Option<Unit>) {
        self.units.lock().expect("no panics").push((name.as_str().to_owned(), unit));
    }
}

impl Recorder for Addresses {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, unit);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, unit);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, unit);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.note(key);
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.note(key);
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.note(key);
        Histogram::noop()
    }
}

#[test]
fn the_keys_of_a_site_are_made_once() {
    scripted!(call, "metrics.keys");
    let addresses = Addresses::default();
    let mut rounds = (0..2).map(|_| {
        metrics::with_local_recorder(&addresses, || {
            let _ = call(&[BUSY, Ok(7)], &mut 0);
            let _ = call(&[BUSY, GONE], &mut 0);
        });
        std::mem::take(&mut *addresses.keys.lock().unwrap())
    });
    let (first, second) = (rounds.next().unwrap(), rounds.next().unwrap());
    assert_eq!(first.len(), 8);
    assert_eq!(first, second);
}

#[test]
fn each_metric_is_described_with_its_unit() {
    scripted!(call, "metrics.units");
    exporter();
    let addresses = Addresses::default();
    let _ = call(&[BUSY, Ok(7)], &mut 0);
    metrics::with_local_recorder(&addresses, || {
        let _ = call(&[BUSY, Ok(7)], &mut 0);
    });
    let units: BTreeMap<_, _> = addresses.units.into_inner().unwrap().into_iter().collect();
    let counters = ["retries", "retried_calls", "recovered", "gave_up", "breaker_transitions"];
    let mut expected: BTreeMap<_, _> =
        counters.into_iter().map(|name| (format!("reattempt_{name}_total"), Some(Unit::Count))).collect();
    expected.insert("reattempt_delay_seconds".to_owned(), Some(Unit::Seconds));
    assert_eq!(units, expected);
}

#[test]
fn sites_of_one_name_count_together() {
    scripted!(one, "metrics.twins");
    scripted!(two, "metrics.twins");
    exporter();
    let _ = one(&[BUSY, Ok(7)], &mut 0);
    let _ = two(&[BUSY, Ok(7)], &mut 0);
    assert_eq!(scrape().value("reattempt_retries_total", &[("site", "metrics.twins")]), Some(2.0));
    let names = sites().map(Site::name).filter(|name| *name == "metrics.twins");
    assert_eq!(names.count(), 2);
}
