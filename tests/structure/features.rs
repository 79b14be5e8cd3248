//! The features that Cargo.toml has, and those that the docs name.
//!
//! It knows nothing of what a feature does.

/// Names, in the order of the manifest, each with what it turns on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Features(Vec<(String, Vec<String>)>);

impl Features {
    /// Reads the table `[features]` of a manifest.
    pub(crate) fn read(manifest: &str) -> Self {
        let table = manifest.lines().skip_while(|line| *line != "[features]").skip(1);
        let table = table.take_while(|line| !line.starts_with('[')).filter(|line| !line.starts_with('#'));
        let rows = table.filter_map(|line| line.split_once(" = ["));
        Self(rows.map(|(name, enabled)| (name.to_owned(), between(enabled, '"'))).collect())
    }

    /// Returns the names of all but `default`.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| &**name).filter(|name| *name != "default").collect()
    }

    fn is_default(&self, feature: &str) -> bool {
        self.0.iter().any(|(name, enabled)| name == "default" && enabled.iter().any(|name| name == feature))
    }

    /// Returns what a table gets wrong: its first column names features, its second says `yes` where they are on by default, and each feature is
    /// somewhere in it.
    pub(crate) fn wrong_in_table(&self, table: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        for row in table.lines() {
            let mut cells = row.trim_matches(['|', ' ']).split(" | ");
            let (Some(first), Some(default)) = (cells.next(), cells.next()) else { continue };
            for feature in between(first, '`') {
                if !self.names().contains(&&*feature) {
                    wrong.push(format!("`{feature}` is no feature"));
                } else if self.is_default(&feature) != (default == "yes") {
                    wrong.push(format!("`{feature}` has `{default}` in the column for defaults"));
                }
            }
        }
        let named = between(table, '`');
        let missing = self.names().into_iter().filter(|feature| !named.iter().any(|name| name == feature));
        wrong.extend(missing.map(|feature| format!("`{feature}` is missing")));
        wrong
    }

    /// Returns the names in `reattempt = { ..., features = [...] }` that are no features.
    pub(crate) fn wrong_in_dependencies(&self, text: &str) -> Vec<String> {
        let lines = text.lines().filter(|line| line.contains("reattempt = {"));
        let named = lines
            .filter_map(|line| line.split_once("features = ["))
            .flat_map(|(_, rest)| between(rest.split(']').next().unwrap_or(rest), '"'));
        named.filter(|name| !self.names().contains(&&**name)).collect()
    }
}

/// Returns the tables of a text whose first column is `feature`, without the marks of doc comments.
pub(crate) fn tables(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(|line| line.trim_start_matches("//!").trim_start()).collect();
    let tables = lines
        .split(|line| !line.starts_with('|'))
        .filter(|table| table.first().is_some_and(|head| head.starts_with("| feature | default |")));
    tables.map(|table| table[2..].join("\n")).collect()
}

/// Returns what stands between pairs of a character.
fn between(text: &str, mark: char) -> Vec<String> {
    text.split(mark).skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{Features, tables};

    const MANIFEST: &str = "[features]\ndefault = [\"tokio\"]\n# Words = [\ntokio = [\"async\"]\nasync = []\n\n[dependencies]\nsyn = [\"x\"]\n";

    #[test]
    fn a_manifest_is_read_up_to_its_next_table() {
        assert_eq!(Features::read(MANIFEST).names(), ["tokio", "async"]);
    }

    #[test]
    fn a_true_table_is_silent() {
        let text = "//! | feature | default | adds |\n//! |---|---|---|\n//! | `tokio` | yes | a sleeper |\n//! | `async` | with `tokio` | `x` |\n//!\n//! Words.\n";
        let [table] = &tables(text)[..] else { panic!("one table") };
        assert!(Features::read(MANIFEST).wrong_in_table(table).is_empty());
    }

    #[test]
    fn what_is_missing_unknown_or_a_wrong_default_is_told() {
        let wrong = Features::read(MANIFEST).wrong_in_table("| `tokio` | no | a sleeper |\n| `smol` | no | another |");
        assert_eq!(
            wrong,
            ["`tokio` has `no` in the column for defaults", "`smol` is no feature", "`async` is missing"]
        );
    }

    #[test]
    fn a_dependency_with_an_unknown_feature_is_told() {
        let text =
            "reattempt = { version = \"0.1\", features = [\"async\", \"smol\"] }\nother = { features = [\"x\"] }";
        assert_eq!(Features::read(MANIFEST).wrong_in_dependencies(text), ["smol"]);
    }
}
