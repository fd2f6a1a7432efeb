"""Where the source names a code of the message catalogue: found in the syntax trees, also through functions in between.

A *sink* is a call whose argument is a code (`Issue.error`, `TredeError.of`, `Problem`, `say`, ...). When that argument is a
parameter of a function around it, calls of this function, in its module or where it is imported, are sinks too, until
nothing new is found. A shape that cannot be followed stands in `Sources.unclear`, so that none escapes unseen.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import trede

PACKAGE = Path(trede.__file__).parent
Function = ast.FunctionDef | ast.Lambda | None


@dataclass
class Sink:
    """A function that is given a code: the place of that argument, its name, and parameters that it adds itself."""

    position: int
    name: str
    adds: set[str] | None = field(default_factory=set)
    """None: the parameters are made inside, in a way that is not followed."""


@dataclass
class Sources:
    """Every code with the sets of parameters that are given with it (None: not known at this place)."""

    given: dict[str, list[set[str] | None]] = field(default_factory=lambda: defaultdict(list))
    families: set[str] = field(default_factory=set)
    """Beginnings of codes that are put together: `fate.` of `say(f"fate.{fate}")`."""
    unclear: list[str] = field(default_factory=list)


ISSUES = {name: Sink(0, "code") for name in ("error", "warning", "notice", "of")}
START = {**ISSUES, "make": Sink(1, "code"), "Problem": Sink(0, "code"), "say": Sink(0, "code")}
FOLLOWED = {"code", "issue", "refused", "why"}
"""Attributes and keys that hold a code which was found where it was made: `problem.code`, `row["code"]`. `issue`, `refused`
and `why` come from the shipped vocabulary and bindings."""


ROW_TABLES = ("outcome.py", "settling.py")
"""Modules that write the table of rows."""


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def find() -> Sources:
    """Read the whole package."""
    modules = [(path, tree, dict(START)) for path, tree in trees()]
    while True:
        sources, before = Sources(), [len(sinks) for _, _, sinks in modules]
        own = {_dotted(path): sinks for path, _, sinks in modules}
        for path, tree, sinks in modules:
            _Reader(path, tree, sinks, sources).visit(tree)
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.module in own:
                    names = {alias.name for alias in node.names} & own[node.module].keys() - START.keys()
                    sinks |= {name: own[node.module][name] for name in names}
        if before == [len(sinks) for _, _, sinks in modules]:
            return sources


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


class _Reader(ast.NodeVisitor):
    def __init__(self, path: Path, tree: ast.Module, sinks: dict[str, Sink], sources: Sources) -> None:
        self.path, self.tree, self.sinks, self.sources = path, tree, sinks, sources
        self.around: list[ast.FunctionDef] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.around.append(node)
        self.generic_visit(node)
        self.around.pop()

    def visit_Yield(self, node: ast.Yield) -> None:
        if self.path.name == "rules.py" and self.path.parent.name == "catalogue" and isinstance(node.value, ast.Tuple):
            code, _, params = node.value.elts
            keys = _keys(params)
            self._note(code, None if keys is None else keys | {"factor"})
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """A code that is written into the column `code` of the table of rows."""
        for target in node.targets:
            column = isinstance(target, ast.Subscript) and ast.unparse(target.value) in ("codes", "changed['code']")
            if self.path.name in ROW_TABLES and column and not isinstance(node.value, ast.BoolOp):
                self._note(node.value, None)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        sink = self.sinks.get(_called(node))
        if sink is not None and _is_ours(node):
            keywords = {k.arg for k in node.keywords if k.arg}
            argument = next((k.value for k in node.keywords if k.arg == sink.name), None)
            if argument is None and len(node.args) > sink.position:
                argument = node.args[sink.position]
            if argument is not None:
                given: set[str] | None = None if sink.adds is None else keywords | sink.adds
                if _called(node) in ("Problem", "make"):
                    given = _keys(node.args[-1])
                passed_on = any(k.arg is None for k in node.keywords)
                self._note(argument, None if passed_on else given, keywords if passed_on else None)
        self.generic_visit(node)

    def _note(self, code: ast.expr, given: set[str] | None, beside: set[str] | None = None) -> None:
        """Note a code with its parameters; `beside` are those that stand beside a `**`, which brings others."""
        match code:
            case ast.Constant(value=str(text)):
                self.sources.given[text].append(given)
            case ast.IfExp(body=one, orelse=other):
                self._note(one, given, beside)
                self._note(other, given, beside)
            case (
                ast.JoinedStr(values=[ast.Constant(value=str(start)), *_])
                | ast.BinOp(left=ast.Constant(value=str(start)))
            ):
                self.sources.families.add(start)
            case ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=name)) if name in FOLLOWED:
                pass
            case ast.Subscript(value=ast.Name(id=name)) | ast.Name(id=name):
                self._follow(name, given, beside)
            case _:
                self.sources.unclear.append(f"{self.path.name}:{code.lineno} {ast.unparse(code)}")

    def _follow(self, name: str, given: set[str] | None, beside: set[str] | None) -> None:
        for function in reversed(self.around):
            names = [argument.arg for argument in function.args.args]
            if name in names:
                position = names.index(name) - (names[0] == "self")
                adds = beside if function.args.kwarg and beside is not None else given
                self.sinks.setdefault(function.name, Sink(position, name, adds))
                return
        found = list(_values(self.around[-1] if self.around else self.tree, name)) or list(_values(self.tree, name))
        if not found:
            self.sources.unclear.append(f"{self.path.name}: {name}")
        for value in found:
            self._note(value, given, beside)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _is_ours(node: ast.Call) -> bool:
    """Tell `Issue.error` and `StoreError.of` from other classes' functions of those names."""
    called, owner = _called(node), ast.unparse(node.func).rpartition(".")[0]
    if called == "of":
        return owner.endswith("Error")
    return (called not in ISSUES and called != "make") or owner in ("Issue", "cls")


def _keys(params: ast.expr) -> set[str] | None:
    if isinstance(params, ast.Dict) and all(isinstance(key, ast.Constant) for key in params.keys):
        return {str(key.value) for key in params.keys if isinstance(key, ast.Constant)}
    return None


def _values(scope: ast.AST, name: str) -> Iterator[ast.expr]:
    """Yield what a name is bound to: by assignment, as a value of a dict, or in a loop over written-out tuples."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield from _bound(target, node.value, name)
        elif isinstance(node, ast.For | ast.comprehension):
            yield from _looped(node, name)


def _looped(node: ast.For | ast.comprehension, name: str) -> Iterator[ast.expr]:
    match node.iter:
        case ast.Tuple(elts=elements):
            for element in elements:
                yield from _bound(node.target, element, name)
        case ast.Call(func=ast.Attribute(value=mapping, attr="items")):
            if isinstance(node.target, ast.Tuple) and ast.unparse(node.target.elts[1]) == name:
                yield mapping


def _bound(target: ast.expr, value: ast.expr, name: str) -> Iterator[ast.expr]:
    if isinstance(target, ast.Name) and target.id == name:
        if isinstance(value, ast.Dict):
            for part in value.values:
                yield part.elts[0] if isinstance(part, ast.Tuple) else part
        else:
            yield value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for inner, part in zip(target.elts, value.elts, strict=False):
            yield from _bound(inner, part, name)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Subscript) and name in map(ast.unparse, target.elts):
        yield value.value
