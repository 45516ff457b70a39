//! Reads what a source file imports, without a Rust parser: comments, strings and test code are skipped.

use std::collections::BTreeSet;

/// One file: its module and what it imports outside its tests.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) module: String,
    pub(crate) imports: Vec<Import>,
    /// Modules that are declared for tests only.
    pub(crate) test_modules: Vec<String>,
    /// Items in lib.rs that are neither declarations nor re-exports.
    pub(crate) strangers: Vec<(usize, String)>,
}

impl Source {
    pub(crate) fn read(name: &str, text: &str) -> Self {
        let path = name.trim_start_matches("src/").trim_end_matches(".rs").replace('/', "::");
        let module = path.strip_suffix("::mod").unwrap_or(if path == "lib" { "" } else { &path }).to_owned();
        let mut source =
            Self { name: name.into(), module, imports: Vec::new(), test_modules: Vec::new(), strangers: Vec::new() };
        source.scan(&tokens(text));
        source
    }

    fn scan(&mut self, tokens: &[Token]) {
        const ITEMS: [&str; 9] = ["fn", "struct", "enum", "trait", "impl", "const", "static", "type", "macro_rules"];
        let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.text == text);
        let spells = |at: usize, words: &[&str]| words.iter().enumerate().all(|(offset, word)| is(at + offset, word));
        // The inline modules around the place, each with the depth of braces at which it ends.
        let (mut inline, mut depth): (Vec<(String, usize)>, usize) = (Vec::new(), 0);
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let within = inline.last().map_or(self.module.clone(), |(module, _)| module.clone());
            if spells(at, &["#", "[", "cfg", "(", "test", ")", "]"])
                || spells(at, &["#", "[", "cfg", "(", "doctest", ")", "]"])
            {
                let end = item_end(tokens, at + 7);
                if spells(end.saturating_sub(3), &["mod"]) && is(end - 1, ";") {
                    self.test_modules.push(join(&within, &tokens[end - 2].text));
                }
                at = end;
                continue;
            }
            if self.module.is_empty() && depth == 0 && ITEMS.contains(&&*token.text) {
                self.strangers.push((token.line, token.text.clone()));
            }
            match &*token.text {
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    inline.pop_if(|(_, end)| *end == depth);
                }
                "mod" if is(at + 2, "{") => inline.push((join(&within, &tokens[at + 1].text), depth)),
                "use" => {
                    let public = at > 0 && (is(at - 1, "pub") || is(at - 1, ")"));
                    at = self.tree(tokens, at + 1, &within, public, &mut Vec::new());
                    continue;
                }
                "crate" | "self" | "super"
                    if is(at + 1, "::") && !(at > 0 && (is(at - 1, "::") || is(at - 1, "in"))) =>
                {
                    let mut path = vec![token.text.clone()];
                    while is(at + 1, "::") && tokens.get(at + 2).is_some_and(Token::is_word) {
                        path.push(tokens[at + 2].text.clone());
                        at += 2;
                    }
                    self.imports.push(Import { line: token.line, within, path, seen_as: None });
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Reads a use tree from `at`, below `head`; returns the place behind it.
    fn tree(&mut self, tokens: &[Token], mut at: usize, within: &str, public: bool, head: &mut Vec<String>) -> usize {
        let (length, mut line) = (head.len(), 0);
        let mut name = None;
        while let Some(token) = tokens.get(at) {
            match &*token.text {
                "::" => {}
                "{" => {
                    while tokens.get(at).is_some_and(|token| token.text != "}") {
                        at = self.tree(tokens, at + 1, within, public, head);
                    }
                    head.truncate(length);
                    return at + 1;
                }
                "as" => {
                    name = tokens.get(at + 1).map(|token| token.text.clone());
                    at += 1;
                }
                "*" => line = token.line,
                word if token.is_word() => {
                    line = token.line;
                    if word != "self" || head.is_empty() {
                        head.push(word.to_owned());
                    }
                }
                _ => break,
            }
            at += 1;
        }
        if line > 0 {
            let name = name.unwrap_or_else(|| head.last().cloned().unwrap_or_default());
            let seen_as = public.then(|| join(within, &name));
            self.imports.push(Import { line, within: within.to_owned(), path: head.clone(), seen_as });
        }
        head.truncate(length);
        at
    }
}

/// One imported path as it is written.
pub(crate) struct Import {
    pub(crate) line: usize,
    /// The module in which it is written, inline modules included.
    within: String,
    path: Vec<String>,
    /// Where a `pub use` makes it seen.
    pub(crate) seen_as: Option<String>,
}

impl Import {
    /// The path from the root of the crate; `None` leads out of the crate.
    pub(crate) fn resolve(&self, modules: &BTreeSet<&str>) -> Option<String> {
        let mut base = self.within.clone();
        let mut rest = &self.path[..];
        match &*self.path[0] {
            "crate" => (base, rest) = (String::new(), &rest[1..]),
            "self" => rest = &rest[1..],
            "super" => {}
            child => return modules.contains(&*join(&base, child)).then(|| join(&base, &rest.join("::"))),
        }
        while rest.first().is_some_and(|part| part == "super") {
            base = base.rsplit_once("::").map_or(String::new(), |(parent, _)| parent.to_owned());
            rest = &rest[1..];
        }
        Some(join(&base, &rest.join("::")))
    }
}

/// The place behind the item that starts at `at`, further attributes included.
fn item_end(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, token) in tokens[at..].iter().enumerate() {
        match &*token.text {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && token.text == "}" {
                    return at + offset + 1;
                }
            }
            ";" if depth == 0 => return at + offset + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// A word, `::`, or a single other character.
struct Token {
    text: String,
    line: usize,
}

impl Token {
    fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// The tokens of `text` without comments, strings, characters and lifetimes.
fn tokens(text: &str) -> Vec<Token> {
    let (mut tokens, mut rest, mut line) = (Vec::new(), text, 1);
    while let Some(first) = rest.chars().next() {
        let skipped = opaque(rest);
        let length = if skipped > 0 {
            skipped
        } else if rest.starts_with("::") {
            2
        } else {
            let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            word.max(first.len_utf8())
        };
        let (token, behind) = rest.split_at(length);
        if skipped == 0 && !first.is_whitespace() {
            tokens.push(Token { text: token.to_owned(), line });
        }
        line += token.matches('\n').count();
        rest = behind;
    }
    tokens
}

/// The length of the comment, string, character or lifetime at the start of `text`; 0 where none starts.
fn opaque(text: &str) -> usize {
    let to = |end: Option<usize>| end.unwrap_or(text.len());
    if text.starts_with("//") {
        return to(text.find('\n'));
    }
    if text.starts_with("/*") {
        let mut depth = 0_usize;
        for at in 0..text.len() {
            match text.as_bytes().get(at..at + 2) {
                Some(b"/*") => depth += 1,
                Some(b"*/") => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return at + 2;
            }
        }
        return text.len();
    }
    let body = text.trim_start_matches(['b', 'c']);
    let raw = body.strip_prefix('r').map(|raw| (raw, raw.len() - raw.trim_start_matches('#').len()));
    if let Some((raw, hashes)) =
        raw.filter(|(raw, hashes)| raw[*hashes..].starts_with('"') && text.len() - raw.len() <= 2)
    {
        let opening = text.len() - raw.len() + hashes + 1;
        let closing = format!("\"{}", "#".repeat(hashes));
        return to(text[opening..].find(&closing).map(|end| opening + end + closing.len()));
    }
    let prefix = text.len() - body.len();
    if prefix <= 1 && body.starts_with('"') {
        return to(closing(body, '"').map(|end| prefix + end));
    }
    if prefix <= 1 && body.starts_with('\'') {
        let character = body[1..].starts_with('\\') || body.chars().nth(2) == Some('\'');
        let lifetime = || body[1..].find(|c: char| !c.is_alphanumeric() && c != '_').map(|end| end + 1);
        return to(if character { closing(body, '\'') } else { lifetime() }.map(|end| prefix + end));
    }
    0
}

/// The length of `text` up to and with its closing `quote`, escapes skipped.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(at + 1)
    })
}

pub(crate) fn join(head: &str, tail: &str) -> String {
    let parts = [head, tail];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("::")
}
