//! Draws what `cargo workbook` prints, in its colours, as the picture in the README:
//!
//! ```text
//! cargo run -p workbook --example picture -- book/chapters/images/over_budget.svg check event_log
//! ```

use std::env;
use std::error::Error;
use std::fs;
use std::process::Command;

use anstyle_svg::Term;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let file = arguments.next().ok_or("name the file to draw into")?;
    let asked: Vec<String> = arguments.collect();
    let output = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["run", "--quiet", "--package", "workbook", "--"])
        .args(&asked)
        .env("CLICOLOR_FORCE", "1")
        .env("COLUMNS", "80")
        .output()?;
    let prompt = format!("$ cargo workbook {}\n\n", asked.join(" "));
    let printed = prompt + &String::from_utf8(output.stdout)?;
    fs::write(file, Term::new().render_svg(printed.trim_end()))?;
    Ok(())
}
