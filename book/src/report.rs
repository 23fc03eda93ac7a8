//! A verdict in the terminal.

use std::io;

use workbook::units::{grouped, multiple};

use crate::catalogue::Exercise;
use crate::progress::Costs;
use crate::terminal::{Align, BAD, GOOD, QUIET, STRONG, Table, Terminal, styled};
use crate::verdict::{Answer, Bounds, Finding, Heap, Outcome, Test, Verdict};

/// More lines than this of one failure are no help.
const LONGEST_MESSAGE: usize = 24;

/// What came of checking an exercise.
#[derive(Debug)]
pub enum Checked {
    /// The compiler refused it, and said this.
    DoesNotCompile(String),
    /// Its file can't be read, for this reason.
    Unreadable(String),
    /// Its tests ran.
    Judged {
        /// What they said.
        verdict: Verdict,
        /// What they cost when they were judged last.
        before: Costs,
        /// What isn't as it was shipped below the line; then the verdict doesn't count.
        not_as_shipped: Vec<String>,
    },
}

impl Checked {
    /// Whether the exercise is solved.
    pub fn is_solved(&self) -> bool {
        matches!(
            self,
            Self::Judged { verdict, not_as_shipped, .. } if verdict.is_solved() && not_as_shipped.is_empty()
        )
    }

    /// What each test's budget was spent on.
    pub fn heaps(&self) -> Costs {
        let Self::Judged { verdict, .. } = self else {
            return Costs::new();
        };
        let costs = verdict.tests.iter().filter_map(|test| {
            let (_, spent) = budget_of(test)?;
            let index = spent_of(test).position(|it| std::ptr::eq(it, spent))?;
            Some((test.name.clone(), (index, *spent)))
        });
        costs.collect()
    }

    /// With what its tests cost before.
    pub fn after(mut self, costs: Costs) -> Self {
        if let Self::Judged { before, .. } = &mut self {
            *before = costs;
        }
        self
    }

    /// The verdict in a word or three.
    pub fn headline(&self) -> &'static str {
        let verdict = match self {
            Self::DoesNotCompile(_) => return "doesn't compile",
            Self::Unreadable(_) => return "can't be read",
            Self::Judged { not_as_shipped, .. } if !not_as_shipped.is_empty() => {
                return "not as it was shipped";
            }
            Self::Judged { verdict, .. } => verdict,
        };
        let any = |test: fn(&Test) -> bool| verdict.tests.iter().any(test);
        if verdict.is_solved() {
            "solved"
        } else if verdict.tests.is_empty() {
            "has no tests"
        } else if verdict.broke_off.is_some() {
            "didn't finish"
        } else if any(Test::is_not_written) {
            "not written yet"
        } else if any(Test::is_wrong) {
            "wrong"
        } else if any(Test::is_mispredicted) {
            "predicted wrong"
        } else {
            "over budget"
        }
    }

    /// The headline, in colour.
    pub fn coloured_headline(&self) -> String {
        let style = if self.is_solved() { GOOD } else { BAD };
        styled(style, self.headline())
    }

    /// The costs in a line: `blocks 1,011 of 1, bytes 79,902 of 65,536`. Where a budget is broken, those that hold
    /// aren't worth the room.
    pub fn costs(&self) -> String {
        let Self::Judged { verdict, .. } = self else {
            return String::new();
        };
        let findings = verdict.tests.iter().flat_map(|test| {
            test.findings
                .iter()
                .map(|finding| (test.short_name(), finding))
        });
        let (mut kept, mut broken) = (Vec::new(), Vec::new());
        let (mut right, mut predicted) = (0, 0);
        for (test, finding) in findings {
            match finding {
                Finding::Budget {
                    budget,
                    spent,
                    within,
                } => {
                    let costs = if *within { &mut kept } else { &mut broken };
                    costs.push(format!("{test}: {}", cost_in_words(budget, spent, !within)));
                }
                Finding::Work {
                    what,
                    most,
                    spent,
                    within,
                } => {
                    let costs = if *within { &mut kept } else { &mut broken };
                    let (spent, most) = (counted(*spent), counted(*most));
                    costs.push(format!("{test}: {what} {spent} of {most}"));
                }
                Finding::Prediction { answer, .. } => {
                    right += usize::from(*answer == Answer::Right);
                    predicted += 1;
                }
            }
        }
        let mut costs = if broken.is_empty() { kept } else { broken };
        costs.dedup();
        if predicted > 0 {
            costs.push(format!("{right} of {predicted} predictions right"));
        }
        costs.join("; ")
    }
}

fn counted(count: u64) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The measures that have a bound; only those that break it, where `broken`.
fn cost_in_words(budget: &Bounds, spent: &Heap, broken: bool) -> String {
    let bounded = budget
        .beside(spent)
        .into_iter()
        .filter_map(|(name, most, spent)| {
            let most = most.filter(|most| !broken || spent > *most)?;
            Some(format!("{name} {} of {}", grouped(spent), grouped(most)))
        });
    bounded.collect::<Vec<_>>().join(", ")
}

