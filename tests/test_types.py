"""Every function that is not compiled says the type of each argument and of its answer; mypy then checks that they are kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "farside"
COMPILED = {"kernel", "overload", "njit", "vectorize", "guvectorize", "intrinsic"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def is_compiled(function: Function) -> bool:
    return any(name_of(decorator) in COMPILED for decorator in function.decorator_list)


def overloaded_names(tree: ast.AST) -> set[str]:
    """The functions that exist only to be given compiled bodies: `rate` in `@overload(rate)`."""
    calls = (d for f in ast.walk(tree) if isinstance(f, Function) for d in f.decorator_list if isinstance(d, ast.Call))
    return {a.id for call in calls if name_of(call) == "overload" for a in call.args if isinstance(a, ast.Name)}


def interpreted_functions(node: ast.AST) -> Iterator[Function]:
    """Functions that Python itself runs, nested ones too; what stands inside a compiled function is compiled."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            if is_compiled(child):
                continue
            yield child
        yield from interpreted_functions(child)


def untyped(source: str) -> list[str]:
    tree = ast.parse(source)
    exempt = overloaded_names(tree)
    return [f"line {f.lineno}: {f.name}" for f in interpreted_functions(tree) if f.name not in exempt and not has_types(f)]


def has_types(function: Function) -> bool:
    a = function.args
    named = [x for x in (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg) if x is not None and x.arg not in ("self", "cls")]
    return all(x.annotation for x in named) and (function.returns is not None or (function.name == "__init__" and bool(named)))


def test_every_interpreted_function_has_types() -> None:
    found = [f"{path.relative_to(PACKAGE)} {line}" for path in sorted(PACKAGE.rglob("*.py")) for line in untyped(path.read_text("utf-8"))]
    assert not found, "\n".join(["functions without types:", *found])


def test_an_untyped_function_is_found_and_a_compiled_one_is_let_be() -> None:
    assert untyped("def f(a, b: int) -> int: return a") == ["line 1: f"]
    assert untyped("class A:\n def f(self): ...") == ["line 2: f"]
    assert untyped("@kernel\ndef f(a): return a") == []
    assert untyped("def rate(t): ...\n@overload(rate)\ndef choose(t):\n def body(t): ...\n return body") == []
