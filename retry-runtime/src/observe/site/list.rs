//! The list of all sites, and switches by name. The list grows, nothing on it moves, and reading it locks nothing; a switch by name is kept for
//! sites that join later.

use super::Site;
use crate::time::switch::Switch;
use std::sync::{Mutex, OnceLock, PoisonError};

const FIRST_PART: usize = 64;

/// A part of the list. The next one has twice as many places, so that few steps lead to any number.
struct Part {
    places: &'static [OnceLock<&'static Site>],
    next: OnceLock<&'static Self>,
}

impl Part {
    fn next(&self) -> &'static Self {
        self.next.get_or_init(|| {
            let places: Vec<_> = (0..self.places.len().saturating_mul(2)).map(|_| OnceLock::new()).collect();
            Box::leak(Box::new(Self { places: places.leak(), next: OnceLock::new() }))
        })
    }
}

static FIRST_PLACES: [OnceLock<&'static Site>; FIRST_PART] = [const { OnceLock::new() }; FIRST_PART];

static FIRST: Part = Part { places: &FIRST_PLACES, next: OnceLock::new() };

fn parts() -> impl Iterator<Item = &'static Part> {
    core::iter::successors(Some(&FIRST), |part| part.next.get().copied())
}

/// Lists the sites of this process that have had a failure, in the order of their first one.
///
/// # Examples
///
/// ```
/// for site in retry_runtime::sites() {
///     println!("{site}: {}, at most {:?} of sleep, {:?}", site.policy(), site.policy().longest_wait(), site.counts());
/// }
/// ```
#[inline]
pub fn sites() -> impl Iterator<Item = &'static Site> {
    // Places are filled in their order.
    parts().flat_map(|part| part.places).map_while(|place| place.get().copied())
}

/// Appends a site, whatever else is appended at the same time, and switches it as its name is.
pub(super) fn append(site: &'static Site) {
    let mut part = &FIRST;
    // A place that refuses is taken.
    while !part.places.iter().any(|place| place.set(site).is_ok()) {
        part = part.next();
    }
    // Whoever switches a name first notes it and then walks the list: one of the two sees the other.
    let switches = SWITCHES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, switch)) = switches.iter().find(|(name, _)| name == site.name) {
        site.record().set_switch(*switch);
    }
}

/// The names that are switched, with what they are switched to.
static SWITCHES: Mutex<Vec<(String, Switch)>> = Mutex::new(Vec::new());

/// Disables all sites of that name, also those that have their first failure later. Answers how many there are now.
///
/// # Examples
///
/// ```
/// use retry_runtime::site;
///
/// let switched = site::disable("payments.charge");
/// println!("{switched} sites retry no more");
/// site::restore("payments.charge");
/// ```
pub fn disable(name: &str) -> usize {
    switch(name, Switch::OFF)
}

/// Limits all sites of that name, as [`Site::limit`] does, also those that have their first failure later. Answers how many there are now.
pub fn limit(name: &str, attempts: u32) -> usize {
    switch(name, Switch::limit(attempts))
}

/// Restores all sites of that name. Answers how many there are now.
pub fn restore(name: &str) -> usize {
    switch(name, Switch::ON)
}

fn switch(name: &str, switch: Switch) -> usize {
    // Held over the walk, so that two who switch the same name do not leave the list half and half.
    let mut switches = SWITCHES.lock().unwrap_or_else(PoisonError::into_inner);
    switches.retain(|(switched, _)| switched != name);
    if switch != Switch::ON {
        switches.push((name.to_owned(), switch));
    }
    let named = sites().filter(|site| site.name == name);
    named.map(|site| site.record().set_switch(switch)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ptr;
    use std::thread;

    fn site(name: &'static str) -> &'static Site {
        Box::leak(Box::new(Site::new(name, "")))
    }

    #[test]
    fn each_site_is_listed_once() {
        let append = || (0..300).map(|_| site("listed")).inspect(|site| append(site)).collect::<Vec<_>>();
        // From several threads at once: none takes the place of another one, and parts are made but once.
        let appended: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(append)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        });
        assert_eq!(appended.len(), 1200);
        let listed: Vec<_> = sites().filter(|site| site.name() == "listed").collect();
        assert_eq!(listed.len(), 1200);
        assert!(appended.iter().all(|site| listed.iter().any(|listed| ptr::eq(*listed, *site))));
    }
}
