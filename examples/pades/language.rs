//! Which language to speak: `--lang`, else the environment.

use std::ffi::OsString;

use pades_ltv::Language;

/// The language that the command line or, failing that, the environment asks for. It is needed before the command line is read,
/// as whatever is wrong there is said in it.
pub(crate) fn of(arguments: &[OsString]) -> Language {
    let texts: Vec<&str> = arguments.iter().map(|one| one.to_str().unwrap_or_default()).collect();
    let behind = texts.iter().zip(texts.iter().skip(1)).find(|(name, _)| **name == "--lang").map(|(_, value)| *value);
    let joined = texts.iter().find_map(|one| one.strip_prefix("--lang="));
    behind.or(joined).and_then(named).unwrap_or_else(of_environment)
}

/// The language called `ja` or `en`.
pub(crate) fn named(name: &str) -> Option<Language> {
    match name {
        "ja" => Some(Language::Japanese),
        "en" => Some(Language::English),
        _ => None,
    }
}

/// POSIX: the first of these that is set decides.
fn of_environment() -> Language {
    let mut values = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    match values.find(|value| !value.is_empty()) {
        Some(value) if value.starts_with("ja") => Language::Japanese,
        _ => Language::English,
    }
}
