"""What is said to people: keys with parameters, put into words in the reader's language where they are shown.

Inside the program travels a `Message`; a page, a file, a line of output or a JSON document makes a sentence of it. The
words stand once, in `wording/texts/`, Chinese and English side by side.
"""

from wording.language import LANGUAGES, follow, language, of_locale, reading, speak, spoken
from wording.message import FieldRefusal, Message, Refusal, Text, english, halves, in_words, joined, said_of
from wording.stored import again, kept, of_column, recognised, to_column

__all__ = [
    "LANGUAGES",
    "FieldRefusal",
    "Message",
    "Refusal",
    "Text",
    "again",
    "english",
    "follow",
    "halves",
    "in_words",
    "joined",
    "kept",
    "language",
    "of_column",
    "of_locale",
    "reading",
    "recognised",
    "said_of",
    "speak",
    "spoken",
    "to_column",
]
