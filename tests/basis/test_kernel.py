"""Where compiled functions may stand: in the rooms by whose sources their cache is named."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

import farside
from farside.basis import kernel

PACKAGE = Path(farside.__file__).parent
COMPILING = {"kernel", "overload", "njit", "jit", "vectorize", "guvectorize", "cfunc"}


def compiles(text: str) -> bool:
    """Whether a source takes the decorator of compiled functions, or one of Numba's."""
    taken = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    from_kernel = any(node.module == "farside.basis.kernel" and COMPILING & {name.name for name in node.names} for node in taken)
    return from_kernel or any((node.module or "").startswith("numba") for node in taken)


def test_kernels_stand_only_in_rooms_that_name_their_cache() -> None:
    rooms = {path.relative_to(PACKAGE).parts[0] for path in PACKAGE.rglob("*.py") if compiles(path.read_text("utf-8"))}
    assert rooms and rooms <= set(kernel.KERNEL_ROOMS)
    assert compiles("from farside.basis.kernel import kernel") and not compiles("from farside.basis.kernel import cache_root")


@pytest.mark.parametrize(("changed", "renews"), [("dynamics/world.py", True), ("cli/main.py", False)])
def test_an_edit_renews_the_kernels_of_its_room_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str, renews: bool
) -> None:
    package = shutil.copytree(PACKAGE, tmp_path / "farside")
    monkeypatch.setattr(kernel, "__file__", str(package / "basis" / "kernel.py"))
    before, whole = kernel.source_digest(kernel.KERNEL_ROOMS), kernel.source_digest()
    (package / changed).write_text("# another\n")
    assert (kernel.source_digest(kernel.KERNEL_ROOMS) != before) is renews
    assert kernel.source_digest() != whole
