//! Whether a starter is unsolved, a reference solved and a trial rejected, each for the right reason.

use crate::cargo::Built;
use crate::catalogue::Kind;
use crate::scratch::Role;
use crate::verdict::{Test, Verdict};

/// What is wrong with what a file's tests said; or with the file, where it didn't compile.
pub fn complaints(kind: Kind, role: &Role, judged: &Result<Verdict, String>) -> Vec<String> {
    let name = name_of(role);
    let verdict = match judged {
        Ok(verdict) => verdict,
        Err(errors) => return vec![format!("{name} doesn't compile:\n{errors}")],
    };
    if verdict.tests.is_empty() {
        return vec![format!("{name} has no tests")];
    }
    if let Some(reason) = &verdict.broke_off {
        return vec![format!("the test program of {name} {reason}")];
    }
    let complaint = match role {
        Role::Starter => of_starter(kind, verdict),
        Role::Solution | Role::Yours => of_solution(verdict),
        Role::Trial(trial) if trial.starts_with("good_") => of_good(verdict),
        Role::Trial(trial) if trial.starts_with("wasteful_") => of_wasteful(verdict),
        Role::Trial(_) => of_wrong(verdict),
    };
    let of_messages = verdict.unsolved().filter_map(of_message);
    let all = complaint.into_iter().chain(of_messages);
    all.map(|complaint| format!("{name} {complaint}")).collect()
}

/// What the compiler says of a starter, and the compiler and clippy of a reference.
pub fn lint_complaints(role: &Role, built: &Built, bin: &str) -> Vec<String> {
    let name = name_of(role);
    let is_clippys = |code: Option<&str>| code.is_some_and(|code| code.starts_with("clippy::"));
    let all = built.warnings(bin);
    let counted = all.filter(|message| match role {
        Role::Starter => message.code.is_some() && !is_clippys(message.code.as_deref()),
        Role::Solution => message.code.is_some(),
        Role::Yours | Role::Trial(_) => false,
    });
    counted
        .map(|message| format!("{name} has a warning:\n{}", message.rendered.trim_end()))
        .collect()
}

fn name_of(role: &Role) -> String {
    match role {
        Role::Starter => "the starter".to_owned(),
        Role::Yours => "the exercise".to_owned(),
        Role::Solution => "the solution".to_owned(),
        Role::Trial(name) => format!("the trial {name}"),
    }
}

fn of_solution(verdict: &Verdict) -> Option<String> {
    let failed: Vec<_> = verdict.unsolved().map(Test::short_name).collect();
    (!failed.is_empty()).then(|| format!("fails {}", failed.join(", ")))
}

fn of_good(verdict: &Verdict) -> Option<String> {
    let failed: Vec<_> = verdict.unsolved().collect();
    names(&failed).map(|names| format!("is refused by {names}"))
}

/// Whether a test says in a message of its own what is wrong, and says it once.
fn of_message(test: &Test) -> Option<String> {
    let name = test.short_name();
    let panics = test.message.matches(" panicked at ").count();
    if panics > 1 {
        return Some(format!("makes {name} print {panics} panics"));
    }
    // A budget's message, a prediction's and a `todo!`'s are the meter's and the starter's own.
    if !test.is_wrong() || test.is_not_written() {
        return None;
    }
    let message = test.panic_message();
    let said = message.lines().find(|line| !line.starts_with("at "))?;
    let is_bare = [
        "assertion failed: ",
        "called `Result::unwrap",
        "called `Option::unwrap",
    ]
    .iter()
    .any(|start| said.starts_with(start))
        || (said.starts_with("assertion `") && said.ends_with("` failed"));
    is_bare.then(|| format!("makes {name} say no more than {said:?}"))
}

/// A starter is unsolved in its kind's way, and in no other.
fn of_starter(kind: Kind, verdict: &Verdict) -> Option<String> {
    let (in_its_way, way): (fn(&Test) -> bool, _) = match kind {
        Kind::Budget => (Test::is_over_budget, "breaks a budget"),
        Kind::Bug => (Test::is_wrong, "fails a test of behaviour"),
        Kind::Predict => (Test::is_mispredicted, "has a wrong prediction"),
        Kind::Build => (Test::is_not_written, "runs into a todo!"),
    };
    if !verdict.unsolved().any(in_its_way) {
        return Some(format!("is of kind {kind}, but no test of it {way}"));
    }
    // A bug may well cost something, too.
    let allowed = |test: &&Test| in_its_way(test) || (kind == Kind::Bug && test.is_over_budget());
    let other: Vec<_> = verdict.unsolved().filter(|test| !allowed(test)).collect();
    names(&other).map(|names| format!("is of kind {kind}, and fails for another reason: {names}"))
}

fn of_wrong(verdict: &Verdict) -> Option<String> {
    let rejected = verdict.unsolved().any(|test| !test.is_over_budget());
    (!rejected).then(|| match verdict.unsolved().count() {
        0 => "is rejected by no test".to_owned(),
        _ => "is rejected by budgets only; it is wasteful, or a test of behaviour is missing"
            .to_owned(),
    })
}

fn of_wasteful(verdict: &Verdict) -> Option<String> {
    if !verdict.unsolved().any(Test::is_over_budget) {
        return Some("is rejected by no budget".to_owned());
    }
    // On a slow or busy machine, work that is far too much ends at the time limit.
    let other: Vec<_> = verdict
        .unsolved()
        .filter(|test| !test.is_over_budget() && !test.ran_out_of_time())
        .collect();
    names(&other).map(|names| format!("is rejected for more than its cost: {names}"))
}

