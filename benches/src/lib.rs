//! The lessons' cases through three instruments. A bench target is a lesson and an instrument; what the instruments
//! do with a lesson is here, once.

pub mod heap;
#[cfg(unix)]
pub mod instructions;
pub mod time;

/// Makes a bench target of a lesson that says why it does nothing.
#[cfg(not(unix))]
#[macro_export]
macro_rules! count_instructions {
    ($lesson:path) => {
        fn main() {
            println!("No instructions are counted: there is no valgrind for this system.");
        }
    };
}