/// Writes the verdict on one exercise at length: every test, what failed and why, costs beside budgets, predictions.
///
/// # Errors
///
/// Where nobody reads any more.
pub fn at_length(
    terminal: &mut Terminal,
    exercise: &Exercise,
    checked: &Checked,
) -> io::Result<()> {
    let name = styled(STRONG, &exercise.name);
    terminal.line(format!("{name}: {}", checked.coloured_headline()))?;
    match checked {
        Checked::DoesNotCompile(errors) => {
            terminal.line("")?;
            terminal.line(errors)
        }
        Checked::Unreadable(reason) => {
            terminal.line("")?;
            terminal.paragraph(0, reason)
        }
        Checked::Judged {
            verdict,
            before,
            not_as_shipped,
        } => {
            tests(terminal, verdict)?;
            figures(terminal, verdict, before)?;
            for note in not_as_shipped {
                terminal.line("")?;
                terminal.paragraph(0, note)?;
            }
            Ok(())
        }
    }
}

/// What is wrong in a few lines, each of them cut to the terminal's width.
///
/// # Errors
///
/// Where nobody reads any more.
pub fn in_short(terminal: &mut Terminal, checked: &Checked) -> io::Result<()> {
    /// Tests, or lines of the compiler's.
    const MOST: usize = 4;
    let (lines, count) = match checked {
        Checked::DoesNotCompile(errors) => {
            let lines: Vec<_> = errors.lines().map(str::to_owned).collect();
            (lines, errors.lines().count())
        }
        Checked::Unreadable(reason) => (vec![reason.clone()], 1),
        Checked::Judged { not_as_shipped, .. } if !not_as_shipped.is_empty() => {
            (not_as_shipped.clone(), not_as_shipped.len())
        }
        Checked::Judged { verdict, .. } => {
            let lines: Vec<_> = verdict.unsolved().map(test_in_short).collect();
            let count = lines.len();
            (lines, count)
        }
    };
    terminal.line(format!("Now {}", checked.coloured_headline()))?;
    for line in lines.iter().take(MOST) {
        terminal.cut_line(&format!("  {line}"))?;
    }
    if count > MOST {
        terminal.line(format!("  … and {} more", count - MOST))?;
    }
    Ok(())
}

/// A test that failed, and why: its broken bounds, or the first line of its message.
fn test_in_short(test: &Test) -> String {
    let name = test.short_name();
    let over = budget_of(test).map(|(budget, spent)| cost_in_words(budget, spent, true));
    match over.filter(|over| !over.is_empty()) {
        Some(over) => format!("{name}: {over}"),
        None => {
            let message = test.panic_message();
            let said = message.lines().find(|line| !line.starts_with("at "));
            format!("{name}: {}", said.unwrap_or_default())
        }
    }
}

/// Which tests held, and what those that didn't have to say.
fn tests(terminal: &mut Terminal, verdict: &Verdict) -> io::Result<()> {
    for test in &verdict.tests {
        let (style, word) = match test {
            Test {
                outcome: Outcome::Passed,
                ..
            } => (GOOD, "right"),
            Test {
                outcome: Outcome::Ignored,
                ..
            } => (QUIET, "-"),
            Test {
                outcome: Outcome::Unfinished,
                ..
            } => (BAD, "?"),
            test if test.is_over_budget() => (BAD, "over"),
            test if test.is_not_written() => (BAD, "todo"),
            _ => (BAD, "wrong"),
        };
        let line = format!(
            "  {} {}",
            styled(style, format!("{word:<6}")),
            test.short_name()
        );
        terminal.paragraph(7, &line)?;
    }
    if let Some(reason) = &verdict.broke_off {
        terminal.line("")?;
        terminal.paragraph(0, &format!("The test program {reason}"))?;
    }
    // Tests that run into the same `todo!` have the same to say.
    let todo = verdict.tests.iter().find(|test| test.is_not_written());
    let wrong = verdict
        .tests
        .iter()
        .filter(|test| test.is_wrong() && !test.is_not_written());
    for test in wrong.chain(todo).filter(|test| !test.message.is_empty()) {
        terminal.line("")?;
        terminal.line(styled(STRONG, test.short_name()))?;
        terminal.line(indented(&test.panic_message()))?;
    }
    Ok(())
}

fn indented(message: &str) -> String {
    let count = message.lines().count();
    let mut lines: Vec<_> = message
        .lines()
        .take(LONGEST_MESSAGE)
        .map(|line| format!("  {line}").trim_end().to_owned())
        .collect();
    if count > LONGEST_MESSAGE {
        lines.push(format!("  … and {} more lines", count - LONGEST_MESSAGE));
    }
    lines.join("\n")
}

