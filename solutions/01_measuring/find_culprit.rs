//! At a wedding, a small computer shows the guests' photos on a wall. From a log with a line per
//! photo, it keeps a card per photo all night: `20:14:07 Ada 2041 Cutting  the cake` becomes the
//! number 2041, a shade, and the caption `Cutting the cake by Ada`. It skips lines of another form.
//!
//! The system killed it, because its peak was too high. The profile's first line has the most bytes
//! in total, another the most allocations; both free them before the next photo. At t-gmax, one
//! call site held nineteen bytes of twenty: 500 captions of 1,024 bytes each, for texts of about
//! thirty.
//!
//! | measure     | 500 photos | 5,000 photos | why                                             |
//! |-------------|-----------:|-------------:|-------------------------------------------------|
//! | peak        |     60,000 |      600,000 | the cards, and what one photo needs             |
//! | live        |     54,500 |      545,000 | the cards, each caption in about its own length |
//! | allocations |      6,500 |       65,000 | as now, and five more per photo for the fix     |
//! | bytes       |  3,000,000 |   30,000,000 | as now; no other call site has to change        |

#![forbid(unsafe_code)]

use std::collections::HashMap;

const CULPRIT: &str = "caption";

struct Wall {
    cards: Vec<Card>,
    /// How many photos each guest took; the case of a name doesn't matter.
    photos: HashMap<String, u32>,
}

struct Card {
    number: u32,
    shade: u8,
    caption: String,
}

fn read_wall(log: &str) -> Wall {
    let mut wall = Wall {
        cards: Vec::new(),
        photos: HashMap::new(),
    };
    for line in log.lines() {
        let fields = fields(line);
        let [_time, guest, number, text] = fields.as_slice() else {
            continue;
        };
        let Ok(number) = number.parse() else {
            continue;
        };
        count(guest, &mut wall.photos);
        wall.cards.push(Card {
            number,
            shade: shade(number),
            caption: caption(text, guest),
        });
    }
    wall
}

fn fields(line: &str) -> Vec<String> {
    line.splitn(4, ' ').map(str::to_owned).collect()
}

fn count(guest: &str, photos: &mut HashMap<String, u32>) {
    *photos.entry(guest.to_lowercase()).or_default() += 1;
}

/// Returns how bright a photo is: the middle row of its preview, 64 by 64 pixels.
fn shade(number: u32) -> u8 {
    // Stands for decoding the photo.
    let pixels = number.to_le_bytes().repeat(64 * 64 / 4);
    let row = &pixels[32 * 64..][..64];
    let sum: u32 = row.iter().map(|&pixel| u32::from(pixel)).sum();
    (sum / 64) as u8
}

fn caption(text: &str, guest: &str) -> String {
    // Collapsing spaces only shortens the text. A card keeps its caption all night, so it gets its own length.
    let mut caption = String::with_capacity(text.len() + " by ".len() + guest.len());
    for word in text.split_whitespace() {
        caption.push_str(word);
        caption.push(' ');
    }
    caption.push_str("by ");
    caption.push_str(guest);
    caption
}

// ---- Change nothing below this line. ----

measuring::install!();

/// What dhat says of 500 photos, by call site; it calls allocations blocks. `at t-gmax` is the moment of the peak.
/// Made by `cargo run -p measuring --example profile_report`.
const PROFILE: &str = "
          in total         at t-gmax
      bytes  blocks     bytes  blocks  call site  place
  2,048,000     500     4,096       1  shade      find_culprit.rs:72
    512,000     500   510,976     499  caption    find_culprit.rs:79
     67,432   2,500       137       5  fields     find_culprit.rs:62
     32,640       8    16,384       1  read_wall  find_culprit.rs:52
      2,760     502       305       6  count      find_culprit.rs:66
";

/// For 500 photos, or so many times more.
const fn budget(times: u64) -> measuring::Budget {
    measuring::Budget::of("find_culprit")
        .allocations(6_500 * times)
        .bytes(3_000_000 * times)
        .peak(60_000 * times)
        .live(54_500 * times as i64)
}

/// A log of so many photos by six guests.
fn sample(photos: u32) -> String {
    let guests = ["Ada", "Grace", "Barbara", "Edsger", "ada", "Tony"];
    let texts = [
        "Cutting  the cake",
        "First dance",
        "Uncle Alan   gives a speech",
        "The band, before it was too loud",
        "Who ate the second cake?",
    ];
    let line = |n: u32| {
        let (hour, minute, second) = (18 + n / 3_600 % 6, n / 60 % 60, n % 60);
        let (guest, text) = (guests[n as usize % 6], texts[n as usize % 5]);
        let number = 2_000 + n;
        format!("{hour}:{minute:02}:{second:02} {guest} {number} {text}\n")
    };
    (0..photos).map(line).collect()
}

