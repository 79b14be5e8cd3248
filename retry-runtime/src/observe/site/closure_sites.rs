//! The sites of closures, which have no static: one for each place and name.
//!
//! They are nodes of a tree that only grows. The bits of a hash say which child comes next, so that a site is found in a few steps, however
//! many there are, and without a lock.

use super::Site;
use crate::policy::Policy;
use core::panic::Location;
use std::sync::OnceLock;

/// A site, and the children below it.
struct Node {
    location: &'static Location<'static>,
    name: Option<&'static str>,
    site: &'static Site,
    children: [OnceLock<&'static Self>; CHILDREN],
}

const CHILDREN: usize = 8;

static ROOT: OnceLock<&'static Node> = OnceLock::new();

/// Returns the site of that place and name, which is made if there is none. It then stays.
pub(super) fn find_or_make(
    location: &'static Location<'static>,
    name: Option<&'static str>,
    policy: &Policy,
) -> &'static Site {
    let mut slot = &ROOT;
    let mut turns = turns(location, name);
    loop {
        let node = slot.get_or_init(|| Node::leaked(location, name, policy));
        if node.is_of(location, name) {
            return node.site;
        }
        slot = &node.children[turns.next()];
    }
}

impl Node {
    #[cold]
    fn leaked(location: &'static Location<'static>, name: Option<&'static str>, policy: &Policy) -> &'static Self {
        let shown = name.unwrap_or_else(|| format!("{}:{}", location.file(), location.line()).leak());
        let site = Site::leaked(location, shown, policy);
        Box::leak(Box::new(Self { location, name, site, children: [const { OnceLock::new() }; CHILDREN] }))
    }

    fn is_of(&self, location: &Location<'_>, name: Option<&str>) -> bool {
        self.location.line() == location.line()
            && self.location.column() == location.column()
            && is_same(self.location.file(), location.file())
            && match (self.name, name) {
                (Some(own), Some(name)) => is_same(own, name),
                (None, None) => true,
                _ => false,
            }
    }
}

/// Compares two texts that are mostly one and the same in memory.
fn is_same(one: &str, other: &str) -> bool {
    core::ptr::eq(one, other) || one == other
}

/// The children on the way to a site, by the bits of a hash.
struct Turns(u64);

impl Turns {
    fn next(&mut self) -> usize {
        self.0 = self.0.rotate_left(3);
        usize::from(self.0.to_le_bytes()[0]) % CHILDREN
    }
}

/// Hashes line, column and name. Hardly two closures of a program are called in the same line and column of different files.
fn turns(location: &Location<'_>, name: Option<&str>) -> Turns {
    // A multiplication moves what differs into the upper bits, which are the first turns.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, part: u64| (hash.rotate_left(29) ^ part).wrapping_mul(FACTOR);
    let mut hash = mix(u64::from(location.line()), u64::from(location.column()));
    for part in name.unwrap_or_default().as_bytes().chunks(8) {
        let mut bytes = [0; 8];
        bytes[..part.len()].copy_from_slice(part);
        hash = mix(hash, u64::from_le_bytes(bytes));
    }
    Turns(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ptr;

    /// Counts the nodes down to a site that has been made.
    fn steps(location: &Location<'_>, name: &str) -> usize {
        let mut turns = turns(location, Some(name));
        let path = core::iter::successors(ROOT.get(), |node| node.children[turns.next()].get());
        path.take_while(|node| !node.is_of(location, Some(name))).count() + 1
    }

    #[test]
    fn a_place_and_a_name_have_one_site_each() {
        let (here, there) = (Location::caller(), other_place());
        let find = |location, name| find_or_make(location, name, &Policy::default());
        let sites = [find(here, None), find(there, None), find(here, Some("one")), find(here, Some("other"))];
        for (index, site) in sites.iter().enumerate() {
            assert!(sites[..index].iter().all(|earlier| !ptr::eq(*earlier, *site)));
        }
        let again = [find(here, None), find(there, None), find(here, Some("one")), find(here, Some("other"))];
        assert!(sites.iter().zip(again).all(|(site, again)| ptr::eq(*site, again)));
        // The same text elsewhere in memory is the same name.
        assert!(ptr::eq(sites[2], find(here, Some("one".to_owned().leak()))));
        assert_eq!(sites[0].name(), format!("{}:{}", file!(), here.line()));
    }

    #[track_caller]
    fn other_place() -> &'static Location<'static> {
        Location::caller()
    }

    #[test]
    fn a_site_is_found_in_a_few_steps_however_many_there_are() {
        let here = Location::caller();
        let names: Vec<&'static str> = (0..10_000).map(|number| &*format!("counted.{number}").leak()).collect();
        for name in &names {
            find_or_make(here, Some(name), &Policy::default());
        }
        let steps: Vec<_> = names.iter().map(|name| steps(here, name)).collect();
        let longest = steps.iter().max().copied().unwrap_or_default();
        assert!(longest <= 12, "{longest} steps");
        assert!(steps.iter().sum::<usize>() <= 7 * names.len(), "{} steps in all", steps.iter().sum::<usize>());
    }
}