/// Costs beside budgets, and predictions.
///
/// # Errors
///
/// Where nobody reads any more.
pub fn figures(terminal: &mut Terminal, verdict: &Verdict, before: &Costs) -> io::Result<()> {
    let with_budget = verdict
        .tests
        .iter()
        .filter(|test| budget_of(test).is_some())
        .count();
    for test in &verdict.tests {
        if let Some((budget, spent)) = budget_of(test) {
            terminal.line("")?;
            if with_budget > 1 {
                terminal.line(styled(STRONG, test.short_name()))?;
            }
            terminal.table(&cost_table(budget, spent))?;
            // A test may spend several budgets, for inputs of several sizes: the same one is compared.
            let before = before.get(&test.name);
            let pair =
                before.and_then(|(index, before)| Some((before, spent_of(test).nth(*index)?)));
            if let Some(change) = pair.and_then(|(before, now)| change(before, now)) {
                terminal.paragraph(0, &change)?;
            }
        }
    }
    let predictions: Vec<_> = verdict
        .tests
        .iter()
        .flat_map(|test| &test.findings)
        .collect();
    let table = prediction_table(&predictions);
    if let Some(table) = table {
        terminal.line("")?;
        terminal.table(&table)?;
    }
    Ok(())
}

/// What a test's budgets were spent on, in their order.
fn spent_of(test: &Test) -> impl Iterator<Item = &Heap> {
    test.findings.iter().filter_map(|finding| match finding {
        Finding::Budget { spent, .. } => Some(spent),
        Finding::Work { .. } | Finding::Prediction { .. } => None,
    })
}

/// What changed since the test ran before: `Since the last check: allocations 3,012 → 12`.
fn change(before: &Heap, now: &Heap) -> Option<String> {
    let measures = [
        ("allocations", before.allocations, now.allocations),
        ("bytes", before.bytes, now.bytes),
        ("peak", before.peak, now.peak),
        ("live", before.live, now.live),
    ];
    let changed = measures
        .into_iter()
        .filter(|(_, before, now)| before != now);
    let changed: Vec<_> = changed
        .map(|(measure, before, now)| {
            let style = if now < before { GOOD } else { BAD };
            let numbers = format!("{} → {}", grouped(before), grouped(now));
            format!("{measure} {}", styled(style, numbers))
        })
        .collect();
    (!changed.is_empty()).then(|| format!("Since the last check: {}", changed.join(", ")))
}

/// The budget that a test broke, or else the last one that it kept.
fn budget_of(test: &Test) -> Option<(&Bounds, &Heap)> {
    let mut budgets = test.findings.iter().filter_map(|finding| match finding {
        Finding::Budget {
            budget,
            spent,
            within,
        } => Some((budget, spent, within)),
        Finding::Work { .. } | Finding::Prediction { .. } => None,
    });
    let broken = budgets.clone().find(|(_, _, within)| !**within);
    broken
        .or_else(|| budgets.next_back())
        .map(|(budget, spent, _)| (budget, spent))
}

fn cost_table(budget: &Bounds, spent: &Heap) -> Table {
    let mut table = Table::new(&[
        ("", Align::Left),
        ("budget", Align::Right),
        ("spent", Align::Right),
        ("over", Align::Right),
    ]);
    for (name, most, spent) in budget.beside(spent) {
        let is_over = most.is_some_and(|most| spent > most);
        let figure = match most {
            Some(_) if is_over => styled(BAD, grouped(spent)),
            Some(_) => styled(GOOD, grouped(spent)),
            None => grouped(spent),
        };
        let over = match most {
            Some(most) if is_over && (spent as f64) < 1.1 * most as f64 => {
                format!("+{}", grouped(spent - most))
            }
            Some(most) if is_over && most > 0 => multiple(spent as f64 / most as f64),
            Some(_) if is_over => "over".to_owned(),
            _ => String::new(),
        };
        let bound = most.map_or("-".to_owned(), grouped);
        table.row([name.to_owned(), bound, figure, over]);
    }
    table
}

fn prediction_table(findings: &[&Finding]) -> Option<Table> {
    let mut table = Table::new(&[
        ("", Align::Left),
        ("predicted", Align::Right),
        ("", Align::Left),
    ]);
    let mut any = false;
    for finding in findings {
        if let Finding::Prediction {
            what,
            predicted,
            answer,
        } = finding
        {
            any = true;
            let answer = match answer {
                Answer::Right => styled(GOOD, "right"),
                Answer::TooLow => styled(BAD, "too low"),
                Answer::TooHigh => styled(BAD, "too high"),
            };
            let predicted = i64::try_from(*predicted).unwrap_or(i64::MAX);
            table.row([what.clone(), grouped(predicted), answer]);
        }
    }
    any.then_some(table)
}