fn names(tests: &[&Test]) -> Option<String> {
    let names: Vec<_> = tests.iter().map(|test| test.short_name()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Answer, Bounds, Finding, Heap, Outcome};

    fn test(outcome: Outcome, message: &str, findings: Vec<Finding>) -> Test {
        Test {
            name: "tests::it".into(),
            outcome,
            message: message.into(),
            findings,
        }
    }

    fn passed() -> Test {
        test(Outcome::Passed, "", vec![])
    }

    fn wrong() -> Test {
        test(Outcome::Failed, "union: expected 1, came 2", vec![])
    }

    fn over() -> Test {
        let bounds = r#"{"allocations":1,"bytes":null,"peak":null,"live":null}"#;
        let budget: Bounds = serde_json::from_str(bounds).expect("they are bounds");
        let spent = Heap {
            allocations: 2,
            bytes: 0,
            peak: 0,
            live: 0,
        };
        test(
            Outcome::Failed,
            "over budget",
            vec![Finding::Budget {
                budget,
                spent,
                within: false,
            }],
        )
    }

    fn mispredicted() -> Test {
        let answer = Answer::TooLow;
        let finding = Finding::Prediction {
            what: "allocations".into(),
            predicted: 1,
            answer,
        };
        test(
            Outcome::Failed,
            "allocations: you predicted 1",
            vec![finding],
        )
    }

    fn not_written() -> Test {
        test(Outcome::Failed, "not yet implemented: intern it", vec![])
    }

    fn complain(kind: Kind, role: &Role, tests: Vec<Test>) -> bool {
        let verdict = Verdict {
            tests,
            broke_off: None,
        };
        !complaints(kind, role, &Ok(verdict)).is_empty()
    }

    #[test]
    fn a_starter_is_unsolved_in_its_kinds_way_only() {
        let ways = [
            (Kind::Budget, over as fn() -> Test),
            (Kind::Bug, wrong),
            (Kind::Predict, mispredicted),
            (Kind::Build, not_written),
        ];
        for (kind, way) in ways {
            assert!(
                !complain(kind, &Role::Starter, vec![passed(), way()]),
                "{kind}"
            );
            assert!(
                complain(kind, &Role::Starter, vec![passed()]),
                "{kind}: solved as shipped"
            );
            for (other_kind, other) in ways {
                // `todo!` fails a test of behaviour; and a bug may cost something.
                let alike = kind == other_kind
                    || (kind == Kind::Bug && matches!(other_kind, Kind::Budget | Kind::Build));
                let complained = complain(kind, &Role::Starter, vec![way(), other()]);
                assert_eq!(complained, !alike, "{kind} beside {other_kind}");
            }
        }
    }

    #[test]
    fn a_solution_passes_everything() {
        assert!(!complain(Kind::Budget, &Role::Solution, vec![passed()]));
        assert!(complain(
            Kind::Budget,
            &Role::Solution,
            vec![passed(), over()]
        ));
        assert!(complain(Kind::Budget, &Role::Solution, vec![]));
    }

    #[test]
    fn a_wrong_trial_fails_more_than_budgets() {
        let role = Role::Trial("wrong_order".into());
        assert!(!complain(Kind::Budget, &role, vec![wrong(), over()]));
        assert!(!complain(Kind::Predict, &role, vec![mispredicted()]));
        assert!(complain(Kind::Budget, &role, vec![over(), passed()]));
        assert!(complain(Kind::Budget, &role, vec![passed()]));
    }

    #[test]
    fn a_wasteful_trial_fails_budgets_only() {
        let role = Role::Trial("wasteful_copies".into());
        assert!(!complain(Kind::Budget, &role, vec![over(), passed()]));
        assert!(complain(Kind::Budget, &role, vec![over(), wrong()]));
        assert!(complain(Kind::Budget, &role, vec![passed()]));
    }

    #[test]
    fn a_good_trial_is_accepted() {
        let role = Role::Trial("good_sorted".into());
        assert!(!complain(Kind::Budget, &role, vec![passed()]));
        assert!(complain(Kind::Budget, &role, vec![passed(), over()]));
        assert!(complain(Kind::Budget, &role, vec![wrong(), passed()]));
    }

    #[test]
    fn a_failure_says_what_is_wrong_and_says_it_once() {
        let said = |message: &str| of_message(&test(Outcome::Failed, message, vec![]));
        let at = "thread 'a' panicked at a.rs:1:2:\n";
        assert_eq!(said(&format!("{at}union: expected 1, came 2")), None);
        assert_eq!(
            said(&format!("{at}assertion `left == right` failed: union")),
            None
        );
        assert_eq!(
            said("thread 'a' panicked at a.rs:1:2:\nnot yet implemented: it"),
            None
        );
        for bare in [
            "assertion failed: it",
            "assertion `left == right` failed\n  left: 1",
            "called `Result::unwrap()` on an `Err` value: E",
        ] {
            assert!(said(&format!("{at}{bare}")).is_some(), "{bare}");
        }
        assert!(said(&format!("{at}one\n{at}two")).is_some_and(|it| it.contains("2 panics")));
    }

    #[test]
    fn what_hangs_or_crashes_was_not_judged() {
        let broke_off = Some("was ended after 60 seconds".to_owned());
        let verdict = Verdict {
            tests: vec![wrong()],
            broke_off,
        };
        let role = Role::Trial("wrong_order".into());
        assert_eq!(complaints(Kind::Budget, &role, &Ok(verdict)).len(), 1);
    }
}
