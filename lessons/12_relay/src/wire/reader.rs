//! A pull parser of JSON over a text that stays where it is.

use std::borrow::Cow;

use crate::event::json::plain;

/// How deep values may be nested inside each other: what is skipped takes so many calls at most.
const MAX_DEPTH: usize = 64;

/// Where a text stops being JSON, or the JSON that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub at: usize,
    pub expected: &'static str,
}

/// A place in a text. Spaces are skipped before whatever is read.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

/// A string as it was written, between its quotes; its escapes are known to be right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn broken(&self, expected: &'static str) -> Broken {
        let at = self.at;
        Broken { at, expected }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// The next byte that is no space.
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Passes over a byte, if it is next.
    pub fn skips(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    pub fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), Broken> {
        match self.skips(byte) {
            true => Ok(()),
            false => Err(self.broken(expected)),
        }
    }

    /// Closes the outermost array: nothing follows.
    pub fn finish(&mut self, close: u8) -> Result<(), Broken> {
        self.expect(close, "the message's end")?;
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.broken("nothing behind the message")),
        }
    }

    /// Reads each element of an array or member of an object, which `open` begins.
    pub fn each<E: From<Broken>>(
        &mut self,
        open: u8,
        expected: &'static str,
        mut element: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.expect(open, expected)?;
        if self.skips(closer(open)) {
            return Ok(());
        }
        loop {
            element(self)?;
            if self.skips(closer(open)) {
                return Ok(());
            }
            self.expect(b',', "a comma or the end of a list")?;
        }
    }

    /// The name of a member, and its colon.
    pub fn name(&mut self) -> Result<Text<'a>, Broken> {
        let name = self.string()?;
        self.expect(b':', "a colon")?;
        Ok(name)
    }

    pub fn string(&mut self) -> Result<Text<'a>, Broken> {
        self.expect(b'"', "a string")?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain(self.rest());
            match self.rest() {
                [b'"', ..] => {
                    let raw = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(Text { raw, escaped });
                }
                [b'\\', rest @ ..] => {
                    let (_, length) =
                        escape(rest).ok_or_else(|| self.broken("an escape of JSON"))?;
                    self.at += 1 + length;
                    escaped = true;
                }
                _ => return Err(self.broken("a character of a string, or its end")),
            }
        }
    }

    /// A number as it was written.
    pub fn number(&mut self) -> Result<&'a str, Broken> {
        self.peek();
        let start = self.at;
        self.at += usize::from(self.rest().first() == Some(&b'-'));
        match self.rest().first() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.rest().first() == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.rest().first() {
            self.at += 1;
            self.at += usize::from(matches!(self.rest().first(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<(), Broken> {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit());
        match digits.count() {
            0 => Err(self.broken("a digit")),
            count => {
                self.at += count;
                Ok(())
            }
        }
    }

    /// The text from here to a later place of the same text.
    pub fn up_to(&self, later: &Self) -> &'a str {
        &self.text[self.at..later.at]
    }

    /// Skips a value of any kind.
    pub fn skip(&mut self) -> Result<(), Broken> {
        self.skip_within(MAX_DEPTH)
    }

    fn skip_within(&mut self, depth: usize) -> Result<(), Broken> {
        match (self.peek(), depth.checked_sub(1)) {
            (Some(b'[' | b'{'), None) => Err(self.broken("less nesting")),
            (Some(b'['), Some(depth)) => {
                self.each(b'[', "an array", |reader| reader.skip_within(depth))
            }
            (Some(b'{'), Some(depth)) => self.each(b'{', "an object", |reader| {
                reader.name()?;
                reader.skip_within(depth)
            }),
            _ => self.scalar(),
        }
    }

    fn scalar(&mut self) -> Result<(), Broken> {
        let word = match self.peek() {
            Some(b'"') => return self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => return self.number().map(drop),
            Some(b't') => "true",
            Some(b'f') => "false",
            _ => "null",
        };
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.broken("a value"));
        }
        self.at += word.len();
        Ok(())
    }
}

impl<'a> Text<'a> {
    /// The string; borrowed where nothing in it is escaped.
    pub fn decoded(self) -> Cow<'a, str> {
        if !self.escaped {
            return Cow::Borrowed(self.raw);
        }
        let mut text = String::with_capacity(self.raw.len());
        self.append_to(&mut text);
        Cow::Owned(text)
    }

    /// Appends the string.
    pub fn append_to(self, out: &mut String) {
        let mut rest = self.raw;
        while self.escaped
            && let Some((run, escaped)) = rest.split_once('\\')
        {
            out.push_str(run);
            // It was found to be right when the string was read.
            let Some((character, length)) = escape(escaped.as_bytes()) else {
                break;
            };
            out.push(character);
            rest = &escaped[length..];
        }
        out.push_str(rest);
    }

    /// Whether it has at most so many characters.
    pub fn fits(self, characters: usize) -> bool {
        self.raw.len() <= characters || self.decoded().chars().count() <= characters
    }
}

/// The character that an escape stands for, and the length of the escape without its first backslash.
fn escape(text: &[u8]) -> Option<(char, usize)> {
    let character = match text.first()? {
        b'u' => return unicode_escape(text),
        quoted @ (b'"' | b'\\' | b'/') => char::from(*quoted),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => return None,
    };
    Some((character, 1))
}

/// Half of a pair of surrogates is no character, and is refused when it stands alone.
fn unicode_escape(text: &[u8]) -> Option<(char, usize)> {
    let high = hex4(text.get(1..5)?)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some((char::from_u32(high)?, 5));
    }
    let low = match text.get(5..11)? {
        [b'\\', b'u', digits @ ..] => hex4(digits)?,
        _ => return None,
    };
    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    let character = 0x10000 + ((high - 0xd800) << 10) + low;
    Some((char::from_u32(character)?, 11))
}

fn hex4(digits: &[u8]) -> Option<u32> {
    let digit = |value, byte: &u8| Some(value << 4 | char::from(*byte).to_digit(16)?);
    digits.iter().try_fold(0, digit)
}

/// The value of a number, if it is an integer, however it is written: `1.7e9` and `100.0` are.
///
/// Those with a point or an exponent have the precision of a double. An event whose time or kind was rounded fails its
/// hash; a filter's time was wrong by less than a part in 10^15.
pub(super) fn integer(number: &str) -> Option<i128> {
    if let Ok(integer) = number.parse() {
        return Some(integer);
    }
    let number: f64 = number.parse().ok()?;
    (number.fract() == 0.0).then_some(number as i128)
}

/// What closes what a bracket opens: in ASCII both are two further on.
fn closer(open: u8) -> u8 {
    open + 2
}
