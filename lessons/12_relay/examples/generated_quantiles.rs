//! Shows how near the generated events come to real ones: `-- 200000 19` generates so many, and compresses all of
//! their JSON at that level (0 doesn't).

use std::io::Write;
use std::time::Instant;

use relay::generate::{Generator, figures::Figures, signed};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok());
    let count = arguments.next().unwrap_or(20_000);
    let level = arguments.next().unwrap_or(0);
    let seed = arguments.next().unwrap_or(1);

    let start = Instant::now();
    let events: Vec<_> = Generator::new(seed as u64).take(count).collect();
    let taken = start.elapsed();
    println!("{count} events generated in {:.2} s", taken.as_secs_f64());

    let start = Instant::now();
    let some = signed(seed as u64, count.min(10_000)).len();
    println!(
        "{some} signed events generated in {:.2} s",
        start.elapsed().as_secs_f64()
    );

    let mut figures = Figures::default();
    let mut packed = zstd::Encoder::new(Vec::new(), level as i32)?;
    let mut json = Vec::new();
    for event in &events {
        json.clear();
        event.write_json(&mut json);
        figures.count(event, json.len());
        json.push(b'\n');
        if level > 0 {
            packed.write_all(&json)?;
        }
    }
    println!("{:<34}{:>10}{:>10}{:>10}", "", "generated", "real", "apart");
    for figure in figures.list() {
        println!("{figure}");
    }
    if level > 0 {
        let packed = packed.finish()?.len();
        println!(
            "zstd -{level}, bytes an event: {:.1} (real: 335)",
            packed as f64 / count as f64
        );
    }
    let kinds = figures
        .kinds()
        .into_iter()
        .map(|(kind, share)| format!("{kind}: {share:.1}"));
    println!(
        "kinds, in a thousand events: {}",
        kinds.collect::<Vec<_>>().join(", ")
    );
    Ok(())
}
