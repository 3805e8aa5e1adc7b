"""The message catalogues: takes every message out of the code, and keeps the translations complete.

    python tools/messages.py check     # fails on a message that is missing, empty, fuzzy, or has other fields
    python tools/messages.py update    # brings the .po up to date: new messages come in empty, gone ones leave
    python tools/messages.py compile   # writes the .mo that the program reads

What counts as a message: the argument of `N_`, `say`, `gettext` and their kin; the help of a command or an option
(`help=`); the `message` and `cure` of an error class; the sentences of a finding's rule. click's own messages are taken
from the click that is installed, since its words are printed by our commands.
"""

from __future__ import annotations

import ast
import inspect
import io
import os
import re
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "campaignflow"
LOCALE = SOURCE / "i18n" / "locale"
DOMAIN = "campaignflow"
LANGUAGES = ("vi",)
"""The languages that have a catalogue; English is what the messages are written in."""

#: By the name of a function: which arguments are the context, the message and its plural.
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "N_": (None, 0, None),
    "say": (None, 0, None),
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "counted": (None, 0, 1),
    "pgettext": (0, 1, None),
    "NP_": (0, 1, None),
    "PydanticCustomError": (None, 1, None),
    "_item": (None, 2, None),
}
SENTENCES = frozenset({"help", "message", "cure"})
"""Keywords of any call, and names in the body of a class, whose text is a message."""

CONSTANTS = frozenset({"DID_YOU_MEAN", "_BAD_NAME", "BREAKS"})
"""Constants of modules whose text, or each of whose values, is a message."""

RULE_SENTENCES = (1, 2)
"""Which arguments of `Rule(code, message, cure)` are messages."""

_FIELD = re.compile(r"\{\w+\}")


class StableCatalog(Catalog):
    """A catalogue whose header holds only what a reader needs: dates and versions of tools would change every run."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The header's lines."""
        return [
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]


@dataclass(frozen=True, order=True)
class Found:
    """A message of the code and the file it stands in."""

    context: str | None
    text: str
    plural: str | None
    file: str

    @property
    def id(self) -> str | tuple[str, str]:
        """The id as babel has it: with a plural, a pair."""
        return (self.text, self.plural) if self.plural else self.text


def text_of(node: ast.expr | None) -> str | None:
    """The text of a literal, also of one joined by `+`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = text_of(node.left), text_of(node.right)
        return None if left is None or right is None else left + right
    return None


def messages_of(tree: ast.AST) -> Iterator[tuple[str | None, str, str | None]]:
    """The messages in a syntax tree: context, text, plural."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.ClassDef):
            yield from _of_body(node.body, SENTENCES)
        elif isinstance(node, ast.Module):
            yield from _of_body(node.body, CONSTANTS)
        elif isinstance(node, ast.Tuple):
            yield from _of_rule(node)


def _of_call(node: ast.Call) -> Iterator[tuple[str | None, str, str | None]]:
    name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
    arguments = [*map(text_of, map(_settled, node.args)), *[None] * 4]
    if name in CALLS:
        context, text, plural = CALLS[name]
        message = arguments[text]
        if message:
            yield (
                None if context is None else arguments[context],
                message,
                None if plural is None else arguments[plural],
            )
    sentences = [arguments[index] for index in RULE_SENTENCES] if name == "Rule" else []
    wanted = SENTENCES | {"reason"} if name in ("Item", "Fault") else SENTENCES
    sentences += [text_of(word.value) for word in node.keywords if word.arg in wanted]
    yield from ((None, sentence, None) for sentence in sentences if sentence)


def _settled(node: ast.expr) -> ast.expr:
    """Of `a if x else b`, where `a` is no literal, `b`: the literal is the message, the name was marked elsewhere."""
    return node.orelse if isinstance(node, ast.IfExp) and text_of(node.body) is None else node


def _of_body(body: list[ast.stmt], wanted: frozenset[str]) -> Iterator[tuple[str | None, str, str | None]]:
    for line in body:
        if not isinstance(line, (ast.Assign, ast.AnnAssign)):
            continue
        targets = line.targets if isinstance(line, ast.Assign) else [line.target]
        values = line.value.values if isinstance(line.value, ast.Dict) else [line.value]
        if wanted & {target.id for target in targets if isinstance(target, ast.Name)}:
            yield from ((None, sentence, None) for sentence in map(text_of, values) if sentence)


def _of_rule(node: ast.Tuple) -> Iterator[tuple[str | None, str, str | None]]:
    """A rule written as a line of a table: code, severity, message, cure."""
    words = [text_of(word) for word in node.elts]
    if len(words) == 4 and words[1] in ("error", "warning"):
        yield from ((None, sentence, None) for sentence in words[2:] if sentence)


