//! The list of all sites: it grows, nothing on it moves, and reading it locks nothing.

use super::Site;
use std::sync::OnceLock;

/// Where a site stands on the list: 1 for the first.
pub(super) type Number = u32;

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

/// The site of that number, if it is among the first; 0 is nobody's.
#[inline]
pub(super) fn find_quickly(number: Number) -> Option<&'static Site> {
    FIRST_PLACES.get(number.wrapping_sub(1) as usize)?.get().copied()
}

/// The site of that number; 0 is nobody's.
pub(super) fn find(number: Number) -> Option<&'static Site> {
    let mut at = (number as usize).checked_sub(1)?;
    for part in parts() {
        match part.places.get(at) {
            Some(place) => return place.get().copied(),
            None => at = at.saturating_sub(part.places.len()),
        }
    }
    None
}

/// Appends a site, whatever else is appended at the same time.
pub(super) fn append(site: &'static Site) -> Number {
    let mut number: Number = 0;
    let mut part = &FIRST;
    loop {
        for place in part.places {
            number = number.saturating_add(1);
            // A place that refuses is taken.
            if place.set(site).is_ok() {
                return number;
            }
        }
        part = part.next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use core::ptr;
    use std::thread;

    fn site(name: &'static str) -> &'static Site {
        Box::leak(Box::new(Site::new(name, file!(), line!(), Policy::default())))
    }

    #[test]
    fn each_number_leads_to_its_site() {
        let append = || (0..300).map(|_| site("numbered")).map(|site| (append(site), site)).collect::<Vec<_>>();
        // From several threads at once: none takes the place of another one, and parts are made but once.
        let appended: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(append)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        });
        assert_eq!(appended.len(), 1200);
        for (number, site) in &appended {
            assert!(find(*number).is_some_and(|found| ptr::eq(found, *site)), "{number}");
            if let Some(found) = find_quickly(*number) {
                assert!(ptr::eq(found, *site), "{number}");
            }
        }
        // The list has each of them once, at its number.
        let listed: Vec<_> = sites().collect();
        for (number, site) in &appended {
            assert!(ptr::eq(listed[*number as usize - 1], *site), "{number}");
        }
        assert_eq!(listed.iter().filter(|site| site.name() == "numbered").count(), 1200);
    }

    #[test]
    fn a_number_that_nobody_has_leads_nowhere() {
        for number in [0, 1 << 20, Number::MAX] {
            assert!(find_quickly(number).is_none() && find(number).is_none(), "{number}");
        }
    }
}
