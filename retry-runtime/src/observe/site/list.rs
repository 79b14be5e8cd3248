//! The list of all sites, and switches by name. The list only grows, and reading it takes no lock. A switch by name is stored for sites that
//! are added later.

use super::Site;
use crate::observe::append_list::AppendList;
use crate::time::switch::Switch;
use std::sync::{Mutex, PoisonError};

static SITES: AppendList<&Site> = AppendList::new();

/// Returns the sites of this process that have had a failure, in the order of their first failure.
///
/// # Examples
///
/// ```
/// for site in reattempt::sites() {
///     println!("{site}: {}, at most {:?} of sleep, {:?}", site.policy(), site.policy().longest_wait(), site.counts());
/// }
/// ```
pub fn sites() -> impl Iterator<Item = &'static Site> {
    SITES.iter().copied()
}

/// Appends a site. Then applies the switch of its name.
pub(super) fn append(site: &'static Site) {
    SITES.push(site);
    // A thread that switches a name first stores the switch and then walks the list. So one of the two threads sees the other's write.
    let switches = SWITCHES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, switch)) = switches.iter().find(|(name, _)| name == site.name) {
        site.record().set_switch(*switch);
    }
}

/// The switched names and their switches.
static SWITCHES: Mutex<Vec<(String, Switch)>> = Mutex::new(Vec::new());

/// Disables all sites of a name, including those that have their first failure later. Returns the number of such sites now.
///
/// # Examples
///
/// ```
/// use reattempt::site;
///
/// let switched = site::disable("payments.charge");
/// println!("{switched} sites retry no more");
/// site::restore("payments.charge");
/// ```
pub fn disable(name: &str) -> usize {
    switch(name, Switch::OFF)
}

/// Limits all sites of a name as [`Site::limit`] does, including those that have their first failure later. Returns the number of such sites
/// now.
pub fn limit(name: &str, attempts: u32) -> usize {
    switch(name, Switch::limit(attempts))
}

/// Restores all sites of a name. Returns the number of such sites now.
pub fn restore(name: &str) -> usize {
    switch(name, Switch::ON)
}

fn switch(name: &str, switch: Switch) -> usize {
    // The lock is held during the walk, so two threads that switch the same name do not leave sites in different states.
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
        // Several threads append at the same time: none takes the place of another.
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