def extract() -> list[Found]:
    """Every message of the product and of click, each once, by the first file it stands in."""
    click_home = Path(str(click.__file__)).parent
    found: dict[tuple[str | None, str], Found] = {}
    for home, prefix in ((SOURCE, "src/campaignflow"), (click_home, "click")):
        for path in sorted(home.rglob("*.py")):
            file = f"{prefix}/{path.relative_to(home).as_posix()}"
            for context, text, plural in messages_of(ast.parse(path.read_text(encoding="utf-8"))):
                if not any(map(str.isalpha, _FIELD.sub("", text))):
                    continue
                if home is SOURCE and "\n" in text:  # a help of several paragraphs is shown without its indentation
                    text = inspect.cleandoc(text)  # noqa: PLW2901
                known = found.get((context, text))
                if known is None or (plural and not known.plural):
                    found[context, text] = Found(context, text, plural, known.file if known else file)
    return sorted(found.values(), key=lambda message: (message.file.startswith("click"), message.file))


def fields_of(text: str) -> set[str]:
    """The names of the fields of a message: `{name!r}` and `%(name)s`."""
    named = set(re.findall(r"%\((\w+)\)", text))
    try:
        return named | {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return named


def po_path(lang: str) -> Path:
    """Where the catalogue of a language is written by people."""
    return LOCALE / lang / "LC_MESSAGES" / f"{DOMAIN}.po"


def load(lang: str) -> Catalog:
    """The catalogue of a language, empty if there is none yet."""
    path = po_path(lang)
    if not path.exists():
        return Catalog(locale=lang, domain=DOMAIN)
    with path.open("rb") as file:
        return read_po(file, locale=lang, domain=DOMAIN)


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as the program reads it; the same bytes for the same translations."""
    out, stable = io.BytesIO(), StableCatalog(locale=catalog.locale, domain=DOMAIN, fuzzy=False)
    for message in catalog:
        if message.id:
            stable.add(message.id, message.string, context=message.context)
    write_mo(out, stable)
    return out.getvalue()


def problems(lang: str) -> list[str]:
    """What is wrong with the catalogue of a language, a line each."""
    catalog = load(lang)
    wanted = {(message.context, message.text) for message in extract()}
    found = [line for message in extract() for line in _problems_of(catalog, message)]
    for message in catalog:
        if message.id and (message.context, _first(message.id)) not in wanted:
            found.append(f"no longer in the code: {_first(message.id)!r}")
    if not found and _differs(lang, catalog):
        found.append("the .mo is not made from the .po: run `python tools/messages.py compile`")
    return [f"{lang}: {line}" for line in found]


def _problems_of(catalog: Catalog, found: Found) -> Iterator[str]:
    message = catalog.get(found.text, found.context)
    where = f"{found.text!r} ({found.file})"
    if message is None:
        yield f"missing: {where}"
        return
    strings = _strings(message)
    if message.fuzzy:
        yield f"fuzzy: {where}"
    if not all(strings):
        yield f"not translated: {where}"
        return
    allowed = [fields_of(found.text), fields_of(found.plural or found.text)]
    for line in strings:
        if fields_of(line) not in [*allowed, allowed[0] | allowed[1]]:
            yield f"other fields: {where}: {line!r}"


def _differs(lang: str, catalog: Catalog) -> bool:
    path = po_path(lang).with_suffix(".mo")
    return not path.exists() or path.read_bytes() != compiled(catalog)


def _first(id: str | tuple[str, ...] | list[str]) -> str:
    return id if isinstance(id, str) else id[0]


def update(lang: str) -> int:
    """Rewrites the .po with the messages of the code, keeping what is translated; the number without translation."""
    old, new = load(lang), StableCatalog(locale=lang, domain=DOMAIN, fuzzy=False)
    new.header_comment = "# Vietnamese of campaignflow. Message ids are the English sentences of the code."
    for found in extract():
        known = old.get(found.text, found.context)
        string_ = known.string if known is not None and isinstance(known.id, str) != bool(found.plural) else ""
        new.add(found.id, string_, locations=[(found.file, 0)], context=found.context)
    po_path(lang).parent.mkdir(parents=True, exist_ok=True)
    with po_path(lang).open("wb") as file:
        write_po(file, new, width=100, include_lineno=False, omit_header=False)
    return sum(not all(_strings(message)) for message in new if message.id)


def _strings(message: Message) -> list[str]:
    string_ = message.string or ""
    return [string_] if isinstance(string_, str) else list(string_)


def main(words: list[str]) -> int:
    """Does what the one word says; 1 if the catalogues are not complete."""
    if words == ["check"]:
        found = [line for lang in LANGUAGES for line in problems(lang)]
        print("\n".join(found) or "The catalogues are complete.", file=sys.stderr if found else sys.stdout)
        return int(bool(found))
    if words == ["update"]:
        for lang in LANGUAGES:
            print(f"{os.path.relpath(po_path(lang))}: {update(lang)} to translate")
        return 0
    if words == ["compile"]:
        for lang in LANGUAGES:
            po_path(lang).with_suffix(".mo").write_bytes(compiled(load(lang)))
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