fn main() {
    let log = sample(500);
    measuring::show(budget(1), || read_wall(&log));
    if std::env::args().len() == 1 {
        println!("\nThe profile of the code as shipped; CULPRIT is {CULPRIT:?}.\n{PROFILE}");
        for card in read_wall(&log).cards.iter().take(3) {
            println!("{} {:3} {}", card.number, card.shade, card.caption);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CULPRIT, PROFILE, budget, read_wall, sample};
    use measuring::{Budget, assert_gives};
    use std::collections::BTreeMap;
    use std::hint::black_box;

    /// Returns the shade of a photo.
    fn brightness(number: u32) -> u8 {
        let bytes = number.to_le_bytes().map(u32::from);
        (bytes.iter().sum::<u32>() * 16 / 64) as u8
    }

    /// Holds the wall of a log against cards of a number and a caption.
    #[track_caller]
    fn check(what: &str, log: &str, expected: &[(u32, &str)]) {
        let log = log.to_owned();
        let wall = read_wall(&log);
        // The wall stays when the log is gone.
        drop(log);
        let cards = wall.cards.iter();
        let cards: Vec<_> = cards
            .map(|it| (it.number, it.shade, &*it.caption))
            .collect();
        let expected = expected.iter();
        let expected: Vec<_> = expected
            .map(|&(number, caption)| (number, brightness(number), caption))
            .collect();
        assert_gives(format_args!("cards of {what}"), &cards, &expected);
    }

    #[measuring::test]
    fn a_card_has_number_shade_and_caption() {
        let log = "\
20:14:07 Ada 2041 Cutting  the cake
20:14:08 Zoë 4294967295 \tÄ🎂  ö
20:14:09 Ada 70000 
20:14:10 Ada 7 7 7";
        let cards = [
            (2_041, "Cutting the cake by Ada"),
            (u32::MAX, "Ä🎂 ö by Zoë"),
            (70_000, "by Ada"),
            (7, "7 7 by Ada"),
        ];
        check("four photos", log, &cards);
        check("an empty log", "", &[]);
        let text = "word ".repeat(14_000);
        let log = format!("20:14:07 Ada 1 {text}");
        check("a long text", &log, &[(1, &format!("{text}by Ada"))]);
    }

    #[measuring::test]
    fn other_lines_are_skipped() {
        for line in ["", "20:14:07 Ada 2041", "20:14:07 Ada last The cake"] {
            let log = format!("{line}\n20:14:08 Ada 2042 The cake");
            let what = format!("a log with the line {line:?}");
            check(&what, &log, &[(2_042, "The cake by Ada")]);
        }
    }

    #[measuring::test]
    fn photos_are_counted_by_guest() {
        let photos = read_wall(&sample(5_000)).photos;
        let photos: BTreeMap<&str, u32> =
            photos.iter().map(|(it, &count)| (&**it, count)).collect();
        let expected = [
            ("ada", 1_667),
            ("barbara", 833),
            ("edsger", 833),
            ("grace", 834),
            ("tony", 833),
        ];
        assert_gives("photos by guest", &photos, &BTreeMap::from(expected));
    }

    /// The bytes that each call site held at the peak, by the profile.
    fn at_the_peak() -> BTreeMap<&'static str, u64> {
        let rows = PROFILE.lines().filter_map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [_bytes, _blocks, bytes, _blocks_at_peak, call_site, _place] = columns[..] else {
                return None;
            };
            Some((call_site, bytes.replace(',', "").parse().ok()?))
        });
        rows.collect()
    }

    #[measuring::test]
    fn the_culprit_held_the_most() {
        if CULPRIT.is_empty() {
            // Asked for once the budget holds.
            return;
        }
        let sites = at_the_peak();
        let names: Vec<_> = sites.keys().collect();
        let held = sites.get(CULPRIT);
        let held =
            held.unwrap_or_else(|| panic!("CULPRIT is {CULPRIT:?}: expected one of {names:?}"));
        let most = sites.values().max().expect("a profile has call sites");
        let what = format_args!("CULPRIT is {CULPRIT:?}; its bytes at t-gmax");
        assert_gives(what, held, most);
    }

    #[measuring::test]
    fn a_wall_stays_in_budget() {
        for times in [1, 10] {
            let photos = 500 * times as u32;
            let log = sample(photos);
            let wall = budget(times).assert_holds_in_process(|| read_wall(black_box(&log)));
            assert_gives("cards of the sample", &wall.cards.len(), &(photos as usize));
        }
        if CULPRIT.is_empty() {
            let what = "the wall is within budget; CULPRIT";
            assert_gives(what, CULPRIT, "the name of the call site to blame");
        }
    }

    #[measuring::test]
    fn nothing_outlives_a_wall() {
        let log = sample(500);
        let nothing = Budget::of("find_culprit").live(0);
        nothing.assert_holds(|| read_wall(black_box(&log)).cards.len());
    }
}
