//! The sites of closures, which have no static: one for each place and name, found in constant time.
//!
//! It is asked after a failure alone, so that no success waits for its lock.

use super::Site;
use crate::policy::Policy;
use core::hash::{Hash, Hasher};
use core::panic::Location;
use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

/// Where a closure is called, and the name of that call, if it has one.
#[derive(PartialEq, Eq)]
struct Place {
    location: &'static Location<'static>,
    name: Option<&'static str>,
}

/// Without the file: hardly two closures of a program are called in the same line and column.
impl Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.location.line(), self.location.column(), self.name).hash(state);
    }
}

static SITES: LazyLock<RwLock<HashMap<Place, &'static Site>>> = LazyLock::new(RwLock::default);

/// Returns the site of that place and name, which is made if there is none. It then stays.
pub(super) fn find_or_make(
    location: &'static Location<'static>,
    name: Option<&'static str>,
    policy: &Policy,
) -> &'static Site {
    let place = Place { location, name };
    if let Some(site) = SITES.read().unwrap_or_else(PoisonError::into_inner).get(&place) {
        return site;
    }
    let mut sites = SITES.write().unwrap_or_else(PoisonError::into_inner);
    sites.entry(place).or_insert_with(|| {
        let name = name.unwrap_or_else(|| format!("{}:{}", location.file(), location.line()).leak());
        Site::leaked(location, name, policy)
    })
}
