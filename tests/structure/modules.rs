//! The modules of a crate, their imports, and circles among them.
//!
//! A module is a file. A folder's face (`a.rs` beside `a/`) and what is inside of the folder may import each other.

use crate::source;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A module's path in its crate: `policy/jitter` is `policy::jitter`.
pub(crate) type Module = Vec<String>;

/// The names by which one module imports another.
pub(crate) type Names = BTreeSet<String>;

/// A crate's modules, without its root and its tests, and what each imports.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    pub(crate) imports: BTreeMap<Module, BTreeMap<Module, Names>>,
}

impl Modules {
    /// Reads the sources below a folder `src`.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut files = Vec::new();
        add_files(folder, &mut files);
        let sources: Vec<_> = files
            .iter()
            .map(|file| {
                let text = fs::read_to_string(file).expect("a source is text");
                let relative = file.strip_prefix(folder).expect("the file is in the folder").with_extension("");
                let module: Vec<_> = relative.iter().map(|part| part.to_str().expect("names are ASCII")).collect();
                (module.join("/"), text)
            })
            .collect();
        Self::new(sources.iter().map(|(module, text)| (module.as_str(), text.as_str())))
    }

    /// Returns the modules of these sources, each with its path such as `policy/jitter`.
    pub(crate) fn new<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let sources: BTreeMap<Module, &str> = sources
            .into_iter()
            .map(|(path, text)| (path.trim_end_matches("/mod").split('/').map(str::to_owned).collect(), text))
            .filter(|(module, _): &(Module, _)| *module != ["lib"] && !module.iter().any(|part| part == "tests"))
            .collect();
        let imports = sources.iter().map(|(module, text)| (module.clone(), imports(module, text, &sources))).collect();
        Self { imports }
    }

    /// Returns the top-level modules, with all that is inside of them.
    pub(crate) fn top_level(&self) -> Self {
        let mut imports: BTreeMap<Module, BTreeMap<Module, Names>> = BTreeMap::new();
        for (module, imported) in &self.imports {
            let all = imports.entry(module[..1].to_vec()).or_default();
            for (other, names) in imported.iter().filter(|(other, _)| other[0] != module[0]) {
                all.entry(other[..1].to_vec()).or_default().extend(names.iter().cloned());
            }
        }
        Self { imports }
    }

    /// Returns the largest groups of modules in which each imports each other, at once or by others of the group.
    pub(crate) fn circles(&self) -> BTreeSet<BTreeSet<Module>> {
        let reached: BTreeMap<&Module, BTreeSet<&Module>> =
            self.imports.keys().map(|module| (module, self.reached_from(module))).collect();
        reached
            .iter()
            .filter(|(module, others)| others.contains(*module))
            .map(|(module, others)| {
                others.iter().filter(|other| reached[**other].contains(module)).map(|other| (*other).clone()).collect()
            })
            .collect()
    }

    fn reached_from(&self, module: &Module) -> BTreeSet<&Module> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&Module> = self.imports[module].keys().collect();
        while let Some(module) = next.pop() {
            if reached.insert(module) {
                next.extend(self.imports[module].keys());
            }
        }
        reached
    }

    /// Returns the imports inside of a circle, as text.
    pub(crate) fn describe(&self, circle: &BTreeSet<Module>) -> String {
        let mut text = String::new();
        for module in circle {
            for (other, names) in self.imports[module].iter().filter(|(other, _)| circle.contains(*other)) {
                let (module, other) = (module.join("/"), other.join("/"));
                writeln!(text, "    {module} imports {} from {other}", listed(names)).expect("a string takes it");
            }
        }
        text
    }
}

pub(crate) fn listed(names: &Names) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn add_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder of sources is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            add_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Returns the other modules of `sources` that `module` imports, without the modules around it and inside of it.
fn imports(module: &Module, text: &str, sources: &BTreeMap<Module, &str>) -> BTreeMap<Module, Names> {
    let mut imports: BTreeMap<Module, Names> = BTreeMap::new();
    for import in source::imports(text) {
        let within = module.iter().chain(&import.within);
        let path = absolute(within.cloned().collect(), &import.path);
        let length = (1..=path.len()).rev().find(|length| sources.contains_key(&path[..*length])).unwrap_or(0);
        let (imported, name) = path.split_at(length);
        if !imported.starts_with(module) && !module.starts_with(imported) {
            let name = if name.is_empty() { imported.join("::") } else { name.join("::") };
            imports.entry(imported.to_vec()).or_default().insert(name);
        }
    }
    imports
}

/// Returns a path from the crate's root on, for one that is written in a module.
fn absolute(mut module: Module, path: &[String]) -> Module {
    for part in path {
        match part.as_str() {
            "crate" => module.clear(),
            "super" => drop(module.pop()),
            "self" => {}
            _ => module.push(part.clone()),
        }
    }
    module
}

#[cfg(test)]
mod tests {
    use super::Modules;

    fn circles(sources: &[(&str, &str)]) -> Vec<String> {
        let modules = Modules::new(sources.iter().copied());
        modules.circles().iter().map(|circle| modules.describe(circle)).collect()
    }

    #[test]
    fn two_files_that_import_each_other_are_a_circle() {
        let found = circles(&[
            ("lib", "mod clock; mod policy;"),
            ("clock", "use crate::policy::{Policy, Delays};"),
            ("policy", "fn f() { crate::clock::now() }"),
        ]);
        assert_eq!(
            found,
            ["    clock imports `Delays`, `Policy` from policy\n    policy imports `now` from clock\n".to_owned()]
        );
    }

    #[test]
    fn a_circle_may_lead_through_several_files() {
        let found = circles(&[
            ("a", "use super::b::B;"),
            ("b", "use crate::c::inner::C;"),
            ("c", ""),
            ("c/inner", "use crate::a::A; use crate::d::D;"),
            ("d", ""),
        ]);
        assert_eq!(
            found,
            ["    a imports `B` from b\n    b imports `C` from c/inner\n    c/inner imports `A` from a\n".to_owned()]
        );
    }

    #[test]
    fn siblings_in_a_folder_are_seen_through_super() {
        assert_eq!(circles(&[("f", ""), ("f/a", "use super::b::B;"), ("f/b", "use super::a;")]).len(), 1);
        let inline = [("f", ""), ("f/a", "mod inner { use super::super::b::B; }"), ("f/b", "use super::a;")];
        assert_eq!(circles(&inline).len(), 1);
    }

    #[test]
    fn a_face_and_its_inside_may_import_each_other() {
        assert!(circles(&[("f", "use self::a::A;"), ("f/a", "use super::F; use crate::f::G;")]).is_empty());
    }

    #[test]
    fn folders_can_be_a_circle_where_files_are_none() {
        let modules = Modules::new([
            ("a/one", "use crate::b::one::X;"),
            ("a/two", ""),
            ("b/one", ""),
            ("b/two", "use crate::a::two::Y;"),
        ]);
        assert!(modules.circles().is_empty());
        let top = modules.top_level();
        let [circle] = &top.circles().into_iter().collect::<Vec<_>>()[..] else { panic!("one circle") };
        assert_eq!(top.describe(circle), "    a imports `X` from b\n    b imports `Y` from a\n");
    }

    #[test]
    fn tests_may_import_anything() {
        let tested = "#[cfg(test)] mod tests { use crate::b::B; }";
        assert!(circles(&[("a", tested), ("b", "use crate::a::A;"), ("b/tests", "use crate::a::A;")]).is_empty());
    }
}
