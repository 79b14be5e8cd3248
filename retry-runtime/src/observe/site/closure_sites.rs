//! The sites of closures, which have no `static`: one for each place and name, found in constant time.
//!
//! A site is looked up only after a failure, so no success waits for the lock.

use super::{Site, SiteSettings};
use crate::policy::Policy;
use core::cell::Cell;
use core::hash::{Hash, Hasher};
use core::panic::Location;
use core::ptr;
use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

/// The place in the source of a call of a closure, and the call's name, if it has one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    location: &'static Location<'static>,
    name: Option<&'static str>,
}

impl Place {
    /// Returns `true` if both parts have the same addresses. Equal places can also have other addresses.
    fn is_at(self, other: Self) -> bool {
        let address = |name: Option<&'static str>| name.map(ptr::from_ref);
        ptr::eq(self.location, other.location) && address(self.name) == address(other.name)
    }
}

/// Hashes line, column and name. The file is left out: two files rarely have a closure in the same line and column.
impl Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.location.line(), self.location.column(), self.name).hash(state);
    }
}

static SITES: LazyLock<RwLock<HashMap<Place, &'static Site>>> = LazyLock::new(RwLock::default);

thread_local! {
    /// The last site that was looked up. After a failure, the next attempt or the next call often fails too.
    static LAST: Cell<Option<(Place, &'static Site)>> = const { Cell::new(None) };
}

impl Site {
    /// Returns the site of a call of a closure, found by place and name. Makes the site if there is none; it is never removed.
    ///
    /// Without a name, the site is named by its place, `file:line`.
    #[inline(never)]
    pub(crate) fn of_closure(
        location: &'static Location<'static>,
        name: Option<&'static str>,
        policy: &Policy,
    ) -> &'static Self {
        match LAST.get() {
            Some((last, site)) if last.is_at(Place { location, name }) => site,
            _ => find_or_make(location, name, policy),
        }
    }
}

/// Finds or makes a site in the map. It is a separate function with plain arguments, so that the last site is found in a few instructions.
#[cold]
#[inline(never)]
fn find_or_make(location: &'static Location<'static>, name: Option<&'static str>, policy: &Policy) -> &'static Site {
    let place = Place { location, name };
    let found = SITES.read().unwrap_or_else(PoisonError::into_inner).get(&place).copied();
    let site = found.unwrap_or_else(|| {
        let mut sites = SITES.write().unwrap_or_else(PoisonError::into_inner);
        sites.entry(place).or_insert_with(|| {
            let name = name.unwrap_or_else(|| format!("{}:{}", location.file(), location.line()).leak());
            let settings = SiteSettings::Policy(Box::leak(Box::new(*policy)));
            Box::leak(Box::new(Site { name, location, settings, record: Site::NO_RECORD }))
        })
    });
    LAST.set(Some((place, site)));
    site
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_and_a_name_have_one_site_each() {
        let (here, there) = (Location::caller(), other_place());
        let find = |location, name| Site::of_closure(location, name, &Policy::default());
        let find_all = || [find(here, None), find(there, None), find(here, Some("one")), find(here, Some("other"))];
        let sites = find_all();
        for (index, site) in sites.iter().enumerate() {
            assert!(sites[..index].iter().all(|earlier| !ptr::eq(*earlier, *site)));
        }
        assert!(sites.iter().zip(find_all()).all(|(site, again)| ptr::eq(*site, again)));
        // A name is compared by its text, not by its address. Another thread gets the same sites.
        assert!(ptr::eq(sites[2], find(here, Some("one".to_owned().leak()))));
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(ptr::eq(sites[1], Site::of_closure(there, None, &Policy::default()))));
        });
        assert_eq!(sites[0].name(), format!("{}:{}", file!(), here.line()));
    }

    #[track_caller]
    fn other_place() -> &'static Location<'static> {
        Location::caller()
    }
}
