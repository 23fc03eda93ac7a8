//! Whether every test and every bound is needed: without it, some trial would pass.

use std::collections::{BTreeMap, BTreeSet};

use super::Judged;
use crate::scratch::Role;
use crate::verdict::{Finding, Test};

/// Why a trial was rejected: a test's behaviour, or a bound of a test's budget.
type Reason = (String, &'static str);

/// A test's own name for its behaviour, beside the measures of its budgets.
const BEHAVIOUR: &str = "";

/// The tests and bounds that reject no trial by themselves, with their exercise.
pub fn findings<'a>(judged: &'a [Judged]) -> Vec<(&'a str, String)> {
    let mut exercises: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for one in judged {
        exercises
            .entry(&one.module.exercise.name)
            .or_default()
            .push(one);
    }
    let of_one = |(name, judged): (&'a str, Vec<&Judged>)| {
        let idle = idle(&judged);
        idle.into_iter().map(move |finding| (name, finding))
    };
    exercises.into_iter().flat_map(of_one).collect()
}

fn idle(judged: &[&Judged]) -> Vec<String> {
    let mut all = BTreeSet::new();
    let mut rejected = Vec::new();
    for one in judged {
        let Ok(verdict) = &one.verdict else { continue };
        match &one.module.piece.role {
            Role::Solution => all.extend(verdict.tests.iter().flat_map(possible)),
            Role::Trial(name) if !name.starts_with("good_") => {
                let reasons = verdict.unsolved().flat_map(reasons);
                rejected.push(reasons.collect::<BTreeSet<_>>());
            }
            _ => {}
        }
    }
    let tests: BTreeSet<_> = all.iter().map(|(test, _)| test.clone()).collect();
    let mut idle = Vec::new();
    for test in tests {
        let alone = |reasons: &BTreeSet<Reason>| {
            !reasons.is_empty() && reasons.iter().all(|(of, _)| *of == test)
        };
        if !rejected.iter().any(alone) {
            idle.push(format!("no trial needs the test {test}"));
            continue;
        }
        for reason in all
            .iter()
            .filter(|(of, what)| *of == test && *what != BEHAVIOUR)
        {
            let alone = |reasons: &BTreeSet<Reason>| reasons.len() == 1 && reasons.contains(reason);
            if !rejected.iter().any(alone) {
                idle.push(format!(
                    "no trial needs the bound on {} in {test}",
                    reason.1
                ));
            }
        }
    }
    idle
}

/// All that a test can reject an answer for.
fn possible(test: &Test) -> Vec<Reason> {
    let name = test.short_name();
    let mut reasons = vec![(name.to_owned(), BEHAVIOUR)];
    for finding in &test.findings {
        if let Finding::Budget { budget, spent, .. } = finding {
            let bounds = budget.beside(spent).into_iter();
            let bounds = bounds.filter_map(|(measure, most, _)| most.map(|_| measure));
            reasons.extend(bounds.map(|measure| (name.to_owned(), measure)));
        }
    }
    reasons
}

/// What a test that failed rejected an answer for.
fn reasons(test: &Test) -> Vec<Reason> {
    let name = test.short_name();
    let mut reasons = Vec::new();
    for finding in &test.findings {
        if let Finding::Budget { budget, spent, .. } = finding {
            let broken = budget.beside(spent).into_iter();
            let broken = broken.filter(|(_, most, spent)| most.is_some_and(|most| *spent > most));
            reasons.extend(broken.map(|(measure, _, _)| (name.to_owned(), measure)));
        }
    }
    if reasons.is_empty() {
        reasons.push((name.to_owned(), BEHAVIOUR));
    }
    reasons
}
