//! Ids, keys and signatures: arrays with a name.

use std::array::TryFromSliceError;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

use crate::hex::{self, HexError};

/// Bytes of another length than the type has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthError {
    /// How many bytes there should be.
    pub expected: usize,
    /// How many there are.
    pub found: usize,
}

impl fmt::Display for LengthError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, found } = self;
        write!(
            formatter,
            "expected exactly {expected} bytes, found {found}"
        )
    }
}

impl Error for LengthError {}

macro_rules! fixed_bytes {
    ($(#[$attribute:meta])* $name:ident, $length:literal) => {
        $(#[$attribute])*
        ///
        /// It is printed and parsed as lower-case hex, as NIP-01 has it, and sorted as its hex sorts.
        // ANCHOR: newtype
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name([u8; $length]);
        // ANCHOR_END: newtype

        impl Default for $name {
            fn default() -> Self {
                Self::ZERO
            }
        }

        impl $name {
            /// How many bytes it has.
            pub const LENGTH: usize = $length;
            /// How many hex digits it is written with.
            pub const HEX_LENGTH: usize = 2 * $length;
            /// All bits zero: what an absent value is written as.
            pub const ZERO: Self = Self([0; $length]);

            /// Gives bytes their name.
            pub const fn new(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// Parses exactly [`HEX_LENGTH`](Self::HEX_LENGTH) lower-case hex digits.
            ///
            /// # Errors
            ///
            /// Another length, or the first byte that is no lower-case hex digit.
            pub fn from_hex(text: &[u8]) -> Result<Self, HexError> {
                hex::decode(text).map(Self)
            }

            /// A view of the bytes, for code that wants to know their number.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }

            /// The bytes without their name.
            pub const fn into_bytes(self) -> [u8; $length] {
                self.0
            }

            /// Whether all bits are zero.
            pub fn is_zero(&self) -> bool {
                *self == Self::ZERO
            }

            /// Writes the hex digits into the caller's array, and gives them as text.
            pub fn write_hex<'a>(&self, into: &'a mut [u8; 2 * $length]) -> &'a str {
                hex::encode(&self.0, into)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.write_hex(&mut [0; 2 * $length]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = HexError;

            fn from_str(text: &str) -> Result<Self, HexError> {
                Self::from_hex(text.as_bytes())
            }
        }

        impl From<[u8; $length]> for $name {
            fn from(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = LengthError;

            fn try_from(bytes: &[u8]) -> Result<Self, LengthError> {
                let wrong = |_: TryFromSliceError| LengthError {
                    expected: $length,
                    found: bytes.len(),
                };
                bytes.try_into().map(Self).map_err(wrong)
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
    };
}

fixed_bytes! {
    /// The SHA-256 of an event, by which it is named.
    ///
    /// ```
    /// use stack_arrays::EventId;
    ///
    /// let id = EventId::new([0xab; 32]);
    /// let mut text = [0; EventId::HEX_LENGTH];
    /// assert_eq!(id.write_hex(&mut text), "ab".repeat(32));
    /// assert_eq!(EventId::from_hex(&text), Ok(id));
    ///
    /// // From bytes of unknown length: checked here, and nowhere else.
    /// assert_eq!(EventId::try_from(&[0xab; 32][..]), Ok(id));
    /// assert!(EventId::try_from(&[0xab; 31][..]).is_err());
    /// ```
    ///
    /// A key is no id, although both are 32 bytes:
    ///
    /// ```compile_fail,E0308
    /// use stack_arrays::{EventId, PublicKey};
    ///
    /// let author: PublicKey = EventId::ZERO;
    /// ```
    EventId, 32
}

fixed_bytes! {
    /// The public key of an author: the x coordinate of a point on secp256k1.
    ///
    /// ```
    /// use stack_arrays::PublicKey;
    ///
    /// let key: PublicKey = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798".parse()?;
    /// assert_eq!(key.as_bytes()[..2], [0x79, 0xbe]);
    /// assert!(!key.is_zero());
    /// # Ok::<(), stack_arrays::HexError>(())
    /// ```
    ///
    /// That the bytes are a point on the curve is for the code that verifies to find out.
    PublicKey, 32
}

fixed_bytes! {
    /// The Schnorr signature of an event's id by its author.
    ///
    /// ```
    /// use stack_arrays::Signature;
    ///
    /// assert_eq!(size_of::<Signature>(), 64);
    /// assert_eq!(Signature::ZERO.to_string().len(), Signature::HEX_LENGTH);
    /// ```
    Signature, 64
}
