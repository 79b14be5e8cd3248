//! The tables of layers in ARCHITECTURE.md: which top-level module may import which.
//!
//! A row is ``| `module` | what it may import: `other`, ... | ``, and may only name modules of the rows above it.

use crate::modules::{Modules, listed};

/// A crate's table: its modules from the lowest on, each with those that it may import.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layers {
    rows: Vec<(String, Vec<String>)>,
}

impl Layers {
    /// Finds a crate's table, the first one below its heading ``### `crate` ``.
    pub(crate) fn read(text: &str, name: &str) -> Option<Self> {
        let heading = format!("### `{name}`");
        let below = text.lines().skip_while(|line| *line != heading).skip(1);
        let table = below.skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
        let rows: Vec<_> = table
            .filter_map(|line| {
                let (module, allowed) = line.trim_matches('|').split_once('|')?;
                Some((quoted(module).pop()?, quoted(allowed)))
            })
            .collect();
        (!rows.is_empty()).then_some(Self { rows })
    }

    /// Says how a crate breaks its table, a line for each import that a row forbids.
    pub(crate) fn broken(&self, modules: &Modules) -> Vec<String> {
        let mut broken = self.misplaced();
        let top_level = modules.top_level();
        for (row, _) in &self.rows {
            if !top_level.imports.contains_key(&[row.clone()][..]) {
                broken.push(format!("the row of `{row}` is for no module"));
            }
        }
        for module in top_level.imports.keys().filter(|module| self.row(&module[0]).is_none()) {
            broken.push(format!("`{}` has no row", module[0]));
        }
        for (module, imported) in &modules.imports {
            let Some(allowed) = self.row(&module[0]) else { continue };
            for (other, names) in imported {
                if other[0] != module[0] && !allowed.contains(&other[0]) {
                    broken.push(format!(
                        "{} imports {} from {}, but the row of `{}` allows {}",
                        module.join("/"),
                        listed(names),
                        other.join("/"),
                        module[0],
                        if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") }
                    ));
                }
            }
        }
        broken
    }

    fn row(&self, module: &str) -> Option<&Vec<String>> {
        self.rows.iter().find(|(row, _)| row == module).map(|(_, allowed)| allowed)
    }

    /// Rows that name a module which is not above them.
    fn misplaced(&self) -> Vec<String> {
        let mut above: Vec<&String> = Vec::new();
        let mut misplaced = Vec::new();
        for (row, allowed) in &self.rows {
            for module in allowed.iter().filter(|module| !above.contains(module)) {
                misplaced.push(format!("the row of `{row}` allows `{module}`, which has no row above it"));
            }
            above.push(row);
        }
        misplaced
    }
}

/// Returns the words in backquotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::Layers;
    use crate::modules::Modules;

    const TABLES: &str = "### `other`\n\n| module | may import |\n|---|---|\n| `x` | |\n\n### `ours`\n\nWords.\n\n\
                          | module | may import |\n|---|---|\n| `time` | |\n| `policy` | `time` |\n| `engine` | `time`, `policy` |\n";

    fn layers() -> Layers {
        Layers::read(TABLES, "ours").expect("the table is there")
    }

    #[test]
    fn a_crate_without_a_table_is_found_out() {
        assert_eq!(Layers::read(TABLES, "theirs"), None);
    }

    #[test]
    fn what_the_rows_allow_is_silent() {
        let modules = Modules::new([
            ("time", ""),
            ("policy", "use crate::time::Clock;"),
            ("engine", ""),
            ("engine/session", "use super::Step; use crate::{policy::Policy, time::Clock};"),
        ]);
        assert!(layers().broken(&modules).is_empty(), "{:?}", layers().broken(&modules));
    }

    #[test]
    fn an_import_from_above_is_told_with_file_module_and_row() {
        let modules = Modules::new([
            ("time", ""),
            ("time/clock", "use crate::policy::Policy;"),
            ("policy", "use crate::engine::Session;"),
            ("engine", ""),
        ]);
        assert_eq!(
            layers().broken(&modules),
            [
                "policy imports `Session` from engine, but the row of `policy` allows time",
                "time/clock imports `Policy` from policy, but the row of `time` allows nothing",
            ]
        );
    }

    #[test]
    fn each_module_has_a_row_and_each_row_a_module() {
        let modules = Modules::new([("time", ""), ("policy", ""), ("late", "")]);
        assert_eq!(layers().broken(&modules), ["the row of `engine` is for no module", "`late` has no row"]);
    }

    #[test]
    fn a_row_allows_only_what_is_above_it() {
        let table = "### `ours`\n| `time` | `policy` |\n| `policy` | |\n";
        let layers = Layers::read(table, "ours").expect("the table is there");
        let modules = Modules::new([("time", ""), ("policy", "")]);
        assert_eq!(
            layers.broken(&modules),
            ["the row of `time` allows `policy`, which has no row above it".to_owned()]
        );
    }
}
