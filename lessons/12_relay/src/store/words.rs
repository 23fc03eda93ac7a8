//! Names, values and contents that are so common that a byte stands for them.
