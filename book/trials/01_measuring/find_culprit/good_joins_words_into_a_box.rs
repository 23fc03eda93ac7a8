//! Joins the words, and keeps a `Box<str>`.

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
    caption: Box<str>,
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

fn caption(text: &str, guest: &str) -> Box<str> {
    let words: Vec<&str> = text.split_whitespace().chain(["by", guest]).collect();
    words.join(" ").into()
}
