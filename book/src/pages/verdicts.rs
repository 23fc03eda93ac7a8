//! The ledger in the book: a chapter's table of verdicts, and the appendix.

use super::tables::markdown_table;
use super::{Page, Reason, near};
use crate::chapters::headings;
use crate::claims::{Claim, Ledger, Settlement, Verdict};

impl Page<'_> {
    /// A topic's claims in a table: what is said, what became of it, what is true.
    pub(super) fn verdicts(self, topic: &str) -> Result<String, Reason> {
        let claims = self.sources.ledger.of_topic(topic);
        if claims.is_empty() {
            let near = near(topic, self.sources.ledger.topics().into_iter());
            return Err(format!("no claim has this topic; {near}"));
        }
        let row = |claim: &&Claim| -> Result<Vec<String>, Reason> {
            let badge = badge(claim.verdict);
            let link = format!("[{badge}](claims.md#{})", claim.id);
            Ok(vec![claim.says.clone(), link, self.finding(claim)?])
        };
        let rows = all(claims.iter().map(row))?;
        let header = ["What is said", "Verdict", "What is true in Rust"].map(str::to_owned);
        let table = markdown_table(&header, &rows, 3);
        Ok(format!("<div class=\"verdicts\">\n\n{table}\n</div>\n"))
    }

    /// Every claim, topic by topic, with what settles it.
    pub(super) fn claims(self) -> Result<String, Reason> {
        let ledger = &self.sources.ledger;
        let mut text = verdict_counts(ledger) + "\n";
        for topic in ledger.topics() {
            text += &format!("## Claims on {topic}\n\n");
            let claims = ledger.of_topic(topic);
            let claims = claims.into_iter().map(|claim| self.claim(claim));
            text += &all(claims)?.concat();
        }
        Ok(text)
    }

    fn claim(self, claim: &Claim) -> Result<String, Reason> {
        let figure = match claim.figure.as_str() {
            "" => String::new(),
            figure => {
                let figure = figure.replace("->", "→");
                format!(" <span class=\"given\">Given: {figure}.</span>")
            }
        };
        let settled: Vec<String> = claim.settled.iter().map(|it| self.settled_by(it)).collect();
        Ok(format!(
            "<div class=\"claim\" id=\"{}\">\n\n{} {}{figure}\n\n{}\n\n{}\n\n</div>\n\n",
            claim.id,
            badge(claim.verdict),
            claim.says,
            self.finding(claim)?,
            settled.join("  \n"),
        ))
    }

    /// The command to run, or the place to read.
    fn settled_by(self, settlement: &Settlement) -> String {
        match settlement {
            Settlement::Test {
                package,
                target,
                name,
            } => format!("`cargo test -p {package} --test {target} {name}`"),
            Settlement::Bench { lesson, staircase } => {
                format!("`cargo workbook measure {lesson}`, staircase `{staircase}`")
            }
            Settlement::Page { chapter, heading } => {
                let text = self.sources.chapters.get(chapter);
                let headings = text.map(|it| headings(it)).unwrap_or_default();
                let named = headings.into_iter().find(|it| it.id == *heading);
                let name = named.map_or(heading.clone(), |it| it.text);
                format!("[{name}]({chapter}#{heading})")
            }
        }
    }

    /// A claim's finding, with the figures of the claim's lesson.
    fn finding(self, claim: &Claim) -> Result<String, Reason> {
        let lesson = claim.lesson();
        let page = Page {
            lesson: Some(&lesson),
            ..self
        };
        let place = format!("claims.toml, {}", claim.id);
        let finding = page.fill_text(claim.finding.trim(), &place);
        finding.map_err(|unresolved| {
            let each = unresolved.iter().map(ToString::to_string);
            each.collect::<Vec<_>>().join("; ")
        })
    }
}

/// Everything, or all the reasons why not.
fn all<T>(each: impl Iterator<Item = Result<T, Reason>>) -> Result<Vec<T>, Reason> {
    let mut reasons = Vec::new();
    let all: Vec<T> = each
        .filter_map(|one| one.map_err(|reason| reasons.push(reason)).ok())
        .collect();
    if reasons.is_empty() {
        Ok(all)
    } else {
        Err(reasons.join("; "))
    }
}

/// How many claims of each topic came to which verdict; verdicts that none came to are left out.
fn verdict_counts(ledger: &Ledger) -> String {
    let count = |claims: &[&Claim], verdict| {
        let those = claims.iter().filter(|claim| claim.verdict == verdict);
        those.count()
    };
    let all: Vec<&Claim> = ledger.claims.iter().collect();
    let reached = Verdict::ALL.map(|verdict| (verdict, count(&all, verdict)));
    let reached: Vec<Verdict> = reached
        .iter()
        .filter(|it| it.1 > 0)
        .map(|it| it.0)
        .collect();
    let row = |name: &str, claims: &[&Claim]| -> Vec<String> {
        let counts = reached.iter().map(|verdict| count(claims, *verdict));
        let counts = [claims.len()].into_iter().chain(counts);
        let counts = counts.map(|count| count.to_string());
        [name.to_owned()].into_iter().chain(counts).collect()
    };
    let names = reached.iter().map(ToString::to_string);
    let header: Vec<String> = ["topic".to_owned(), "claims".to_owned()]
        .into_iter()
        .chain(names)
        .collect();
    let topics = ledger.topics();
    let rows = topics
        .iter()
        .map(|topic| row(topic, &ledger.of_topic(topic)));
    let rows: Vec<Vec<String>> = rows.chain([row("all", &all)]).collect();
    markdown_table(&header, &rows, 1)
}

fn badge(verdict: Verdict) -> String {
    let class = verdict.to_string().replace(' ', "-");
    format!("<span class=\"verdict {class}\">{verdict}</span>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        assert_eq!(all([Ok(1), Ok(2)].into_iter()), Ok(vec![1, 2]));
        let mixed = [Ok(1), Err("a".to_owned()), Err("b".to_owned())];
        assert_eq!(all(mixed.into_iter()), Err("a; b".to_owned()));
    }
}
